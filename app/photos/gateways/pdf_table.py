"""The table of a picture on a sheet: names and values that wrap, in the largest size that fits.

The danger removed here: board texts that run over the picture below or are lost. A table shrinks
first; what does not fit even then is told in its last line and stands in full at the sheet's end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from app.photos.gateways import fonts
from app.photos.gateways.pdf_pen import INK, LINE, THIN

SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
PAD_X, PAD_Y = 3.2, 2.2
NAMES = HexColor("#eef2f7")
MORE = ("보드판", "내용이 길어 문서 끝의 ‘보드판 전체 내용’에 이어집니다.")
Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One row, measured: its paragraphs and its height in points."""

    name: Any
    value: Any
    height: float


@dataclass(frozen=True)
class Table:
    """A measured table; `cut` means that rows are missing."""

    rows: tuple[Row, ...]
    names: float
    width: float
    cut: bool = False

    @property
    def height(self) -> float:
        """Its height in points."""
        return sum(row.height for row in self.rows)


@cache
def _style(font: str, size: float, middle: bool) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}-{size}-{middle}", fontName=font, fontSize=size, leading=size * 1.32,
        textColor=INK, splitLongWords=True, alignment=TA_CENTER if middle else TA_LEFT,
    )  # fmt: skip


def paragraph(text: str, font: str, size: float, *, middle: bool = False) -> Any:
    """A text that wraps between words, and inside one that is too long; nothing in it is markup."""
    return Paragraph(escape(fonts.shown(text, font)), _style(font, size, middle))


def measure(rows: Rows, width: float, names: float, size: float) -> Table:
    """Lay rows out in a width; `names` is the width of the column of names, all in points."""
    return Table(tuple(_row(one, width, names, size) for one in rows), names, width)


def _row(pair: tuple[str, str], width: float, names: float, size: float) -> Row:
    name = paragraph(pair[0], fonts.BOLD, size - 0.5)
    value = paragraph(pair[1], fonts.REGULAR, size)
    tall = max(
        name.wrap(names - 2 * PAD_X, 1e6)[1], value.wrap(width - names - 2 * PAD_X, 1e6)[1]
    )  # fmt: skip
    return Row(name, value, tall + 2 * PAD_Y)


def fit(rows: Rows, width: float, height: float, names: float) -> Table:
    """The table in the largest size that fits; else as many rows as fit, and a word of the rest."""
    for size in SIZES:
        table = measure(rows, width, names, size)
        if table.height <= height:
            return table
    more = _row(MORE, width, names, SIZES[-1])
    kept: list[Row] = []
    for row in table.rows:
        if sum(one.height for one in kept) + row.height + more.height > height:
            break
        kept.append(row)
    return Table((*kept, more), names, width, cut=True)


def draw(canvas: Any, table: Table, left: float, top: float) -> None:
    """Draw a table downward from a point of the page, in points."""
    canvas.setFillColor(NAMES)
    canvas.rect(left, top - table.height, table.names, table.height, stroke=0, fill=1)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(THIN)
    y = top
    canvas.line(left, y, left + table.width, y)
    for row in table.rows:
        row.name.drawOn(canvas, left + PAD_X, y - PAD_Y - row.name.height)
        row.value.drawOn(canvas, left + table.names + PAD_X, y - PAD_Y - row.value.height)
        y -= row.height
        canvas.line(left, y, left + table.width, y)
    canvas.line(left + table.names, top, left + table.names, y)
