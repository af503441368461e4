"""What is usual on a weekday at a time of day, by the lunches of the last weeks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.cafeteria.rules.counted import Wait

BIN_S: Final = 300
WEEKS: Final = 8
OTHERS: Final = 10  # days of any weekday, while no same weekday is known
Z90: Final = 1.2816  # standard deviations from the median to the tenth and the ninetieth of 100
Z70: Final = 0.5244
FEW_DIFFER: Final = 0.3  # of a wait, by which two days differ at least


@dataclass(frozen=True)
class Seen:
    """What was shown on a day in the five minutes of a `bin` (of the day): means, in minutes."""

    day: str
    bin: int
    q10: float
    q50: float
    q90: float
    people: float


@dataclass(frozen=True)
class Usual:
    """The wait by five minutes of the day, and how many days taught it."""

    waits: Mapping[int, Wait]
    days: int

    def at(self, second_of_day: float) -> Wait | None:
        """The usual wait at a time of day; None when it is not known."""
        return self.waits.get(int(second_of_day // BIN_S))


def days_before(day: date) -> tuple[list[str], list[str]]:
    """The same weekday of the weeks before a day; and the last days of all."""
    same = [(day - timedelta(weeks=one)).isoformat() for one in range(1, WEEKS + 1)]
    last = [(day - timedelta(days=one)).isoformat() for one in range(1, 2 * OTHERS)]
    return same, last


def combine(seen: Sequence[Seen]) -> Usual:
    """The usual wait of some days: the mean of their medians; the band holds how each day's wait
    was uncertain and how days differ (the law of total variance)."""
    bins: dict[int, list[Seen]] = {}
    for one in seen:
        bins.setdefault(one.bin, []).append(one)
    waits = {place: _wait(found) for place, found in bins.items()}
    return Usual(waits, len({one.day for one in seen}))


def filled(first: Usual, second: Usual) -> Usual:
    """The first, with the second where it knows nothing."""
    return Usual({**second.waits, **first.waits}, first.days or second.days)


def _wait(found: Sequence[Seen]) -> Wait:
    count = len(found)
    middle = sum(one.q50 for one in found) / count
    within = sum(((one.q90 - one.q10) / (2 * Z90)) ** 2 for one in found) / count
    between = sum((one.q50 - middle) ** 2 for one in found) / max(1, count - 1)
    between = max(between, (FEW_DIFFER * middle) ** 2 / count)  # one day says nothing of others
    spread = math.sqrt(within + between)
    low, high = max(0.0, middle - Z90 * spread), middle + Z90 * spread
    people = sum(one.people for one in found) / count
    return Wait(low, middle, middle + Z70 * spread, high, people)
