"""Draws the demonstration's twelve site photos: `python -m tools.demo_pictures`.

Our own drawings, made of plain shapes with Pillow, the same each time; what comes out lies in
app/admin/data/photos and is committed, so that neither set-up nor the web process needs to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.demo_canvas import HEIGHT, STEEL, WHITE, WIDTH, Canvas, Colour, cone, tree, worker

TARGET = Path(__file__).resolve().parents[1] / "app" / "admin" / "data" / "photos"
GRASS: Colour = (122, 158, 88)
EARTH: Colour = (140, 112, 82)


def riverside(seed: int, *, dusk: bool) -> Canvas:
    """A park by the river, as the lamps' and the path's background."""
    sky: tuple[Colour, Colour] = (
        ((46, 58, 104), (226, 160, 128)) if dusk else ((112, 172, 222), (214, 234, 244))
    )
    on = Canvas(*sky, 470, seed)
    hill, water = ((62, 72, 92), (96, 104, 138)) if dusk else ((126, 158, 142), (110, 164, 196))
    on.shape(
        [(0, 470), (0, 380), (260, 300), (560, 400), (860, 290), (1280, 390), (1280, 470)], hill
    )
    on.box(0, 460, WIDTH, 610, water)
    for _ in range(14):
        x, y = on.dice.uniform(0, WIDTH), on.dice.uniform(480, 595)
        on.line([(x, y), (x + on.dice.uniform(50, 140), y)], (162, 190, 210), 3)
    on.box(0, 600, WIDTH, HEIGHT, (84, 108, 72) if dusk else GRASS)
    return on


def lamp(on: Canvas, x: float, foot: float, lean: float, *, lit: bool) -> None:
    """A street lamp; `lean` is how far its head stands off its foot."""
    top = foot - 560
    if lit:
        on.glow(x + lean + 110, top + 36, 190)
    on.line([(x, foot), (x + lean, top), (x + lean + 120, top)], STEEL, 20)
    on.box(x - 30, foot - 36, x + 30, foot, (70, 76, 84))
    head: Colour = (255, 240, 186) if lit else (66, 68, 74)
    on.shape(
        [(x + lean + 70, top), (x + lean + 160, top), (x + lean + 142, top + 34),
         (x + lean + 86, top + 34)], head,
    )  # fmt: skip


def walk(on: Canvas, colour: Colour) -> None:
    """A path that comes towards the viewer."""
    on.shape([(560, 610), (720, 610), (1080, HEIGHT), (180, HEIGHT)], colour)


def lamp_before() -> Canvas:
    """A lamp that leans and is dark."""
    on = riverside(1, dusk=True)
    walk(on, (122, 118, 116))
    tree(on, 1120, 720, 130, (58, 86, 62))
    lamp(on, 420, 820, -130, lit=False)
    on.crack(420, 822, 4, (50, 48, 46))
    return on


def lamp_foot() -> Canvas:
    """Its foot from near: rust, a loose plate, cracked ground."""
    on = riverside(2, dusk=True)
    on.box(0, 560, WIDTH, HEIGHT, (128, 124, 120))
    on.shape([(560, 0), (690, 0), (740, 780), (600, 780)], STEEL)
    for _ in range(26):
        x, y = on.dice.uniform(596, 726), on.dice.uniform(520, 760)
        on.round(x, y, on.dice.uniform(6, 22), on.dice.uniform(5, 16), (152, 86, 48))
    on.shape([(500, 780), (850, 770), (880, 830), (480, 836)], (84, 88, 94))
    for x in (330, 560, 800, 960):
        on.crack(x, 820, 6, (60, 58, 56))
    return on


def lamp_during() -> Canvas:
    """The lift with somebody at the lamp's head."""
    on = riverside(3, dusk=False)
    walk(on, (176, 172, 168))
    tree(on, 1140, 720, 130)
    lamp(on, 420, 820, 0, lit=False)
    on.box(620, 700, 980, 800, (238, 186, 52))
    on.box(880, 620, 980, 700, (238, 186, 52))
    on.box(900, 636, 964, 690, (150, 196, 216))
    for x in (690, 900):
        on.round(x, 806, 44, 44, (42, 44, 48))
    on.line([(700, 700), (880, 520), (640, 330)], (196, 148, 36), 24)
    on.box(570, 300, 690, 360, (226, 226, 222))
    worker(on, 630, 316, 0.8)
    cone(on, 280, 880)
    cone(on, 1080, 880)
    return on


def lamp_after() -> Canvas:
    """The lamp stands straight and shines."""
    on = riverside(4, dusk=True)
    walk(on, (142, 134, 124))
    tree(on, 1120, 720, 130, (58, 86, 62))
    lamp(on, 420, 820, 0, lit=True)
    return on


def lamp_row() -> Canvas:
    """All the lamps of the path shine."""
    on = riverside(5, dusk=True)
    walk(on, (150, 140, 126))
    for x, foot in ((150, 880), (430, 760), (900, 800)):
        lamp(on, x, foot, 0, lit=True)
    return on


def path_before() -> Canvas:
    """Bare earth, cracks and puddles."""
    on = riverside(6, dusk=False)
    walk(on, EARTH)
    for x, y, wide in ((560, 760, 110), (760, 860, 150), (430, 900, 90)):
        on.round(x, y, wide, wide * 0.26, (128, 150, 160))
    for x in (500, 640, 700, 820):
        on.crack(x, 640, 8, (92, 70, 50))
    for _ in range(40):
        left, foot = on.dice.uniform(80, 1200), on.dice.uniform(650, 940)
        on.line([(left, foot), (left + on.dice.uniform(-8, 8), foot - 30)], (96, 130, 66), 4)
    return on


