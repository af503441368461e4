"""Reads of runs (one replacement of one office's entries) and of what they changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, func, select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Change, Entry, Removal, Run

MARK_BYTES = 32  # of each of a request's marks, which stand one after the other


@dataclass(frozen=True)
class RunRow:
    """A run; `at` and `before_seen_at` in Unix seconds."""

    id: str
    office: int
    source_id: str
    import_id: str | None
    at: int
    state: str
    added: int
    changed: int
    removed: int
    same: int
    before_source_id: str | None
    before_seen_at: int | None


@dataclass(frozen=True)
class ChangeRow:
    """What a run did to one entry; `before` and `after` are JSON."""

    id: int
    run_id: str
    office: int
    uid: str
    kind: str
    at: int
    before: str | None
    after: str | None


_RUN = (
    Run.id, Run.office, Run.source_id, Run.import_id, Run.at, Run.state, Run.added, Run.changed,
    Run.removed, Run.same, Run.before_source_id, Run.before_seen_at,
)  # fmt: skip
_CHANGE = (
    Change.id, Change.run_id, Change.office, Change.uid, Change.kind, Change.at, Change.before,
    Change.after,
)  # fmt: skip


def get_run(run_id: str) -> RunRow:
    """A run.

    Raises:
        NotFound: there is none of that id.
    """
    row = db.first(select(*_RUN).where(Run.id == run_id))
    if row is None:
        raise NotFound
    return RunRow(*row)


def has_run(office: int) -> bool:
    """Whether an office's entries were ever written, by a run that still holds."""
    done = exists().where(Run.office == office, Run.state == "done")
    return bool(db.value(select(done)))


def list_runs_of(import_id: str) -> list[RunRow]:
    """The runs of an import, in the order in which they were done."""
    own = select(*_RUN).where(Run.import_id == import_id).order_by(Run.id)
    return [RunRow(*row) for row in db.rows(own)]


def list_changes(run_id: str) -> list[ChangeRow]:
    """What a run changed."""
    own = select(*_CHANGE).where(Change.run_id == run_id).order_by(Change.id)
    return [ChangeRow(*row) for row in db.rows(own)]


def list_changes_of_office(office: int) -> list[ChangeRow]:
    """Everything that was ever changed in an office."""
    own = select(*_CHANGE).where(Change.office == office).order_by(Change.id)
    return [ChangeRow(*row) for row in db.rows(own)]


def list_changed_later(run: RunRow) -> set[str]:
    """The uids that runs after this one changed, as far as those still hold."""
    later = (
        select(Change.uid)
        .join(Run, Run.id == Change.run_id)
        .where(Change.office == run.office, Run.id > run.id, Run.state == "done")
    )
    return set(db.values(later))


def has_later(run: RunRow) -> bool:
    """Whether the office was written after this run, by a run that still holds."""
    later = exists().where(Run.office == run.office, Run.id > run.id, Run.state == "done")
    return bool(db.value(select(later)))


def list_added_by(run_id: str) -> list[str]:
    """The uids of entries that a run brought in and that are still there."""
    return db.values(select(Entry.uid).where(Entry.added_run == run_id).order_by(Entry.id))


def list_added_runs(office: int) -> dict[str, str]:
    """Which run brought in each entry of an office, by uid."""
    low = office << 16
    own = select(Entry.uid, Entry.added_run).where(Entry.id.between(low, low | 0xFFFF))
    return dict(db.rows(own))


def list_marks(office: int) -> frozenset[tuple[str, bytes]]:
    """What is to be hidden in an office: (what, mark)."""
    own = select(Removal.what, Removal.mark).where(Removal.office == office)
    size = MARK_BYTES
    return frozenset(
        (what, marks[at : at + size])
        for what, marks in db.rows(own)
        for at in range(0, len(marks), size)
    )


def find_last_change(office: int) -> int:
    """The last change of an office; 0 for none."""
    return db.value(select(func.max(Change.id)).where(Change.office == office)) or 0


def find_last_text(uid: str) -> str | None:
    """What was last known of an entry, as JSON: of one that is gone what stood there."""
    text = func.coalesce(Change.after, Change.before)
    own = (Change.uid == uid, text.is_not(None))
    found: str | None = db.value(select(text).where(*own).order_by(Change.id.desc()).limit(1))
    return found


def count_handovers(import_id: str) -> dict[str, int]:
    """In how many entries each run of an import found somebody else in charge."""
    asked = (
        select(Change.run_id, func.count())
        .join(Run, Run.id == Change.run_id)
        .where(Run.import_id == import_id, Change.kind == "handover")
        .group_by(Change.run_id)
    )
    return dict(db.rows(asked))
