"""What a counter tells: when that was by our clock, and whether it can be true.

A counter's clock may be wrong by years. When it says what its clock shows as it sends (`sent`), the
difference is known exactly. Otherwise it is learned: a report never takes less than no time to
come, so the least difference of the last ones is the nearest to the truth. A clock that is put back
is known by readings that say an earlier time than those before them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.cafeteria.rules.feed_refusals import ClockAhead, TooOld

LEARNED_FROM: Final = 20
PUT_BACK_MS: Final = 30_000
AGREE_AFTER_MS, AGREE_MS = 5_000, 2_000
AHEAD_MS: Final = 3_600_000
OLD_MS: Final = 24 * 3_600_000
FASTEST: Final = 5.0  # people a second through one line: nobody walks as fast
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
    def names(self) -> tuple[str, ...]:
        """The fields that it came with, by their names in JSON."""
        given = {"in": self.entered, "out": self.left, "count": self.people, "level": self.level}
        return tuple(name for name, value in given.items() if value is not None)


@dataclass(frozen=True)
class Earlier:
    """A reading that was stored before."""

    at_ms: int
    told_ms: int
    received_ms: int


def unfit(told: Told, measures: str) -> tuple[str, ...]:
    """The fields that a counter of that kind does not measure."""
    return tuple(name for name in told.names if name not in TOLD_BY[measures])


def check_time(told: Told, skew_ms: int, received_ms: int) -> None:
    """Refuse what is not of the last day.

    Args:
        told: the reading.
        skew_ms: by how much its clock is behind ours, as far as that is known; else 0.
        received_ms: when it came.

    Raises:
        ClockAhead: more than an hour in the future. TooOld: more than a day in the past.
    """
    if told.told_ms is None:
        return
    late = received_ms - (told.told_ms + skew_ms)
    if -AHEAD_MS <= late <= OLD_MS:
        return
    refused = ClockAhead if late < 0 else TooOld
    raise refused(now=received_ms / 1000, place=told.place, seq=told.seq)


def learn_skew(fresh: Sequence[Told], received_ms: int, earlier: Sequence[Earlier]) -> int | None:
    """By how much the clock is behind ours: the least of the last twenty differences, or of those
    since it was put back; None when no reading said anything of the time.

    Args:
        fresh: what came now, by number.
        received_ms: when.
        earlier: the last ones that were stored, the highest number first.
    """
    told = [(received_ms, one.told_ms) for one in reversed(fresh) if one.told_ms is not None]
    # Where a reading told no time, ours was written down: that teaches nothing.
    told += [(e.received_ms, e.told_ms) for e in earlier if e.received_ms != e.told_ms]
    lates = [received - at for received, at in _since_put_back(told[:LEARNED_FROM])]
    return min(lates, default=None)


def _since_put_back(told: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """Of when readings came and were made, the highest number first, those since the clock was put
    back: a later one says an earlier time, and those since agree on the difference."""
    for place, (newer, older) in enumerate(pairwise(told), 1):
        if older[1] - newer[1] > PUT_BACK_MS:
            return told[:place] if _agree(told[:place]) else told
    return told


def _agree(told: Sequence[tuple[int, int]]) -> bool:
    came, said = told[0]
    return any(
        came - before >= AGREE_AFTER_MS and abs(came - said - (before - then)) <= AGREE_MS
        for before, then in told[1:]
    )


def moment(told: Told, skew_ms: int, received_ms: int) -> int:
    """When a reading was made by our clock, never later than it came."""
    if told.told_ms is None:
        return received_ms
    return min(received_ms, told.told_ms + skew_ms)


def is_absurd(told: Told, seconds: float) -> bool:
    """Whether more people than can pass were counted in so many seconds, or stand in the line."""
    most = FASTEST * seconds
    passed = max(told.entered or 0, told.left or 0)
    return passed > most or (told.people or 0) > MOST_PEOPLE
