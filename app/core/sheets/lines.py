"""A file as rows of cells, whatever it was before; and why a file is no such thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 50 * 2**20
MOST_LINES: Final = 1_000_000
MOST_COLUMNS: Final = 60
MOST_CELL: Final = 8_000
MOST_SHEETS: Final = 50
FIRST_BYTES: Final = 4096  # by which a file's kind is judged
OLD_OFFICE: Final = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"HWP Document File")
HANGUL_ZIP: Final = b"mimetypeapplication/hwp+zip"
MOST_TEXT: Final = 300 * 10**6  # bytes of all cells; the whole country is about 170 MB


@dataclass(frozen=True)
class Line:
    """One row of a file: its number there (the first is 1) and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; a CSV file is one sheet without a name. `rows` are those that hold
    anything."""

    number: int
    name: str
    hidden: bool
    rows: int


class Unreadable(Exception):
    """The file cannot be read; the message is a code, which each feature has words for."""


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes: xlsx or text.

    Raises:
        Unreadable: it is something else, which the message names.
    """
    if head.startswith(OLD_OFFICE) or HANGUL_ZIP in head[:100]:
        raise Unreadable("old-office")
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise Unreadable("no-table")
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise Unreadable("empty")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("no-table")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:5].lower() in {b"<html", b"<!doc", b"<tabl", b"<?xml"}:
        raise Unreadable("web-page")
    return "text"
