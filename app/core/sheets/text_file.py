"""Reading the text files that offices publish: whichever encoding and separator they have.

A file says neither. UTF-8 is strict enough to be recognised by its own rules; what is not UTF-8 is
CP949, in which Windows writes Korean. Two passes, a piece at a time: nothing is held whole.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from app.core.sheets.lines import MOST_CELL, MOST_COLUMNS, MOST_LINES, Line, Unreadable

PIECE: Final = 1 << 16
SEPARATORS: Final = ",\t;|"
SAMPLE: Final = 60
MOST_LOST: Final = 0.01  # the share of bytes that may be no CP949
MOST_FIELD: Final = 4_000_000  # characters that are read of a cell before it is cut
LONG, MOST_BREAKS = 100_000, 500
UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Manner:
    """How a text file is written."""

    encoding: str
    separator: str


def manner(path: Path) -> Manner:
    """How a file is written.

    Raises:
        Unreadable: in no encoding that is known here.
    """
    encoding = _encoding(path)
    return Manner(encoding, _separator(path, encoding))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(UTF16):
        return "utf-16"
    if _lost(path, "utf-8") == 0:
        return "utf-8-sig"
    if _lost(path, "cp949") <= MOST_LOST * path.stat().st_size:
        return "cp949"
    raise Unreadable("encoding")


def _lost(path: Path, encoding: str) -> int:
    """How many characters cannot be read as that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    lost = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            lost += decoder.decode(piece).count("\ufffd")
    return lost + decoder.decode(b"", final=True).count("\ufffd")


def _separator(path: Path, encoding: str) -> str:
    """The separator that cuts most of the first lines into the same number of cells."""

    def worth(separator: str) -> tuple[int, int]:
        widths = Counter(len(cells) for cells in islice(_cells(path, encoding, separator), SAMPLE))
        widths.pop(1, None)
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        return count, width

    return max(SEPARATORS, key=worth)


def read_lines(path: Path, how: Manner) -> Iterator[Line]:
    """The rows of a file that hold anything; a row's number counts rows, not lines of text.

    Raises:
        Unreadable: more rows than are taken, or a row without an end.
    """
    for number, cells in enumerate(_cells(path, how.encoding, how.separator), 1):
        if number > MOST_LINES:
            raise Unreadable("too-many-rows")
        if any(cells):
            yield Line(number, cells)


def _never_ends(cell: str) -> bool:
    """Whether a quote without its other half has taken the rest of a file into one cell."""
    return len(cell) > LONG and cell.count("\n") > MOST_BREAKS


def _bounded(cells: list[str]) -> tuple[str, ...]:
    if any(map(_never_ends, cells)):
        raise Unreadable("damaged")
    return tuple(cell.strip()[:MOST_CELL] for cell in cells[:MOST_COLUMNS])


def _cells(path: Path, encoding: str, separator: str) -> Iterator[tuple[str, ...]]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        csv.field_size_limit(MOST_FIELD)  # of this process; it is lower at first
        reader = csv.reader(file, delimiter=separator)
        try:
            yield from map(_bounded, reader)
        except csv.Error as error:  # a quote that never ends, mostly
            raise Unreadable("damaged") from error
