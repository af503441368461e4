"""What tests of living with the directory stand on: offices with entries, and runs that change
them, written as service/replace.py writes them.

Everything here needs an application context and commits by itself, unless it says otherwise.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update

from app.core import clock, db, outbox
from app.core.db import transaction
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.models import Change, Entry, Import, Office, Run, Source, Telling
from app.directory.queries.entries import EntryRow, get_office
from app.directory.queries.follows import list_follows, list_reports
from app.directory.service import follows, index, mine, offices, tell
from app.directory.service.follows import Wish
from app.notices.queries import list_page

if TYPE_CHECKING:  # the factories stand on this module
    from tests.factories import Office as Organisation

CHANGWON, SEOUL = "경상남도 창원시", "서울특별시"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Step:
    """A change of a run: what stood there, and what stands there now."""

    kind: str
    before: EntryRow | None
    after: EntryRow | None

    @property
    def uid(self) -> str:
        """The entry's."""
        found = self.after or self.before
        assert found is not None
        return found.uid


def office_number(name: str = CHANGWON) -> int:
    """The number of a shipped office; they are taken up when that has not happened."""
    offices.seed()
    found: int = db.value(select(Office.number).where(Office.name == name))
    return found


def entry(office: int, **fields: Any) -> EntryRow:
    """An entry of an office, written nowhere."""
    number = next(_numbers)
    made = {
        "name": "김○○", "bureau": "경제국", "department": "청년정책과", "team": "청년지원팀",
        "position": "주무관", "duty": "청년 창업 지원, 청년 센터 운영",
        "phone": f"055-000-{number:04}", "fax": "", "place": "",
    } | fields  # fmt: skip
    return EntryRow(office << 16 | number, new_id(), **made)


def put(office: int, *rows: EntryRow, kind: str = "file", label: str = "창원시 누리집") -> str:
    """Write an office's first entries; the run's id."""
    return _write(office, [Step("added", None, one) for one in rows], kind, label, first=True)


def change(office: int, *steps: Step, import_id: str | None = None) -> str:
    """Change an office's entries and ask the worker to tell of it; the run's id."""
    return _write(office, steps, "file", "창원시 누리집", import_id=import_id)


@contextmanager
def dying_at(write: int) -> Iterator[list[int]]:
    """The process dies at one of its writes of many rows (from 0), before the commit; what is
    given counts the writes."""
    count = [0]

    with pytest.MonkeyPatch.context() as patch:
        real = db.run_many

        def dying(statement: Any, given: Any) -> None:
            """Write, and die."""
            real(statement, given)
            count[0] += 1
            if count[0] == write + 1:
                raise KeyboardInterrupt

        patch.setattr(db, "run_many", dying)
        yield count


def an_import(viewer: Viewer) -> str:
    """A file that somebody brings, of which nothing is read; its id."""
    made = new_id()
    with transaction():
        db.run(
            insert(Import).values(
                id=made, organisation_id=viewer.organisation_id, person_id=viewer.person_id,
                filename="전국.csv", sha256=bytes(32), size=1, mapping="{}", state="running",
                created_at=clock.now(),
            )
        )  # fmt: skip
    return made


def handover(before: EntryRow, name: str, phone: str) -> Step:
    """Somebody else is in charge."""
    return Step("handover", before, replace(before, name=name, phone=phone))


def _write(
    office: int, steps: Sequence[Step], kind: str, label: str, *, first: bool = False,
    import_id: str | None = None,
) -> str:  # fmt: skip
    run_id, source_id, now, row = new_id(), new_id(), clock.now(), get_office(office)
    old = index.analyse([one.before for one in steps if one.before], row)
    new = index.analyse([one.after for one in steps if one.after], row)
    with transaction():
        db.run(
            insert(Source).values(
                id=source_id, office=office, kind=kind, label=label, state="on",
                url="https://www.changwon.go.kr/staff",
            )
        )  # fmt: skip
        db.run(
            insert(Run).values(
                id=run_id, office=office, source_id=source_id, at=now, state="done", added=0,
                changed=0, removed=0, same=0, import_id=import_id, batch=import_id,
            )
        )  # fmt: skip
        for one in steps:
            _apply(one, run_id)
        index.change(new, old)
        db.run(
            update(Office).where(Office.number == office).values(source_id=source_id, seen_at=now)
        )
        if not first:
            db.run_many(insert(Change), [_change(one, run_id, office, now) for one in steps])
            outbox.add(tell.KIND, run_id, run_id=run_id)
    return run_id


def _apply(step: Step, run_id: str) -> None:
    if step.before is not None:
        db.run(delete(Entry).where(Entry.id == step.before.id))
    if step.after is not None:
        db.run(insert(Entry).values(**vars(step.after), added_run=run_id))


def _change(step: Step, run_id: str, office: int, at: int) -> dict[str, Any]:
    return {
        "run_id": run_id, "office": office, "uid": step.uid, "kind": step.kind, "at": at,
        "before": _json(step.before), "after": _json(step.after),
    }  # fmt: skip


def _json(row: EntryRow | None) -> str | None:
    return None if row is None else json.dumps(vars(row), ensure_ascii=False)


def undo(run_id: str, *steps: Step) -> None:
    """Put back what a run did."""
    with transaction():
        for one in reversed(steps):
            _apply(Step(one.kind, one.after, one.before), run_id)
        db.run(update(Run).where(Run.id == run_id).values(state="undone"))
        outbox.add(tell.KIND, f"{run_id}:undone", run_id=run_id)


def viewer_of(organisation: Organisation, role: str) -> Viewer:
    """The organisation's person of a role, signed in nowhere."""
    person_id = organisation.people[role]
    number = organisation.staff_numbers[role]
    return Viewer(
        "", person_id, organisation.organisation_id, organisation.code, "시험시", "홍길동", number,
        "관광정책실", role,
    )  # fmt: skip


def foreign_ids(organisation: Organisation) -> dict[str, Any]:
    """A follow, a notice and a report of the organisation's officer."""
    viewer = viewer_of(organisation, "officer")
    office = office_number()
    one = entry(office)
    put(office, one)
    with transaction():
        follows.follow(viewer, Wish("entry", one.uid))
        mine.report(viewer, one.uid, "phone", "번호가 바뀌었어요")
    tell.tell_followers(change(office, handover(one, "이○○", "055-000-0000")))
    notices, _ = list_page(viewer.person_id, 1)
    run_id = db.value(select(Telling.run_id).where(Telling.person_id == viewer.person_id))
    reports, _ = list_reports(organisation.organisation_id, 1)
    follow_id = list_follows(viewer.person_id)[0].id
    return {
        "notice_id": notices[0].id, "follow_id": follow_id, "report_id": reports[0].id,
        "batch": run_id,
    }  # fmt: skip
