"""What a counter tells: when that was by our clock, and whether it can be true.

A counter's clock may be wrong by years. When it says what its clock shows as it sends (`sent`), the
difference is known exactly. Otherwise it is learned: a report never takes less than no time to
come, so the least difference of the last ones is the nearest to the truth. A clock is also put
back, or says something else once: that is known by readings that say an earlier time than those
before them, or go on agreeing on another difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from app.cafeteria.rules.feed_refusals import ClockAhead, TooOld

LEARNED_FROM: Final = 20
PUT_BACK_MS: Final = 30_000
AGREE, AGREE_MS, AGREE_FOR_MS = 3, 5_000, 5_000
AHEAD_MS: Final = 3_600_000
OLD_MS: Final = 24 * 3_600_000
MOST_PEOPLE: Final = 500
TOLD_BY: Final = {
    "in": ("in",),
    "out": ("out",),
    "both": ("in", "out"),
    "people": ("count",),
    "level": ("level",),
}


@dataclass(frozen=True)
class Told:
    """One reading as it came. `told_ms` is by the counter's clock, None when it said nothing of
    the time; `place` is where it stood in the request, such as "readings.3"."""

    seq: int
    told_ms: int | None
    entered: int | None = None
    left: int | None = None
    people: int | None = None
    level: int | None = None
    place: str = ""

    @property
    def digest(self) -> bytes:
        """What tells the same report from another one of that number, 16 bytes."""
        values = [self.told_ms, self.entered, self.left, self.people, self.level]
        return hashlib.sha256(json.dumps(values).encode()).digest()[:16]

    @property
    def passed(self) -> int:
        """People who passed, at least."""
        return max(self.entered or 0, self.left or 0)

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that it came with, by their names in JSON."""
        given = {"in": self.entered, "out": self.left, "count": self.people, "level": self.level}
        return tuple(name for name, value in given.items() if value is not None)


@dataclass(frozen=True)
class Earlier:
    """A reading that was stored before."""

    told_ms: int
    received_ms: int


def unfit(told: Told, measures: str) -> tuple[str, ...]:
    """The fields that a counter of that kind does not measure."""
    return tuple(name for name in told.names if name not in TOLD_BY[measures])


def check_time(told: Told, skew_ms: int, received_ms: int, *, exact: bool = False) -> None:
    """Refuse what is not of the last day.

    Args:
        told: the reading.
        skew_ms: by how much its clock is behind ours, as far as that is known; else 0.
        received_ms: when it came.
        exact: that is so; else the clock may also be right, it may just have been put right.

    Raises:
        ClockAhead: more than an hour in the future. TooOld: more than a day in the past.
    """
    if told.told_ms is None:
        return
    late = received_ms - (told.told_ms + skew_ms)
    if any(-AHEAD_MS <= one <= OLD_MS for one in (late, late if exact else late + skew_ms)):
        return
    refused = ClockAhead if late < 0 else TooOld
    raise refused(now=received_ms / 1000, place=told.place, seq=told.seq)


def learn_skew(fresh: Sequence[Told], received_ms: int, earlier: Sequence[Earlier]) -> int | None:
    """By how much the clock is behind ours: the least of the last twenty differences, or of those
    since it was put back; None when no reading said anything of the time.

    Args:
        fresh: what came now, by number.
        received_ms: when.
        earlier: those with the numbers before, the highest first.
    """
    told = [(received_ms, one.told_ms) for one in reversed(fresh) if one.told_ms is not None]
    # Where a reading told no time, ours was written down: that teaches nothing.
    told += [(e.received_ms, e.told_ms) for e in earlier if e.received_ms != e.told_ms]
    steady = _steady(told[:LEARNED_FROM])
    lates = [came - at for came, at in steady]
    least, now = min(lates, default=None), _agreed(steady)
    # Reports that are late by the same are no clock that was put back: that says earlier times.
    was_put_back = len(steady) < len(told[:LEARNED_FROM])
    later = now is not None and least is not None and now - least > PUT_BACK_MS
    return now if was_put_back and later else least


def _steady(told: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without those after which the clock was put back: what a clock says once is not believed."""
    later = (newer[1] for newer, _ in pairwise(told))
    kept = zip(told[1:], later, strict=False)
    return [*told[:1], *(one for one, then in kept if one[1] - then <= PUT_BACK_MS)]


def _agreed(told: Sequence[tuple[int, int]]) -> int | None:
    """The least difference of the newest readings, when three of them that did not come together
    agree on it; None when they do not."""
    lates = [came - at for came, at in told]
    last = list(takewhile(lambda late: abs(late - lates[0]) <= AGREE_MS, lates))
    long = len(last) >= AGREE and told[0][0] - told[len(last) - 1][0] >= AGREE_FOR_MS
    return min(last) if long else None


def moment(told: Told, skew_ms: int, received_ms: int) -> int:
    """When a reading was made by our clock, never later than it came."""
    if told.told_ms is None:
        return received_ms
    return min(received_ms, told.told_ms + skew_ms)


def is_absurd(told: Told) -> bool:
    """Whether more people stand in the line than can."""
    return (told.people or 0) > MOST_PEOPLE
