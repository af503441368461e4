"""A counter's clock that jumps, or says something else once: readings are right again soon."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cafeteria.rules import feed
from app.cafeteria.rules.feed import Earlier, Told
from tests.cafeteria.counters import Counter, make_counter, stop_clock
from tests.scene import Scene, scene

__all__ = ["scene"]
NOON = 1_795_662_000
NOON_MS = NOON * 1000
PERIOD = 10
NEAR_MS = 31_000  # a jump of less is not told from a slow network


def misplaced(
    offsets: Sequence[float], period_s: float = PERIOD, delays: Sequence[float] = (0.0,)
) -> list[int]:
    """By how many milliseconds each reading of a clock with these errors (seconds) is misplaced."""
    earlier: list[Earlier] = []
    found = []
    for n, offset in enumerate(offsets):
        at = NOON_MS + round(n * period_s * 1000)
        received = at + round(delays[n % len(delays)] * 1000)
        told = Told(n, at + round(offset * 1000))
        skew = feed.learn_skew([told], received, earlier[: feed.LEARNED_FROM])
        found.append(abs(feed.moment(told, skew or 0, received) - at))
        earlier.insert(0, Earlier(told.told_ms or 0, received))
    return found


@given(
    st.floats(-86_000, 3_500), st.floats(3, 60), st.integers(1, 40),
    st.lists(st.floats(0.1, 2), min_size=5, max_size=9), st.floats(-3000, 3000),
)  # fmt: skip
def test_after_any_jump_readings_are_right_again_within_four(
    jump: float, period_s: float, before: int, delays: list[float], wrong: float
) -> None:
    found = misplaced([wrong] * before + [wrong + jump] * 30, period_s, delays)
    assert all(one <= 2_000 for one in found[:before])
    assert all(one <= NEAR_MS for one in found[before + 4 :])


@given(st.floats(-86_000, 3_500), st.floats(3, 60), st.integers(1, 40))
def test_one_reading_of_another_time_misplaces_at_most_three_more(
    glitch: float, period_s: float, before: int
) -> None:
    found = misplaced([0.0] * before + [glitch] + [0.0] * 30, period_s, (0.1,))
    assert all(one <= NEAR_MS for one in found[before + 4 :])
    assert max(found[before + 1 :]) <= max(NEAR_MS, (period_s + 31) * 1000)


def test_readings_that_waited_do_not_take_the_clock_with_them() -> None:
    """A hundred of them come at once, later and later ones less late, then they are few."""
    waited = [Told(n, NOON_MS + 10_000 * n) for n in range(100)]
    received = NOON_MS + 1_000_000
    earlier = [Earlier(NOON_MS - 10_000 * n, NOON_MS - 10_000 * n + 200) for n in range(1, 21)]
    assert feed.learn_skew(waited, received, earlier) == 10_000
    assert feed.learn_skew(waited[:50], received, earlier) == 510_000
    assert feed.learn_skew(waited[:3], received, earlier) == 200


SENDS = {
    "falls back": [0.0] * 30 + [-10_800.0] * 30,
    "falls back a little": [0.0] * 30 + [-180.0] * 30,
    "is put right after hours": [-10_800.0] * 30 + [0.0] * 30,
    "goes ahead": [0.0] * 30 + [3_000.0] * 30,
    "is ahead once": [0.0] * 30 + [3_480.0] + [0.0] * 30,
    "is a little ahead once": [0.0] * 30 + [180.0] + [0.0] * 30,
}


def send_all(scene: Scene, counter: Counter, offsets: Sequence[float], first: int = 0) -> None:
    """A reading each period, without a word of what the clock shows as it sends."""
    for n, offset in enumerate(offsets, first):
        at = NOON + PERIOD * n
        stop_clock(scene, at + 0.3)
        answer = counter.send(seq=n, ts=at + offset, entered=1)
        assert answer.status_code == 200, answer.get_data(as_text=True)


@pytest.mark.parametrize("name", SENDS)
def test_a_counter_whose_clock_jumps_is_right_again(scene: Scene, name: str) -> None:
    counter = make_counter(scene, "in", PERIOD)
    send_all(scene, counter, SENDS[name])
    late = [received - at for at, received in counter.rows("at_ms, received_ms")]
    assert max(late[:30] + late[33:]) <= 1_000
    assert min(late) >= 0


def test_a_number_far_ahead_does_not_keep_the_clock_from_being_learned(scene: Scene) -> None:
    counter = make_counter(scene, "in", PERIOD)
    stop_clock(scene, NOON - 60)
    far = [{"seq": 2**50 + n, "ts": NOON - 3600 + n, "in": 0} for n in range(30)]
    counter.send(readings=far)
    send_all(scene, counter, [-600.0] * 9)
    rows = counter.rows("seq, received_ms - at_ms")
    assert all(late <= 1_000 for seq, late in rows if seq < 9)
    assert all(before < after for (before, _), (after, _) in pairwise(rows))
