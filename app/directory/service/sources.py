"""What an administrator does with sources: write a definition, try it, switch it on, refresh."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, update

from app.core import clock, db
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.models import Source
from app.directory.queries import entries as entries_q
from app.directory.queries import sources as sources_q
from app.directory.queries.sources import RoundRow, SourceRow
from app.directory.rules import definition as definition_r
from app.directory.rules.definition import Definition
from app.directory.rules.refusals import AnotherOn, NotOn, NotTried, RefreshedLately, Shipped
from app.directory.service import alarms, crawl_round, source_key

LOG = logging.getLogger("app.directory.sources")
REFRESH_AFTER_S: Final = 600
OFF, ON = "off", "on"


@dataclass(frozen=True)
class Given:
    """What an administrator has typed, checked; an empty key keeps the one there is."""

    office: int
    label: str
    definition: Definition
    key: str = ""


def add(viewer: Viewer, given: Given) -> str:
    """Keep a new source, off, in the open transaction; its id.

    Raises:
        NotFound: there is no such office.
    """
    entries_q.get_office(given.office)
    source_id = new_id()
    row = {"id": source_id, "state": OFF, "failures": 0, **_columns(given)}
    db.run(insert(Source).values(row))
    source_key.keep(source_id, given.key)
    _note("source added", viewer, source_id)
    return source_id


def change(viewer: Viewer, source_id: str, given: Given) -> bool:
    """Correct a source, in the open transaction. Another definition, office or key is off until it
    was tried; whether it is one.

    Raises:
        NotFound: there is no such source or office.
    """
    found = sources_q.get_source(source_id)
    entries_q.get_office(given.office)
    made = definition_r.read(found.definition)
    is_new = bool(given.key) or given.office != found.office
    is_new = is_new or made.digest != given.definition.digest
    values: dict[str, Any] = _columns(given)
    source_key.keep(source_id, given.key)
    if is_new:
        values |= {"state": OFF, "tried_at": None, "next_at": None, "failures": 0}
        crawl_round.stop(source_id, "changed")
        crawl_round.forget(source_id, trial=False)
    db.run(update(Source).where(Source.id == source_id).values(values))
    _note("source changed", viewer, source_id)
    return is_new


def _columns(given: Given) -> dict[str, Any]:
    made = given.definition
    return {
        "office": given.office, "kind": made.kind, "label": given.label,
        "url": made.start[0][:500], "definition": made.to_json(),
    }  # fmt: skip


def ask_trial(viewer: Viewer, source_id: str) -> None:
    """Let the worker try a source out, in the open transaction; asked again before it has, nothing
    is added.

    Raises:
        NotFound: there is no such source.
    """
    crawl_round.begin(sources_q.get_source(source_id), trial=True)
    _note("source tried", viewer, source_id)


def is_tried(source: SourceRow, trial: RoundRow | None) -> bool:
    """Whether a trial of this very definition went well."""
    if trial is None or trial.state != "done" or source.tried_at is None:
        return False
    return trial.digest == definition_r.read(source.definition).digest


def switch(viewer: Viewer, source_id: str, on: bool) -> None:
    """Switch a source on, to be read at once and then every night, or off, in the open transaction.

    Raises:
        NotFound: there is no such source.
        NotTried: its definition was not tried.
        AnotherOn: the office is read by another source.
    """
    found = sources_q.get_source(source_id)
    if on and not is_tried(found, sources_q.find_round(source_id, trial=True)):
        raise NotTried
    if on and sources_q.has_another_on(found):
        raise AnotherOn
    values: dict[str, Any] = {"state": ON if on else OFF, "next_at": clock.now() if on else None}
    values |= {"failures": 0, "alarm": None, "alarm_at": None} if on else {}
    if not on:
        crawl_round.stop(source_id, "off")
    else:
        alarms.end(found)
    db.run(update(Source).where(Source.id == source_id).values(values))
    _note("source on" if on else "source off", viewer, source_id)


def refresh(viewer: Viewer, source_id: str) -> None:
    """Let a source be read now, in the open transaction.

    Raises:
        NotFound: there is no such source.
        NotOn: it is off.
        RefreshedLately: it was read less than ten minutes ago.
    """
    found, now = sources_q.get_source(source_id), clock.now()
    if found.state != ON:
        raise NotOn
    last = sources_q.find_round(source_id, trial=False)
    if last is not None and last.state != "running" and now - last.began_at < REFRESH_AFTER_S:
        raise RefreshedLately
    db.run(update(Source).where(Source.id == source_id).values(next_at=now))
    _note("source refreshed", viewer, source_id)


def acknowledge(viewer: Viewer, source_id: str, take_anyway: bool = False) -> None:
    """Take an alarm as seen, in the open transaction; it comes again while its cause lasts.

    Args:
        viewer: who has seen it.
        source_id: of the source.
        take_anyway: what is there now is right, though it is so different: the next reading is
            not compared with the last one.

    Raises:
        NotFound: there is no such source.
    """
    alarms.end(sources_q.get_source(source_id))
    values: dict[str, Any] = {"alarm": None, "alarm_at": None}
    if take_anyway:
        crawl_round.trust_next(source_id)
        values |= {"next_at": clock.now(), "failures": 0}
    db.run(update(Source).where(Source.id == source_id).values(values))
    _note("source alarm seen", viewer, source_id)


def remove(viewer: Viewer, source_id: str) -> None:
    """Take a source out for good, in the open transaction: its definition, its key and what was
    read of its pages go. What was taken over from it stays, and still says where and when it was
    seen: that is why the row stays, without what it could be read by.

    Raises:
        NotFound: there is no such source.
        Shipped: it comes with the product.
    """
    found = sources_q.get_source(source_id)
    if found.shipped is not None:
        raise Shipped
    alarms.end(found)
    crawl_round.erase(source_id)
    gone = {"definition": None, "state": OFF, "next_at": None, "alarm": None, "alarm_at": None}
    db.run(update(Source).where(Source.id == source_id).values(gone))
    _note("source removed", viewer, source_id)


def _note(what: str, viewer: Viewer, source_id: str) -> None:
    LOG.info(what, extra={"facts": {"source": source_id, "by": viewer.person_id}})
