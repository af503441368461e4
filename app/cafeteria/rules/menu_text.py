"""What somebody pasted as rows of cells: a table from a spreadsheet, a document or a web page has
tabs between its cells; anything else is read line by line."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Final

from app.core.sheets.lines import MOST_CELL, MOST_COLUMNS, Line

TAB: Final = "\t"
COMMA: Final = ","


def lines_of(text: str) -> list[Line]:
    """The rows of a text that hold anything, numbered from 1."""
    told = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if TAB in told:
        return _numbered(_quoted(told, TAB))
    head = next((one for one in told.split("\n") if one.strip()), "")
    if head.count(COMMA) >= 2 and any(word in head for word in ("날짜", "일자", "구분", "요일")):
        return _numbered(_quoted(told, COMMA))
    return _numbered([one] for one in told.split("\n"))


def _quoted(text: str, separator: str) -> list[list[str]]:
    """Cells with line breaks are quoted by spreadsheets; where a quote never ends, it is a sign
    like any other."""
    lines = text.split("\n")
    try:
        return list(csv.reader((f"{one}\n" for one in lines), delimiter=separator, strict=True))
    except csv.Error:
        return [one.split(separator) for one in lines]


def _numbered(rows: Iterable[list[str]]) -> list[Line]:
    found = (
        Line(number, tuple(cell.strip()[:MOST_CELL] for cell in cells[:MOST_COLUMNS]))
        for number, cells in enumerate(rows, 1)
    )
    return [one for one in found if any(one.cells)]
