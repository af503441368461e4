"""Reads of what happened to entries: the changes that hold, where they were seen, who is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import db
from app.directory.models import Change, Entry, Run, Source
from app.directory.queries.entries import OFFICE_BITS


@dataclass(frozen=True)
class Telling:
    """A run, as far as its followers are told; state done, refused or undone."""

    id: str
    office: int
    state: str
    told: int
    together: str | None

    @property
    def batch(self) -> str:
        """What is told together with it (queries/tellings.py)."""
        return self.together or self.id


@dataclass(frozen=True)
class Happened:
    """A change; `before` and `after` are JSON; `at` is Unix seconds."""

    id: int
    office: int
    uid: str
    kind: str
    at: int
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Seen:
    """When and where an entry was first seen."""

    at: int
    source: str


CHANGE = (
    Change.id, Change.office, Change.uid, Change.kind, Change.at, Change.before, Change.after,
)  # fmt: skip


def find_telling(run_id: str) -> Telling | None:
    """How far the followers of a run are told, or None when there is no such run."""
    run = select(Run.id, Run.office, Run.state, Run.told, Run.batch)
    row = db.first(run.where(Run.id == run_id))
    return None if row is None else Telling(*row)


def list_changes_after(run_id: str, last: int, most: int) -> list[Happened]:
    """The next changes of a run, in their order."""
    own = (Change.run_id == run_id, Change.id > last)
    found = select(*CHANGE).where(*own).order_by(Change.id).limit(most)
    return [Happened(*row) for row in db.rows(found)]


def list_changes(ids: Iterable[int]) -> list[Happened]:
    """Some changes, in their order."""
    found = select(*CHANGE).where(Change.id.in_(list(ids))).order_by(Change.id)
    return [Happened(*row) for row in db.rows(found)]


def list_history(uid: str) -> list[Happened]:
    """What happened to an entry, newest first, without what was undone."""
    holds = (
        select(*CHANGE)
        .join(Run, Run.id == Change.run_id)
        .where(Change.uid == uid, Run.state == "done")
    )
    return [Happened(*row) for row in db.rows(holds.order_by(Change.at.desc(), Change.id.desc()))]


def list_newest(uids: Iterable[str]) -> dict[str, int]:
    """The newest change of each of some entries that was not undone."""
    holds = (
        select(Change.uid, func.max(Change.id))
        .join(Run, Run.id == Change.run_id)
        .where(Change.uid.in_(list(uids)), Run.state == "done")
    )
    return {row[0]: row[1] for row in db.rows(holds.group_by(Change.uid))}


def list_last_known(uids: Iterable[str]) -> dict[str, Happened]:
    """The last change of each of some entries, for those that are gone."""
    last = select(func.max(Change.id)).where(Change.uid.in_(list(uids))).group_by(Change.uid)
    return {row[2]: Happened(*row) for row in db.rows(select(*CHANGE).where(Change.id.in_(last)))}


def find_first_seen(uid: str) -> Seen | None:
    """When and where an entry that is there was first seen; None when it is gone."""
    row = db.first(
        select(Run.at, Source.label)
        .join(Entry, Entry.added_run == Run.id)
        .join(Source, Source.id == Run.source_id)
        .where(Entry.uid == uid)
    )
    return None if row is None else Seen(*row)


def list_ids(uids: Iterable[str]) -> list[int]:
    """The ids of those of some entries that are there."""
    return db.values(select(Entry.id).where(Entry.uid.in_(list(uids))))


def list_ids_of_department(office: int, department: str) -> list[int]:
    """The ids of a department's entries, by its name as published."""
    low = office << OFFICE_BITS
    own = (Entry.id.between(low, low | 0xFFFF), Entry.department == department)
    return db.values(select(Entry.id).where(*own).order_by(Entry.id))
