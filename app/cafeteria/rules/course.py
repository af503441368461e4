"""A lunch as it is lived through: the filter, step by step, and what was shown at each step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy

import numpy as np

from app.cafeteria.rules import beliefs
from app.cafeteria.rules.beliefs import BIN_S, Beliefs, Lunch
from app.cafeteria.rules.counted import STEP_S, Counted, Wait
from app.cafeteria.rules.line_filter import LineFilter

MAYBE, SURELY = 0.2, 0.9


class Sums:
    """Entries and exits that may be compared: from one moment at which nobody stands in the line to
    the next, while no counter was silent, nor since the moment before: after a silence nobody knows
    how many stand there."""

    def __init__(self) -> None:
        """Begin with an empty line."""
        self.entered = self.left = 0.0
        self._entered = self._left = 0.0
        self._whole = self._before = True

    def take(self, seen: Counted, line: LineFilter) -> None:
        """Go on by a step."""
        self._entered, self._left = self._entered + seen.entered, self._left + seen.left
        self._whole = self._whole and line.silent < MAYBE
        if line.nobody > SURELY:
            if self._whole and self._before:
                self.entered, self.left = self.entered + self._entered, self.left + self._left
            self._entered = self._left = 0.0
            self._before, self._whole = self._whole, line.silent < MAYBE


class Course:
    """One line in one lunch. `shown` holds each step's second after opening and its wait."""

    def __init__(self, known: Beliefs, seed: int, opens_s: float = 0.0) -> None:
        """Begin before anybody came.

        Args:
            known: what past days taught.
            seed: of the filter's chance; the same seed gives the same estimates.
            opens_s: until then nobody is served.
        """
        self.line = LineFilter(known, np.random.default_rng(seed), opens_s)
        self.shown: list[tuple[float, Wait]] = [(0.0, self.line.wait())]
        self.sums = Sums()
        self.bins: list[float] = []
        self.entered = self.left = 0.0

    @property
    def at(self) -> float:
        """Seconds after opening up to which it was lived through."""
        return self.shown[-1][0]

    @property
    def wait(self) -> Wait:
        """What who joins now will wait."""
        return self.shown[-1][1]

    def step(self, seen: Counted) -> None:
        """Live through ten seconds more."""
        self.line.step(seen)
        start = self.at
        self.shown.append((start + STEP_S, self.line.wait()))
        self.entered, self.left = self.entered + seen.entered, self.left + seen.left
        self.sums.take(seen, self.line)
        place = int(start // BIN_S)
        self.bins.extend([0.0] * (place + 1 - len(self.bins)))
        self.bins[place] += self.line.came_now

    def copy(self) -> Course:
        """The same course, which goes on by itself; what was shown never changes, and is shared."""
        other = copy(self)
        other.shown, other.bins = list(self.shown), list(self.bins)
        other.sums, other.line = copy(self.sums), self.line.copy()
        return other

    def peek(self, seen: Counted) -> Wait:
        """The wait with what was reported since the last step, which is not over: nothing of it
        stays."""
        if seen.is_empty:
            return self.wait
        line = self.line.copy()
        line.step(seen)
        return line.wait()

    def recent(self) -> Sequence[tuple[float, float]]:
        """Seconds and medians (minutes) of the last steps, for the trend."""
        return [(at, wait.q50) for at, wait in self.shown[-60:]]

    def taught(self, end: float) -> Lunch:
        """What the lunch taught, once it is over.

        Args:
            end: its length in seconds.
        """
        size = math.ceil(end / BIN_S)
        bins = [max(0.0, one) for one in [*self.bins, *[0.0] * size][:size]]
        served = self.line.served_s if self.left >= beliefs.LEAST else None
        counted = (self.entered > 0, self.left > 0)
        return Lunch(self.sums.entered, self.sums.left, bins, served, counted)
