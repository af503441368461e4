"""The office's inbox: whose photos a viewer sees, and how photos are shown, listed and grouped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app.accounts.service import people
from app.accounts.service.people import Colleague
from app.core import clock
from app.core.guard import Viewer
from app.photos.queries import corrections as corrections_q
from app.photos.queries import inbox as inbox_q
from app.photos.queries import photo_page as page_q
from app.photos.queries.corrections import Correction
from app.photos.queries.inbox import ENDLESS, PAGE, Scope, Shot, Wanted
from app.photos.rules import delivery_words, reasons, words
from app.photos.rules.asked import Asked, read_day
from app.photos.rules.record import board_of
from app.photos.service import links, proof
from app.trips.service import signing
from app.trips.service.signing import StampOfPhoto

WHOLE_OFFICE = ("auditor", "administrator")
MOST = 500
Card = dict[str, Any]


def scope_of(viewer: Viewer) -> Scope:
    """Whose photos a viewer may see: auditors and administrators all of the organisation's,
    everybody else those of the own department."""
    if viewer.role in WHOLE_OFFICE:
        return Scope(viewer.organisation_id)
    ids = people.list_department_ids(viewer.organisation_id, viewer.department)
    return Scope(viewer.organisation_id, tuple(sorted({*ids, viewer.person_id})))


def wanted_of(viewer: Viewer, asked: Asked) -> Wanted:
    """What was asked for, as the database is asked."""
    first, last = read_day(asked.start), read_day(asked.end)
    who = people.list_person_ids(viewer.organisation_id, asked.who) if asked.who else None
    return Wanted(
        start=clock.day_start(first) if first else 0,
        end=clock.day_start(last) + 86_400 if last else ENDLESS,
        person_ids=None if who is None else tuple(who),
        site=asked.site,
        phase={"": None, "none": ""}.get(asked.phase, asked.phase),
        state=asked.state,
    )


def list_page(viewer: Viewer, asked: Asked, page: int) -> dict[str, Any]:
    """A page of the inbox: groups of cards with how much of each record has arrived."""
    scope = scope_of(viewer)
    # before the list: what comes between is shown twice
    newest = inbox_q.find_newest(scope.organisation_id)
    shots, total = inbox_q.list_shots(scope, wanted_of(viewer, asked), page)
    names = people.list_by_ids(scope.organisation_id, {shot.person_id for shot in shots})
    counts = inbox_q.count_arrivals(scope, sorted({shot.record_id for shot in shots}))
    return {
        "groups": _groups(asked.group, shots, names, counts),
        "total": total,
        "newest": newest,
        "pages": max(1, -(-total // PAGE)),
    }


def list_live(viewer: Viewer, asked: Asked, since: int) -> dict[str, Any]:
    """What changed first after change number `since`, ready to be put on the page; `newest` is
    where to go on, and `more` says that there is more already."""
    scope = scope_of(viewer)
    newest = inbox_q.find_newest(scope.organisation_id)
    shots, last = inbox_q.list_changed(scope, wanted_of(viewer, asked), since)
    names = people.list_by_ids(scope.organisation_id, {shot.person_id for shot in shots})
    counts = inbox_q.count_arrivals(scope, sorted({shot.record_id for shot in shots}))
    thumbs = links.thumbs(shots)
    changed = _list_changed(shots, names)
    records = {
        shot.record_id: _record(shot, _taker(names, shot), counts[shot.record_id]) for shot in shots
    }
    return {
        "newest": newest if last is None else last,
        "more": last is not None and last < newest,
        "cards": [_card(shot, _taker(names, shot), thumbs, shot.id in changed) for shot in shots],
        "records": records,
    }


def state_tag(viewer: Viewer) -> str:
    """Changes whenever anything changes that the viewer may see."""
    return str(inbox_q.find_newest(viewer.organisation_id))


def arrival_words(arrived: int, promised: int) -> str:
    """How much of a record is here."""
    if arrived == promised:
        return str(gettext("%(count)s장 모두 도착", count=promised))
    return str(gettext("%(all)s장 중 %(here)s장 도착", all=promised, here=arrived))


def _groups(
    way: str,
    shots: list[Shot],
    names: dict[str, Colleague],
    counts: dict[str, tuple[int, int]],
) -> list[dict[str, Any]]:
    thumbs, changed = links.thumbs(shots), _list_changed(shots, names)
    found: dict[str, dict[str, Any]] = {}
    for shot in shots:
        person = _taker(names, shot)
        key, title, line = _group_of(way, shot, person)
        group = found.setdefault(key, {"title": title, "line": line, "records": {}, "cards": []})
        group["cards"].append(_card(shot, person, thumbs, shot.id in changed))
        if shot.record_id not in group["records"]:
            group["records"][shot.record_id] = _record(shot, person, counts[shot.record_id])
    return list(found.values())


def _taker(names: Mapping[str, Colleague], shot: Shot) -> Colleague:
    """Who took a photo; a person that the organisation does not have has no name."""
    nobody = Colleague(shot.person_id, shot.organisation_id, "?", "", "", "", 0, None)
    return names.get(shot.person_id, nobody)


def _list_changed(shots: list[Shot], names: Mapping[str, Colleague]) -> set[str]:
    """Those of the photos with an odd row that differ from what was signed."""
    odd = [
        shot.id
        for shot in shots
        if shot.odd
        or shot.person_id not in names
        or shot.state not in words.STATES
        or shot.source not in words.SOURCES
        or (shot.phase and shot.phase not in words.PHASES)
    ]
    found = proof.find_all(odd) if odd else {}
    return {photo_id for photo_id in odd if found[photo_id].wrong}


def _group_of(way: str, shot: Shot, person: Colleague) -> tuple[str, str, str]:
    """Key, title and second line of the group that a photo belongs to."""
    day = f"{clock.in_seoul(shot.taken_at):%Y-%m-%d}"
    if way == "person":
        return person.id, person.name, person.department
    if way == "site":
        return shot.site, shot.site or gettext("현장 이름 없음"), shot.place or ""
    if shot.trip:
        line = gettext("출장 %(trip)s", trip=shot.trip)
        return shot.trip, f"{day} {shot.site or shot.place or ''}".strip(), line
    return f"-{day}", day, gettext("출장에 묶이지 않은 사진")


def _record(shot: Shot, person: Colleague, count: tuple[int, int]) -> dict[str, Any]:
    return {
        "time": f"{clock.in_seoul(shot.taken_at):%m-%d %H:%M}",
        "site": shot.site or shot.place or "",
        "who": person.name,
        "words": arrival_words(*count),
        "whole": count[0] == count[1],
    }


def _card(shot: Shot, person: Colleague, thumbs: Mapping[str, str], changed: bool = False) -> Card:
    refused = str(reasons.words_of(shot.reason)) if shot.state == "refused" else ""
    time = f"{clock.in_seoul(shot.captured_at):%m-%d %H:%M}"
    phase = str(words.PHASES[shot.phase]) if shot.phase in words.PHASES else ""
    said = [shot.site or shot.place or gettext("사진"), phase, time, person.name]
    return {
        "id": shot.id,
        "record": shot.record_id,
        "url": f"/photos/{shot.id}",
        "thumb": thumbs.get(shot.id, ""),
        "label": ", ".join(part for part in said if part),
        "time": time,
        "who": person.name,
        "phase": phase,
        "state": shot.state,
        "state_words": str(words.STATES.get(shot.state, shot.state)),
        "why": str(words.UNSIGNED) if changed else refused,
        "picked": shot.source == "picked",
        "corrected": shot.corrected_at is not None,
        "practice": shot.practice,
    }


def describe(viewer: Viewer, asked: Asked, photo_id: str) -> dict[str, Any]:
    """Everything that the page of one photo shows.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    scope = scope_of(viewer)
    shot = inbox_q.get_shot(scope, photo_id)
    facts = page_q.get_facts(scope.organisation_id, shot.record_id)
    names = people.list_by_ids(scope.organisation_id, {shot.person_id})
    person, signed = _taker(names, shot), proof.find(shot.id)
    newer, older = inbox_q.find_neighbours(scope, wanted_of(viewer, asked), shot)
    corrections = corrections_q.list_corrections(scope.organisation_id, shot.record_id)
    named = signed.record.stamp_sha256 if signed.record else None
    stamp = signing.find_stamp(scope.organisation_id, named) if named else None
    return {
        "shot": shot,
        "person": person,
        "facts": facts,
        "card": _card(shot, person, {}),
        "changed": bool(signed.wrong),
        "mark": words.MARKS.get(signed.marks),
        "board": _board(corrections[-1].board if corrections else facts.board),
        "boards": _boards(facts, corrections),
        "stamp": stamp,
        "stamp_named": named is not None,
        "stamp_mark": _stamp_mark(stamp, shot.person_id),
        "large": links.large(shot),
        "newer": newer,
        "older": older,
        "arrivals": arrival_words(
            *inbox_q.count_arrivals(scope, [shot.record_id])[shot.record_id]
        ),
        "source": words.SOURCES.get(shot.source, shot.source),
        "deliveries": [_handed(one) for one in page_q.list_deliveries(scope.organisation_id,
                                                                       shot.id)],
        "corrected": _other(scope, facts.replaced_by),
        "corrects": _other(scope, facts.replaces),
    }  # fmt: skip


