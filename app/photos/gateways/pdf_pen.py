"""A pen for A4 pages: lines, boxes and words at millimetres from the upper left corner."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

from app.photos.gateways import fonts
from app.photos.rules.sheet import HEIGHT, LEFT, WIDTH, Box

INK, SOFT, LINE = HexColor("#1e2124"), HexColor("#58616a"), HexColor("#8a949e")
MAT, WHITE, BLACK, WARN = (
    HexColor("#f4f5f6"),
    HexColor("#ffffff"),
    HexColor("#000000"),
    HexColor("#b3261e"),
)
THIN, THICK = 0.4, 0.8
MM: float = mm


def up(y: float) -> float:
    """Millimetres from the upper edge as points from the lower one, as PDF counts."""
    return (HEIGHT - y) * MM


class Pen:
    """Draws on a canvas of reportlab."""

    def __init__(self, canvas: Any) -> None:
        """Draw on this canvas."""
        self.canvas = canvas

    def rect(self, box: Box, *, fill: Any = None, line: Any = LINE, thick: float = THIN) -> None:
        """A rectangle; without a fill or a line it has none."""
        self.canvas.setLineWidth(thick)
        if fill is not None:
            self.canvas.setFillColor(fill)
        if line is not None:
            self.canvas.setStrokeColor(line)
        self.canvas.rect(
            box.x * MM, up(box.y + box.height), box.width * MM, box.height * MM,
            stroke=int(line is not None), fill=int(fill is not None),
        )  # fmt: skip

    def rule(self, y: float, *, line: Any = INK, thick: float = THICK) -> None:
        """A line across the page, between the margins."""
        self.canvas.setStrokeColor(line)
        self.canvas.setLineWidth(thick)
        self.canvas.line(LEFT * MM, up(y), (WIDTH - LEFT) * MM, up(y))

    def words(
        self, text: str, x: float, y: float, *, font: str = fonts.REGULAR, size: float = 9,
        colour: Any = INK, room: float = WIDTH - 2 * LEFT,
    ) -> None:  # fmt: skip
        """Words that begin at a point; what is wider than `room` ends in an ellipsis."""
        self._ready(font, size, colour)
        self.canvas.drawString(x * MM, up(y), fonts.cut(text, font, size, room * MM))

    def words_right(self, text: str, y: float, *, size: float = 9, colour: Any = SOFT) -> None:
        """Words that end at the right margin."""
        self._ready(fonts.REGULAR, size, colour)
        self.canvas.drawRightString((WIDTH - LEFT) * MM, up(y), fonts.shown(text))

    def words_middle(
        self, text: str, y: float, *, size: float, least: float, colour: Any = INK,
        room: float = WIDTH - 2 * LEFT,
    ) -> None:  # fmt: skip
        """Bold words in the middle; they shrink to a least size, and are cut only then."""
        shown = fonts.shown(text, fonts.BOLD)
        while size > least and fonts.width(shown, fonts.BOLD, size) > room * MM:
            size -= 0.5
        self._ready(fonts.BOLD, size, colour)
        cut = fonts.cut(text, fonts.BOLD, size, room * MM)
        self.canvas.drawCentredString(WIDTH / 2 * MM, up(y), cut)

    def chip(self, word: str, right: float, middle: float, colour: Any) -> float:
        """A word in white on a rounded field that ends at `right`; where it begins."""
        width = fonts.width(word, fonts.BOLD, 8.5) / MM + 4.4
        self.canvas.setFillColor(colour)
        self.canvas.roundRect(
            (right - width) * MM, up(middle + 2.3), width * MM, 4.6 * MM, 1.2 * MM,
            stroke=0, fill=1,
        )  # fmt: skip
        left = right - width
        self.words(word, left + 2.2, middle + 1.1, font=fonts.BOLD, size=8.5, colour=WHITE)
        return left

    def _ready(self, font: str, size: float, colour: Any) -> None:
        self.canvas.setFillColor(colour)
        self.canvas.setFont(font, size)
