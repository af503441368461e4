"""What is said of a wait: its level first, then minutes as a range, if that means something."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.cafeteria.rules.counted import Wait

CUTS_MIN: Final = (3.0, 7.0, 12.0, 20.0)  # 여유 < 3, 조금 < 7, 보통 < 12, 혼잡 < 20 ≤ 매우 혼잡
WIDEST_MIN: Final = 8.0  # a range of minutes that still means something
WIDEST: Final = 1.0  # times its headline, where that is more
TREND_S: Final = 300.0
STEADY_MIN: Final = 1.0  # less change in five minutes is none
FALLING, STEADY, RISING = -1, 0, 1


@dataclass(frozen=True)
class Range:
    """Whole minutes from q10 to q90, and q70, which is what a person should reckon with."""

    low: int
    high: int
    headline: int


def level_of(minutes: float) -> int:
    """The level of a wait, from 0 (under three minutes) to 4 (twenty and more)."""
    return bisect_right(CUTS_MIN, minutes)


def range_of(wait: Wait) -> Range | None:
    """The minutes to show; None when the band is too wide to mean anything."""
    if wait.q90 - wait.q10 > max(WIDEST_MIN, WIDEST * wait.q70):
        return None
    return Range(math.floor(wait.q10), math.ceil(wait.q90), round(wait.q70))


def trend(recent: Sequence[tuple[float, float]]) -> int:
    """Whether the wait is falling (-1), steady (0) or rising (1): the slope of a straight line
    through its medians (second, minutes) of the last five minutes, by least squares."""
    if not recent:
        return STEADY
    last = recent[-1][0]
    points = [(at, minutes) for at, minutes in recent if last - at <= TREND_S]
    middle = sum(at for at, _ in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    if not spread:
        return STEADY
    slope = sum((at - middle) * minutes for at, minutes in points) / spread
    change = slope * TREND_S
    return STEADY if abs(change) < STEADY_MIN else (RISING if change > 0 else FALLING)
