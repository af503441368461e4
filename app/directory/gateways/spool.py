"""A file's rows on the disk while it is imported: in a small database of its own, not in memory.

The uploaded file is read once into `lines`, a row each; what they mean under the chosen mapping is
written into `entries`, by office, while the lines are read: so that lies in a second file, for a
writer that runs out of memory waits for the readers of its file. Both can be made anew at any time
from what lies before them, so a killed worker begins a step again.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import Final

from app.core.sheets import text_file, workbook
from app.core.sheets.lines import MOST_TEXT, Line, Sheet, Unreadable, kind_of
from app.directory.gateways import import_files
from app.directory.rules.row import FIELDS, Row

BATCH, BATCH_BYTES = 2_000, 4_000_000
ROOM: Final = 500 * 10**6  # bytes of the disk that are left to others
CACHE_KB = 8_000
MAKE: Final = """
CREATE TABLE sheets(number INTEGER PRIMARY KEY, name TEXT, hidden INTEGER);
CREATE TABLE lines(sheet INTEGER, number INTEGER, cells TEXT, PRIMARY KEY (sheet, number))
  WITHOUT ROWID;
"""
MAKE_ENTRIES: Final = f"""
CREATE TABLE entries(office INTEGER, line INTEGER, {", ".join(FIELDS)},
  PRIMARY KEY (office, line)) WITHOUT ROWID;
"""
ADD_ENTRY: Final = f"REPLACE INTO entries VALUES (?, ?, {', '.join('?' * len(FIELDS))})"  # noqa: S608
READ_ENTRIES: Final = f"SELECT {', '.join(FIELDS)} FROM entries WHERE office = ? ORDER BY line"  # noqa: S608  names of ours


@contextmanager
def _open(path: Path, *, make: bool = False) -> Iterator[sqlite3.Connection]:
    if not make and not path.exists():
        raise Unreadable("gone")
    mode = "rwc" if make else "rw"
    name = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(sqlite3.connect(name, uri=True, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=OFF")
        base.execute(f"PRAGMA cache_size=-{CACHE_KB}")
        yield base


def read_file(source: Path, path: Path) -> str:
    """Read an uploaded file into a spool; how it was written, in words of its own: "xlsx", "utf-8",
    "cp949", "utf-16".

    Raises:
        Unreadable: it is no table that is known here, or gone.
    """
    if not source.exists():
        raise Unreadable("gone")
    kind = kind_of(import_files.first_bytes(source))
    if shutil.disk_usage(path.parent).free < ROOM + MOST_TEXT:
        raise Unreadable("no-room")
    path.unlink(missing_ok=True)
    with _open(path, make=True) as base:
        base.executescript(MAKE)
        base.execute("BEGIN")
        if kind == "xlsx":
            _fill(base, workbook.read(source))
        else:
            how = text_file.manner(source)
            kind = how.encoding.removesuffix("-sig")
            begun = workbook.Begun("", hidden=False)
            _fill(base, chain([begun], text_file.read_lines(source, how)))
        if base.execute("SELECT count(*) FROM lines").fetchone()[0] == 0:
            raise Unreadable("empty")
        base.execute("COMMIT")
    return kind


def _fill(base: sqlite3.Connection, found: Iterable[workbook.Begun | Line]) -> None:
    sheet, batch = -1, _Batch(base)
    for one in found:
        if isinstance(one, Line):
            batch.add(sheet, one)
        else:
            sheet += 1
            base.execute("INSERT INTO sheets VALUES (?, ?, ?)", (sheet, one.name, one.hidden))
    batch.flush()


class _Batch:
    """Rows on their way to the disk: few enough of them at a time, and not too much in all."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base, self.rows = base, list[tuple[int, int, str]]()
        self.size = self.total = 0

    def add(self, sheet: int, line: Line) -> None:
        cells = json.dumps(line.cells, ensure_ascii=False)
        size = len(cells.encode(errors="replace"))
        self.size, self.total = self.size + size, self.total + size
        if self.total > MOST_TEXT:
            raise Unreadable("too-much-text")
        self.rows.append((sheet, line.number, cells))
        if len(self.rows) >= BATCH or self.size >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        self.base.executemany("INSERT OR REPLACE INTO lines VALUES (?, ?, ?)", self.rows)
        self.rows.clear()
        self.size = 0


def list_sheets(path: Path) -> list[Sheet]:
    """The sheets of a file."""
    asked = (
        "SELECT number, name, hidden, (SELECT count(*) FROM lines WHERE sheet = s.number)"
        " FROM sheets AS s ORDER BY number"
    )
    with _open(path) as base:
        return [Sheet(row[0], row[1], bool(row[2]), row[3]) for row in base.execute(asked)]


def read_lines(path: Path, sheet: int, most: int = -1) -> Iterator[Line]:
    """The rows of a sheet, in order; the first ones only when `most` is not negative."""
    asked = "SELECT number, cells FROM lines WHERE sheet = ? ORDER BY number LIMIT ?"
    with _open(path) as base:
        for number, cells in base.execute(asked, (sheet, most)):
            yield Line(number, tuple(json.loads(cells)))


def write_entries(path: Path, found: Iterable[tuple[int, int, Row]]) -> None:
    """Keep what the rows mean, in place of what was kept before: (office, row's number, entry)."""
    entries_of(path).unlink(missing_ok=True)
    with _open(entries_of(path), make=True) as base:
        base.executescript(MAKE_ENTRIES)
        base.execute("BEGIN")
        base.executemany(
            ADD_ENTRY,
            ((office, line, *(getattr(row, key) for key in FIELDS)) for office, line, row in found),
        )
        base.execute("COMMIT")


def entries_of(path: Path) -> Path:
    """Where the entries of a spool lie."""
    return path.with_suffix(".entries")


def list_offices(path: Path) -> list[tuple[int, int]]:
    """The offices of the entries, and how many each has."""
    with _open(entries_of(path)) as base:
        asked = "SELECT office, count(*) FROM entries GROUP BY office ORDER BY office"
        return base.execute(asked).fetchall()


def read_entries(path: Path, office: int) -> list[Row]:
    """The entries of one office, in the order of the file."""
    with _open(entries_of(path)) as base:
        return [Row(*row) for row in base.execute(READ_ENTRIES, (office,))]
