"""How many people can pass a counter: what is told beyond that is kept and does not count.

The danger removed here: very many readings of one moment, each of which could be true alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FASTEST: Final = 5.0  # people a second through one line: nobody walks as fast
AROUND_MS: Final = 300_000  # readings that lie further apart say nothing of each other


@dataclass(frozen=True)
class Passed:
    """People whom a reading counted; none where it does not count."""

    at_ms: int
    people: int


def judge(fresh: Sequence[Passed], near: Sequence[Passed], period_s: int) -> list[bool]:
    """Which of some readings tell more than can be: whether with them more people passed than can
    in the time since the reading before, and one period.

    Args:
        fresh: the readings, in the order in which they are believed.
        near: what is known of the time around them, in order of time: from five minutes before the
            first until five minutes after the last, and the one before those.
        period_s: how often the counter reports.
    """
    known, found = list(near), list[bool]()
    for one in fresh:
        place = bisect_right(known, one.at_ms, key=_at)
        too_much = one.people > 0 and _is_too_much(one, known, place, period_s * 1000)
        known.insert(place, Passed(one.at_ms, 0) if too_much else one)
        found.append(too_much)
    return found


def _at(one: Passed) -> int:
    return one.at_ms


def _is_too_much(one: Passed, known: list[Passed], place: int, most_ms: int) -> bool:
    """Whether a reading cannot be after those before it, or makes a later one impossible."""
    first = bisect_left(known, one.at_ms - AROUND_MS, key=_at)
    last = bisect_right(known, one.at_ms + AROUND_MS, key=_at)
    head = [Passed(known[first - 1].at_ms, 0)] if first else []
    sooner, later = [*head, *known[first:place]], known[place:last]
    before = _excesses_ms([*sooner, *later])[len(sooner) :]
    own, *after = _excesses_ms([*sooner, one, *later])[len(sooner) :]
    return own > most_ms or max(after, default=0.0) > max([most_ms, *before])


def _excesses_ms(passed: Sequence[Passed]) -> list[float]:
    """By how much the people of each reading are told before they can have passed. They begin to
    pass when those before them are through, and not before the reading before theirs."""
    found = []
    through, before = 0.0, passed[0].at_ms if passed else 0
    for one in passed:
        through = max(through, before) + one.people / FASTEST * 1000
        found.append(through - one.at_ms)
        before = one.at_ms
    return found
