"""The whole country to search: 400,000 invented officials of 243 offices in an installation.

A child process builds it, so that processor, memory and size are the building's alone. All
measurements of one process share it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, text, update

from app.core import db
from app.core.ids import new_id
from app.directory.models import Entry, Office, Run, Source
from app.directory.queries import entries as entries_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.rules.row import Row
from app.directory.service import counts, index, offices
from tests.bench import officials
from tests.bench.stage import NotReadyError, application, instance
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("dir_build_s", "dir_index_mb", "dir_build_peak_mb")
_SIZE = text("SELECT sum(pgsize) FROM dbstat WHERE name = 'directory_index_data'")


@dataclass(frozen=True)
class Built:
    """An installation and what its building cost: seconds of processor by part, most memory and
    the index's size in MB."""

    home: Path
    parts: dict[str, float]
    peak_mb: float
    index_mb: float

    @property
    def seconds(self) -> float:
        """Of everything but inventing the people."""
        return sum(self.parts.values()) - self.parts["inventing"]


@dataclass
class Clock:
    """Seconds of processor by what they were spent on."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        """Count what runs inside as one part."""
        began = time.process_time()
        yield
        self.parts[part] = self.parts.get(part, 0.0) + time.process_time() - began


@cache
def built(count: int = officials.COUNT) -> Built:
    """The installation with that many people, built once a process.

    Raises:
        NotReadyError: the building failed; with what it said.
    """
    home = instance(demo=False)
    command = [sys.executable, "-m", "tests.bench.nation", str(home), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise NotReadyError(done.stderr[-800:])
    parts, peak, size = json.loads(done.stdout.splitlines()[-1])
    return Built(home, parts, peak, size)


def build(clock: Clock, count: int) -> float:
    """Fill the directory of the application in use; the index's size in MB."""
    offices.seed()
    of_number = {one.number: one for one in entries_q.list_offices()}
    source, run_id = _origin(min(of_number))
    people = groupby(officials.rows(count), itemgetter(0))
    while True:
        with clock.on("inventing"):
            number, rows = next(((one, [row for _, row in few]) for one, few in people), (0, []))
        if not rows:
            break
        _fill(clock, of_number[number], rows, source, run_id)
    with clock.on("merging"):
        index.optimize()
    with clock.on("counting"):
        while counts.count_when_needed():
            pass
    return int(db.value(_SIZE)) / 1e6


def _origin(office: int) -> tuple[str, str]:
    """A source and a run that the entries say they are from."""
    source, run_id = new_id(), new_id()
    with db.transaction():
        db.run(insert(Source).values(
            id=source, office=office, kind="file", label="명단.csv", url="", state="off",
            failures=0,
        ))  # fmt: skip
        db.run(insert(Run).values(
            id=run_id, office=office, source_id=source, at=0, state="done", added=0, changed=0,
            removed=0, same=0,
        ))  # fmt: skip
    return source, run_id


def _fill(clock: Clock, office: OfficeRow, rows: list[Row], source: str, run_id: str) -> None:
    """The people of an office, in one transaction."""
    low = office.number << entries_q.OFFICE_BITS
    entries = [EntryRow(low | at, new_id(), **asdict(row)) for at, row in enumerate(rows)]
    with clock.on("analysing"):
        added = index.analyse(entries, office)
    seen = {"entries": len(rows), "source_id": source, "seen_at": int(time.time())}
    with db.transaction():
        with clock.on("rows"):
            db.run_many(insert(Entry), [{**vars(one), "added_run": run_id} for one in entries])
            db.run(update(Office).where(Office.number == office.number).values(seen))
        with clock.on("index"):
            index.change(added, {})


@contextmanager
def opened(count: int = officials.COUNT) -> Iterator[Flask]:
    """The application over the whole country in this process as it answers people, its context
    entered."""
    app = application(built(count).home, DEMO="0")
    db.map_pages(app)
    with app.app_context():
        yield app


def run(report: Report, count: int = officials.COUNT) -> None:
    """Build it and say what it cost."""
    made = built(count)
    parts = ", ".join(f"{part} {spent:.1f}" for part, spent in made.parts.items())
    report.note(f"{count} people; seconds of processor: {parts}")
    report.figure("dir_build_s", made.seconds)
    report.figure("dir_index_mb", made.index_mb)
    report.figure("dir_build_peak_mb", made.peak_mb)


def main(home: str, count: str) -> None:
    """Build in this process; print the parts, the most memory and the index's size."""
    clock = Clock()
    with application(Path(home), DEMO="0").app_context():
        size = build(clock, int(count))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
    print(json.dumps([clock.parts, int(peak) / 1024, size]))


if __name__ == "__main__":
    main(*sys.argv[1:])
