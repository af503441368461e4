"""An entry's page: all of it, where and when it was seen, what happened to it, what replaced it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.guard import Viewer
from app.directory.queries import entries as entries_q
from app.directory.queries import follows as follows_q
from app.directory.queries import history as history_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.queries.history import Happened
from app.directory.rules import alike, phones, told
from app.directory.rules.follow_refusals import EntryGone
from app.directory.rules.told import Facts
from app.directory.service import follows, mine
from app.directory.service.follows import Following

MOST_SUCCESSORS = 3


@dataclass(frozen=True)
class Event:
    """Something that happened to an entry: its title, and lines with before and after."""

    at: int
    title: Any
    lines: tuple[told.Said, ...]


def describe(viewer: Viewer, uid: str) -> dict[str, Any]:
    """Everything that an entry's page shows; of one that is gone what was last known.

    Raises:
        EntryGone: nothing is known of it.
    """
    entry, happened = entries_q.find_entry(uid), history_q.list_history(uid)
    if entry is None:
        return _gone(viewer, uid, happened)
    office, facts = entries_q.get_office(entry.office), told.facts_of(vars(entry))
    shown = _shown(viewer, uid, facts, office, happened)
    return shown | {
        "gone": False,
        "place": entry.place,
        "first_seen": history_q.find_first_seen(uid),
        "numbers": phones.numbers(entry.phone, office.area_code),
        "kept": mine.card(entry, office),
        "successors": [],
        "following": follows.of_entry(viewer, uid, office, entry.department),
    }


def _gone(viewer: Viewer, uid: str, happened: list[Happened]) -> dict[str, Any]:
    known = ((one, told.read(one.before)) for one in happened)
    last, facts = next(((one, facts) for one, facts in known if facts), (None, None))
    if last is None or facts is None:
        raise EntryGone
    office = entries_q.get_office(last.office)
    return _shown(viewer, uid, facts, office, happened) | {
        "gone": True, "place": "", "first_seen": None, "numbers": (), "kept": None,
        "successors": _successors(office, facts), "following": Following(None, None),
    }  # fmt: skip


def _shown(
    viewer: Viewer, uid: str, facts: Facts, office: OfficeRow, happened: Iterable[Happened]
) -> dict[str, Any]:
    return {
        "uid": uid,
        "entry": facts,
        "office": office,
        "practice": office.source_kind == "demo",
        "topic": told.topic(facts),
        "events": list(_events(happened, hide=told.hides(facts))),
        "favourite": follows_q.is_favourite(viewer.person_id, uid),
    }


def _events(happened: Iterable[Happened], *, hide: bool) -> Iterable[Event]:
    """The history; without names when the office hides them today, whatever it published before."""
    for one in happened:
        both = (told.read(one.before), told.read(one.after))
        lines = told.lines(*(told.hidden(facts) if facts and hide else facts for facts in both))
        if lines:
            yield Event(one.at, told.TITLES[one.kind], lines)


def _successors(office: OfficeRow, facts: Facts) -> list[EntryRow]:
    """Entries of the same department whose duty is most like one that is gone."""
    ids = history_q.list_ids_of_department(office.number, facts.department)
    there = entries_q.list_entries(ids).values()
    scored = [(alike.likeness(facts.duty, one.duty), one) for one in there]
    near = sorted((one for one in scored if one[0] > 0), key=lambda one: (-one[0], one[1].id))
    return [entry for _, entry in near[:MOST_SUCCESSORS]]
