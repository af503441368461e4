"""Counters that say "nobody" while people stand there."""

from __future__ import annotations

from app.cafeteria.rules.blind import QUIET_S, STOOD, blind_since
from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.replay import PHONE, Event


def said(people: float) -> list[tuple[float, Wait]]:
    """The same line for ten minutes."""
    return [(10.0 * n, Wait(1, 2, 3, 4, people)) for n in range(60)]


PASSED = [Event(90, "door", "in", 3.0), Event(100, "door", "out", 1.0)]


def test_a_line_in_which_nobody_moves_is_not_seen() -> None:
    assert blind_since(PASSED, said(STOOD), 100 + QUIET_S) is None
    assert blind_since(PASSED, said(STOOD), 100 + QUIET_S + 1) == 100
    assert blind_since(PASSED, said(STOOD - 1), 500) is None


def test_it_counts_what_was_said_when_somebody_passed_last() -> None:
    shrinking = [(at, Wait(1, 2, 3, 4, 20 if at <= 100 else 0)) for at, _ in said(20)]
    assert blind_since(PASSED, shrinking, 300) == 100
    assert blind_since([*PASSED, Event(290, "door", "in", 1.0)], shrinking, 500) is None


def test_who_is_counted_otherwise_is_seen() -> None:
    assert blind_since([], said(20), 500) is None
    assert blind_since([*PASSED, Event(110, "kitchen", "tap", 20.0)], said(20), 500) is None
    assert blind_since([*PASSED, Event(110, PHONE, "in", 1.0)], said(20), 500) == 100
