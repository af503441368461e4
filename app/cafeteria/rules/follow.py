"""Keeping up with a lunch while it happens, also where reports come late.

The danger removed here: a report of a minute ago (a phone was offline, a counter had no network)
that is left out, or counted as if it were of now. The lunch is lived through again from before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.counted import STEP_S, Wait
from app.cafeteria.rules.course import Course
from app.cafeteria.rules.replay import Event, counted

GRACE_S: Final = 5.0  # a step waits so long for its reports
KEPT_EVERY_S, KEPT = 120.0, 2  # courses to go on from


class Following:
    """A course that is brought up to the present again and again."""

    def __init__(self, known: Beliefs, seed: int, opens_s: float = 0.0) -> None:
        """Begin before anybody came (course.py)."""
        self.known, self.seed, self.opens_s = known, seed, opens_s
        self.course = Course(known, seed, opens_s)
        self.events: Sequence[Event] = ()
        self.kept: list[Course] = []

    def to(self, events: Sequence[Event], now_s: float) -> Wait:
        """Live on to a moment; the wait of who joins then.

        Args:
            events: all that was reported so far, in order of time.
            now_s: seconds since the course began.
        """
        self._go_back(first_change(self.events, events))
        self.events = events
        times = [one.t for one in events]
        place = bisect_right(times, self.course.at)
        while self.course.at + STEP_S <= now_s - GRACE_S:
            after = bisect_right(times, self.course.at + STEP_S)
            self.course.step(counted(events[place:after]))
            place = after
            self._keep()
        return self.course.peek(counted(events[place : bisect_right(times, now_s)]))

    def _anew(self) -> Course:
        return Course(self.known, self.seed, self.opens_s)

    def _keep(self) -> None:
        if self.course.at % KEPT_EVERY_S == 0:
            self.kept = [*self.kept[1 - KEPT :], self.course.copy()]

    def _go_back(self, changed: float | None) -> None:
        """Back to before a moment from which on other things were reported than was thought."""
        if changed is None or changed > self.course.at:
            return
        self.kept = [one for one in self.kept if one.at < changed]
        self.course = self.kept[-1].copy() if self.kept else self._anew()


def first_change(before: Sequence[Event], now: Sequence[Event]) -> float | None:
    """The moment of the first event that is in one of two lists only; None when they are alike."""
    for old, new in zip_longest(before, now):
        if old != new:
            return min(one.t for one in (old, new) if one is not None)
    return None
