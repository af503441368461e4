"""A recorded lunch lived through again: what was estimated at each moment from what came before.

Reports have t (seconds after opening), device, kind (in, out, tap, served) and value; people who
check in by phone are the device `phone`.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.cafeteria.rules import beliefs
from app.cafeteria.rules.beliefs import BIN_S, Beliefs, Lunch
from app.cafeteria.rules.counted import STEP_S, Counted, Wait
from app.cafeteria.rules.line_filter import LineFilter

KINDS = ("in", "out", "tap", "served")
PHONE = "phone"
MAYBE, SURELY = 0.2, 0.9
# What one report may say: people at a counter, people in a line, seconds of a wait.
MOST = {"in": 50.0, "out": 50.0, "tap": 500.0, "served": 7200.0}


@dataclass(frozen=True)
class Event:
    """One report: when, by which device, of which kind, how many people or seconds."""

    t: float
    device: str
    kind: str
    value: float


@dataclass(frozen=True)
class Shown:
    """What would have been shown at a moment."""

    t: float
    wait: Wait


def counted(events: Iterable[Event]) -> Counted:
    """What the reports of one step say together; impossible ones say nothing."""
    seen = Counted()
    for one in events:
        is_phone = one.kind == "in" and one.device == PHONE
        if not 0 <= one.value <= MOST[one.kind]:  # nor is NaN
            continue
        if one.kind == "tap":
            seen.taps.append(one.value)
        elif one.kind == "served":
            seen.served.append(one.value)
        elif is_phone:
            seen.joined += 1
        elif one.kind == "in":
            seen.entered += one.value
        else:
            seen.left += one.value
    return seen


def steps(events: Sequence[Event], end: float) -> Iterator[tuple[float, Counted]]:
    """What was reported in each ten seconds, up to and with their end."""
    times, place = [one.t for one in events], 0
    for number in range(1, int(end // STEP_S) + 1):
        after = bisect_right(times, number * STEP_S)
        yield number * STEP_S, counted(events[place:after])
        place = after


def live(
    events: Sequence[Event], known: Beliefs, seed: int, end: float
) -> tuple[list[Shown], Lunch]:
    """All that would have been shown, and what the lunch taught.

    Args:
        events: in order of time.
        known: what past days taught.
        seed: of the filter's chance; the same seed gives the same estimates.
        end: the last second after opening.
    """
    line = LineFilter(known, np.random.default_rng(seed))
    shown = [Shown(0.0, line.wait())]
    sums, left = Sums(), 0.0
    bins = [0.0] * math.ceil(end / BIN_S)
    for at, seen in steps(events, end):
        line.step(seen)
        shown.append(Shown(at, line.wait()))
        left += seen.left
        sums.take(seen, line)
        bins[min(len(bins) - 1, int((at - STEP_S) // BIN_S))] += line.came_now
    served = line.served_s if left >= beliefs.LEAST else None
    return shown, Lunch(sums.entered, sums.left, bins, served)


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
