"""What a canteen serves today and next, and its clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.cafeteria.queries import estimates
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.rules import hours, play, practice
from app.cafeteria.rules.hours import MINUTE_MS, Sitting
from app.cafeteria.rules.line_events import LEAD_S, TAIL_S
from app.cafeteria.rules.play import CanteenClock
from app.cafeteria.service.timetable import plan_days
from app.core import clock

EARLY_MS: Final = 3_600_000  # the kitchen may say "sold out" long before
LUNCH: Final = (11 * 60 + 30, 13 * 60)  # of the demonstration, whatever day it is


@dataclass(frozen=True)
class Today:
    """A canteen's day: its clock; the meal whose course is running (from ten minutes before it
    opens to a quarter of an hour after it closes), and the one that comes; why it rests.
    `since_ms`: what the kitchen pressed from then on is about this meal."""

    day: date
    clock: CanteenClock
    meal: Sitting | None
    coming: Sitting | None
    why: str
    since_ms: int = 0

    @property
    def start_ms(self) -> int:
        """When the course of the meal begins, by the canteen's clock."""
        return self.meal.opens_ms - int(LEAD_S * 1000) if self.meal else 0

    @property
    def serves(self) -> bool:
        """Whether people are served, or stand there already."""
        return self.meal is not None and self.clock.now_ms < self.meal.closes_ms


def today(canteen: CanteenRow) -> Today:
    """A canteen's present day."""
    real_ms = clock.precise() // 1000
    day = clock.seoul_day(real_ms // 1000)
    replay = estimates.find_replay(canteen.id)
    if replay is not None:
        return _played(replay, day, real_ms)
    days = list(plan_days(canteen, day - timedelta(days=1), hours.AHEAD_DAYS + 2))
    near = [one for plan in days[:3] for one in plan.sittings]  # a meal may end at midnight
    meal = running(near, real_ms)
    before = [one.closes_ms for one in near if meal and one.closes_ms <= meal.opens_ms]
    since = max([*before, meal.opens_ms - EARLY_MS]) if meal else 0
    return Today(
        day, CanteenClock(real_ms, real_ms), meal, hours.next_sitting(real_ms, days[1:]),
        days[1].why, since,
    )  # fmt: skip


def running(meals: Sequence[Sitting], at_ms: int) -> Sitting | None:
    """The meal whose course is running: one that is served goes before one that is about to be, and
    that before one that is just over."""
    lead, tail = int(LEAD_S * 1000), int(TAIL_S * 1000)
    for early, late in ((0, 0), (lead, 0), (0, tail)):
        for one in meals:
            if one.opens_ms - early <= at_ms < one.closes_ms + late:
                return one
    return None


def _played(replay: estimates.ReplayRow, day: date, real_ms: int) -> Today:
    midnight = clock.day_start(day) * 1000
    opens, closes = (midnight + one * MINUTE_MS for one in LUNCH)
    lunch = Sitting("lunch", opens, closes)
    at = play.played(replay, real_ms, opens - int(LEAD_S * 1000), practice.ROUND_S)
    start_ms = opens - int(LEAD_S * 1000)  # what was pressed in the round before is over
    return Today(day, at, lunch, lunch if at.now_ms < opens else None, "", start_ms)
