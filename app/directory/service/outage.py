"""Our own line: when hardly any site can be reached, that is one alarm, not one of each source.

The danger removed here: a cable that is pulled at night, and 200 alarms in the morning that are all
the same; and the other way round, a few sites that die together and hide every later one. A source
that cannot be reached raises no alarm while our line explains it. That is over when a site that was
cut off answers again, or when most of the sites that were tried since are reached after all: it was
not our line then. What was cut off is read soon, and what still cannot be reached raises its own.
"""

from __future__ import annotations

import logging
import random

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.sqlite import insert as insert_new

from app.core import db
from app.directory.models import Source, State
from app.directory.queries import crawl_pages as pages_q
from app.directory.queries import sources as sources_q
from app.directory.queries.sources import ANSWERED_AT, CUT_OFF_SINCE, DOWN, UP, Contact, RoundRow
from app.directory.rules import health
from app.directory.service import alarms, crawl_round

LOG = logging.getLogger("app.directory.crawl")


def find() -> tuple[int, int] | None:
    """Since when our line is down (Unix seconds), and how many hosts are cut off by it; None when
    it is there, or none of them is read any more."""
    down_at = sources_q.find_line(DOWN)
    if down_at is None:
        return None
    cut_off, _tried = _hosts(sources_q.list_contacts(), down_at)
    return (down_at, cut_off) if cut_off else None


def contact_of(found: RoundRow, reason: str, now: int) -> dict[str, int]:
    """What a round that failed says of whether its site is reached, as its report keeps it: when
    somebody answered last (also a page before the one that failed), since when nobody does, or
    nothing. What was before our line came back last is another story.

    Args:
        found: the round, with what the one before it told.
        reason: why it failed.
        now: Unix seconds.
    """
    fetched_at = pages_q.find_fetched_at(found.owner, found.trial, found.round)
    if health.is_answer(reason) or fetched_at is not None:
        return {ANSWERED_AT: now if health.is_answer(reason) else fetched_at or now}
    if not health.is_cut_off(reason):
        return {}
    known = int((found.report or {}).get(CUT_OFF_SINCE, 0))
    return {CUT_OFF_SINCE: known if known > (sources_q.find_line(UP) or 0) else now}


def explains(since: int | None, now: int) -> bool:
    """Whether our own line is why a source could not be read, in the open transaction; the
    administrators are told of the line when it is the first such. A line that has just come back
    explains it too: the source is tried again before anybody is told.

    Args:
        since: when it began that nobody is reached, or None when that is not why.
        now: Unix seconds.
    """
    if since is None:
        return False
    down_at = sources_q.find_line(DOWN)
    if down_at is not None:
        return _is_still_down(down_at, now)
    back_s = now - (sources_q.find_line(UP) or 0)
    if back_s < health.GRACE_S:
        return True
    contacts = sources_q.list_contacts()
    cut_off, tried = _hosts(contacts, since, (since, since + health.SAME_S))
    switched_on = len({crawl_round.host_of(one.url) for one in contacts})
    is_relapse = back_s < health.DAY_S  # who answered in between is not tried before the night
    if not (is_relapse or health.says_enough(tried, switched_on)):
        return False
    if not health.is_line_down(cut_off, tried):
        return False
    _begin(now, cut_off, tried)
    return True


def _hosts(
    contacts: list[Contact], answered_from: int, cut_off: tuple[int, int] | None = None
) -> tuple[int, int]:
    """How many hosts cannot be reached any more, and how many were tried.

    Args:
        contacts: of each source.
        answered_from: who answered last before that was not tried.
        cut_off: in which time they were cut off; what was before has another cause, and who was
            only later was still reached. None for whenever it was.
    """
    first, last = cut_off or (0, None)
    tries = []
    for one in contacts:
        host, since = crawl_round.host_of(one.url), one.cut_off_since
        if since is not None and since >= first:
            tries.append((host, last is not None and since > last))
        elif one.answered_at is not None and one.answered_at >= answered_from:
            tries.append((host, True))
    return health.hosts_of(tries)


def _is_still_down(down_at: int, now: int) -> bool:
    """Judge anew whether it is our line, by all that was tried since; end it when it is not. Also a
    site that is read once a month counts, so it is not only the last day that is looked at."""
    if health.is_line_down(*_hosts(sources_q.list_contacts(), down_at)):
        return True
    _end(down_at, now)
    return False


def _begin(now: int, cut_off: int, tried: int) -> None:
    """Tell of the line; the alarms of the first sources, by which it was not yet seen, go."""
    db.run(insert(State).values(name=DOWN, value=now))
    alarms.tell_line(now, cut_off, tried)
    for source in sources_q.list_alarmed(health.CUT_OFF, now - health.SAME_S):
        alarms.end(source)
        none = {"alarm": None, "alarm_at": None}
        db.run(update(Source).where(Source.id == source.id).values(none))
    LOG.error("own line seems down", extra={"facts": {"cut_off": cut_off, "tried": tried}})


def answered(found: RoundRow, at: int, now: int) -> None:
    """A site has answered, in the open transaction: when it is one that was cut off, our line is
    there again. (One that never was may stand in our own house: most of them have to answer.)

    Args:
        found: its round, with what the one before it told.
        at: when it answered, Unix seconds.
        now: Unix seconds.
    """
    down_at = sources_q.find_line(DOWN)
    if down_at is None or at < down_at:
        return
    if CUT_OFF_SINCE not in (found.report or {}):
        _is_still_down(down_at, now)
        return
    written = insert_new(State).values(name=UP, value=now)
    db.run(written.on_conflict_do_update(index_elements=["name"], set_={"value": now}))
    _end(down_at, now)


def _end(down_at: int, now: int) -> None:
    """The alarm of our line is over; what was cut off is read soon."""
    db.run(delete(State).where(State.name == DOWN))
    alarms.end_line(down_at)
    for one in sources_q.list_contacts():
        if one.cut_off_since is not None:
            soon = now + round(random.random() * health.SOON_S)  # noqa: S311  spreads the load
            db.run(update(Source).where(Source.id == one.source).values(next_at=soon))
    LOG.info("own line is there", extra={"facts": {"down_s": now - down_at}})
