"""When a canteen serves on real days: its week, the calendar, and days with a rule of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.cafeteria.gateways.calendar import public_holiday
from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.rules.hours import AHEAD_DAYS, DayPlan, plan
from app.cafeteria.rules.special_days import days_of
from app.core import clock


def plan_days(canteen: CanteenRow, first: date, days: int = AHEAD_DAYS + 1) -> Iterator[DayPlan]:
    """What a canteen serves on a day and those after it."""
    return plan(
        first,
        clock.day_start(first) * 1000,
        places.list_hours(canteen.id),
        places.list_special_days(canteen.id, first.isoformat()),
        public_holiday,
        canteen.rests_on_holidays,
        days,
    )


def coming_holidays(today: date, days: int = 60) -> list[tuple[date, str]]:
    """The public holidays from a day on, each with its name."""
    found = ((day, public_holiday(day)) for day in days_of(today, today + timedelta(days=days)))
    return [(day, name) for day, name in found if name]
