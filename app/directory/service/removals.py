"""Hiding what somebody asked not to be listed, at once and in every later import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.core import clock, db, outbox
from app.core.errors import NotFound
from app.core.ids import new_id
from app.directory.models import Change, Entry, Office, Removal
from app.directory.queries import entries as entries_q
from app.directory.queries import runs as runs_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow, OfficeRow
from app.directory.rules import removal
from app.directory.rules.refusals import NothingToHide, OfficeBusy
from app.directory.service import bulk, index, removal_copies
from app.directory.service.replace import TRIES, as_json, drop_entries, set_entries
from app.directory.service.replacement import Hide, hiding_entries, row_of, tag

TASK = "directory-hide"
_TEXT = (
    update(Change.__table__)  # type: ignore[arg-type]
    .where(Change.__table__.c.id == bindparam("change"))
    .values(before=bindparam("was"), after=bindparam("became"))
)


@dataclass(frozen=True)
class _Hiding:
    """What hiding does to an office, and as what the office was read."""

    office: OfficeRow
    stored: list[EntryRow]
    last: int
    marks: frozenset[tuple[str, bytes]]
    pairs: list[tuple[EntryRow, EntryRow | None]]
    words: dict[int, str]
    gone: dict[int, str]
    history: list[tuple[str, dict[str, object]]]


def hide(person_id: str, uid: str, what: str, reason: str) -> str:
    """Hide an entry's name, phone or all of it: now, in its history, and whenever its office is
    replaced. One that is gone already is hidden where it is still told of. In a transaction of its
    own; everything slow is done before it.

    Args:
        person_id: the administrator who was asked.
        uid: the entry.
        what: name, phone or entry.
        reason: in their words, at most 200 characters.

    Returns:
        The id of the request.

    Raises:
        NotFound: nothing is known of such an entry.
        NothingToHide: it shows no such thing, or only a part of it.
        NotYet: the index is being built anew.
        OfficeBusy: others kept changing the office meanwhile.
    """
    for _ in range(TRIES):
        entry = find_known(uid)
        office = entries_q.get_office(entry.office)
        said = removal.told(row_of(entry), what)
        if not said:
            raise NothingToHide
        mark = tag(entry.office)
        made = {
            "id": new_id(), "office": entry.office, "what": what,
            "mark": b"".join(map(mark, said)), "person_id": person_id, "reason": reason,
            "at": clock.now(),
        }  # fmt: skip
        plan = _plan(office, {(what, mark(one)) for one in said})
        if _carry_out(plan, made, entry):
            return str(made["id"])
    raise OfficeBusy


def find_known(uid: str) -> EntryRow:
    """An entry, or what was last known of one that is gone.

    Raises:
        NotFound: nothing is.
    """
    entry = entries_q.find_entry(uid)
    if entry is not None:
        return entry
    text = runs_q.find_last_text(uid)
    if text is None:
        raise NotFound
    return _entry(json.loads(text))[0]


def _plan(office: OfficeRow, more: set[tuple[str, bytes]]) -> _Hiding:
    number = office.number
    last, marks = runs_q.find_last_change(number), runs_q.list_marks(number)
    hide = hiding_entries(number, more)
    stored = entries_q.list_entries_of(number)
    pairs = [(one, made) for one in stored if (made := hide(one)) != one]
    words = index.analyse([made for _, made in pairs if made is not None], office)
    gone = index.analyse([one for one, _ in pairs], office)
    history = list(_history(number, hide))
    return _Hiding(office, stored, last, marks, pairs, words, gone, history)


def _carry_out(plan: _Hiding, made: dict[str, object], asked: EntryRow) -> bool:
    """Hide what was planned; False, and nothing is done, when the office is not as it was read."""
    number = plan.office.number
    with db.transaction():
        if runs_q.find_last_change(number) != plan.last or runs_q.list_marks(number) != plan.marks:
            return False
        if entries_q.list_entries_of(number) != plan.stored:
            return False
        if entries_q.get_office(number) != plan.office:
            return False  # its names are tokens too
        db.run(insert(Removal).values(made))
        index.change(plan.words, plan.gone)
        index.drop_pairs(plan.gone.values())
        drop_entries(one for one, made in plan.pairs if made is None)
        set_entries(made for _, made in plan.pairs if made is not None)
        db.run_many(_TEXT, [text for _, text in plan.history])
        removal_copies.forget(plan.office.number, asked, _touched(plan), _lost(plan))
        low = number << OFFICE_BITS
        count = select(func.count()).where(Entry.id.between(low, low | 0xFFFF)).scalar_subquery()
        db.run(update(Office).where(Office.number == number).values(entries=count))
        outbox.add(TASK, str(made["id"]))
    bulk.sweep()
    return True


def _touched(plan: _Hiding) -> set[str]:
    return {*(uid for uid, _ in plan.history), *(one.uid for one, _ in plan.pairs)}


def _lost(plan: _Hiding) -> set[str]:
    return {one.uid for one, made in plan.pairs if made is None}


def take_back(removal_id: str) -> None:
    """End a request, in the open transaction: what it hid was not kept, and comes back with the
    next import or visit of the office's pages.

    Raises:
        NotFound: there is no such request.
    """
    if not db.run(delete(Removal).where(Removal.id == removal_id)):
        raise NotFound


def _history(office: int, hide: Hide) -> Iterator[tuple[str, dict[str, object]]]:
    """Changes of an office whose text shows what is to be hidden, without it; with their entry."""
    for change in runs_q.list_changes_of_office(office):
        was, became = _without(change.before, hide), _without(change.after, hide)
        if (was, became) != (change.before, change.after):
            yield change.uid, {"change": change.id, "was": was, "became": became}


def _without(kept: str | None, hide: Hide) -> str | None:
    if kept is None:
        return None
    entry, more = _entry(json.loads(kept))
    shown = hide(entry)
    if shown == entry:
        return kept
    return None if shown is None else as_json(shown, **more)


def _entry(facts: dict[str, Any]) -> tuple[EntryRow, dict[str, Any]]:
    """An entry as history keeps it, and what it keeps besides."""
    more = {key: facts.pop(key) for key in ("added_run",) if key in facts}
    return EntryRow(**facts), more
