"""Keeping up with a lunch: the same whether reports come in time or late."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.cafeteria.rules import beliefs, line_events
from app.cafeteria.rules.follow import Following, first_change
from app.cafeteria.rules.replay import Event
from tests.cafeteria.lunches import REPORTING, lunch, reports
from tests.cafeteria.stories import few_stories

__all__ = ["few_stories"]

pytestmark = pytest.mark.usefixtures("few_stories")

KNOWN = beliefs.at_first(700, 7200)
EVENTS = [one for one in reports(lunch(3), REPORTING["noise"], 3) if one.t < 1500]


def whole(events: list[Event], now_s: float) -> tuple[float, float]:
    """Where somebody ends who hears everything at once."""
    wait = Following(KNOWN, 1).to(events, now_s)
    return wait.q50, wait.people


def test_step_by_step_is_the_same_as_all_at_once() -> None:
    following = Following(KNOWN, 1)
    for now in range(7, 1500, 7):
        wait = following.to([one for one in EVENTS if one.t <= now], float(now))
    at_end = [one for one in EVENTS if one.t <= 1498]
    assert whole(at_end, 1498.0) == (wait.q50, wait.people)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(late=st.sets(st.integers(0, len(EVENTS) - 1), max_size=40), now=st.floats(600, 1499))
def test_late_reports_count_as_if_they_had_come_in_time(late: set[int], now: float) -> None:
    following = Following(KNOWN, 1)
    early = [one for place, one in enumerate(EVENTS) if place not in late and one.t <= now]
    following.to(early, now)
    wait = following.to([one for one in EVENTS if one.t <= now], now)
    assert whole([one for one in EVENTS if one.t <= now], now) == (wait.q50, wait.people)


def test_a_report_of_this_moment_shows_at_once_and_leaves_no_trace() -> None:
    following = Following(KNOWN, 1)
    calm = following.to([], 603.0)
    tapped = following.to([Event(602.0, "kitchen", "tap", 40.0)], 603.0)
    assert tapped.people > calm.people + 10
    assert following.to([], 603.0) == calm


def test_where_two_lists_part() -> None:
    a, b, c = (Event(float(at), "x", "in", 1.0) for at in (1, 2, 3))
    assert first_change([], []) is None
    assert first_change([a, b], [a, b]) is None
    assert first_change([a, b], [a, b, c]) == 3.0
    assert first_change([a, c], [a, b, c]) == 2.0
    assert first_change([a, b, c], [a]) == 2.0


@pytest.mark.parametrize(("period", "pieces"), [(5, 1), (10, 1), (30, 3)])
def test_what_a_slow_counter_counted_is_spread_over_its_time(period: int, pieces: int) -> None:
    class Row:
        device_id, left, people, level = "door", None, None, None

        def __init__(self, at_ms: int, entered: int) -> None:
            self.at_ms, self.entered = at_ms, entered

    rows = [Row(period * 1000, 0), Row(2 * period * 1000, 6)]
    found = list(line_events.of_readings(rows, 0, 3.5, period))
    assert sum(one.value for one in found) == pytest.approx(6)
    assert len(found) == pieces
    assert all(period <= one.t <= 2 * period for one in found)


def test_a_level_is_as_many_people_as_make_its_wait() -> None:
    class Row:
        device_id, at_ms, entered, left, people, level = "eye", 1000, None, None, None, 2

    (found,) = line_events.of_readings([Row()], 0, 3.0, 10)
    assert (found.kind, found.value) == ("tap", 9.5 * 60 / 3.0)


def test_what_came_before_the_course_counts_at_its_beginning() -> None:
    early = Event(-300.0, "kitchen", "tap", 5.0)
    assert line_events.ordered([Event(3.0, "a", "in", 1.0), early])[0].t == pytest.approx(0.01)
