"""400,000 people of 243 offices brought in from files, by the worker's own verbs, while somebody
searches: how fast, with how much memory, and whether anybody ever saw an office half empty.

The files (CSV, each below the 50 MB that are taken) go the way of an administrator's: upload,
reading, dry run, replacing with identity, history and index. A second round holds changes of people
in charge, arrivals and departures; the third is the second once more and must change nothing. What
imports is a process of its own, so its peak of memory is its own too.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Self

from flask import Flask
from sqlalchemy import text

from app.core import db, outbox
from app.core.guard import Viewer
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.rules import fts5, plan, tokens
from app.directory.rules.plan import Plan, Words
from app.directory.rules.row import Row
from app.directory.service import importing, imports, offices
from app.directory.service.imports import Wanted
from tests.bench import officials
from tests.bench.stage import application, instance
from tests.factories import make_office
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("dir_import_rows_s", "dir_import_peak_mb")
HEADS = ("기관명", "실국", "부서명", "팀명", "직위", "성명", "담당업무", "전화번호", "팩스")
FILES = 3
EVERY_S = 0.05
LOOKED_FOR = ("청년창업", "상수도요금", "불법주정차", "지원", "관리")


def run(report: Report, count: int = officials.COUNT) -> None:
    """Measure."""
    folder = instance(demo=False)
    app = application(folder)
    with app.app_context():
        offices.seed()
        office = make_office()
        who = {"organisation": office.organisation_id, "person": office.people["administrator"]}
        names = {one.number: one.name for one in entries_q.list_offices()}
    work = folder.parent
    first = write_files(work, "first", names, officials.rows(count))
    changed = write_files(work, "second", names, later(officials.rows(count)))
    found = bring(app, work, who, first, whole=False)
    print(f"first import: {found.said()}")
    assert found.counts["added"] == count, found.counts
    assert found.counts["changed"] == found.counts["handover"] == found.counts["removed"] == 0
    report.figure("dir_import_rows_s", round(count / found.seconds))
    peaks = [found.peak_mb]
    second = bring(app, work, who, changed, whole=True)
    print(f"with changes: {second.said()}")
    assert second.counts["handover"] > count / 100, second.counts
    third = bring(app, work, who, changed, whole=True)
    print(f"the same again: {third.said()}")
    assert sum(third.counts[key] for key in ("added", "changed", "handover", "removed")) == 0
    peaks += [second.peak_mb, third.peak_mb]
    report.figure("dir_import_peak_mb", round(max(peaks)))


def write_files(
    folder: Path, name: str, names: dict[int, str], rows: Iterator[tuple[int, Row]]
) -> list[Path]:
    """Files with the people, as an office or a province would publish them."""
    paths = [folder / f"{name}-{number}.csv" for number in range(FILES)]
    handles = [path.open("w", encoding="cp949", newline="") for path in paths]
    writers = [csv.writer(handle) for handle in handles]
    for writer in writers:
        writer.writerow(HEADS)
    for number, row in rows:
        cells = (row.bureau, row.department, row.team, row.position, row.name, row.duty, row.phone)
        writers[number % FILES].writerow((names[number], *cells, row.fax))
    for handle in handles:
        handle.close()
    return paths


def later(rows: Iterator[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """The same people some weeks later: of 100, three desks with somebody else, one duty with other
    words, one gone, one new."""
    for at, (number, row) in enumerate(rows):
        if at % 100 in {10, 40, 70}:
            yield number, replace(row, name=row.name and f"한{row.name[1:]}", phone="055-999-9999")
        elif at % 100 == 20:
            yield number, replace(row, duty=f"{row.duty} 및 점검")
        elif at % 100 == 30:
            yield number, replace(row, name="", duty="새로 생긴 일", team="", phone=f"02-1-{at}")
        else:
            yield number, row


@dataclass
class Found:
    """How bringing files went."""

    seconds: float = 0.0
    peak_mb: float = 0.0
    cpu_s: float = 0.0
    parts: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    slowest_ms: float = 0.0

    def said(self) -> str:
        """In one line."""
        parts = ", ".join(f"{key} {value:.0f} s" for key, value in self.parts.items())
        counts = ", ".join(f"{key} {value:,}" for key, value in self.counts.items())
        return (
            f"{self.seconds:.0f} s ({parts}; {self.cpu_s:.0f} s of processor),"
            f" peak {self.peak_mb:.0f} MB; {counts};"
            f" {self.asked} searches meanwhile, the slowest {self.slowest_ms:.0f} ms"
        )


def bring(
    app: Flask, folder: Path, who: dict[str, str], paths: list[Path], *, whole: bool
) -> Found:
    """Bring files in with a process of its own, and search all the while."""
    order = {"instance": str(app.extensions["office_config"].instance_dir), **who}
    order["paths"] = json.dumps([str(path) for path in paths])
    with Searching(app, whole=whole) as searching:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.directory_import", json.dumps(order)],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    return Found(
        told["seconds"], told["peak_mb"], told["cpu_s"], Counter(told["parts"]),
        Counter(told["counts"]), searching.asked, searching.slowest_ms,
    )  # fmt: skip


class Searching:
    """Somebody who searches all the while, and looks whether offices are whole."""

    def __init__(self, app: Flask, *, whole: bool) -> None:
        """Begin to search at `with`; `whole`: every office has been there from the beginning."""
        self.app, self.whole = app, whole
        self.asked, self.slowest_ms = 0, 0.0
        self.faults: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
        assert not self.faults, self.faults[:5]
        assert self.asked > 50, self.asked

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            try:
                with self.app.app_context():
                    self._look()
            except Exception as error:  # whatever it is, it is what is measured
                self.faults.append(f"{type(error).__name__}: {error}")

    def _look(self) -> None:
        """One snapshot: what is counted as an office's, what it has, and what the index finds."""
        office = entries_q.list_offices()[self.asked * 37 % 243]
        low = office.number << 16
        made = _planned(office.name.replace(" ", ""))
        assert made is not None
        begun = time.perf_counter()
        ids = matches.list_ids_in(fts5.match(made.everything), office.number, office.number)
        kept = db.values(
            text("SELECT id FROM directory_entries WHERE id BETWEEN :low AND :high"),
            {"low": low, "high": low | 0xFFFF},
        )
        query = _planned(LOOKED_FOR[self.asked % len(LOOKED_FOR)])
        found = matches.list_ids(fts5.match(query.everything), 50) if query else []
        self.slowest_ms = max(self.slowest_ms, (time.perf_counter() - begun) * 1000)
        self.asked += 1
        if sorted(ids) != sorted(kept) or len(kept) != office.entries:
            self.faults.append(f"{office.name}: {len(ids)} {len(kept)} {office.entries}")
        if self.whole and not (kept and found):
            self.faults.append(f"{office.name}: {len(kept)} entries, {len(found)} found")
        if len(entries_q.list_entries(found)) != len(found):
            self.faults.append("a row that is found and is not there")


