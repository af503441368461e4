"""A menu file as sheets of rows, read while somebody waits: it is small, or it is refused."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

from app.cafeteria.gateways import menu_kinds
from app.core.sheets import text_file, workbook
from app.core.sheets.lines import FIRST_BYTES, Line, Unreadable, kind_of

MOST_BYTES: Final = 2 * 2**20
MOST_LINES: Final = 201  # one more than is understood, so that more is noticed


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook that its office shows, or a text file; the name of that is ""."""

    name: str
    lines: tuple[Line, ...]


def read(source: IO[bytes]) -> list[Sheet]:
    """The sheets of a file.

    Raises:
        Unreadable: it is no table, damaged, unpacks to too much, or "too-large".
    """
    content = source.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Unreadable("too-large")
    if reason := menu_kinds.why_not(content):
        raise Unreadable(reason)
    kind = kind_of(content[:FIRST_BYTES])
    with tempfile.TemporaryDirectory(prefix="menu-") as folder:
        path = Path(folder) / "menu"
        path.write_bytes(content)
        found = _book(path) if kind == "xlsx" else [Sheet("", _text(path))]
    if not any(one.lines for one in found):
        raise Unreadable("empty")
    return found


def _text(path: Path) -> tuple[Line, ...]:
    return tuple(islice(text_file.read_lines(path, text_file.manner(path)), MOST_LINES))


def _book(path: Path) -> list[Sheet]:
    """The sheets that are shown; of each, the first rows."""
    return [
        Sheet(name, tuple(lines)) for name, hidden, lines in _sheets(path) if lines and not hidden
    ]


def _sheets(path: Path) -> Iterator[tuple[str, bool, list[Line]]]:
    found: Iterable[workbook.Begun | Line] = workbook.read(path, "small")
    begun, lines = workbook.Begun("", hidden=True), list[Line]()
    for one in found:
        if isinstance(one, Line):
            lines += [one] if len(lines) < MOST_LINES else []
            continue
        yield begun.name, begun.hidden, lines
        begun, lines = one, []
    yield begun.name, begun.hidden, lines
