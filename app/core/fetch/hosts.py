"""Turns: one request to a host at a time and with pauses, over all processes of an installation.

The danger removed here: two workers, or two features, that each keep to the pause and together do
not. A turn is a lease in the database, taken in one small transaction; what a killed worker held
is free when its lease is over, which is later than any request of it can last.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.core.fetch.rules import Busy, Robots
from app.core.fetch.tables import FetchHost

MS = 1000
MOMENT_S = 0.1


@dataclass(frozen=True)
class Turn:
    """The right to ask a host now."""

    host: str
    until: int
    failures: int


def now_ms() -> int:
    """The present moment in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def take(host: str, lease_s: float) -> Turn:
    """Take a host's turn, in a transaction of its own.

    Raises:
        Busy: somebody has it, or the pause is not over.
    """
    now = now_ms()
    until = now + round(lease_s * MS)
    free = (FetchHost.host == host, FetchHost.next_at <= now, FetchHost.leased_until <= now)
    taken = update(FetchHost).where(*free).values(leased_until=until).returning(FetchHost.failures)
    with db.transaction():
        new = {"host": host, "next_at": 0, "leased_until": 0, "failures": 0}
        new |= {"robots_at": 0, "robots_failed_at": 0}
        db.run(insert(FetchHost).values(new).on_conflict_do_nothing(index_elements=["host"]))
        row = db.first(taken)
    if row is None:
        raise Busy(_look_again_s(host))
    return Turn(host, until, row[0])


def wait_s(host: str) -> float:
    """Seconds until a host may be asked, as far as is known now."""
    row = db.first(select(FetchHost.next_at, FetchHost.leased_until).where(FetchHost.host == host))
    return 0.0 if row is None else max(0, max(row) - now_ms()) / MS


def _look_again_s(host: str) -> float:
    """Seconds until it is worth asking for a turn again: the pause, or a moment while somebody has
    the turn, who will give it back long before the lease is over."""
    next_at = db.value(select(FetchHost.next_at).where(FetchHost.host == host)) or 0
    return max(MOMENT_S, (next_at - now_ms()) / MS)


def give_back(turn: Turn, pause_s: float, failures: int) -> None:
    """End a turn: the host is left alone for so many seconds from now. A turn whose lease is over
    is another's."""
    change = {"next_at": now_ms() + round(pause_s * MS), "leased_until": 0, "failures": failures}
    mine = (FetchHost.host == turn.host, FetchHost.leased_until == turn.until)
    with db.transaction():
        db.run(update(FetchHost).where(*mine).values(change))


def find_robots(host: str) -> Robots:
    """What is kept of a host's robots.txt."""
    kept = (FetchHost.robots, FetchHost.robots_at, FetchHost.robots_failed_at)
    row = db.first(select(*kept).where(FetchHost.host == host))
    return Robots() if row is None else Robots(*row)


def keep_robots(host: str, text: str | None, at: int) -> None:
    """Keep a host's robots.txt; None when it could not be read, and an older one is kept."""
    read = {"robots": text, "robots_at": at, "robots_failed_at": 0}
    change = {"robots_failed_at": at} if text is None else read
    with db.transaction():
        db.run(update(FetchHost).where(FetchHost.host == host).values(change))


def busy_hosts() -> list[str]:
    """The hosts that may not be asked now."""
    now = now_ms()
    waiting = or_(FetchHost.next_at > now, FetchHost.leased_until > now)
    return db.values(select(FetchHost.host).where(waiting))
