"""What the demonstration's site photos are drawn with: sky, plain shapes, trees, people, cones."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 960
FINER = 2  # drawn twice as large and made smaller: smooth edges
QUALITY = 78
Colour = tuple[int, int, int]
Point = tuple[float, float]

STEEL: Colour = (92, 100, 108)
ORANGE: Colour = (232, 122, 44)
WHITE: Colour = (246, 246, 242)


class Canvas:
    """One picture under the brush; places in pixels of the finished one."""

    def __init__(self, top: Colour, bottom: Colour, horizon: int, seed: int) -> None:
        """Begin with a sky that turns from one colour to another down to the horizon."""
        self.dice = random.Random(seed)  # noqa: S311 a drawing, no secret
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), bottom)
        self.pen = ImageDraw.Draw(self.image)
        for y in range(horizon * FINER):
            part = y / (horizon * FINER)
            mixed = [round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)]
            self.pen.line([(0, y), (WIDTH * FINER, y)], fill=(mixed[0], mixed[1], mixed[2]))

    def shape(self, points: Iterable[Point], colour: Colour) -> None:
        """A filled polygon."""
        self.pen.polygon([(x * FINER, y * FINER) for x, y in points], fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def round(self, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        """A filled ellipse round its middle."""
        place = [(x - wide) * FINER, (y - high) * FINER, (x + wide) * FINER, (y + high) * FINER]
        self.pen.ellipse(place, fill=colour)

    def line(self, points: Iterable[Point], colour: Colour, thick: float) -> None:
        """A line through points."""
        scaled = [(x * FINER, y * FINER) for x, y in points]
        self.pen.line(scaled, fill=colour, width=round(thick * FINER), joint="curve")

    def crack(self, x: float, y: float, steps: int, colour: Colour) -> None:
        """A crack that wanders down from a point."""
        points = [(x, y)]
        for _ in range(steps):
            x, y = x + self.dice.uniform(-34, 34), y + self.dice.uniform(12, 34)
            points.append((x, y))
        self.line(points, colour, 4)

    def glow(self, x: float, y: float, size: float) -> None:
        """Warm light round a point."""
        light = Image.new("L", self.image.size, 0)
        ring = [(x - size) * FINER, (y - size) * FINER, (x + size) * FINER, (y + size) * FINER]
        ImageDraw.Draw(light).ellipse(ring, fill=150)
        light = light.filter(ImageFilter.BoxBlur(size * FINER / 3))
        self.image.paste(Image.new("RGB", self.image.size, (255, 222, 140)), (0, 0), light)

    def save(self, path: Path) -> None:
        """Write the finished JPEG."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(path, "JPEG", quality=QUALITY, optimize=True)


def tree(on: Canvas, x: float, y: float, size: float, colour: Colour = (74, 122, 66)) -> None:
    """A tree that stands on a point."""
    on.box(x - size * 0.08, y - size, x + size * 0.08, y, (104, 78, 54))
    for across, up, wide in ((-0.35, 1.1, 0.42), (0.35, 1.1, 0.42), (0, 1.5, 0.5)):
        on.round(x + across * size, y - up * size, wide * size, wide * size, colour)


def worker(on: Canvas, x: float, y: float, size: float = 1.0) -> None:
    """Somebody in a safety vest and helmet who stands on a point."""
    on.box(x - 20 * size, y - 70 * size, x - 3 * size, y, (48, 62, 92))
    on.box(x + 3 * size, y - 70 * size, x + 20 * size, y, (48, 62, 92))
    on.box(x - 26 * size, y - 150 * size, x + 26 * size, y - 66 * size, ORANGE)
    on.box(x - 26 * size, y - 118 * size, x + 26 * size, y - 106 * size, (250, 240, 120))
    on.line([(x + 24 * size, y - 140 * size), (x + 62 * size, y - 100 * size)], ORANGE, 14 * size)
    on.round(x, y - 172 * size, 20 * size, 22 * size, (226, 188, 158))
    on.round(x, y - 184 * size, 24 * size, 14 * size, (250, 204, 48))


def cone(on: Canvas, x: float, y: float) -> None:
    """A traffic cone."""
    on.shape([(x - 26, y), (x + 26, y), (x + 6, y - 74), (x - 6, y - 74)], ORANGE)
    on.shape([(x - 17, y - 26), (x + 17, y - 26), (x + 12, y - 46), (x - 12, y - 46)], WHITE)
