"""When a canteen serves: by its week, public holidays, and days with a rule of their own.

Korea has no summer time: every day has 86,400 seconds, so a moment of a day is its start and the
minutes since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
AHEAD_DAYS: Final = 14  # in which the next meal is looked for


class HoursLike(Protocol):
    """A meal of a weekday (0 is Monday): minutes after midnight."""

    @property
    def weekday(self) -> int:
        """From 0, Monday."""

    @property
    def meal(self) -> str:
        """Breakfast, lunch or dinner."""

    @property
    def opens(self) -> int:
        """Minutes after midnight."""

    @property
    def closes(self) -> int:
        """Minutes after midnight."""


class SpecialLike(Protocol):
    """A day with its own rule."""

    @property
    def day(self) -> str:
        """As 2026-11-26."""

    @property
    def serves(self) -> bool:
        """Though it is a holiday; else it rests."""

    @property
    def reason(self) -> str:
        """Why, in the office's own words."""


@dataclass(frozen=True)
class Sitting:
    """A meal that is served, from when until when (Unix milliseconds)."""

    meal: str
    opens_ms: int
    closes_ms: int


@dataclass(frozen=True)
class DayPlan:
    """What a canteen serves on a day; `why`: the reason when it rests out of turn."""

    day: date
    sittings: tuple[Sitting, ...]
    why: str


def sittings(
    day: date,
    day_start_ms: int,
    hours: Sequence[HoursLike],
    special: SpecialLike | None,
    holiday: str,
    rests_on_holidays: bool,
) -> tuple[list[Sitting], str]:
    """The meals of a day in their order, and why there are none.

    Args:
        day: which day, of Seoul.
        day_start_ms: when it begins.
        hours: the canteen's week.
        special: the day's own rule; it goes before everything else.
        holiday: the name of the public holiday, or "".
        rests_on_holidays: whether the canteen does.

    Returns:
        The meals; and the reason, which is "" while it serves and on a weekday without hours.
    """
    if special is not None and not special.serves:
        return [], special.reason
    if special is None and holiday and rests_on_holidays:
        return [], holiday
    served = sorted(
        (one for one in hours if one.weekday == day.weekday()), key=lambda one: one.opens
    )
    found = [
        Sitting(
            one.meal, day_start_ms + one.opens * MINUTE_MS, day_start_ms + one.closes * MINUTE_MS
        )
        for one in served
    ]
    return found, ""


def plan(
    first: date,
    first_start_ms: int,
    hours: Sequence[HoursLike],
    specials: Iterable[SpecialLike],
    holiday_of: Callable[[date], str],
    rests_on_holidays: bool,
    days: int = AHEAD_DAYS + 1,
) -> Iterator[DayPlan]:
    """What is served on a day and those after it, one by one: who needs fewer asks for fewer.

    Args:
        first: the first day.
        first_start_ms: when it begins.
        hours: the canteen's week.
        specials: days with their own rule.
        holiday_of: the name of the public holiday of a day, or "".
        rests_on_holidays: whether the canteen does.
        days: how many.
    """
    by_day: Mapping[str, SpecialLike] = {one.day: one for one in specials}
    for count in range(days):
        day, start_ms = first + timedelta(days=count), first_start_ms + count * DAY_MS
        special = by_day.get(day.isoformat())
        found, why = sittings(day, start_ms, hours, special, holiday_of(day), rests_on_holidays)
        yield DayPlan(day, tuple(found), why)


def next_sitting(now_ms: int, days: Iterable[DayPlan]) -> Sitting | None:
    """The first meal of `plan` that opens after now; None when none does within 14 days."""
    last_ms = now_ms + AHEAD_DAYS * DAY_MS
    coming = (one for day in days for one in day.sittings if now_ms < one.opens_ms)
    found = next(coming, None)
    return found if found is not None and found.opens_ms <= last_ms else None