def path_during() -> Canvas:
    """The far half is paved; a roller stands where the work goes on."""
    on = riverside(7, dusk=False)
    walk(on, EARTH)
    on.shape([(560, 610), (720, 610), (880, 772), (396, 772)], (178, 92, 74))
    on.box(520, 640, 760, 740, (242, 190, 58))
    on.box(560, 560, 700, 640, (242, 190, 58))
    on.box(580, 574, 680, 632, (150, 196, 216))
    for x in (540, 740):
        on.round(x, 750, 60, 60, (58, 60, 66))
    worker(on, 930, 850)
    cone(on, 240, 900)
    cone(on, 1080, 930)
    return on


def path_after() -> Canvas:
    """Paved, with a white edge, young trees and a bench."""
    on = riverside(8, dusk=False)
    walk(on, (182, 96, 78))
    on.line([(560, 610), (180, HEIGHT)], WHITE, 9)
    on.line([(720, 610), (1080, HEIGHT)], WHITE, 9)
    for x, y, size in ((250, 720, 95), (390, 660, 60), (900, 670, 70), (1120, 760, 120)):
        tree(on, x, y, size, (92, 146, 74))
    on.box(900, 800, 1080, 816, (150, 104, 64))
    on.box(900, 752, 1080, 766, (150, 104, 64))
    for x in (916, 1056):
        on.box(x, 752, x + 10, 856, STEEL)
    return on


def house(seed: int, roof: Colour) -> Canvas:
    """The information house in the market, with its flat roof seen from above."""
    on = Canvas((112, 172, 222), (222, 236, 242), 420, seed)
    on.shape([(0, 430), (0, 330), (330, 250), (700, 350), (1000, 240), (1280, 340), (1280, 430)],
             (118, 150, 128))  # fmt: skip
    on.box(0, 420, WIDTH, HEIGHT, (186, 180, 168))
    on.box(170, 560, 1110, 860, (236, 226, 206))
    on.shape([(290, 330), (990, 330), (1150, 570), (130, 570)], (196, 190, 180))
    on.shape([(310, 348), (970, 348), (1110, 552), (170, 552)], roof)
    for x in (240, 480, 880):
        on.box(x, 640, x + 150, 750, (134, 178, 198))
        on.line([(x + 75, 640), (x + 75, 750)], WHITE, 6)
    on.box(690, 640, 810, 860, (120, 84, 60))
    for x in (60, 1210):
        tree(on, x, 860, 120)
    return on


def stain(on: Canvas, count: int) -> None:
    """Damp spots and cracks on the roof."""
    for _ in range(count):
        x, y = on.dice.uniform(330, 960), on.dice.uniform(380, 530)
        on.round(x, y, on.dice.uniform(24, 70), on.dice.uniform(8, 20), (112, 108, 98))
    for x in (420, 600, 760, 900):
        on.crack(x, 360, 5, (66, 62, 58))


def roof_before() -> Canvas:
    """Grey, stained and cracked."""
    on = house(9, (152, 148, 138))
    stain(on, 12)
    return on


def roof_inside() -> Canvas:
    """The ceiling below: a damp ring, drops, a bucket."""
    on = Canvas((236, 230, 218), (226, 218, 202), HEIGHT, 10)
    on.box(0, 0, WIDTH, 300, (244, 240, 230))
    for wide, tone in ((280, (214, 190, 142)), (210, (194, 164, 112)), (120, (164, 132, 84))):
        on.round(620, 170, wide, wide * 0.34, tone)
    on.crack(600, 150, 5, (110, 88, 60))
    for y in (330, 450, 590):
        on.shape([(632, y), (642, y + 34), (622, y + 34)], (106, 156, 190))
        on.round(632, y + 36, 11, 11, (106, 156, 190))
    on.box(0, 760, WIDTH, HEIGHT, (164, 126, 88))
    on.shape([(530, 700), (740, 700), (706, 860), (564, 860)], (62, 118, 176))
    on.round(635, 700, 105, 22, (44, 90, 140))
    return on


def roof_during() -> Canvas:
    """The left half is coated; two people at work."""
    on = house(11, (152, 148, 138))
    stain(on, 8)
    on.shape([(310, 348), (620, 348), (590, 552), (170, 552)], (70, 138, 96))
    worker(on, 640, 470, 0.75)
    on.line([(686, 395), (580, 500)], STEEL, 8)
    on.box(556, 494, 606, 512, WHITE)
    worker(on, 850, 520, 0.75)
    on.box(930, 490, 972, 534, (70, 138, 96))
    return on


def roof_after() -> Canvas:
    """Coated green all over, with a bright edge."""
    on = house(12, (74, 146, 102))
    edge = [(310, 348), (970, 348), (1110, 552), (170, 552), (310, 348)]
    on.line(edge, (150, 204, 168), 8)
    return on


PICTURES: dict[str, Callable[[], Canvas]] = {
    "lamp-1": lamp_before, "lamp-2": lamp_foot, "lamp-3": lamp_during, "lamp-4": lamp_after,
    "lamp-5": lamp_row, "path-1": path_before, "path-2": path_during, "path-3": path_after,
    "roof-1": roof_before, "roof-2": roof_inside, "roof-3": roof_during, "roof-4": roof_after,
}  # fmt: skip


def main() -> None:
    """Draw them all anew."""
    TARGET.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        draw().save(TARGET / f"{name}.jpg")


if __name__ == "__main__":
    main()
