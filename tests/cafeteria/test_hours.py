"""When a canteen serves: its week, public holidays, and days with a rule of their own."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from app.cafeteria.gateways.calendar import public_holiday
from app.cafeteria.queries.places import HoursRow, SpecialDayRow
from app.cafeteria.rules.hours import (
    DAY_MS,
    MINUTE_MS,
    Sitting,
    next_sitting,
    plan,
    sittings,
)
from app.core import clock
from tests.house.source import ROOT

WEEK = [HoursRow(at, "lunch", 690, 780) for at in range(5)]
FRIDAY = date(2026, 10, 2)
SATURDAY = date(2026, 10, 3)  # 개천절
MONDAY = date(2026, 10, 5)  # given instead


def start_ms(day: date) -> int:
    """When a day begins."""
    return clock.day_start(day) * 1000


def served(
    day: date, special: SpecialDayRow | None = None, *, rests: bool = True
) -> tuple[list[Sitting], str]:
    """What a canteen with lunch on workdays serves on a real day."""
    return sittings(day, start_ms(day), WEEK, special, public_holiday(day), rests)


def test_a_usual_day_has_its_meals_in_the_order_of_the_day() -> None:
    hours = [HoursRow(4, "dinner", 1050, 1140), *WEEK]
    found, why = sittings(FRIDAY, 1_000, hours, None, "", True)
    assert [one.meal for one in found] == ["lunch", "dinner"]
    assert found[0] == Sitting("lunch", 1_000 + 690 * MINUTE_MS, 1_000 + 780 * MINUTE_MS)
    assert why == ""


def test_a_weekday_without_hours_says_no_reason() -> None:
    assert served(date(2026, 11, 28)) == ([], "")


def test_a_holiday_rests_and_says_its_name() -> None:
    assert served(MONDAY) == ([], "개천절 대체공휴일")


def test_a_canteen_that_does_not_rest_on_holidays_serves() -> None:
    found, why = served(MONDAY, rests=False)
    assert [one.meal for one in found] == ["lunch"]
    assert why == ""


def test_a_day_of_its_own_goes_before_the_holiday() -> None:
    found, why = served(MONDAY, SpecialDayRow("2026-10-05", True, "비상근무"))
    assert [one.meal for one in found] == ["lunch"]
    assert why == ""
    rests = SpecialDayRow("2026-10-02", False, "주방 공사")
    assert served(FRIDAY, rests) == ([], "주방 공사")
    assert served(FRIDAY, rests, rests=False) == ([], "주방 공사")


def coming(day: date, *rests: str) -> Sitting | None:
    """The next meal after a day's lunch has begun, where some days rest."""
    specials = [SpecialDayRow(one, False, "쉼") for one in rests]
    days = plan(day, start_ms(day), WEEK, specials, public_holiday, True)
    return next_sitting(start_ms(day) + 690 * MINUTE_MS, days)


def test_the_next_meal_is_after_the_weekend_and_the_holiday() -> None:
    opens = start_ms(date(2026, 10, 6)) + 690 * MINUTE_MS
    assert coming(FRIDAY) == Sitting("lunch", opens, opens + 90 * MINUTE_MS)


def test_no_next_meal_in_fourteen_days_is_none() -> None:
    day = date(2026, 11, 2)
    off = [date.fromordinal(day.toordinal() + at).isoformat() for at in range(1, 14)]
    last = start_ms(day) + 14 * DAY_MS + 690 * MINUTE_MS
    assert coming(day, *off) == Sitting("lunch", last, last + 90 * MINUTE_MS)
    assert coming(day, *off, "2026-11-16") is None


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 26), ""),
        (date(2026, 12, 25), "성탄절"),
        (date(2026, 1, 1), "새해 첫날"),
        (date(2026, 2, 17), "설날"),
        (date(2026, 8, 17), "광복절 대체공휴일"),
        (date(2026, 6, 3), "지방선거일"),
        (date(2025, 5, 5), "부처님오신날·어린이날"),
    ],
)
def test_public_holidays_have_their_everyday_names(day: date, name: str) -> None:
    assert public_holiday(day) == name


def test_the_library_of_holidays_is_loaded_at_the_first_question_only() -> None:
    code = (
        "import sys; from app.cafeteria.gateways import calendar as c; from datetime import date\n"
        "before = 'holidays' in sys.modules; c.public_holiday(date(2026, 1, 1))\n"
        "print(before, 'holidays' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "True"]
