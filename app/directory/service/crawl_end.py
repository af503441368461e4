"""The end of a round: its people judged, and taken over or not; a trial's as a preview.

The danger removed here: half a site, a rebuilt one, or an error page that empties an office. Only
a round without a failed page is looked at, and only people that are like those of the last time
replace them; everything else keeps the old data and is told.
"""

from __future__ import annotations

import hashlib
import json
import logging
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import select, update

from app.core import clock, db
from app.core.fetch.tables import FetchRound
from app.core.outbox import NotYet
from app.directory.models import Office, Source
from app.directory.queries import crawl_pages as pages_q
from app.directory.queries import sources as sources_q
from app.directory.queries.crawl_pages import PageRow
from app.directory.queries.sources import ANSWERED_AT, CUT_OFF_SINCE, RoundRow, SourceRow
from app.directory.rules import definition as definition_r
from app.directory.rules import health
from app.directory.rules.definition import Definition
from app.directory.rules.found import Found, found_of, wanted_of
from app.directory.rules.refusals import OfficeBusy, TooManyEntries
from app.directory.rules.row import Row
from app.directory.service import alarms, crawl_round, outage
from app.directory.service.replace import Outcome, replace

LOG = logging.getLogger("app.directory.crawl")
LEASE_S = 180
AGAIN_S: Final = 5
PREVIEW: Final = 20
NO_ALARM: Final = frozenset({"off", "changed"})


class Doubtful(Exception):
    """These people are not to be taken; the message is a code that `crawl_words.reason` knows."""


def end_due() -> int:
    """End every round that is at its end; how many."""
    return sum(_end(*one) for one in pages_q.list_finished(clock.now()))


def _end(owner: str, trial: bool) -> int:
    now = clock.now()
    free = (
        FetchRound.owner == owner, FetchRound.trial.is_(trial), FetchRound.state == "running",
        FetchRound.leased_until <= now,
    )  # fmt: skip
    with db.transaction():
        mine = db.run(update(FetchRound).where(*free).values(leased_until=now + LEASE_S))
    source, found = sources_q.find_source(owner), sources_q.find_round(owner, trial)
    if not mine or source is None or found is None:
        return 0
    pages = pages_q.list_pages(owner, trial, found.round)
    if trial:
        _end_trial(source, found, pages)
    else:
        _end_round(source, found, pages)
    return 1


def _end_trial(source: SourceRow, found: RoundRow, pages: list[PageRow]) -> None:
    """Keep a preview, and whether the definition may be switched on."""
    rows, told = gathered(pages), failure(pages)
    made = definition_r.read(source.definition)
    reason = told or health.judge(None, health.shape_of(rows), 0)
    if not reason and any(not any(getattr(row, one) for row in rows) for one in made.needs):
        reason = "no-column"
    report = {"rows": len(rows), "preview": [asdict(row) for row in rows[:PREVIEW]]}
    report |= {"pages": [_page(one) for one in pages], "shape": health.shape_of(rows).fields}
    report |= {"partial": len(pages) >= crawl_round.TRIAL_BREADTH and bool(made.tree or made.pages)}
    change = {
        "state": "failed" if reason else "done", "told": reason or None, "ended_at": clock.now(),
        "report": json.dumps(report, ensure_ascii=False), "leased_until": 0,
    }  # fmt: skip
    with db.transaction():
        if _write(found, change):
            crawl_round.forget(source.id, trial=True)
            db.run(update(Source).where(Source.id == source.id).values(tried_at=clock.now()))


def _page(page: PageRow) -> dict[str, Any]:
    """What is told of a page in a preview."""
    found = found_of(page.found) if page.found else Found()
    problems = [f"{one.code} {one.detail}".strip() for one in found.problems[:5]]
    return {
        "url": wanted_of(page.wanted).url, "state": page.state, "told": page.told,
        "rows": len(found.rows), "links": len(found.wanted), "headers": list(found.headers[:20]),
        "problems": problems,
    }  # fmt: skip


def _end_round(source: SourceRow, found: RoundRow, pages: list[PageRow]) -> None:
    made = definition_r.read(source.definition)
    try:
        rows = _trusted(made, found, pages)
        shape = health.shape_of(rows, _digest(rows))
        outcome = _taken(source, found, made, rows, shape)
    except Doubtful as doubt:
        _fail(source, found, str(doubt))
    except TooManyEntries:
        _fail(source, found, "too-many-rows")
    except (NotYet, OfficeBusy):
        with db.transaction():
            _write(found, {"leased_until": clock.now() + AGAIN_S})
    else:
        _succeed(source, found, (made, shape, pages), outcome)


def _trusted(made: Definition, found: RoundRow, pages: list[PageRow]) -> list[Row]:
    """The people of a round, when they may be believed.

    Raises:
        Doubtful: they may not.
    """
    if found.digest != made.digest:
        raise Doubtful("changed")
    told = failure(pages) or ("total" if _is_short(pages) else "")
    if told:
        raise Doubtful(told)
    rows = gathered(pages)
    doubt = health.judge(_known(found), health.shape_of(rows), made.must_keep)
    if doubt:
        raise Doubtful(doubt)
    return rows


def _known(found: RoundRow) -> dict[str, Any] | None:
    """What the people of the last time were like, when this time is to be compared with them."""
    return None if found.shape == health.TRUSTED else found.shape


