"""How likely it is that a line of people did what was counted."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.cafeteria.rules.counted import STEP_S

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CV2: Final = 0.36  # squared variation of the seconds between two people served
COUNTED: Final = 0.07  # variance that a counted person brings by misses and doubles
LEAST: Final = 1e-6  # no story is impossible
TRUSTED: Final = 0.3  # of each person counted: people come in groups
FORGET_STEP: Final = 0.5 ** (STEP_S / 600)


class Busier:
    """How many more people come than on other days, of late: a gamma distribution that forgets."""

    def __init__(self, weight: float) -> None:
        """Begin with one, of a weight of so many people."""
        self.start = weight
        self.people, self.expected = 0.0, 0.0

    def learn(self, people: float, expected: float) -> None:
        """Take in what was counted and what was expected in a step."""
        self.people = self.people * FORGET_STEP + TRUSTED * people
        self.expected = self.expected * FORGET_STEP + TRUSTED * expected

    @property
    def factor(self) -> float:
        """Its mean."""
        return (self.start + self.people) / (self.start + self.expected)

    def at(self, luck: Floats, least: float = 0.0) -> Floats:
        """The factor at so many standard deviations from its mean, these at least `least`."""
        spread = max(least, 1 / math.sqrt(self.start + self.people))
        found: Floats = self.factor * np.exp(luck * spread)
        return found


def served(left: float, there: Floats, able: Floats) -> tuple[Floats, Floats]:
    """How likely so many exits are in two ways: people were served as fast as can be, and some are
    left; or all were served.

    Args:
        left: people whom the exit counter saw.
        there: people who stood in the line or joined it meanwhile, of each story.
        able: people who can be served meanwhile.
    """
    noise = COUNTED * max(left, 1.0) + 0.4
    busy = _normal(left - able, CV2 * able + noise) * _above(there - left, noise)
    empty = _normal(left - there, noise) * _above(able - there, CV2 * able + 0.3)
    return busy + LEAST, empty + LEAST


def _normal(apart: Floats, variance: Floats | float) -> Floats:
    found: Floats = np.exp(-0.5 * apart**2 / variance) / np.sqrt(2 * np.pi * variance)
    return found


def _above(apart: Floats, variance: Floats | float) -> Floats:
    """How probable it is that a normal value stays below `apart` (logistic approximation)."""
    found: Floats = 1 / (1 + np.exp(np.clip(-1.702 * apart / np.sqrt(variance), -50, 50)))
    return found


def poisson(count: int, expected: Floats) -> Floats:
    """Logarithm of how likely a count is, but for what is the same for all."""
    found: Floats = count * np.log(np.maximum(expected, 1e-6)) - expected
    return found
