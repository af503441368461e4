"""Twelve faults of counters, an hour each, three times: how often something old is shown as new.

The lunches of tests/cafeteria/fault_lunch.py, longer: faults come and go, each time for as long as
chance says. Beside the figure stands for each fault how old what was shown as live was at most, and
how long it took until it was live again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.bench.stage import instance
from tests.cafeteria.fault_lunch import (
    BACK_S,
    EVERY_S,
    LIVE_S,
    Moment,
    back_after,
    live_through,
)
from tests.cafeteria.faults import FAULTS, KINDS, Fault
from tests.conftest import close, make_app_in
from tests.scene import Scene
from tools.bench import Report

FIGURES = ("fault_stale_shown",)
HOUR_S, SEEDS = 3600, (1, 2, 3)


def spells_of(fault: Fault, seed: int, hour_s: int = HOUR_S) -> list[tuple[int, int]]:
    """From when to when it lasts. A counter that hangs the wrong way round does so from the first
    minute, until somebody says so."""
    chance = random.Random(f"spells, {fault.name}, {seed}")  # noqa: S311  repeatable on purpose
    if fault.name == "swapped":
        return [(EVERY_S, chance.randrange(600, hour_s - 600, EVERY_S))]
    found, at = [], chance.randrange(180, 400, EVERY_S)
    while (end := at + chance.randrange(130, 600, EVERY_S)) < hour_s - 200:
        found.append((at, end))
        at = end + chance.randrange(200, 500, EVERY_S)
    return found


def lunches(fault: Fault, hour_s: int) -> Iterator[tuple[list[Moment], list[tuple[int, int]]]]:
    """The fault in each of three lunches, every one in an office of its own."""
    for seed in SEEDS:
        with pytest.MonkeyPatch.context() as patch:
            app = make_app_in(instance(demo=False), {"LOG_LEVEL": "ERROR"})
            spells = spells_of(fault, seed, hour_s)
            yield live_through(Scene(app, patch), fault, seed, spells, hour_s), spells
            close(app)


def run(report: Report, hour_s: int = HOUR_S) -> None:
    """All of them."""
    stale, began = 0, time.monotonic()
    for fault in (*FAULTS, *KINDS):
        shown, oldest, back = 0, 0.0, 0.0
        for moments, spells in lunches(fault, hour_s):
            shown += sum(one.is_stale(fault.told_apart_s) for one in moments)
            oldest = max(oldest, *(one.at - one.newest_s for one in moments if one.basis == "live"))
            back = max(back, *(recovery(moments, spells, end) for _, end in spells))
        late = "" if oldest <= LIVE_S and back <= BACK_S else ", TOO LATE"
        report.note(
            f"{fault.name}: {shown} stale; live for {oldest:.0f} s without news, "
            f"back after {back:.0f} s{late}"
        )
        stale += shown
    report.note(f"{len(SEEDS) * len(FAULTS + KINDS)} lunches, {time.monotonic() - began:.0f} s")
    report.figure("fault_stale_shown", stale)


def recovery(moments: list[Moment], spells: list[tuple[int, int]], end: int) -> float:
    """Seconds until it is live again after a spell, and stays so until the next one."""
    until = min((begin for begin, _ in spells if begin >= end), default=moments[-1].at + 1)
    found = back_after([one for one in moments if end <= one.at < until], end)
    return float("inf") if found is None else found
