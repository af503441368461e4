"""Trying a file out: what each of its rows means, what replacing would do, and what is wrong.

Nothing of the directory changes. The entries that come of it are kept by office on the disk, and
the replacing reads them from there: what was shown is what will be done.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, update

from app.core import db, http
from app.directory.gateways import import_files, spool
from app.directory.models import Import, Problem
from app.directory.queries import entries as entries_q
from app.directory.queries.imports import ImportRow
from app.directory.rules import lines as lines_r
from app.directory.rules.place_names import Offices
from app.directory.rules.row import Row
from app.directory.service import imports
from app.directory.service.imports import Wanted
from app.directory.service.replacement import plan

MOST_PROBLEMS = 5_000
SAID_EVERY = 10_000


def check(row: ImportRow) -> None:
    """Try an import out, and keep what was found with it."""
    wanted = imports.wanted_of(row)
    path = import_files.spooled(http.config().instance_dir, row.id)
    total = next(one.rows for one in spool.list_sheets(path) if one.number == wanted.mapping.sheet)
    with db.transaction():
        db.run(update(Import).where(Import.id == row.id).values(rows=total))
        db.run(delete(Problem).where(Problem.import_id == row.id))
    found = Found(wanted.mapping)
    spool.write_entries(path, _told(row.id, found, path))
    offices, shown = [], 0
    for number, count in spool.list_offices(path):
        offices.append(would_do(number, spool.read_entries(path, number), wanted, found))
        found.done += count
        if found.done - shown >= SAID_EVERY:
            shown = found.done
            progress(row.id, shown // 2)
    report = {
        "offices": offices, "problems": dict(found.counts), "taken": found.taken,
        "left": dict(found.left),
    }  # fmt: skip
    with db.transaction():
        db.run_many(insert(Problem), [{"import_id": row.id} | one for one in found.problems])
        said = json.dumps(report, ensure_ascii=False)
        imports.move(row.id, "checked", of=("checking",), report=said, rows_done=total)


def _told(import_id: str, found: Found, path: Path) -> Iterator[tuple[int, int, Row]]:
    """The entries, saying now and then how far the reading is: half of the work."""
    said = 0
    for one in found.entries(path):
        if found.done - said >= SAID_EVERY:
            said = found.done
            progress(import_id, said // 2)
        yield one


def progress(import_id: str, done: int) -> None:
    """Keep how many rows are done, in a transaction of its own."""
    with db.transaction():
        db.run(update(Import).where(Import.id == import_id).values(rows_done=done))


def would_do(number: int, rows: list[Row], wanted: Wanted, found: Found) -> dict[str, Any]:
    """What replacing an office would do, in numbers of entries."""
    made = plan(number, rows, departments(rows, wanted))
    seen: set[Row] = set()
    for one in rows:
        bare = Row(**vars(one) | {"place": ""})
        if bare in seen:
            found.problem(int(one.place.partition(" ")[2] or 0), "twice", one.duty[:100])
        seen.add(bare)
    return {
        "number": number, "name": made.office.name, "rows": made.given, "now": made.old,
        "added": len(made.added), "changed": len(made.changed) - made.handover,
        "handover": made.handover, "removed": len(made.removed), "same": made.same,
        "hidden": made.ids.count(-1),
    }  # fmt: skip


def departments(rows: list[Row], wanted: Wanted) -> frozenset[str] | None:
    """The departments that are replaced; None is the whole office."""
    return frozenset(one.department for one in rows) if wanted.only else None


class Found:
    """What reading all rows under a mapping finds, and what was wrong."""

    def __init__(self, mapping: lines_r.Mapping) -> None:
        """Begin with nothing."""
        self.mapping = mapping
        self.taken = self.done = 0
        self.left: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.problems: list[dict[str, Any]] = []
        known = entries_q.list_offices()
        self.offices = Offices((one.number, one.name, one.sido, one.aliases) for one in known)
        self.numbers: dict[str, int | None] = {}

    def entries(self, path: Path) -> Iterator[tuple[int, int, Row]]:
        """The entries of a sheet: office, row's number, entry."""
        reader = lines_r.Reader(self.mapping)
        for line in spool.read_lines(path, self.mapping.sheet):
            self.done += 1
            one = reader.read(line)
            if isinstance(one, lines_r.LeftOut):
                self.left[one.code] += 1
                if not one.quiet:
                    self.problem(line.number, one.code, one.detail)
                continue
            for code, detail in one.notes:
                self.problem(line.number, code, detail)
            number = self._office(one.office, line.number)
            if number is not None:
                self.taken += 1
                yield number, line.number, one.row

    def _office(self, text: str, line: int) -> int | None:
        if self.mapping.office is not None:
            return self.mapping.office
        if text not in self.numbers:
            self.numbers[text] = self.offices.find(text) if text else None
        if self.numbers[text] is None:
            code = "unknown-office" if text else "no-office"
            self.left[code] += 1
            self.problem(line, code, text[:100])
        return self.numbers[text]

    def problem(self, line: int, code: str, detail: str) -> None:
        """Write down what is wrong with a row; of very many only their number."""
        self.counts[code] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"row": line, "code": code, "detail": detail[:200]})
