"""A thousand changes in 20 offices, 300 followers, and a worker that is killed in between.

The real worker (`python -m app.worker`) tells; it is killed (SIGKILL to its process group) a
moment after it has taken up a run, at a random point of it, and started again. Who must be told of
what is computed apart from the product: from the follows as they were wished and the changes as
history keeps them, by plain substrings. A change is told when it stands behind exactly one notice
of the person: the notice is of it alone, or the list that the notice leads to, as its page reads
it, has it. Some changes come as imports of several offices: whatever of an import somebody is told
of must stand behind one notice. The last import is undone at the end, when half of its followers
have read its notice: these see that it is void, with every change of it; for the others it is gone.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import insert, text

from app.accounts.service import people
from app.core import clock, db
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.models import Import, Source
from app.directory.queries import entries as entries_q
from app.directory.queries import tellings as tellings_q
from app.directory.queries.entries import OfficeRow
from app.directory.rules.row import Row
from app.directory.service import follows, offices, tell_notices
from app.directory.service.follows import Wish
from app.directory.service.replace import replace as replace_office
from app.directory.service.undo import undo
from tests.bench.stage import NotReadyError, application, instance, kill_group, settings
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("follow_missed", "follow_doubled")
SEED = 20_261_126
TOPICS = ("청년 창업", "상수도 요금", "아동 수당", "문화재 보수", "도로 점용", "가축 방역")
ACTIONS = ("지원", "지도", "추진", "총괄", "홍보", "실태 조사")
UNITS = ("청년정책과", "상하수도 사업소", "복지정책과", "문화재과", "도로과", "축산과")
WITHIN_S = 900.0
LEFT = "SELECT count(*) FROM tasks WHERE kind = 'directory-tell'"
BEGUN = "SELECT coalesce(sum(tries), 0) FROM tasks WHERE kind = 'directory-tell'"
TOLD = "SELECT coalesce(sum(told), 0) FROM directory_runs"
PARTLY = """SELECT count(*) FROM directory_runs r WHERE told > 0 AND told <
    (SELECT max(id) FROM directory_changes c WHERE c.run_id = r.id)"""
TOLD_NOW = "SELECT person_id, key, url, title, body, withdrawn_at FROM notices"
RUNS_OF = "SELECT id FROM directory_runs WHERE import_id = :of ORDER BY id DESC"
READ = "UPDATE notices SET read_at = 1 WHERE person_id = :person AND key = :key"
CHANGES = "SELECT id, office, uid, before, after FROM directory_changes"
BATCHES = """SELECT c.id, coalesce(r.import_id, r.id) FROM directory_changes c
    JOIN directory_runs r ON r.id = c.run_id"""


@dataclass(frozen=True)
class Size:
    """How much of it: `batches` of `changes` in `offices` of `rows` each; every other one is an
    import, of which a worker is killed between `places` offices."""

    offices: int = 20
    rows: int = 90
    batches: int = 25
    changes: int = 40
    places: int = 4
    followers: int = 300
    kills: int = 25


Truth = set[tuple[str, int]]  # person, change


@dataclass(frozen=True)
class Judgement:
    """How many changes nobody was told of who should have been, how many too often or without
    need, and what stands where, in words."""

    missed: int
    doubled: int
    said: list[str]


class Notice(NamedTuple):
    """A notice as the database has it."""

    person_id: str
    key: str
    url: str
    title: str
    body: str
    withdrawn_at: int | None


@dataclass
class Drill:
    """The product, its directory, and what has been wished."""

    home: Path
    app: Flask
    size: Size
    chance: random.Random
    offices: list[OfficeRow] = field(default_factory=list)
    sources: dict[int, str] = field(default_factory=dict)
    rows: dict[int, list[Row]] = field(default_factory=dict)
    turn: int = 0  # of the office that changes next
    wishes: list[tuple[str, Wish]] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)  # imports, and runs that came by themselves
    pending: list[int] = field(default_factory=list)  # the offices that an import is still to do
    kills: int = 0
    held: int = 0  # kills of a worker that had a run in hand
    amid: int = 0  # of these, those of a run that was told in part
    first: Judgement | None = None  # before the undoing
    readers: set[str] = field(default_factory=set)  # who read before it what the last import told

    def ask(self, statement: str) -> int:
        """A number from the database's file, read past the application."""
        connection = sqlite3.connect(self.home / "office.db", timeout=30)
        try:
            return int(connection.execute(statement).fetchone()[0])
        finally:
            connection.close()


