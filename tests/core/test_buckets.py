"""Buckets: so much at once, then as it flows in again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import buckets
from app.core.buckets import Buckets


def test_a_full_one_gives_all_and_then_what_flows_in() -> None:
    found = Buckets(100, 60)
    assert found.seconds_to_wait("a", 100, 0) == 0
    assert found.seconds_to_wait("a", 10, 0) == 10
    assert found.seconds_to_wait("b", 100, 0) == 0
    assert found.seconds_to_wait("a", 10, 9) == 1
    assert found.seconds_to_wait("a", 10, 10) == 0
    assert found.seconds_to_wait("a", 101, 10_000) == 1  # never, but the asker asks again
    assert found.seconds_to_wait("a", 100, 10_000) == 0


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(-5, 40)), max_size=60))
def test_never_more_than_a_bucket_and_what_flowed_in(asked: list[tuple[int, int]]) -> None:
    found, taken = Buckets(50, 120), 0
    now = first = latest = 1000 + (asked[0][1] if asked else 0)
    for place, (amount, moved) in enumerate(asked):
        passed = moved if place else 0
        now += passed
        latest = max(latest, now)
        taken += amount if found.seconds_to_wait("a", amount, now) == 0 else 0
        assert taken <= 50 + 2 * (latest - first)


def test_who_asked_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LARGEST", 3)
    found = Buckets(10, 60)
    for name in "abc":
        found.seconds_to_wait(name, 10, 0)
    found.seconds_to_wait("d", 1, 100)
    assert list(found._left) == ["d"]
    for name in "efg":
        found.seconds_to_wait(name, 10, 100)
    assert len(found._left) <= 3
