"""Odd times are marked, absurd ones too; none is refused."""

from __future__ import annotations

import pytest

from app.trips.rules.times import time_marks

NOW = 1_795_300_000
DAY = 86_400


@pytest.mark.parametrize(
    ("offset", "marks"),
    [
        (0, ()),
        (120, ()),
        (121, ("clock-ahead",)),
        (DAY - 121, ("clock-ahead",)),
        (DAY, ("day-ahead",)),
        (400 * DAY, ("day-ahead",)),
        (-121, ()),
        (-DAY + 121, ()),
        (-DAY, ("arrived-late",)),
        (-400 * DAY, ("arrived-late",)),
    ],
)
def test_marks(offset: int, marks: tuple[str, ...]) -> None:
    captured = NOW + offset
    assert time_marks(captured, NOW, captured - 2) == marks


@pytest.mark.parametrize(
    ("captured", "sent", "marks"),
    [
        (-3600, 0, ()),
        (-3600, -120, ()),
        (-3600, -121, ("clock-behind",)),
        (-3600, 121, ("clock-ahead",)),
        (-DAY, 0, ("arrived-late",)),
        (-DAY - 5, -DAY, ("clock-behind", "arrived-late")),
        (DAY - 5, DAY, ("day-ahead",)),
        (200, 205, ("clock-ahead",)),
    ],
)
def test_the_clock_at_the_sending_tells_a_slow_clock_from_a_late_stamp(
    captured: int, sent: int, marks: tuple[str, ...]
) -> None:
    assert time_marks(NOW + captured, NOW, NOW + captured, NOW + sent) == marks


@pytest.mark.parametrize("off", [-31, 31, 4000])
def test_fix_time_off(off: int) -> None:
    assert time_marks(NOW, NOW, NOW + off) == ("fix-time-off",)
    assert time_marks(NOW + 200, NOW, NOW + 200 + off) == ("clock-ahead", "fix-time-off")


@pytest.mark.parametrize(
    ("captured", "received", "marks"),
    [
        (0, NOW, ("arrived-late", "clock-absurd")),
        (1_577_836_799, 1_577_836_800, ("clock-absurd",)),
        (1_577_836_800, 1_577_836_800, ()),
        (NOW - 400 * DAY - 1, NOW, ("arrived-late", "clock-absurd")),
        (NOW + 400 * DAY + 1, NOW, ("day-ahead", "clock-absurd")),
        (0xFFFFFFFF, NOW, ("day-ahead", "clock-absurd")),
    ],
)
def test_absurd(captured: int, received: int, marks: tuple[str, ...]) -> None:
    assert time_marks(captured, received, captured) == marks