def set_up(size: Size, home: Path, seed: int = SEED) -> Drill:
    """Offices, entries, people and what they follow, in a fresh product."""
    drill = Drill(home, application(home), size, random.Random(seed))  # noqa: S311  repeatable
    with drill.app.app_context():
        offices.seed()
        drill.offices = drill.chance.sample(entries_q.list_offices(), size.offices)
        for office in drill.offices:
            _fill(drill, office)
        for number in range(size.followers):
            _follow(drill, number)
    return drill


def _fill(drill: Drill, office: OfficeRow) -> None:
    source = drill.sources[office.number] = new_id()
    with db.transaction():
        db.run(
            insert(Source).values(
                id=source, office=office.number, kind="file", label="시험", url="", state="on"
            )
        )
    drill.rows[office.number] = [_row(drill, at) for at in range(drill.size.rows)]
    replace_office(office.number, source, drill.rows[office.number])


def _row(drill: Drill, at: int) -> Row:
    chance = drill.chance
    items = (f"{chance.choice(TOPICS)} {chance.choice(ACTIONS)}" for _ in range(3))
    duty = ", ".join(one if chance.random() < 0.5 else one.replace(" ", "") for one in items)
    name = chance.choice(("김○○", "이○○", "", "박나무"))
    return Row(
        name, "", chance.choice(UNITS), f"{at % 7}팀", "주무관", f"{duty}, {at}호 문서",
        f"055-000-{at:04}", "", f"row {at}",
    )  # fmt: skip


def _follow(drill: Drill, number: int) -> None:
    """A person who follows one to four things, some of them the same in several ways."""
    code, hashed = f"F{number % 3}", "no password fits"
    with db.transaction():
        office = people.find_office(code=code)
        organisation = office.id if office else people.add_organisation(code, code, None, False)
        person = people.add_person(organisation, "홍길동", f"{number}", "총무과", "officer", hashed)
        viewer = Viewer("", person, organisation, code, code, "홍길동", "", "총무과", "officer")
        for wish in _wished(drill):
            follows.follow(viewer, wish)
            drill.wishes.append((person, wish))


def _wished(drill: Drill) -> list[Wish]:
    chance = drill.chance
    office = chance.choice(drill.offices)
    entry = chance.choice(entries_q.list_entries_of(office.number))
    words = chance.choice((*TOPICS, "창업 지원", "요금총괄", "수당 조사"))
    kinds = (
        Wish("entry", entry.uid),
        Wish("department", entry.department.replace(" ", ""), office.number),
        Wish("duty", words, office.number),
        Wish("duty", words, 0, office.sido),
        Wish("duty", entry.duty.split(", ")[0], office.number),
        Wish("duty", words),
    )
    some = chance.sample(kinds[:-1], chance.randint(1, 4))
    return [*some, kinds[-1]] if chance.random() < 0.1 else some


