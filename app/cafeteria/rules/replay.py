"""A recorded lunch lived through again: what was estimated at each moment from what came before.

Reports have t (seconds after opening), device, kind (in, out, tap, served) and value; people who
check in by phone are the device `phone`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.cafeteria.rules.beliefs import Beliefs, Lunch
from app.cafeteria.rules.counted import STEP_S, Counted, Wait
from app.cafeteria.rules.course import Course

KINDS = ("in", "out", "tap", "served")
PHONE = "phone"
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
    course = Course(known, seed)
    for _, seen in steps(events, end):
        course.step(seen)
    return [Shown(at, wait) for at, wait in course.shown], course.taught(end)
