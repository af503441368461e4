"""The program that reads one workbook: started by workbook.py, alone, and gone when it is done.

    workbook_reader.main([SOURCE, KIND])

KIND is a name of BOUNDS: what the file may cost, and whether a cell that is merged to the right
fills those beside it too.

The dangers removed here: a zip file of a few kilobytes that unpacks to gigabytes, XML that is
parsed in a process with keys and a database, and a library that keeps a whole workbook in memory.
This program imports nothing of the application and limits itself before it reads a byte.

It prints one line of JSON for each sheet ({"sheet", "hidden"}) and each row ([number, cell …]), and
at the end {"end": true} or {"fault": code}. Formulas are printed as the values that they had when
the file was saved, dates as 2026-11-26. Cells that are merged downwards hold what the first holds.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final, TextIO

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

MOST_PARTS, MOST_RATIO = 2_000, 400
SMALL_PART: Final = 2_000_000  # a part below this may be as dense as it likes
MOST_COLUMNS: Final = 60
MOST_EMPTY: Final = 2_000  # rows in a row after which a sheet is over
MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
MOST_MERGED: Final = 200_000
Merged = dict[int, list[tuple[int, int, int]]]  # column: [(first row, last row, last column)]


@dataclass(frozen=True)
class Bounds:
    """What a file may cost, and how it is read. `cell`: characters of a cell; `text`: bytes that
    are printed, for a text may be repeated in many cells; `right`: what is merged to the right is
    filled."""

    memory_bytes: int
    cpu_s: int
    unpacked: int
    sheets: int
    lines: int
    cell: int
    text: int
    right: bool


BOUNDS: Final = {
    "large": Bounds(
        1_000 * 10**6, 600, 1_500 * 10**6, 50, 1_000_000, 8_000, 300 * 10**6, right=False
    ),
    # While somebody waits.
    "small": Bounds(500 * 10**6, 10, 60 * 10**6, 10, 20_000, 600, 2 * 10**6, right=True),
}
LARGE: Final = BOUNDS["large"]


class Unfit(Exception):
    """The file is not read; the message is the reason."""


def limit(bounds: Bounds) -> None:
    """Let the kernel hold what this process may take; before anything is read."""
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.cpu_s, bounds.cpu_s + 2))


def check(path: str, bounds: Bounds) -> None:
    """Refuse what would unpack to too much, by what the file says of itself; zipfile holds each
    part to what was said.

    Raises:
        Unfit: too large, or no workbook.
    """
    with zipfile.ZipFile(path) as parts:
        found = parts.infolist()
    if not any(one.filename == "xl/workbook.xml" for one in found):
        raise Unfit("no-table")
    if any(one.flag_bits & 1 for one in found):
        raise Unfit("locked")
    dense = any(
        one.file_size > SMALL_PART and one.file_size > MOST_RATIO * max(1, one.compress_size)
        for one in found
    )
    unpacked = sum(one.file_size for one in found)
    if dense or len(found) > MOST_PARTS or unpacked > bounds.unpacked:
        raise Unfit("too-large-inside")


def sheets(path: str, bounds: Bounds) -> Iterator[Any]:
    """What is printed of a workbook."""
    # By its name alone the library would judge what the file is.
    with Path(path).open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield from pages_of(book, path, bounds)


def pages_of(book: Any, path: str, bounds: Bounds) -> Iterator[Any]:
    """The sheets of an open workbook.

    Raises:
        Unfit: it has too many rows.
    """
    count = 0
    for page in book.worksheets[: bounds.sheets]:
        yield {"sheet": page.title, "hidden": page.sheet_state != "visible"}
        page.reset_dimensions()  # what a file says of its size is often wrong
        merged = merged_cells(path, page._worksheet_path, right=bounds.right)  # noqa: SLF001  there is no other way
        for line in rows(page, merged, bounds.cell):
            count += 1
            if count > bounds.lines:
                raise Unfit("too-many-rows")
            yield line


def merged_cells(path: str, part: str, *, right: bool) -> Merged:
    """Which cells of a sheet are merged downwards, or to the right too: they stand after its rows,
    so the file is read twice, a piece at a time."""
    found: Merged = {}
    for name in islice(_merged_names(path, part), MOST_MERGED):
        left, first, end, last = range_boundaries(name)
        end = min(end, MOST_COLUMNS) if right else left
        if (last > first or end > left) and left <= MOST_COLUMNS:
            found.setdefault(left - 1, []).append((first, last, end - 1))
    return {column: sorted(spans, reverse=True) for column, spans in found.items()}


def _merged_names(path: str, part: str) -> Iterator[str]:
    """The ranges of merged cells as the file names them: A2:A4."""
    rest = b""
    with zipfile.ZipFile(path) as parts, parts.open(part.lstrip("/")) as file:
        while piece := file.read(1 << 18):
            text = rest + piece
            yield from (one.group(1).decode() for one in MERGED.finditer(text))
            end = text.rfind(b"<")
            rest = text[end:] if end >= 0 else b""


def rows(page: Any, merged: Merged, most: int = LARGE.cell) -> Iterator[list[Any]]:
    """The rows of a sheet that hold anything, each with its number first."""
    kept: dict[int, tuple[int, str]] = {}  # column: (last row, text)
    empty = 0
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        texts = [text_of(value)[:most] for value in cells[:MOST_COLUMNS]]
        fill(texts, number, merged, kept)
        while texts and not texts[-1]:
            texts.pop()
        empty = 0 if texts else empty + 1
        if texts:
            yield [number, *texts]
        elif empty > MOST_EMPTY:
            return


def fill(texts: list[str], number: int, merged: Merged, kept: dict[int, tuple[int, str]]) -> None:
    """Write into merged cells what the first of them holds."""
    for column, spans in merged.items():
        while spans and spans[-1][0] <= number:
            _, last, end = spans.pop()
            text = texts[column] if column < len(texts) else ""
            kept.update(dict.fromkeys(range(column, end + 1), (last, text)))
    for column, (last, text) in kept.items():
        if text and number <= last:
            texts.extend([""] * (column + 1 - len(texts)))
            texts[column] = texts[column] or text


def text_of(value: object) -> str:
    """A cell as text."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}" if value.time() == dt.time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").strip()
    return "" if text in {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"} else text


def printed(found: Iterator[Any], most: int) -> Iterator[str]:
    """What is found as lines of JSON.

    Raises:
        Unfit: it is too much; a small file can say one text in very many cells.
    """
    size = 0
    for one in found:
        line = json.dumps(one, ensure_ascii=False) + "\n"
        size += len(line.encode(errors="replace"))
        if size > most:
            raise Unfit("too-much-text")
        yield line


def run(path: str, out: TextIO, bounds: Bounds = LARGE) -> None:
    """Read a workbook and print it."""
    try:
        check(path, bounds)
        out.writelines(printed(sheets(path, bounds), bounds.text))
        last: dict[str, object] = {"end": True}
    except Unfit as error:
        last = {"fault": str(error)}
    except MemoryError:
        last = {"fault": "too-large-inside"}
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, OSError):
        last = {"fault": "damaged"}
    except (TypeError, AttributeError, IndexError, EOFError, NotImplementedError):
        last = {"fault": "damaged"}
    out.write(json.dumps(last) + "\n")


def main(words: Sequence[str]) -> None:
    """Limit this process, then read."""
    bounds = BOUNDS[words[1]]
    limit(bounds)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    run(words[0], sys.stdout, bounds)
