"""Invented officials for the demonstration, labelled so wherever they show, and gone without trace.

An office whose entries come from anywhere else is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select, update

from app.core import clock, db
from app.core.ids import new_id
from app.directory.models import Change, Entry, Office, Run, Source
from app.directory.queries import entries as entries_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow, OfficeRow
from app.directory.rules.row import Row
from app.directory.service import index
from app.directory.service.replace import Outcome, replace
from app.directory.service.replacement import row_of

KIND, LABEL = "demo", "연습 자료"
__all__ = ["EntryRow", "Row"]


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


def remove() -> int:
    """Take all invented entries out, office by office, with their history; how many offices."""
    offices = list_offices()
    for office in offices:
        gone = index.analyse(entries_q.list_entries_of(office.number), office)
        with db.transaction():
            index.change({}, gone)
            _forget(office.number)
    return len(offices)


def _forget(office: int) -> None:
    low = office << OFFICE_BITS
    db.run(delete(Entry).where(Entry.id.between(low, low | 0xFFFF)))
    sources = select(Source.id).where(Source.office == office, Source.kind == KIND)
    runs = select(Run.id).where(Run.source_id.in_(sources))
    db.run(delete(Change).where(Change.run_id.in_(runs)))
    db.run(delete(Run).where(Run.source_id.in_(sources)))
    db.run(delete(Source).where(Source.id.in_(sources)))
    nothing = {"source_id": None, "seen_at": None, "entries": 0}
    db.run(update(Office).where(Office.number == office).values(nothing))


def freshen() -> None:
    """The invented entries were seen just now, in the open transaction."""
    sources = select(Source.id).where(Source.kind == KIND)
    db.run(update(Office).where(Office.source_id.in_(sources)).values(seen_at=clock.now()))