def _stamp_mark(stamp: StampOfPhoto | None, person_id: str) -> tuple[Any, str] | None:
    """What is odd about the stamp that a record names, and its tone."""
    if stamp is not None and stamp.person_id != person_id:
        return words.COLUMNS["stamp-of-another"], "bad"
    return (words.COLUMNS["stamp-void"], "warn") if stamp is not None and stamp.void else None


def _other(scope: Scope, record_id: str | None) -> str | None:
    """The first photo of another record, to lead there."""
    found = record_id and page_q.find_first_photo(scope.organisation_id, record_id)
    return found or None


def _board(text: str) -> list[tuple[str, str]]:
    """The board as pairs; one that can no longer be read is shown as nothing, and the page of the
    photo says so."""
    return list(board_of(text).items())


def _boards(facts: page_q.RecordFacts, corrections: list[Correction]) -> list[dict[str, Any]]:
    """Every board that the record had, the first one first; nothing when it was never corrected."""
    if not corrections:
        return []
    every: list[page_q.RecordFacts | Correction] = [facts, *corrections]
    return [
        {
            "id": one.id,
            "board": _board(one.board),
            "at": one.captured_at if inbox_q.is_moment(one.captured_at) else 0,
        }
        for one in every
    ]


def _handed(one: page_q.Handed) -> dict[str, Any]:
    why, more = delivery_words.reason(one.error)
    return {
        "name": one.name,
        "words": delivery_words.STATES[one.state],
        "tone": delivery_words.TONES[one.state],
        "why": why if one.error else "",
        "more": more,
        "next_at": one.next_at if one.state == "waiting" and one.error else None,
        "done_at": one.done_at,
    }
