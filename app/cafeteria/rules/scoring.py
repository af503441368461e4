"""How good estimates were, once the truth is known."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.levels import level_of
from app.cafeteria.rules.replay import Shown

LONG_MIN: Final = 2.0  # a wait that matters
Pair = tuple[float, Wait]


@dataclass(frozen=True)
class Truth:
    """How many people waited at a second, and how long who joined then waited, in seconds."""

    t: float
    queue: int
    wait_s: float


@dataclass(frozen=True)
class Score:
    """Errors in minutes, where somebody waited; `over_2` where the true wait was over two minutes.
    `coverage`: share of true waits within q10 to q90; `pinball`: the mean loss of the three
    quantiles; `level_right`, `level_by_two`, `level_by_three`: shares of levels that were right,
    wrong by two, and wrong by three or more."""

    points: int
    mae_all: float
    mae_over_2: float
    bias_over_2: float
    coverage: float
    pinball: float
    level_right: float
    level_by_two: float
    level_by_three: float


def score(shown: Sequence[Shown], truths: Sequence[Truth]) -> Score:
    """The errors of what was shown; of each moment the last that was shown until then counts."""
    times = [one.t for one in shown]
    pairs = [
        (true.wait_s / 60, shown[place - 1].wait)
        for true in truths
        if true.queue > 0 and (place := bisect_right(times, true.t)) > 0
    ]
    long = [(wait, guess) for wait, guess in pairs if wait > LONG_MIN]
    apart = [abs(level_of(wait) - level_of(guess.q50)) for wait, guess in pairs]
    return Score(
        points=len(pairs),
        mae_all=_mean(pairs, lambda wait, guess: abs(wait - guess.q50)),
        mae_over_2=_mean(long, lambda wait, guess: abs(wait - guess.q50)),
        bias_over_2=_mean(long, lambda wait, guess: guess.q50 - wait),
        coverage=_mean(pairs, lambda wait, guess: guess.q10 <= wait <= guess.q90),
        pinball=_mean(pairs, _pinball),
        level_right=_share(apart, lambda one: one == 0),
        level_by_two=_share(apart, lambda one: one == 2),
        level_by_three=_share(apart, lambda one: one > 2),
    )


def _mean(pairs: Sequence[Pair], of: Callable[[float, Wait], float]) -> float:
    return sum(of(*pair) for pair in pairs) / max(1, len(pairs))


def _share(apart: Sequence[int], counts: Callable[[int], bool]) -> float:
    return sum(map(counts, apart)) / max(1, len(apart))


def _pinball(wait: float, guess: Wait) -> float:
    quantiles = ((0.1, guess.q10), (0.5, guess.q50), (0.9, guess.q90))
    return sum(max(q * (wait - at), (q - 1) * (wait - at)) for q, at in quantiles) / 3
