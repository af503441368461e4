"""The clock of a canteen: ours, or that of a lunch which the demonstration plays, again and again,
as many times as fast as somebody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Replay(Protocol):
    """Since when (Unix ms), from which second of the lunch, how fast, and which lunch."""

    @property
    def started_ms(self) -> int:
        """Since when, by our clock."""

    @property
    def from_s(self) -> int:
        """From which second of the lunch."""

    @property
    def speed(self) -> int:
        """How many times as fast."""

    @property
    def seed(self) -> int:
        """Which lunch."""


@dataclass(frozen=True)
class CanteenClock:
    """`now_ms` is the canteen's time at our `real_ms`; a played lunch that is over begins anew with
    another `seed`. `zero_ms`: our time at which its present round began; 0 where time is ours."""

    now_ms: int
    real_ms: int
    speed: int = 1
    seed: int | None = None
    zero_ms: int = 0
    start_ms: int = 0

    def of(self, real_ms: int) -> int:
        """The canteen's time of a moment of ours; one before the present round is before it."""
        if self.seed is None:
            return real_ms
        return self.start_ms + (real_ms - self.zero_ms) * self.speed

    def real(self, canteen_ms: int) -> int:
        """Our time of a moment of the canteen's."""
        if self.seed is None:
            return canteen_ms
        return self.zero_ms + (canteen_ms - self.start_ms) // self.speed


def played(one: Replay, real_ms: int, start_ms: int, long_s: float) -> CanteenClock:
    """The clock of a canteen in which a lunch is played.

    Args:
        one: which.
        real_ms: now.
        start_ms: the canteen's time at which each round begins.
        long_s: how long a round is.
    """
    long_ms = int(long_s * 1000)
    gone = max(0, (real_ms - one.started_ms) * one.speed + one.from_s * 1000)
    rounds, rest = divmod(gone, long_ms)
    zero_ms = real_ms - rest // one.speed
    return CanteenClock(start_ms + rest, real_ms, one.speed, one.seed + rounds, zero_ms, start_ms)