def _planned(query: str) -> Plan | None:
    """The plan of a query all of whose pairs exist."""
    terms = plan.terms_of(query)
    found = sorted({pair for term in terms for pair in tokens.pairs(term)})
    known = {first: list(run) for first, run in groupby(found, lambda pair: pair[0])}
    return plan.plan(terms, Words(known, set(), {}))


def work(order: dict[str, str]) -> None:
    """What the importing process does; prints a line of JSON."""
    app = application(Path(order["instance"]))
    viewer = Viewer(
        "", order["person"], order["organisation"], "", "", "", "", "", "administrator"
    )  # fmt: skip
    found, begun = Found(), time.monotonic()
    with app.app_context():
        for path in json.loads(order["paths"]):
            _bring(viewer, Path(path), found)
        assert index_q.find_state("version")
    found.seconds = time.monotonic() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {"seconds": found.seconds, "parts": found.parts, "counts": found.counts}
    told |= {"peak_mb": used.ru_maxrss / 1024, "cpu_s": used.ru_utime + used.ru_stime}
    print(json.dumps(told))


def _bring(viewer: Viewer, path: Path, found: Found) -> None:
    with path.open("rb") as file:
        import_id = imports.upload(viewer, path.name, file)
    _until(import_id, "read", found)
    row = imports_q.get_import(viewer.organisation_id, import_id)
    wanted = Wanted(imports.wanted_of(row).mapping, only=False)
    with db.transaction():
        imports.check(viewer, import_id, wanted)
    _until(import_id, "checked", found)
    with db.transaction():
        imports.start(viewer, import_id)
    _until(import_id, "done", found)
    row = imports_q.get_import(viewer.organisation_id, import_id)
    for one in json.loads(row.report or "")["offices"]:
        found.counts.update({key: one[key] for key in COUNTED})


COUNTED = ("added", "changed", "handover", "removed", "same")


def _until(import_id: str, state: str, found: Found) -> None:
    begun = time.monotonic()
    while True:
        outbox.work_off(importing.VERBS)
        row = imports_q.find_import(import_id)
        assert row is not None
        assert row.state != "failed", row.report
        if row.state == state:
            break
    found.parts[state] += time.monotonic() - begun  # type: ignore[assignment]


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))
