"""Invented lunches with their truth: who came when, who was served when, and what was reported.

One line, two hatches, three waves of offices; serving is slow for one spell. Reports are of
counters that miss people or count them twice, of a kitchen that taps, of people who check in.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from app.cafeteria.rules.replay import Event
from app.cafeteria.rules.scoring import Truth

LONG_S = 7200
WAVES = ((600, 0.3), (2400, 0.5), (4200, 0.2))
EVERY_S = 10


@dataclass(frozen=True)
class Lunch:
    """Seconds at which each person came and was served, both in order."""

    came: list[float]
    served: list[float]

    def waiting(self, at: float) -> int:
        """People in the line."""
        return bisect_right(self.came, at) - bisect_right(self.served, at)

    def truth(self) -> list[Truth]:
        """Every ten seconds the line, and the wait of the next who comes."""
        return [self._at(at) for at in range(0, LONG_S + 1, EVERY_S)]

    def _at(self, at: float) -> Truth:
        place, queue = bisect_right(self.came, at), self.waiting(at)
        if not queue or place >= len(self.came):
            return Truth(at, queue, 0.0)
        return Truth(at, queue, max(0.0, self.served[place] - max(at, self.came[place])))


@dataclass(frozen=True)
class Reporting:
    """What is reported: shares of entries and exits that are missed, of people counted twice; how
    long both counters are silent (s), and whether somebody taps in the middle of it; seconds
    between taps; whether there are counters at all, and the share of people who check in."""

    missed_in: float = 0.0
    missed_out: float = 0.0
    twice: float = 0.0
    silent_s: float = 0.0
    tapped: bool = False
    taps_s: int = 0
    counters: bool = True
    phones: float = 0.0


REPORTING = {
    "perfect": Reporting(),
    "noise": Reporting(0.05, 0.05, 0.02),
    "bias": Reporting(0.08, 0.05),
    "outage": Reporting(0.05, 0.05, 0.02, silent_s=600),
    "outage_tap": Reporting(0.05, 0.05, 0.02, silent_s=600, tapped=True),
    "taps": Reporting(0.08, 0.05, taps_s=600),
    "phones": Reporting(counters=False, phones=0.05),
}


def lunch(seed: int) -> Lunch:
    """A lunch of 650 to 950 people, the same for the same seed."""
    chance = random.Random(f"a lunch, {seed}")  # noqa: S311  repeatable on purpose
    starts, shares = zip(*WAVES, strict=True)
    came = sorted(
        min(max(chance.choices(starts, shares)[0] + chance.gammavariate(2, 260) - 120, 300), 5400)
        for _ in range(chance.randint(650, 950))
    )
    usual, slow = chance.uniform(6, 8), chance.uniform(1500, 4800)
    end, free, served = slow + chance.uniform(300, 900), [0.0, 0.0], []
    for person in came:
        start = max(person, heapq.heappop(free))
        longer = 1.8 if slow <= start < end else 1.0
        heapq.heappush(free, start + longer * chance.gammavariate(1 / 0.36, usual * 0.36))
        served.append(start)
    return Lunch(came, sorted(served))


def reports(day: Lunch, how: Reporting, seed: int) -> list[Event]:
    """What was reported of a lunch, in the order of time."""
    chance = random.Random(f"reports, {seed}")  # noqa: S311  repeatable on purpose
    dark = chance.uniform(1200, 3600) if how.silent_s else LONG_S
    found = list(_counted(day, how, dark, chance)) if how.counters else []
    taps = list(range(how.taps_s, 5400, how.taps_s)) if how.taps_s else []
    for at in [*taps, *([dark + how.silent_s / 2] if how.tapped else [])]:
        guess = max(0, round(day.waiting(at) * chance.gauss(1, 0.15) / 5) * 5)
        found.append(Event(at, "wall", "tap", guess))
    for person, start in zip(day.came, day.served, strict=True):
        if chance.random() < how.phones:
            found.append(Event(person, "phone", "in", 1))
            found.append(Event(start, "phone", "served", round(start - person)))
    return sorted(found, key=lambda one: one.t)


def _counted(
    day: Lunch, how: Reporting, dark: float, chance: random.Random
) -> Iterator[Event]:  # fmt: skip
    doors = (("in", day.came, how.missed_in), ("out", day.served, how.missed_out))
    for kind, times, missed in doors:
        for at in times:
            if dark <= at < dark + how.silent_s or chance.random() < missed:
                continue
            for _ in range(2 if chance.random() < how.twice else 1):
                yield Event(at + chance.uniform(0, 2), f"door-{kind}", kind, 1)
