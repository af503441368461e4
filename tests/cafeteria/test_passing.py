"""How many people can pass: judged over time, not reading by reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.cafeteria.rules import passing
from app.cafeteria.rules.passing import FASTEST, Passed

READINGS = st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 400)), min_size=1, max_size=60)


@given(READINGS, st.integers(1, 60))
def test_never_more_than_can_pass_however_they_are_cut_and_whatever_the_order(
    told: list[tuple[int, int]], period_s: int
) -> None:
    fresh = [Passed(second * 1000, people) for second, people in told]
    doubted = passing.judge(fresh, [], period_s)
    counted = sorted(
        (one.at_ms, one.people) for one, bad in zip(fresh, doubted, strict=True) if not bad
    )
    first = min(one.at_ms for one in fresh)
    for at_ms, _ in counted:
        passed = sum(people for at, people in counted if at <= at_ms)
        assert passed <= FASTEST * ((at_ms - first) / 1000 + period_s) + 1e-6


@given(st.lists(st.integers(0, 50), min_size=1, max_size=80), st.randoms())
def test_what_can_be_is_believed_in_any_order(people: list[int], random: object) -> None:
    fresh = [Passed(10_000 * n, count) for n, count in enumerate(people)]
    random.shuffle(fresh)  # type: ignore[attr-defined]
    assert not any(passing.judge(fresh, [], 10))


def test_old_rows_that_cannot_be_are_not_held_against_new_ones() -> None:
    near = [Passed(0, 0), Passed(1_000, 900)]
    assert passing.judge([Passed(2_000, 1), Passed(1_000_000, 40)], near, 10) == [True, False]
    assert passing.judge([Passed(190_000, 40)], near, 10) == [False]
    assert passing.judge([Passed(0, 0)], near, 10) == [False]


def test_who_waited_long_may_say_many() -> None:
    assert passing.judge([Passed(60_000, 300)], [Passed(0, 50)], 10) == [False]
    assert passing.judge([Passed(60_000, 301)], [Passed(0, 50)], 10) == [True]
    assert passing.judge([Passed(0, 50), Passed(0, 1)], [], 10) == [False, True]
