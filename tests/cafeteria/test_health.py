"""Which counters can be believed: faults are found, and honest counters are left alone."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cafeteria.rules.health import (
    EVENTS_MS,
    SAME_AFTER,
    Condition,
    Minute,
    Report,
    counts,
    doubts,
    is_dead,
    is_swapped,
    judge,
    same_since,
    silent_after_s,
)

NOW = 1_795_662_000_000
FINE = Condition(10, NOW - 5_000)


def flow(*entered: int, step_s: int = 10, left: int = 0) -> list[Report]:
    """Reports of a counter of entries, the last of them now."""
    begin = NOW - step_s * 1000 * (len(entered) - 1)
    return [Report(begin + 1000 * step_s * n, one, left) for n, one in enumerate(entered)]


def people(*given: int, step_s: int = 10) -> list[Report]:
    """Reports of a counter of people in the line."""
    begin = NOW - step_s * 1000 * (len(given) - 1)
    return [Report(begin + 1000 * step_s * n, people=one) for n, one in enumerate(given)]


@pytest.mark.parametrize(("period", "after"), [(1, 30), (10, 30), (20, 60), (30, 90), (60, 90)])
def test_it_is_dead_after_three_periods_and_ninety_seconds_at_most(period: int, after: int) -> None:
    assert silent_after_s(period) == after
    assert not is_dead(Condition(period, NOW - after * 1000), NOW)
    assert is_dead(Condition(period, NOW - after * 1000 - 1), NOW)


def test_one_that_never_reported_is_dead() -> None:
    assert judge(Condition(10, None), [], NOW) == "dead"


def test_the_same_again_and_again_is_frozen_from_the_ninth_on() -> None:
    assert counts(flow(*[4] * 12)) == [True] * (SAME_AFTER - 1) + [False] * 4
    assert judge(FINE, flow(*[4] * 12), NOW) == "frozen"
    assert judge(FINE, flow(*[4] * 12, 5), NOW) == ""


def test_nobody_for_hours_is_not_frozen() -> None:
    assert all(counts(flow(*[0] * 500)))
    assert all(counts(people(*[0] * 500)))


def test_small_numbers_of_a_door_are_frozen_as_soon_as_large_ones() -> None:
    """Twice the same of one who passes is common in a slow line; nine times is not."""
    for few in (1, 2):
        assert counts(flow(*[few] * 12)) == [True] * (SAME_AFTER - 1) + [False] * 4


def test_small_numbers_are_said_longer_while_others_tell_of_the_line() -> None:
    going_on = flow(*[0, 1] * 6, left=2)
    assert all(counts(flow(*[1] * 12), others=going_on))
    assert not counts(flow(*[1] * 12), others=flow(*[0] * 12, left=2))[-1]
    stopped = [*flow(*[5, 1] * 6), *flow(*[1] * 30)][-31:]
    assert not counts(flow(*[1] * 30), others=stopped)[-1]


def test_few_people_who_stand_there_are_said_longer() -> None:
    assert all(counts(people(*[1] * 17)))
    assert not counts(people(*[1] * 18))[-1]


def test_since_when_it_has_been_telling_the_same() -> None:
    assert same_since([]) == 0
    assert same_since(flow(4, 1, 2, 2, 2)) == NOW - 20_000
    assert same_since(flow(4, 2)) == NOW


def test_nine_within_a_minute_are_not_frozen_yet() -> None:
    assert all(counts(flow(*[3] * 12, step_s=5)))
    assert not counts(flow(*[3] * 13, step_s=5))[-1]


def test_a_level_may_stay_the_same() -> None:
    levels = [Report(NOW + 10_000 * n, level=3) for n in range(200)]
    assert all(counts(levels))


def test_people_who_stand_still_are_not_frozen_when_others_say_so() -> None:
    still = people(*[12] * 20)
    assert not all(counts(still))
    assert all(counts(still, others=flow(*[0] * 20)))
    assert not all(counts(still, others=flow(*[0] * 15, 3, 2, 0, 1, 0)))


def test_a_jump_is_doubted_until_a_second_report_agrees() -> None:
    assert doubts(people(10, 12, 90, 11)) == ["", "", "jump", ""]
    assert doubts(people(10, 12, 90, 91, 93)) == ["", "", "jump", "", ""]
    assert doubts(people(10, 90, 10, 90, 10)) == ["", "jump", "", "jump", ""]
    assert judge(FINE, people(10, 12, 90), NOW) == "jump"
    assert judge(FINE, people(10, 12, 90, 92), NOW) == ""


def test_what_can_come_in_that_time_is_no_jump() -> None:
    assert all(counts(people(0, 25, 50, 30, 5)))
    assert all(counts(people(0, 100, step_s=60)))


def test_a_level_does_not_jump_from_free_to_full() -> None:
    levels = [Report(NOW + 10_000 * n, level=one) for n, one in enumerate((0, 4, 4, 3))]
    assert doubts(levels) == ["", "jump", "", ""]


def test_exits_that_lead_show_a_counter_that_is_turned_round() -> None:
    queue = [Minute(n, 1, 3) for n in range(10)]
    assert is_swapped(queue)
    assert judge(FINE, [], NOW, minutes=queue) == "swapped"
    assert not is_swapped([Minute(n, 0, 3) for n in range(10)])  # the entries are silent
    assert not is_swapped([Minute(n, 9, 10) for n in range(100)])  # a miss of one in ten
    assert not is_swapped([Minute(n, 1, 3) for n in range(6)])  # twelve people: too few to say


def test_one_that_was_found_turned_round_stays_so_until_entries_lead() -> None:
    found = [Minute(n, 1, 4) for n in range(6)]
    assert is_swapped(found)
    assert is_swapped([*found, *(Minute(6 + n, 30, 30) for n in range(9))])
    assert is_swapped([*found, Minute(6, 50, 20)])
    assert not is_swapped([*found, Minute(6, 51, 20)])
    assert not is_swapped([Minute(n, 30, 30) for n in range(9)] + found)


def test_minutes_without_entries_do_not_speak_of_its_side() -> None:
    """The counter of entries is silent for a quarter of an hour, and comes back."""
    before = [Minute(n, 24, 17) for n in range(10)]
    silent = [Minute(10 + n, 0, 17) for n in range(15)]
    assert not is_swapped([*before, *silent])
    assert not is_swapped([*before, *silent, *(Minute(25 + n, 20, 17) for n in range(10))])


def test_it_counts_from_when_the_line_was_last_empty() -> None:
    before = [Minute(n, 1, 4) for n in range(20)]
    assert is_swapped(before)
    assert not is_swapped([*before, *(Minute(60 + n, 4, 1) for n in range(5))])


def test_a_wrong_clock_works_but_is_told() -> None:
    assert judge(Condition(10, NOW, skew_ms=60_001), [], NOW) == "clock"
    assert judge(Condition(10, NOW, skew_ms=-60_001), [], NOW) == "clock"
    assert judge(Condition(10, NOW, skew_ms=60_000), [], NOW) == ""


@pytest.mark.parametrize("event", EVENTS_MS)
def test_what_happened_is_told_for_a_while(event: str) -> None:
    lasts = EVENTS_MS[event]
    assert judge(Condition(10, NOW, None, event, NOW - lasts + 1), [], NOW) == event
    assert judge(Condition(10, NOW, None, event, NOW - lasts), [], NOW) == ""


def test_the_worst_comes_first() -> None:
    everything = Condition(10, NOW - 91_000, 10**9, "flood", NOW)
    assert judge(everything, flow(*[4] * 12), NOW) == "dead"


REPORTS = st.lists(
    st.builds(
        Report,
        at_ms=st.integers(0, 600_000),
        entered=st.none() | st.integers(0, 5),
        left=st.none() | st.integers(0, 5),
        people=st.none() | st.integers(0, 120),
        level=st.none() | st.integers(0, 4),
    ),
    max_size=40,
).map(lambda found: sorted(found, key=lambda one: one.at_ms))


@given(REPORTS, REPORTS, st.integers(0, 40))
def test_what_is_said_of_a_report_does_not_change_later(
    reports: list[Report], others: list[Report], until: int
) -> None:
    early = reports[:until]
    seen = [one for one in others if early and one.at_ms <= early[-1].at_ms]
    assert doubts(early, seen) == doubts(reports, others)[:until]


@given(REPORTS, st.integers(0, 3_600_000), st.integers(1, 60))
def test_it_always_says_something_it_knows(
    reports: list[Report], silent_ms: int, period_s: int
) -> None:
    known = {"", "dead", "frozen", "jump", "swapped", "clock", *EVENTS_MS}
    assert judge(Condition(period_s, NOW - silent_ms), reports, NOW) in known


@pytest.mark.parametrize("seed", range(20))
def test_honest_counters_of_a_lunch_are_believed(seed: int) -> None:
    """People come at random and are served one after the other: hardly any report is doubted, and
    no counter is called turned round."""
    chance = random.Random(seed)  # noqa: S311
    length, reports, counted, minutes = 0, [], [], []
    for step in range(540):
        rate = 0.05 if step % 270 < 60 else 0.4
        entered = sum(chance.random() < rate for _ in range(10))
        left = min(length + entered, chance.choice((1, 2, 2, 3)))
        length += entered - left
        at = NOW + 10_000 * step
        reports.append(Report(at, entered, left))
        counted.append(Report(at, people=length))
        minutes.append(Minute(at // 60_000, entered, left))
    assert sum(not one for one in counts(reports)) == 0
    assert sum(not one for one in counts(counted)) <= 5
    assert not any(is_swapped(minutes[:until]) for until in range(0, 540, 10))
    assert all(abs((b.people or 0) - (a.people or 0)) <= 10 for a, b in pairwise(counted))