def change(drill: Drill) -> None:
    """The next batch begins, or the next office of an import that is under way is replaced."""
    many = drill.size.places
    if drill.pending:
        _replace(drill, drill.pending.pop(), drill.size.changes // many, drill.batches[-1])
    elif len(drill.batches) % 2:
        drill.batches.append(_replace(drill, _next_office(drill), drill.size.changes, None))
    else:
        drill.batches.append(_import(drill))
        drill.pending = [_next_office(drill) for _ in range(many)]
        change(drill)


def _next_office(drill: Drill) -> int:
    drill.turn += 1
    return drill.offices[drill.turn % len(drill.offices)].number


def _import(drill: Drill) -> str:
    """An import under way, as the worker's verb would have it."""
    made, whose = new_id(), drill.wishes[0][0]
    with db.transaction():
        organisation = db.value(
            text("SELECT organisation_id FROM persons WHERE id = :of"), {"of": whose}
        )
        db.run(
            insert(Import).values(
                id=made, organisation_id=organisation, person_id=whose, filename="", size=0,
                sha256=bytes(32), mapping="{}", state="running", created_at=clock.now(),
            )
        )  # fmt: skip
    return made


def _replace(drill: Drill, office: int, count: int, import_id: str | None) -> str:
    """Some rows of one office change, most of them to another person; the run's id."""
    rows = drill.rows[office]
    for at in drill.chance.sample(range(len(rows)), count):
        rows[at] = _changed(drill, rows[at])
    return replace_office(office, drill.sources[office], rows, import_id=import_id).run_id


def _changed(drill: Drill, row: Row) -> Row:
    chance = drill.chance
    after = f"최{chr(0xAC00 + chance.randrange(2000))}○"
    number = f"055-001-{chance.randrange(10_000):04}"
    way = chance.random()
    if way < 0.8:
        return replace(row, name=after, phone=number)
    if way < 0.9:
        more = f"{chance.choice(TOPICS)} {chance.choice(ACTIONS)}"
        return replace(row, name=after, duty=f"{more}, {row.duty}")
    return replace(row, department=chance.choice(UNITS), phone=number)


def worker(drill: Drill) -> subprocess.Popen[bytes]:
    """The product's worker, as `make run` starts it."""
    env = settings(drill.home, 8000, DEMO="0", LOG_LEVEL="ERROR")
    return subprocess.Popen(
        [sys.executable, "-m", "app.worker"], cwd=ROOT, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def play(drill: Drill) -> None:
    """Runs come one by one, the worker is killed at each, and at last it may finish."""
    end = time.monotonic() + WITHIN_S
    while drill.kills < drill.size.kills or _is_more(drill):
        if time.monotonic() > end:
            raise NotReadyError(f"{drill.kills} kills and {len(drill.batches)} batches only")
        _round(drill)
    process = worker(drill)
    try:
        _wait(drill, end)
        drill.first = _judge(drill, truth(drill), set())
        with drill.app.app_context():
            _read_half(drill)
            for run_id in db.values(text(RUNS_OF), {"of": drill.batches[-1]}):
                undo(run_id)
        _wait(drill, end)
    finally:
        kill_group(process)


def _is_more(drill: Drill) -> bool:
    return bool(drill.pending) or len(drill.batches) < drill.size.batches


def _round(drill: Drill) -> None:
    """A run, and a worker that dies while it tells of it."""
    if _is_more(drill):
        with drill.app.app_context():
            change(drill)
    _let_leases_run_out(drill)
    mark = drill.chance.choice((BEGUN, TOLD))  # a run is taken up, or a step of one is told
    before, waiting = drill.ask(mark), drill.ask(LEFT)
    process = worker(drill)
    try:
        while waiting and drill.ask(mark) == before and drill.ask(LEFT):
            time.sleep(0.001)
        time.sleep(drill.chance.uniform(0, 0.05))
        drill.kills += 1
    finally:
        kill_group(process)
    drill.held += drill.ask(LEFT) == waiting > 0
    drill.amid += drill.ask(PARTLY) > 0


def _read_half(drill: Drill) -> None:
    """Half of those who were told of the last import read what they were told."""
    followers = sorted({person for person, _ in _of_last(drill, truth(drill))})
    drill.readers = set(drill.chance.sample(followers, len(followers) // 2))
    key = tell_notices.key_of(drill.batches[-1])
    with db.transaction():
        for person in drill.readers:
            db.run(text(READ), {"person": person, "key": key})


def _let_leases_run_out(drill: Drill) -> None:
    """What a killed worker held is free after two minutes: here at once."""
    with drill.app.app_context(), db.transaction():
        db.run(text("UPDATE tasks SET next_at = 0"))


def _wait(drill: Drill, end: float) -> None:
    while drill.ask(LEFT):
        if time.monotonic() > end:
            raise NotReadyError("the worker did not finish")
        _let_leases_run_out(drill)
        time.sleep(0.5)


def truth(drill: Drill) -> Truth:
    """Who must be told of what, apart from the product's own rules."""
    places = {one.number: one.sido for one in drill.offices}
    with drill.app.app_context():
        changes = db.rows(text(CHANGES))
    wanted = set()
    for number, office, uid, before, after in changes:
        sides = [json.loads(one) for one in (before, after) if one]
        if not _matters(sides):
            continue
        for person, wish in drill.wishes:
            if _wants(wish, office, places[office], uid, sides):
                wanted.add((person, number))
    return wanted


def _of_last(drill: Drill, wanted: Truth) -> Truth:
    with drill.app.app_context():
        batches: dict[int, str] = dict(db.rows(text(BATCHES)))
    return {one for one in wanted if batches[one[1]] == drill.batches[-1]}


def _matters(sides: list[dict[str, Any]]) -> bool:
    told = ("name", "position", "phone", "duty", "department", "team")
    return len(sides) == 1 or any(sides[0][name] != sides[1][name] for name in told)


def _wants(wish: Wish, office: int, sido: str, uid: str, sides: list[dict[str, Any]]) -> bool:
    if wish.what == "entry":
        return wish.target == uid
    if wish.office not in {0, office} or wish.sido not in {"", sido}:
        return False
    if wish.what == "department":
        return any(one["department"].replace(" ", "") == wish.target for one in sides)
    terms = wish.target.split()
    return any(all(any(term in item for item in _items(one)) for term in terms) for one in sides)


def _items(side: dict[str, Any]) -> list[str]:
    return [item.replace(" ", "") for item in side["duty"].split(",")]


def judge(drill: Drill) -> tuple[int, int, list[str]]:
    """Missed, doubled, and what stands where, in words: before the undoing and after it."""
    wanted, first = truth(drill), drill.first
    assert first is not None, "play it first"
    undone = _of_last(drill, wanted)
    void = {one for one in undone if one[0] in drill.readers}
    now = _judge(drill, wanted - (undone - void), void)
    said = [*first.said, f"after the undoing of an import of {len(undone)}:", *now.said]
    return first.missed + now.missed, first.doubled + now.doubled, said


def _judge(drill: Drill, wanted: Truth, void: Truth) -> Judgement:
    """Compare what stands behind everybody's notices with what must: each change once, what came
    together in one notice, and marked as void where it is."""
    with drill.app.app_context():
        rows = [Notice(*row) for row in db.rows(text(TOLD_NOW))]
        count = db.value(text("SELECT count(*) FROM directory_changes"))
        batches: dict[int, str] = dict(db.rows(text(BATCHES)))
        behind = {at: _behind(row) for at, row in enumerate(rows)}
    told = Counter(one for found in behind.values() for one in found)
    parts = {(at, one[0], batches.get(one[1])) for at, found in behind.items() for one in found}
    same = Counter((person, batch) for _, person, batch in parts)
    times = Counter[tuple[str, int]]()
    for (person, change, _), number in told.items():
        times[person, change] += number
    missed = len(wanted - set(times))
    marked = sum(1 for one in told if one[2] != (one[:2] in void))
    extra = sum(number - ((one in wanted) and 1) for one, number in times.items())
    alike = sum(number - 1 for number in same.values())
    said = [
        f"{count} changes in {len(drill.batches)} batches, every other one an import of "
        f"{drill.size.places} offices, {len(drill.wishes)} follows",
        f"{len(wanted)} times a change is wanted by somebody, {sum(times.values())} times it is "
        f"told, in {len(rows)} notices, {alike} of them one too many of an import or a visit; "
        f"{marked} with a wrong mark",
        f"{drill.kills} kills of the worker, {drill.held} of them with a run in hand, "
        f"{drill.amid} of these told in part",
    ]
    return Judgement(missed + marked, max(extra, alike), said)


def _behind(notice: Notice) -> list[tuple[str, int, bool]]:
    """The changes that stand behind a notice, as whoever opens it sees them: person, change, and
    whether it says that it is void. A list with another number than its notice says is none."""
    place, _, last = notice.url.rpartition("/")
    person, void = notice.person_id, notice.withdrawn_at is not None
    batch = last if place == "/directory/told" else notice.key.split(":")[2]
    found, page = list[tuple[str, str, int, bool]](), 1
    while shown := tellings_q.list_page(person, batch, page):
        found += [(one.change.uid, person, one.change.id, one.undone) for one in shown]
        page += 1
    if place == "/directory/entry":
        alone = [(person, change, void) for uid, _, change, _ in found if uid == last]
        return alone if len(found) == 1 else []
    is_whole = len(found) == json.loads(notice.body)["total"] > 1
    return [one[1:] for one in found] if is_whole else []


def run(report: Report) -> None:
    """The drill."""
    drill = set_up(Size(), instance(demo=False))
    play(drill)
    missed, doubled, said = judge(drill)
    for line in said:
        report.note(line)
    report.figure("follow_missed", missed)
    report.figure("follow_doubled", doubled)
