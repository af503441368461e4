"""What is reported of a line in one step, and what is said of it after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

STEP_S: Final = 10.0


@dataclass
class Counted:
    """What was reported in one step: people in and out; taps (people in the line); people who
    checked in; waits in seconds of who was served."""

    entered: float = 0.0
    left: float = 0.0
    taps: list[float] = field(default_factory=list)
    joined: int = 0
    served: list[float] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was reported."""
        return not (self.entered or self.left or self.taps or self.joined or self.served)


@dataclass(frozen=True)
class Wait:
    """Minutes that who joins now will wait, by quantile; and the people in the line."""

    q10: float
    q50: float
    q70: float
    q90: float
    people: float
