"""Importing a file from the command line, for whoever runs the machine: no upload, no screens."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.core.errors import NotFound
from app.directory.gateways import spool
from app.directory.models import Source
from app.directory.queries import entries as entries_q
from app.directory.rules import columns
from app.directory.rules import lines as lines_r
from app.directory.rules.place_names import Offices
from app.directory.service import replace as replace_s
from app.directory.service.import_check import Found, departments, would_do
from app.directory.service.imports import Wanted
from app.directory.service.replace import Outcome

NAMESPACE = uuid.UUID("5f0c5f9e-64a1-4c59-9d0e-6f7e8f0b7f21")


@dataclass
class Brought:
    """A file that was read: its rows in a spool, what its columns were taken for, what is wrong."""

    path: Path
    name: str
    wanted: Wanted
    found: Found

    def offices(self) -> list[tuple[int, int]]:
        """The numbers of its offices, and how many rows each has."""
        return spool.list_offices(self.path)

    def would_do(self, office: int) -> dict[str, object]:
        """What replacing an office would do."""
        return would_do(office, spool.read_entries(self.path, office), self.wanted, self.found)

    def replace(self, office: int) -> Outcome:
        """Replace an office."""
        rows = spool.read_entries(self.path, office)
        source_id = str(uuid.uuid5(NAMESPACE, f"{office} {self.name}"))
        made = insert(Source).values(
            id=source_id, office=office, kind="file", label=self.name[:120], url="", state="off",
            failures=0,
        )  # fmt: skip
        with db.transaction():
            db.run(made.on_conflict_do_nothing())
        return replace_s.replace(office, source_id, rows, only=departments(rows, self.wanted))


def find_office(text: str) -> int:
    """The number of the office that a text names.

    Raises:
        NotFound: none, or several.
    """
    known = entries_q.list_offices()
    found = Offices((one.number, one.name, one.sido, one.aliases) for one in known).find(text)
    if found is None:
        raise NotFound
    return found


@contextmanager
def brought(file: Path, office: int | None, *, only: bool, sheet: int = 0) -> Iterator[Brought]:
    """Read a file and try it out.

    Args:
        file: CSV or XLSX.
        office: the number of the office that it is of; None when a column says it.
        only: replace the departments that are in the file, and leave the others of an office.
        sheet: which one of a workbook, from 0.

    Raises:
        Unreadable: it is no table.
    """
    with tempfile.TemporaryDirectory(prefix="office-import-") as folder:
        path = Path(folder) / "spool"
        spool.read_file(file, path)
        guess = columns.guess(list(spool.read_lines(path, sheet, 200)))
        mapping = lines_r.Mapping(sheet, guess.columns, guess.last_head, guess.fill, office)
        found = Found(mapping)
        spool.write_entries(path, found.entries(path))
        yield Brought(path, file.name, Wanted(mapping, only), found)
