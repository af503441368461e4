"""When to go, and what is usual."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cafeteria.rules import advice, usual
from app.cafeteria.rules.play import played
from app.cafeteria.rules.usual import Seen
from app.cafeteria.service.practice import workday_before


def test_who_waits_little_goes_now() -> None:
    assert advice.advise([2.0, 1.0, 0.5], 0).later_s == 0


def test_who_would_save_little_goes_now() -> None:
    assert advice.advise([9.0, 8.5, 7.5], 0).later_s == 0


def test_later_is_a_whole_five_minutes_of_the_clock_and_not_before_the_best() -> None:
    waits = [12.0 - 0.5 * minute for minute in range(25)]
    found = advice.advise(waits, second_of_hour=130)
    assert (130 + found.later_s) % 300 == 0
    assert waits[int(found.later_s // 60) - 1] <= min(waits) + 1 + 2.5


@given(st.lists(st.floats(0, 60), min_size=1, max_size=60), st.floats(0, 3599))
def test_advice_is_never_in_the_past_nor_much_after_the_last_moment(
    waits: list[float], second: float
) -> None:
    later = advice.advise(waits, second).later_s
    assert 0 <= later <= 60 * len(waits) + 300


def test_a_line_that_nobody_joins_runs_out() -> None:
    found = advice.foretell(60, 3.0, lambda _first, _last: 0.0, 600)
    assert found[0] == 3.0
    assert found == sorted(found, reverse=True)
    assert found[-1] == 0.0


def seen(day: int, q50: float, spread: float = 0.0) -> Seen:
    return Seen(f"2026-11-{day:02}", 144, q50 - spread, q50, q50 + spread, 10.0)


def test_the_usual_band_holds_how_days_differ() -> None:
    alike = usual.combine([seen(2, 8), seen(9, 8)]).waits[144]
    apart = usual.combine([seen(2, 4), seen(9, 12)]).waits[144]
    assert (alike.q50, alike.people) == (8, 10)
    assert apart.q50 == 8
    assert alike.q10 > apart.q10
    assert apart.q10 < 3
    assert apart.q90 > 13
    assert apart.q50 < apart.q70 < apart.q90


def test_the_usual_of_a_time_that_nobody_knows() -> None:
    found = usual.combine([seen(2, 4)])
    assert found.at(12 * 3600) == found.waits[144]
    assert found.at(12 * 3600 + 300) is None
    assert usual.combine([]).days == 0


def test_days_before_a_day_are_its_weekday_or_the_last_ones() -> None:
    same, last = usual.days_before(date(2026, 11, 26))
    assert same[:2] == ["2026-11-19", "2026-11-12"]
    assert last[0] == "2026-11-25"
    assert "2026-11-26" not in {*same, *last}


def test_workdays_are_counted_back_over_a_weekend() -> None:
    assert workday_before(date(2026, 11, 23), 1) == date(2026, 11, 20)
    assert workday_before(date(2026, 11, 27), 5) == date(2026, 11, 20)


class Replay:
    """A lunch that is played since moment 1,000,000."""

    started_ms, from_s, speed, seed = 1_000_000, 60, 10, 7


def test_a_played_lunch_goes_ten_times_as_fast_and_begins_anew() -> None:
    first = played(Replay(), 1_006_000, 50_000, 600.0)
    assert (first.now_ms, first.seed) == (50_000 + 120_000, 7)
    assert first.of(1_005_000) == first.now_ms - 10_000
    assert first.real(first.now_ms) == pytest.approx(1_006_000, abs=1)
    again = played(Replay(), 1_000_000 + 54_000 + 3_000, 50_000, 600.0)
    assert (again.now_ms, again.seed) == (50_000 + 30_000, 8)
