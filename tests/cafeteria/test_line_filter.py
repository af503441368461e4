"""The estimate of a line is near the truth, knows what it does not know, and sees no future."""

from __future__ import annotations

import statistics
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cafeteria.rules import beliefs, replay, scoring
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.counted import STEP_S, Counted
from app.cafeteria.rules.line_filter import LineFilter
from app.cafeteria.rules.replay import Event
from app.cafeteria.rules.scoring import Score
from tests.cafeteria.lunches import LONG_S, REPORTING, lunch, reports

FIRST = beliefs.at_first(600, LONG_S)


@cache
def after_days(scenario: str, days: int) -> tuple[Beliefs, tuple[Score, ...]]:
    """What some lunches taught, one after the other, and how good each estimate was."""
    known, found = FIRST, list[Score]()
    for seed in range(days):
        day = lunch(seed)
        shown, taught = replay.live(reports(day, REPORTING[scenario], seed), known, seed, LONG_S)
        found.append(scoring.score(shown, day.truth()))
        known = beliefs.learn(known, taught)
    return known, tuple(found)


def test_counters_that_err_a_little_are_enough() -> None:
    _, scores = after_days("noise", 8)
    assert statistics.mean(one.mae_over_2 for one in scores) < 1.2
    assert abs(statistics.mean(one.bias_over_2 for one in scores)) < 0.5
    assert all(one.level_by_three == 0 for one in scores)


def test_that_one_counter_misses_more_is_learned() -> None:
    known, _ = after_days("bias", 5)
    assert np.exp(known.ratio) == pytest.approx(0.95 / 0.92, abs=0.012)
    assert known.ratio_sd < 0.01


def test_the_profile_and_the_serving_are_learned() -> None:
    known, _ = after_days("noise", 8)
    assert sum(known.profile) == pytest.approx(790, rel=0.12)
    assert known.coming(0, 300) < 20 < known.coming(2400, 2700)
    assert 3.0 < known.served_s < 4.2


def test_silent_counters_are_noticed_and_come_back() -> None:
    known, _ = after_days("noise", 3)
    line = LineFilter(known, np.random.default_rng(1))
    for _ in range(60):
        line.step(Counted())  # before people come nobody is missed
    for _ in range(200):
        line.step(Counted(entered=4, left=3))
    assert line.silent < 0.1
    for _ in range(9):
        line.step(Counted())
    assert line.silent > 0.9
    wide = line.wait()
    for _ in range(12):
        line.step(Counted(entered=3, left=3))
    assert line.silent < 0.1
    assert wide.q10 < wide.q50 < wide.q90


def test_a_tap_says_where_the_line_is_when_the_counters_are_silent() -> None:
    line = LineFilter(FIRST, np.random.default_rng(1))
    for _ in range(90):
        line.step(Counted())
    line.step(Counted(taps=[40]))
    assert 25 < line.wait().people < 55


def test_nothing_is_seen_before_it_happened() -> None:
    day = lunch(3)
    events = reports(day, REPORTING["outage_tap"], 3)
    whole, _ = replay.live(events, FIRST, 5, LONG_S)
    for until in (1000.0, 2500.0, 4000.0):
        some, _ = replay.live([one for one in events if one.t <= until], FIRST, 5, until)
        assert some == whole[: len(some)]
        assert some[-1].t == until // STEP_S * STEP_S


def test_check_ins_alone_say_something() -> None:
    day = lunch(4)
    shown, _ = replay.live(reports(day, REPORTING["phones"], 4), FIRST, 1, LONG_S)
    found = scoring.score(shown, day.truth())
    assert found.points > 100
    assert found.mae_over_2 < 8


ROWS = st.builds(
    Event,
    t=st.floats(0, 900),
    device=st.sampled_from(["door-in", "door-out", "wall", "phone", "?"]),
    kind=st.sampled_from(replay.KINDS),
    value=st.one_of(
        st.floats(allow_nan=True, allow_infinity=True), st.integers(-5, 60), st.just(1e9)
    ),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ROWS, max_size=60))
def test_no_report_whatever_breaks_the_estimate(rows: list[Event]) -> None:
    rows.sort(key=lambda one: one.t)
    shown, day = replay.live(rows, FIRST, 1, 900)
    for one in shown:
        wait = one.wait
        assert 0 <= wait.q10 <= wait.q50 <= wait.q70 <= wait.q90 < 24 * 60
    assert sum(day.bins) >= 0
    beliefs.from_json(beliefs.learn(FIRST, day).as_json())
