"""Our own line: when hardly any site can be reached, that is one alarm, not one of each source.

The danger removed here: a cable that is pulled at night, and 200 alarms in the morning that are all
the same. A source that cannot be reached raises no alarm while our line explains it. When a site
that was cut off answers again, the alarm of the line is over, what was cut off is read soon, and
what still cannot be reached after that raises its own.
"""

from __future__ import annotations

import logging
import random

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.sqlite import insert as insert_new

from app.core import db
from app.directory.models import Source, State
from app.directory.queries import sources as sources_q
from app.directory.queries.sources import CUT_OFF_SINCE, DOWN, UP, RoundRow
from app.directory.rules import health
from app.directory.service import alarms, crawl_round

LOG = logging.getLogger("app.directory.crawl")


def find() -> tuple[int, int] | None:
    """Since when our line is down (Unix seconds), and how many sources are cut off by it; None when
    it is there, or none of them is read any more."""
    down_at = sources_q.find_line(DOWN)
    cut_off = sources_q.list_failing(health.CUT_OFF)
    return (down_at, len(cut_off)) if down_at is not None and cut_off else None


def since_of(found: RoundRow, reason: str, now: int) -> int | None:
    """Since when nobody is reached, of a round that failed; None when that is not why. What was
    before our line came back last is another story."""
    if not health.is_cut_off(reason):
        return None
    known = int((found.report or {}).get(CUT_OFF_SINCE, 0))
    return known if known > (sources_q.find_line(UP) or 0) else now


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
    if down_at is not None and len(sources_q.list_failing(health.CUT_OFF)) < health.FEWEST_HOSTS:
        _end(down_at, now)  # the others were switched off meanwhile: it says nothing any more
    back_at = sources_q.find_line(UP) or 0
    if sources_q.find_line(DOWN) is not None or now - back_at < health.GRACE_S:
        return True
    cut_off, tried = _hosts(since)
    if not health.is_line_down(cut_off, tried):
        return False
    _begin(now, cut_off, tried)
    return True


def _hosts(since: int) -> tuple[int, int]:
    """How many hosts cannot be reached any more since a moment, and how many were tried since: what
    was cut off before, when others were still reached, is not cut off by our line."""
    later = (one for one in sources_q.list_readings(since) if one.since >= since)
    return health.hosts_of((crawl_round.host_of(one.url), one.told) for one in later)


def _begin(now: int, cut_off: int, tried: int) -> None:
    """Tell of the line; the alarms of the first sources, by which it was not yet seen, go."""
    db.run(insert(State).values(name=DOWN, value=now))
    alarms.tell_line(now, cut_off, tried)
    for source in sources_q.list_alarmed(health.CUT_OFF, now - health.SAME_S):
        alarms.end(source)
        none = {"alarm": None, "alarm_at": None}
        db.run(update(Source).where(Source.id == source.id).values(none))
    LOG.error("own line seems down", extra={"facts": {"cut_off": cut_off, "tried": tried}})


def answered(found: RoundRow, now: int) -> None:
    """A site has answered, in the open transaction: when it is one that was cut off, our line is
    there again. (One that never was may stand in our own house.)

    Args:
        found: its round, with what the one before it told.
        now: Unix seconds.
    """
    down_at = sources_q.find_line(DOWN)
    if down_at is not None and CUT_OFF_SINCE in (found.report or {}):
        _end(down_at, now)


def _end(down_at: int, now: int) -> None:
    """Note that our line is there, and read soon what was cut off."""
    db.run(delete(State).where(State.name == DOWN))
    written = insert_new(State).values(name=UP, value=now)
    db.run(written.on_conflict_do_update(index_elements=["name"], set_={"value": now}))
    alarms.end_line(down_at)
    for source_id in sources_q.list_failing(health.CUT_OFF):
        soon = now + round(random.random() * health.SOON_S)  # noqa: S311  spreads the load
        db.run(update(Source).where(Source.id == source_id).values(next_at=soon))
    LOG.info("own line is back", extra={"facts": {"down_s": now - down_at}})
