"""Hiding what somebody asked not to be listed, at once and in every later import."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.core import clock, db
from app.core.errors import NotFound
from app.core.ids import new_id
from app.directory.models import Change, Entry, Office, Removal
from app.directory.queries import entries as entries_q
from app.directory.queries import runs as runs_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow
from app.directory.rules import removal
from app.directory.rules.refusals import NothingToHide
from app.directory.service import index
from app.directory.service.replace import as_json, drop_entries, set_entries
from app.directory.service.replacement import Hide, hiding_entries, row_of, tag

_TEXT = (
    update(Change.__table__)  # type: ignore[arg-type]
    .where(Change.__table__.c.id == bindparam("change"))
    .values(before=bindparam("was"), after=bindparam("became"))
)


def hide(person_id: str, uid: str, what: str, reason: str) -> str:
    """Hide an entry's name, phone or all of it, in the open transaction: now, in its history, and
    whenever its office is replaced.

    Args:
        person_id: the administrator who was asked.
        uid: the entry.
        what: name, phone or entry.
        reason: in their words, at most 200 characters.

    Returns:
        The id of the request.

    Raises:
        NotFound: there is no such entry.
        NothingToHide: it shows no such thing, or only a part of it.
        NotYet: the index is being built anew.
    """
    entry = entries_q.get_entry(uid)
    said = removal.told(row_of(entry), what)
    if said is None:
        raise NothingToHide
    made = {
        "id": new_id(), "office": entry.office, "what": what, "mark": tag(entry.office)(said),
        "person_id": person_id, "reason": reason, "at": clock.now(),
    }  # fmt: skip
    db.run(insert(Removal).values(made))
    _apply(entry.office)
    return str(made["id"])


def take_back(removal_id: str) -> None:
    """End a request, in the open transaction: what it hid was not kept, and comes back with the
    next import or visit of the office's pages.

    Raises:
        NotFound: there is no such request.
    """
    if not db.run(delete(Removal).where(Removal.id == removal_id)):
        raise NotFound


def _apply(office: int) -> None:
    """Hide in what an office has now, and in its history."""
    stored, hide = entries_q.list_entries_of(office), hiding_entries(office)
    pairs = [(one, made) for one in stored if (made := hide(one)) != one]
    row, kept = entries_q.get_office(office), [made for _, made in pairs if made is not None]
    index.change(index.analyse(kept, row), index.analyse([one for one, _ in pairs], row))
    drop_entries(one for one, made in pairs if made is None)
    set_entries(kept)
    db.run_many(_TEXT, list(_history(office, hide)))
    low = office << OFFICE_BITS
    count = select(func.count()).where(Entry.id.between(low, low | 0xFFFF)).scalar_subquery()
    db.run(update(Office).where(Office.number == office).values(entries=count))


def _history(office: int, hide: Hide) -> Iterator[dict[str, object]]:
    """Changes of an office whose text shows what is to be hidden, without it."""
    for change in runs_q.list_changes_of_office(office):
        was, became = _without(change.before, hide), _without(change.after, hide)
        if (was, became) != (change.before, change.after):
            yield {"change": change.id, "was": was, "became": became}


def _without(kept: str | None, hide: Hide) -> str | None:
    if kept is None:
        return None
    facts = json.loads(kept)
    more = {key: facts.pop(key) for key in ("added_run",) if key in facts}
    entry = EntryRow(**facts)
    shown = hide(entry)
    if shown == entry:
        return kept
    return None if shown is None else as_json(shown, **more)
