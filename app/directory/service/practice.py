"""Invented officials for the demonstration, labelled so wherever they show, and gone without trace.

Entries that come from anywhere else are left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, insert, or_, select, update

from app.core import clock, db
from app.core.ids import new_id
from app.directory.models import Change, Entry, Office, Run, Source
from app.directory.queries import entries as entries_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow, OfficeRow
from app.directory.rules.refusals import OfficeBusy
from app.directory.rules.row import Row
from app.directory.service import index, tell_notices
from app.directory.service.replace import Outcome, drop_entries, replace
from app.directory.service.replacement import row_of

KIND, LABEL = "demo", "연습 자료"
__all__ = ["EntryRow", "OfficeRow", "Row"]


def list_offices() -> list[OfficeRow]:
    """The offices that have invented entries."""
    return [one for one in entries_q.list_offices() if one.source_kind == KIND]


def fill(name: str, rows: Sequence[Row], at: int) -> bool:
    """Give an office its invented entries, as of a moment of the past (Unix seconds); False when
    it is unknown or has others.

    Raises:
        NotYet: the index is being built anew; come again.
    """
    office = entries_q.find_office_named(name)
    if office is None or office.source_kind is not None or office.entries:
        return False
    source = new_id()
    with db.transaction():
        db.run(
            insert(Source).values(
                id=source, office=office.number, kind=KIND, label=LABEL, url="", state="off"
            )
        )
    _date(replace(office.number, source, rows), at)
    return True


def change(office: OfficeRow, rows: Sequence[Row], at: int) -> Outcome:
    """Change an office's invented entries, as of a moment (Unix seconds).

    Raises:
        NotYet: the index is being built anew; come again.
    """
    outcome = replace(office.number, str(office.source_id), rows)
    _date(outcome, at)
    return outcome


def _date(outcome: Outcome, at: int) -> None:
    with db.transaction():
        db.run(update(Run).where(Run.id == outcome.run_id).values(at=at))
        db.run(update(Change).where(Change.run_id == outcome.run_id).values(at=at))


def list_rows(office: OfficeRow) -> list[Row]:
    """An office's entries as they could be given to `change`."""
    return [row_of(one) for one in entries_q.list_entries_of(office.number)]


def list_entries(office: OfficeRow) -> list[EntryRow]:
    """An office's entries, in the order in which they were given."""
    return entries_q.list_entries_of(office.number)


def changed_since(at: int) -> bool:
    """Whether an invented entry changed at or after a moment (Unix seconds)."""
    newest = select(func.max(Change.at)).join(Run, Run.id == Change.run_id)
    newest = newest.join(Source, Source.id == Run.source_id).where(Source.kind == KIND)
    return (db.value(newest) or 0) >= at


@dataclass(frozen=True)
class Invented:
    """What an office has that is invented: the entries that are to go, with their tokens."""

    office: OfficeRow
    stored: list[EntryRow]
    going: list[EntryRow]
    tokens: dict[int, str]


def find_invented() -> list[Invented]:
    """Everything that `forget` takes out, office by office: slow work, to be done before a
    transaction. Where real entries came over the invented ones, only those are meant that no real
    run ever touched."""
    sources = select(Source.office).where(Source.kind == KIND)
    numbers = set(db.values(sources))
    return [_invented(one) for one in entries_q.list_offices() if one.number in numbers]


def _invented(office: OfficeRow) -> Invented:
    stored = entries_q.list_entries_of(office.number)
    going = stored
    if office.source_kind != KIND:
        real = _real_uids(office.number)
        going = [one for one in stored if one.uid not in real]
    return Invented(office, stored, going, index.analyse(going, office))


def _real_uids(office: int) -> set[str]:
    """The entries that a run of another source brought in or changed."""
    changed = select(Change.uid).join(Run, Run.id == Change.run_id)
    brought = select(Entry.uid).join(Run, Run.id == Entry.added_run)
    real = (Run.office == office, Run.state == "done", Run.source_id.not_in(_sources(office)))
    return {*db.values(changed.where(*real)), *db.values(brought.where(*real))}


def _sources(office: int) -> Select[str]:
    return select(Source.id).where(Source.office == office, Source.kind == KIND)


def remove() -> int:
    """Take all invented entries out with their history; how many offices."""
    found = find_invented()
    with db.transaction():
        forget(found)
    return len(found)


def forget(found: Sequence[Invented]) -> None:
    """Take out what `find_invented` found, in the open transaction.

    Raises:
        OfficeBusy: an office changed meanwhile.
        NotYet: the index is being built anew.
    """
    for one in found:
        if entries_q.get_office(one.office.number) != one.office:
            raise OfficeBusy  # its names are tokens too
        if entries_q.list_entries_of(one.office.number) != one.stored:
            raise OfficeBusy
        index.change({}, one.tokens)
        drop_entries(one.going)
        _forget(one.office)


def _forget(office: OfficeRow) -> None:
    """Forget the history of what was invented. What a real run did over it is as the first run of
    its office then: it keeps its row, and what it brought."""
    sources, run = _sources(office.number), db.run
    own = select(Run.id).where(Run.source_id.in_(sources))
    over = select(Run.id).where(Run.before_source_id.in_(sources))
    here = Change.office == office.number
    tell_notices.forget_runs((*db.values(own), *db.values(over)))
    run(delete(Change).where(here, or_(Change.run_id.in_(own), Change.run_id.in_(over))))
    kept = (Run.office == office.number, Run.source_id.not_in(sources), Run.state == "done")
    first = select(func.min(Run.id)).where(*kept).scalar_subquery()
    run(update(Entry).where(Entry.added_run.in_(own)).values(added_run=first))
    run(
        update(Run)
        .where(Run.before_source_id.in_(sources))
        .values(before_source_id=None, before_seen_at=None)
    )
    run(delete(Run).where(Run.source_id.in_(sources)))
    low = office.number << OFFICE_BITS
    left = select(func.count()).where(Entry.id.between(low, low | 0xFFFF)).scalar_subquery()
    nothing = {"source_id": None, "seen_at": None} if office.source_kind == KIND else {}
    mine = Office.number == office.number
    run(update(Office).where(mine).values(entries=left, **nothing))
    run(delete(Source).where(Source.id.in_(_sources(office.number))))


def freshen() -> None:
    """The invented entries were seen just now, in the open transaction."""
    sources = select(Source.id).where(Source.kind == KIND)
    db.run(update(Office).where(Office.source_id.in_(sources)).values(seen_at=clock.now()))
