"""A directory to write in: offices, a source, lines of a staff page."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select

from app.core import db
from app.core.ids import new_id
from app.core.outbox import Task
from app.directory.models import Change, Run, Source
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.queries.entries import EntryRow
from app.directory.rules import fts5, plan
from app.directory.rules.plan import Words
from app.directory.rules.row import Row
from app.directory.service import offices

CHANGWON, JONGNO = "경상남도 창원시", "서울특별시 종로구"
LINE = Row(
    "김하늘", "복지여성국", "청년정책과", "창업지원팀", "주무관", "청년 창업 지원", "055-211-1234",
    "055-211-9999", "row 2",
)  # fmt: skip


def line(**changes: str) -> Row:
    """A line of a staff page, but for the changes."""
    return replace(LINE, **changes)


def lines(count: int) -> list[Row]:
    """That many different lines."""
    return [
        line(name=f"김{chr(0xAC00 + at * 29)}수", duty=f"업무 {at}호 담당 {chr(0xB000 + at * 31)}",
             phone=f"055-211-{1000 + at}", place=f"row {at + 2}")
        for at in range(count)
    ]  # fmt: skip


class Desk:
    """An office of the directory and a source for it; needs an application context."""

    def __init__(self, name: str = CHANGWON) -> None:
        """Seed the offices and make the source."""
        offices.seed()
        found = entries_q.find_office_named(name)
        assert found is not None
        self.number = found.number
        self.source = self.new_source()

    def new_source(self) -> str:
        """Another source of the office."""
        made = new_id()
        with db.transaction():
            db.run(insert(Source).values(
                id=made, office=self.number, kind="file", label="명단.csv", url="", state="off",
                failures=0,
            ))  # fmt: skip
        return made

    @property
    def entries(self) -> list[EntryRow]:
        """What the office has."""
        return entries_q.list_entries_of(self.number)

    @property
    def version(self) -> int | None:
        """The version of the index."""
        return index_q.find_state("version")

    @property
    def changes(self) -> list[dict[str, Any]]:
        """The history: kind, uid, before and after."""
        rows = db.rows(
            select(Change.kind, Change.uid, Change.before, Change.after).order_by(Change.id)
        )
        return [
            {"kind": kind, "uid": uid, "before": json.loads(before or "null"),
             "after": json.loads(after or "null")}
            for kind, uid, before, after in rows
        ]  # fmt: skip

    @property
    def told(self) -> list[str]:
        """The runs that somebody is to be told of."""
        return db.values(select(Task.key).where(Task.kind == "directory-tell").order_by(Task.id))

    def run(self, run_id: str) -> dict[str, Any]:
        """A run's row."""
        row = db.first(select(*Run.__table__.c).where(Run.id == run_id))
        assert row is not None
        return dict(zip(Run.__table__.c.keys(), row, strict=True))

    def find(self, query: str) -> list[str]:
        """The duties of the entries that a query finds in the index."""
        pairs: dict[str, list[str]] = {}
        for pair in index_q.list_pairs():
            pairs.setdefault(pair[0], []).append(pair)
        made = plan.plan(plan.terms_of(query), Words(pairs, set(), {}))
        if made is None:
            return []
        ids = matches.list_ids(fts5.match(made.everything), 1000)
        kept = entries_q.list_entries(ids)
        return [kept[one].duty if one in kept else f"a ghost: {one}" for one in ids]
