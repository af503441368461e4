"""Counters that are silent though people pass: which stories believe it, and since when.

The entry counter is silent in a story from when nobody was counted any more, not from when the
story finds out: whoever came meanwhile is made up for at once. (To make up for who was served
meanwhile made estimates worse.)
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.cafeteria.rules.counted import STEP_S, Counted
from app.cafeteria.rules.likelihood import Flags, Floats

GROUPS: Final = 2.0  # people come in groups: nobody for a while is likelier than by chance alone
SILENT_STEP: Final = 3e-5
BACK_STEP: Final = STEP_S / 600
NEVER_IDLE: Final = 1.6  # two hatches that serve regularly are not both idle for long


class Silence:
    """Which stories believe that the entry counter, and the exit counter, are silent."""

    def __init__(self, size: int, counts_in: bool, counts_out: bool) -> None:
        """Begin with the counters that there are."""
        self.entries = np.full(size, not counts_in)
        self.exits = np.full(size, not counts_out)
        self.came_unseen = 0.0  # people expected since somebody was last counted
        self.late = np.zeros(size, dtype=bool)  # who has just found out that entries are silent

    def flip(
        self, seen: Counted, expected: float, line: Floats, speed: Floats, chance: Floats
    ) -> Floats:
        """Let stories change their mind by what was not counted; logarithms of how likely that
        nobody was counted is to each.

        Args:
            seen: what was reported in the step.
            expected: people who should have come in it.
            line: people in the line before it.
            speed: people served a second.
            chance: random numbers from 0 to 1.
        """
        logs = np.zeros(len(line))
        for flag, count in ((self.entries, seen.entered), (self.exits, seen.left)):
            if count:
                logs += np.where(flag, np.log(BACK_STEP), 0.0)
                flag[:] = False
        before = self.entries.copy()
        if not (seen.entered and seen.left):
            logs += self._choose(seen, expected, line, speed, chance)
        self.late = self.entries & ~before
        self.came_unseen = 0.0 if seen.entered else self.came_unseen + expected
        return logs

    def _choose(
        self, seen: Counted, expected: float, line: Floats, speed: Floats, chance: Floats
    ) -> Floats:
        may_in = ~self.entries & (not seen.entered)
        may_out = ~self.exits & (not seen.left)
        nobody = np.where(may_in, (1 + expected / GROUPS) ** -GROUPS, 1.0)
        idle = np.where(may_out & (line >= 1), np.exp(-speed * STEP_S * NEVER_IDLE), 1.0)
        ways = np.stack([
            nobody * idle,
            np.where(may_in, SILENT_STEP * idle, 0.0),
            np.where(may_out, SILENT_STEP * nobody, 0.0),
            np.where(may_in & may_out, SILENT_STEP, 0.0),
        ])  # fmt: skip
        whole = ways.sum(axis=0)
        way = (chance * whole > np.cumsum(ways, axis=0)).sum(axis=0)
        self.entries |= (way == 1) | (way == 3)
        self.exits |= (way == 2) | (way == 3)
        found: Floats = np.log(np.maximum(whole, 1e-12))
        return found

    @property
    def either(self) -> Flags:
        """Where one of them is silent."""
        found: Flags = self.entries | self.exits
        return found

    def keep(self, places: NDArray[np.intp]) -> None:
        """Only these stories go on."""
        self.entries, self.exits = self.entries[places], self.exits[places]
