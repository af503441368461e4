"""What a person keeps of the directory: favourites, and reports that an entry is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.accounts.service import people
from app.core import clock, db
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.models import Favourite, Report
from app.directory.queries import entries as entries_q
from app.directory.queries import follows as follows_q
from app.directory.queries import history as history_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.queries.follows import ReportRow
from app.directory.rules import phones, reports, told
from app.directory.rules.follow_refusals import EntryGone, TooManyFavourites
from app.directory.service import tell_notices
from app.notices import service as notices
from app.notices.service import Line, Reader, Told

MOST_FAVOURITES = 200
LONGEST_DUTY = 300


def set_favourite(viewer: Viewer, uid: str, wanted: bool) -> None:
    """Keep an entry at hand, or no longer, in the open transaction.

    Raises:
        NotFound: there is no such entry to keep.
        TooManyFavourites: the person keeps as many as one may.
    """
    if not wanted:
        own = (Favourite.person_id == viewer.person_id, Favourite.uid == uid)
        db.run(delete(Favourite).where(*own))
        return
    entries_q.get_entry(uid)
    if follows_q.count_favourites(viewer.person_id) >= MOST_FAVOURITES:
        raise TooManyFavourites
    row = {
        "person_id": viewer.person_id, "uid": uid, "organisation_id": viewer.organisation_id,
        "created_at": clock.now(),
    }  # fmt: skip
    db.run(upsert(Favourite).values(row).on_conflict_do_nothing())


def list_favourites(viewer: Viewer) -> list[dict[str, Any]]:
    """The entries that a person keeps at hand, newest first, as the phone keeps them."""
    return list_cards(uid for uid, _ in follows_q.list_favourites(viewer.person_id))


def list_cards(wanted: Iterable[str]) -> list[dict[str, Any]]:
    """Some entries as the phone keeps them, in that order; those that are gone by what was last
    known of them, and those of which nothing is known are left out."""
    uids = list(wanted)
    offices = {one.number: one for one in entries_q.list_offices()} if uids else {}
    found = entries_q.list_entries(history_q.list_ids(uids)).values() if uids else ()
    cards = {one.uid: card(one, offices[one.office]) for one in found}
    last = history_q.list_last_known(uid for uid in uids if uid not in cards)
    for uid, change in last.items():
        facts = told.read(change.before)
        if facts is not None:
            cards[uid] = _gone(uid, facts, offices[change.office])
    return [cards[uid] for uid in uids if uid in cards]


def card(entry: EntryRow, office: OfficeRow) -> dict[str, Any]:
    """An entry as a phone keeps it, to call without a network."""
    return _card(entry.uid, told.facts_of(vars(entry)), office) | {"gone": False}


def _gone(uid: str, facts: told.Facts, office: OfficeRow) -> dict[str, Any]:
    return _card(uid, facts, office) | {"gone": True, "numbers": []}


def _card(uid: str, facts: told.Facts, office: OfficeRow) -> dict[str, Any]:
    return {
        "uid": uid, "name": facts.name, "position": facts.position, "unit": told.unit(facts),
        "office": office.name, "duty": facts.duty[:LONGEST_DUTY],
        "practice": office.source_kind == "demo",
        "numbers": [vars(one) for one in phones.numbers(facts.phone, office.area_code)],
    }  # fmt: skip


def report(viewer: Viewer, uid: str, reason: str, words: str) -> None:
    """Say that an entry is wrong, in the open transaction: the organisation's administrators are
    told. The same person's same reason again, while it is open, changes nothing.

    Raises:
        EntryGone: there is no such entry.
    """
    entry = entries_q.find_entry(uid)
    if entry is None:
        raise EntryGone
    if follows_q.has_open_report(viewer.person_id, uid, reason):
        return
    report_id, facts = new_id(), told.facts_of(vars(entry))
    db.run(
        insert(Report).values(
            id=report_id, organisation_id=viewer.organisation_id, person_id=viewer.person_id,
            uid=uid, reason=reason, words=words, state=reports.OPEN, created_at=clock.now(),
        )
    )  # fmt: skip
    office = entries_q.get_office(entry.office)
    line = Line(reports.REASONS[reason], told.topic(facts), "", words)  # no name: it may be hidden
    readers = [
        Reader(one, viewer.organisation_id)
        for one in people.list_administrators(viewer.organisation_id)
    ]
    about = f"{office.name} {told.unit(facts)}"
    key = report_key(report_id)
    news = Told("directory-report", key, reports.CAME, about, (line,), "/directory/reports")
    notices.tell(readers, news)


def report_key(report_id: str) -> str:
    """The key of the notices that a report came."""
    return f"directory:report:{report_id}"


def end_report(viewer: Viewer, report_id: str, state: str) -> None:
    """Close a report as done or declined, or open it again, in the open transaction. Whoever made
    it is told of the end; who opens it again takes that back while it is unread.

    Raises:
        NotFound: there is none of that id in the viewer's organisation.
    """
    found = follows_q.get_report(viewer.organisation_id, report_id)
    if found.state == state:
        return
    if found.ended_at is not None:
        notices.take_back(_end_key(found, found.ended_at))
    now = max(clock.now(), (found.ended_at or 0) + 1)
    ended = {"ended_at": now, "ended_by": viewer.person_id}
    kept = {"ended_at": found.ended_at, "ended_by": None} if state == reports.OPEN else ended
    own = (Report.id == report_id, Report.organisation_id == viewer.organisation_id)
    db.run(update(Report).where(*own).values(state=state, **kept))
    if state != reports.OPEN:
        _tell_end(found, state, now)


def _end_key(found: ReportRow, at: int) -> str:
    return f"{report_key(found.id)}:{at}"


def _tell_end(found: ReportRow, state: str, at: int) -> None:
    entry = entries_q.find_entry(found.uid)
    facts = told.facts_of(vars(entry)) if entry else told.Facts()
    line = Line(reports.REASONS[found.reason], told.topic(facts), "", found.words)
    url, key = tell_notices.url_of(found.uid), _end_key(found, at)
    news = Told("directory-report", key, reports.ENDS[state], told.unit(facts), (line,), url)
    notices.tell([Reader(found.person_id, found.organisation_id)], news)


def list_reports(viewer: Viewer, page: int) -> tuple[list[dict[str, Any]], int]:
    """A page of what an organisation's people reported, each with its entry and who reported it;
    and how many there are in all."""
    rows, total = follows_q.list_reports(viewer.organisation_id, page)
    names = people.list_by_ids(viewer.organisation_id, {one.person_id for one in rows})
    found = entries_q.list_entries(history_q.list_ids({one.uid for one in rows})).values()
    entries = {one.uid: one for one in found}
    offices = {one.number: one for one in entries_q.list_offices()} if entries else {}
    return [
        _report(one, entries.get(one.uid), offices)
        | {
            "person": names[one.person_id],
        }
        for one in rows
    ], total


def _report(
    row: ReportRow, entry: EntryRow | None, offices: dict[int, OfficeRow]
) -> dict[str, Any]:
    facts = told.facts_of(vars(entry)) if entry else None
    office = offices[entry.office] if entry else None
    return {
        "row": row, "reason": reports.REASONS[row.reason], "office": office,
        "unit": told.unit(facts) if facts else "", "who": told.who(facts) if facts else "",
        "topic": told.topic(facts) if facts else "",
    }  # fmt: skip