def _taken(
    source: SourceRow, found: RoundRow, made: Definition, rows: list[Row], shape: health.Shape
) -> Outcome | None:
    """Replace the office's entries; None when they are the same as the last time, untouched since,
    and only the time at which they were seen is new.

    Raises:
        Doubtful: too few of the present entries would stay.
    """
    where = Office.number == source.office
    row = db.first(select(Office.source_id, Office.seen_at).where(where))
    known, trusted = _known(found), found.shape == health.TRUSTED
    same = known is not None and known["digest"] == shape.digest
    if same and row == (source.id, found.seen_at):
        return None
    must_keep = 0.0 if trusted else made.must_keep
    outcome = replace(source.office, source.id, rows, must_keep=must_keep)
    if outcome.state == "refused":
        raise Doubtful("halved")
    return outcome


def _succeed(
    source: SourceRow, found: RoundRow, read: tuple[Definition, health.Shape, list[PageRow]],
    outcome: Outcome | None,
) -> None:  # fmt: skip
    made, shape, pages = read
    now, at_night = clock.now(), random.random()  # noqa: S311  spreads the load, nothing else
    report = {"rows": shape.rows, "pages": len(pages)}
    report |= {"skipped": sum(1 for one in pages if one.state == "skipped")}
    report |= {"unchanged": outcome is None, ANSWERED_AT: now}
    if outcome is not None:
        report |= {name: getattr(outcome, name) for name in ("added", "changed", "removed", "same")}
    change = {
        "state": "done", "told": None, "ended_at": now, "seen_at": now, "leased_until": 0,
        "report": json.dumps(report), "shape": json.dumps(shape.to_dict()),
    }  # fmt: skip
    following = health.next_night(now, made.every_days, at_night)
    rested = {"failures": 0, "alarm": None, "alarm_at": None, "next_at": following}
    with db.transaction():
        if _write(found, change):
            crawl_round.forget(source.id, trial=False, before_round=found.round)
            db.run(update(Source).where(Source.id == source.id).values(rested))
            alarms.end(source)
            outage.answered(found, now, now)
            seen = (Office.number == source.office, Office.source_id == source.id)
            db.run(update(Office).where(*seen).values(seen_at=now))
    LOG.info("source read", extra={"facts": {"source": source.id, **report}})


def _fail(source: SourceRow, found: RoundRow, reason: str) -> None:
    """Keep what is there, say why, and come again."""
    now = clock.now()
    contact = outage.contact_of(found, reason, now)
    ended = {
        "state": "failed", "told": reason[:120], "ended_at": now, "leased_until": 0,
        "report": json.dumps(contact) if contact else None,
    }  # fmt: skip
    with db.transaction():
        current = sources_q.find_source(source.id)  # its alarm may have been seen to meanwhile
        if _write(found, ended) and current is not None:
            _count_failure(current, reason, now, contact.get(CUT_OFF_SINCE))
            if ANSWERED_AT in contact:
                outage.answered(found, contact[ANSWERED_AT], now)
    LOG.warning("source not read", extra={"facts": {"source": source.id, "reason": reason[:40]}})


def _count_failure(source: SourceRow, reason: str, now: int, cut_off_since: int | None) -> None:
    failures, jitter = source.failures + 1, random.random()  # noqa: S311  spread
    is_alarm = health.is_alarm(reason, failures) and reason not in NO_ALARM
    is_ours = is_alarm and outage.explains(cut_off_since, now)
    most_s = health.OUTAGE_PAUSE_S if is_ours else health.DAY_S
    later = health.next_try(reason, failures, now, jitter, most_s)
    change: dict[str, Any] = {"failures": failures, "next_at": later}
    if is_alarm and not is_ours:
        change |= {"alarm": reason[:200], "alarm_at": source.alarm_at or now}
        alarms.tell(source, reason, change["alarm_at"])
    db.run(update(Source).where(Source.id == source.id).values(change))


def _write(found: RoundRow, change: dict[str, Any]) -> int:
    """Write the end of a round, unless it was ended meanwhile; in the open transaction."""
    mine = (
        FetchRound.owner == found.owner, FetchRound.trial.is_(found.trial),
        FetchRound.round == found.round, FetchRound.state == "running",
    )  # fmt: skip
    return db.run(update(FetchRound).where(*mine).values(change))


def failure(pages: Sequence[PageRow]) -> str:
    """Why a page of a round failed, or ""."""
    return next((one.told or "fault" for one in pages if one.state == "failed"), "")


def gathered(pages: Sequence[PageRow]) -> list[Row]:
    """The people of a round in the order of the site, those of a page shown again left out."""
    rows: list[Row] = []
    seen: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        chain = page.path.partition("+")[0]
        if page.state != "done" or not page.found or page.digest in seen[chain]:
            continue
        if page.digest:
            seen[chain].add(page.digest)
        rows += found_of(page.found).rows
    return rows


def _is_short(pages: Sequence[PageRow]) -> bool:
    """Whether a list says that it has other people than were found on its pages."""
    told: dict[str, int] = {}
    chains: dict[str, list[PageRow]] = defaultdict(list)
    for page in pages:
        chain = page.path.partition("+")[0]
        chains[chain].append(page)
        total = found_of(page.found).total if page.found else None
        if total is not None:
            told[chain] = total
    return any(len(gathered(chains[chain])) != total for chain, total in told.items())


def _digest(rows: Sequence[Row]) -> str:
    text = json.dumps([list(asdict(row).values()) for row in rows], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
