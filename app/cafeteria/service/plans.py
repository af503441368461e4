"""What a canteen serves today and next, and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from app.cafeteria.queries import estimates
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.rules import hours, play, practice
from app.cafeteria.rules.hours import MINUTE_MS, Sitting
from app.cafeteria.rules.line_events import LEAD_S, TAIL_S
from app.cafeteria.rules.play import CanteenClock
from app.cafeteria.service.timetable import plan_days
from app.core import clock

LUNCH: Final = (11 * 60 + 30, 13 * 60)  # of the demonstration, whatever day it is


@dataclass(frozen=True)
class Today:
    """A canteen's day: its clock; the meal whose course is running (from ten minutes before it
    opens to a quarter of an hour after it closes), and the one that comes; why it rests."""

    day: date
    clock: CanteenClock
    meal: Sitting | None
    coming: Sitting | None
    why: str

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
    days = list(plan_days(canteen, day))
    running = (one for one in days[0].sittings if runs(one, real_ms))
    return Today(
        day, CanteenClock(real_ms, real_ms), next(running, None),
        hours.next_sitting(real_ms, days), days[0].why,
    )  # fmt: skip


def runs(one: Sitting, at_ms: int) -> bool:
    """Whether a meal's course is running."""
    return one.opens_ms - LEAD_S * 1000 <= at_ms < one.closes_ms + TAIL_S * 1000


def _played(replay: estimates.ReplayRow, day: date, real_ms: int) -> Today:
    midnight = clock.day_start(day) * 1000
    opens, closes = (midnight + one * MINUTE_MS for one in LUNCH)
    lunch = Sitting("lunch", opens, closes)
    at = play.played(replay, real_ms, opens - int(LEAD_S * 1000), practice.LONG_S)
    return Today(day, at, lunch, lunch if at.now_ms < opens else None, "")
