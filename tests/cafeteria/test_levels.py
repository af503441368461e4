"""What is said of a wait."""

from __future__ import annotations

import pytest

from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.levels import FALLING, RISING, STEADY, Range, level_of, range_of, trend


@pytest.mark.parametrize(
    ("minutes", "level"),
    [(0, 0), (2.99, 0), (3, 1), (6.99, 1), (7, 2), (12, 3), (19.99, 3), (20, 4), (90, 4)],
)
def test_the_level_of_a_wait(minutes: float, level: int) -> None:
    assert level_of(minutes) == level


def test_minutes_are_said_only_while_their_band_means_something() -> None:
    assert range_of(Wait(7.6, 9.2, 10.4, 11.7, 80)) == Range(7, 12, 10)
    assert range_of(Wait(1, 6, 9, 14, 60)) is None
    assert range_of(Wait(16, 20, 24, 30, 200)) == Range(16, 30, 24)


@pytest.mark.parametrize(
    ("slope", "said"), [(0.0, STEADY), (0.001, STEADY), (0.01, RISING), (-0.01, FALLING)]
)
def test_the_trend_of_five_minutes(slope: float, said: int) -> None:
    recent = [(float(at), 30 + slope * at) for at in range(0, 900, 10)]
    assert trend(recent) == said
    assert trend(recent[:1]) == trend([]) == STEADY


def test_what_was_before_the_last_five_minutes_is_no_trend() -> None:
    recent = [(float(at), 20.0 if at < 600 else 5.0) for at in range(0, 1200, 10)]
    assert trend(recent) == STEADY
