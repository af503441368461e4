"""A lunch for the demonstration: people come in three waves, serving is slow for a while, counters
miss some, the kitchen taps now and then, and some colleagues check in."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

import numpy as np

from app.cafeteria.rules.replay import PHONE, Event

LONG_S: Final = 6900.0  # from ten minutes before opening to a quarter of an hour after closing
ROUND_S: Final = 6000.0  # until it closes: then the demonstration begins another one
LAST_S: Final = 5700.0  # after which nobody comes
WAVES_S: Final = (500.0, 2300.0, 4100.0)
SHARES: Final = (0.3, 0.5, 0.2)
SPREAD_S: Final = 250.0
MISSED: Final = {"in": 0.06, "out": 0.04}
TAP_EVERY_S: Final = 900.0
CHECKS_IN: Final = 0.04
SLOWER: Final = 1.8
SHAPE: Final = 1 / 0.36  # of the seconds for a tray (gamma)
Random = np.random.Generator


def seed_of(line_id: str, number: int) -> int:
    """The seed of a line's lunch: two lines of a canteen differ."""
    return (int(line_id.replace("-", "")[-8:], 16) + 1_009 * number) % 2**32


def lunch(seed: int, people: float = 760.0) -> list[Event]:
    """The reports of a lunch, in the order of time; the same for the same seed.

    Args:
        seed: which lunch.
        people: who come, about.
    """
    random = np.random.default_rng(seed)
    came = _came(random, int(people * random.uniform(0.88, 1.12)))
    served = _served(random, came)
    found = [*_counted(random, came, served), *_tapped(random, came, served)]
    found += _checked_in(random, came, served)
    return sorted(found, key=lambda one: one.t)


def _came(random: Random, people: int) -> list[float]:
    waves = random.choice(WAVES_S, people, p=SHARES) + random.gamma(2.0, SPREAD_S, people)
    return sorted(float(one) for one in np.clip(waves, 60.0, LAST_S))


def _served(random: Random, came: list[float]) -> list[float]:
    """When each is served, at two hatches."""
    usual, slow = random.uniform(6.2, 7.4), random.uniform(1500.0, 4200.0)
    end = slow + random.uniform(300.0, 800.0)
    free, found = [0.0, 0.0], []
    for at in came:
        start = max(at, heapq.heappop(free))
        longer = SLOWER if slow <= start < end else 1.0
        heapq.heappush(free, start + longer * random.gamma(SHAPE, usual / SHAPE))
        found.append(start)
    return sorted(found)


def _counted(random: Random, came: list[float], served: list[float]) -> Iterator[Event]:
    for kind, times in (("in", came), ("out", served)):
        for at in times:
            if random.random() >= MISSED[kind]:
                yield Event(at + random.uniform(0, 2), "counter", kind, 1.0)


def _tapped(random: Random, came: list[float], served: list[float]) -> Iterator[Event]:
    for at in np.arange(TAP_EVERY_S, LAST_S, TAP_EVERY_S):
        waiting = bisect_right(came, at) - bisect_right(served, at)
        mark = min(40, 10 * round(waiting * random.normal(1, 0.15) / 10))
        if waiting < 45:  # beyond the last mark the kitchen says nothing exact
            yield Event(float(at), "kitchen", "tap", float(max(0, mark)))


def _checked_in(random: Random, came: list[float], served: list[float]) -> Iterator[Event]:
    for at, start in zip(came, served, strict=True):
        if random.random() < CHECKS_IN:
            yield Event(at, PHONE, "in", 1.0)
            yield Event(start, PHONE, "served", round(start - at))
