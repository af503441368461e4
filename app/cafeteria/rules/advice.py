"""When to go: the wait of the coming hour, foretold from the line now and how people usually come.

The line is a fluid: it grows by who comes and shrinks by who is served. That is less than the
filter knows, and enough to tell a peak from what comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.cafeteria.rules.course import Course

LEAST_DAYS: Final = 10
AHEAD_S: Final = 3600.0
EVERY_S: Final = 60.0
SHORT_MIN: Final = 3.0  # who waits less need not think
GAIN_MIN: Final = 2.0  # a later moment must save that
NEAR_MIN: Final = 1.0  # as good as the best
LAST_S: Final = 600.0  # before closing: who comes later may find nothing left
ROUND_S: Final = 300.0


@dataclass(frozen=True)
class Advice:
    """`later_s`: seconds from now, to a whole five minutes of the clock; 0: go now."""

    later_s: float


def foretell(
    people: float, served_s: float, coming: Callable[[float, float], float], seconds: float
) -> list[float]:
    """Minutes of waiting at each minute from now on.

    Args:
        people: in the line now.
        served_s: seconds between two people served.
        coming: how many come between two seconds from now.
        seconds: how far to look.
    """
    found, line = [people * served_s / 60], people
    for at in range(0, int(seconds), int(EVERY_S)):
        line = max(0.0, line + coming(at, at + EVERY_S) - EVERY_S / served_s)
        found.append(line * served_s / 60)
    return found


def advise(waits: Sequence[float], second_of_hour: float) -> Advice:
    """When to go.

    Args:
        waits: minutes of waiting at each minute from now on, until the last at which to come.
        second_of_hour: now, so that the moment told is a whole five minutes.
    """
    now, best = waits[0], min(waits)
    if now < SHORT_MIN or now - best < GAIN_MIN:
        return Advice(0.0)
    first = next(place for place, wait in enumerate(waits) if wait <= best + NEAR_MIN)
    later = first * EVERY_S
    rest = (second_of_hour + later) % ROUND_S
    return Advice(later + (ROUND_S - rest if rest else 0.0))


def of_course(course: Course, days: float, left_s: float, second_of_hour: float) -> Advice | None:
    """When to go by a lunch as it is lived through; None before ten lunches are known, or when it
    is nearly over.

    Args:
        course: the lunch.
        days: lunches that taught.
        left_s: seconds until the canteen closes.
        second_of_hour: now.
    """
    ahead = min(AHEAD_S, left_s - LAST_S)
    if days < LEAST_DAYS or ahead <= 0:
        return None
    line, at = course.line, course.at
    factor = line.busier.factor

    def coming(first: float, last: float) -> float:
        return factor * line.known.coming(at + first, at + last)

    return advise(foretell(course.wait.people, line.served_now_s, coming, ahead), second_of_hour)
