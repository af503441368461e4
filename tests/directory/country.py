"""A directory that reads invented offices: their sources written, tried, switched on, read again
after a day; and what it has of each compared with what each shows."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import text, update

from app.core import clock, db
from app.core.guard import Viewer
from app.directory.models import Source
from app.directory.queries import entries as entries_q
from app.directory.queries import sources as sources_q
from app.directory.rules import definition as definition_r
from app.directory.service import offices, sources
from app.directory.service.sources import Given
from tests.directory.fake_offices import FAULTS, FakeOffice, Land
from tests.directory.fake_pages import Open
from tools.setup import ROOT

VIEWER = Viewer("s", "p", "o", "t", "기관", "이름", "1", "부서", "administrator")
OPEN = """SELECT count(*) FROM directory_sources s LEFT JOIN fetch_rounds r
    ON r.owner = s.id WHERE r.state = 'running' OR (s.state = 'on' AND s.next_at <= :now)"""


@dataclass
class Verdict:
    """What is right and what is not."""

    true: int = 0
    found: int = 0
    extra: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def percent(self) -> float:
        """People found, of those that there are and those that there are not."""
        return 100 * self.found / max(1, self.true + self.extra)


class Country:
    """Offices, and a directory that reads them."""

    def __init__(self, app: Flask, home: Path, land: Land, delay_ms: int) -> None:
        """Write a source for each office."""
        self.app, self.home, self.land, self.delay_ms = app, home, land, delay_ms
        self.expected: dict[int, Counter[tuple[str, ...]]] = {}
        self.alarmed: set[int] = set()
        self.sources: dict[int, str] = {}
        with app.app_context():
            offices.seed()
            for one in land.offices:
                made = definition_r.read(one.definition())
                key = Open.secret if isinstance(one.structure, Open) else ""
                with db.transaction():
                    given = Given(one.number + 1, f"시험 {one.number}", made, key)
                    self.sources[one.number] = sources.add(VIEWER, given)

    def workers(self, count: int) -> list[subprocess.Popen[bytes]]:
        """Crawling workers, begun."""
        started = [self._start() for _ in range(count)]
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        return started

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.directory.crawler", str(self.home)]
        return subprocess.Popen(
            [*command, str(self.land.port), str(self.delay_ms)], cwd=ROOT,
            stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def left(self) -> int:
        """How many sources are being read or are to be."""
        with self.app.app_context():
            found: int = db.value(text(OPEN), {"now": clock.now()})
        return found

    def wait(self, seconds: float) -> bool:
        """Whether nothing is left in time."""
        until = time.monotonic() + seconds
        while self.left() and time.monotonic() < until:
            time.sleep(0.1)
        return not self.left()

    def ask_trials(self) -> None:
        """Try every definition out."""
        with self.app.app_context():
            for source_id in self.sources.values():
                with db.transaction():
                    sources.ask_trial(VIEWER, source_id)

    def switch_on(self) -> list[str]:
        """Switch on what was tried; what could not be, and why."""
        told = []
        with self.app.app_context():
            for number, source_id in self.sources.items():
                trial = sources_q.find_round(source_id, trial=True)
                if trial is None or trial.state != "done":
                    told.append(f"{self.key(number)}: trial {trial and trial.told}")
                    continue
                with db.transaction():
                    sources.switch(VIEWER, source_id, on=True)
        return told

    def key(self, number: int) -> str:
        """An office's structure, for messages."""
        return f"{number} {self.land.offices[number].structure.key}"

    def new_day(self) -> None:
        """The sources are due again."""
        for one in self.land.offices:
            one.new_day()
        with self.app.app_context(), db.transaction():
            db.run(update(Source).where(Source.state == "on").values(next_at=clock.now()))

    def expect(self) -> None:
        """What the offices show now is what the directory should have."""
        self.expected = {one.number: one.truth() for one in self.land.offices}

    def judge(self) -> Verdict:
        """Compare what the directory has with what it should have, and the alarms."""
        verdict = Verdict()
        with self.app.app_context():
            for one in self.land.offices:
                self._judge(one, verdict)
        return verdict

    def _judge(self, one: FakeOffice, verdict: Verdict) -> None:
        wanted, names = self.expected[one.number], one.structure.shown
        kept = entries_q.list_entries_of(one.number + 1)
        has = Counter(tuple(getattr(row, name) for name in names) for row in kept)
        right = sum((wanted & has).values())
        source = sources_q.get_source(self.sources[one.number])
        is_alarmed = source.alarm is not None
        if is_alarmed != (one.number in self.alarmed):
            verdict.told.append(f"{self.key(one.number)}: alarm {source.alarm}")
            right = 0
        verdict.true += sum(wanted.values())
        verdict.found += right
        verdict.extra += sum((has - wanted).values())
        if right < sum(wanted.values()):
            last = sources_q.find_round(source.id, trial=False)
            missing = next(iter(wanted - has), None)
            verdict.told.append(
                f"{self.key(one.number)}: {right} of {sum(wanted.values())}, "
                f"{last and last.state} {last and last.told}; missing {missing}"
            )


def give_moods(land: Land, each: int, beyond: int) -> None:
    """Let every office fail some times: the n-th page that is asked of it, in some way."""
    for one in land.offices:
        for at in range(each):
            one.moods[1 + (at * 3 + one.number) % beyond] = FAULTS[(one.number + at) % len(FAULTS)]


def rebuild(land: Land, lost: set[int], ruined: set[int], closed: set[int]) -> None:
    """A day later: people come and go everywhere, lists grow, some sites were rebuilt under other
    names, some in a way that nobody foresaw, some show half of their people, some are out of order
    and say so with status 200."""
    for one in land.offices:
        one.people.move_on(added=1 + one.number % 5)
        if one.number % 4 == 1 and one.structure.key not in {"api", "cards"}:
            one.structure.names = one.structure.renamed
        if one.number in lost:
            one.people.lose(0.7)
        if one.number in ruined:
            one.structure.names = one.structure.ruined
        one.out_of_order = one.number in closed
