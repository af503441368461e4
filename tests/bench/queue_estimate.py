"""How near the estimate of a queue is to the truth: sixty invented lunches one after the other.

Beside it, on the same lunches: the people counted by a fixed rate of serving, by the rate of the
last five minutes, and by that rate shrunk to what is usual; and Little's law with the arrivals of
the last five minutes. The lunches are the tests' own (tests/cafeteria/lunches.py).
"""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable, Sequence

from app.cafeteria.rules import beliefs, replay, scoring
from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.replay import Event, Shown, steps
from app.cafeteria.rules.scoring import Score
from tests.cafeteria.lunches import LONG_S, REPORTING, lunch, reports
from tools.bench import Report

SCENARIOS = ("noise", "bias", "outage", "outage_tap", "taps", "phones")
FIGURES = (
    *(f"queue_mae_{name}" for name in SCENARIOS),
    "queue_bias_noise", "queue_coverage", "level_right_percent",
)  # fmt: skip
SEEDS = range(1, 61)
USUAL_S, WINDOW_S, PRIOR_S = 3.5, 300, 120
LEAST_S = 0.1  # people a second: by fewer nobody divides
Rate = Callable[[Sequence[float], Sequence[float], float], float]


def fixed(_came: Sequence[float], _left: Sequence[float], people: float) -> float:
    """Minutes by what serving usually takes."""
    return people * USUAL_S / 60


def rolling(_came: Sequence[float], left: Sequence[float], people: float) -> float:
    """Minutes by the exits of the last five minutes."""
    return people / max(sum(left) / (len(left) * 10), LEAST_S) / 60


def shrunk(_came: Sequence[float], left: Sequence[float], people: float) -> float:
    """The same with two minutes of the usual serving before them."""
    served, seconds = sum(left) + PRIOR_S / USUAL_S, len(left) * 10 + PRIOR_S
    return people * seconds / served / 60


def little(came: Sequence[float], _left: Sequence[float], people: float) -> float:
    """Minutes by people divided by arrivals."""
    return people / max(sum(came) / (len(came) * 10), LEAST_S) / 60


PEERS: dict[str, Rate] = {
    "fixed rate": fixed, "rolling rate": rolling, "shrunk rate": shrunk, "naive Little": little
}  # fmt: skip


def peer(events: Sequence[Event], of: Rate) -> list[Shown]:
    """What a simple estimator would have shown."""
    came, left = (deque[float](maxlen=WINDOW_S // 10) for _ in range(2))
    people, shown = 0.0, list[Shown]()
    for at, seen in steps(events, LONG_S):
        came.append(seen.entered)
        left.append(seen.left)
        people = max(0.0, people + seen.entered - seen.left)
        people = seen.taps[-1] if seen.taps else people
        minutes = of(came, left, people)
        shown.append(Shown(at, Wait(minutes, minutes, minutes, minutes, people)))
    return shown


def ours(scenario: str) -> list[Score]:
    """The filter over all lunches, each taught by those before it."""
    known, found = beliefs.at_first(600, LONG_S), list[Score]()
    for seed in SEEDS:
        day = lunch(seed)
        events = reports(day, REPORTING[scenario], seed)
        shown, taught = replay.live(events, known, seed, LONG_S)
        found.append(scoring.score(shown, day.truth()))
        known = beliefs.learn(known, taught)
    return found


def theirs(scenario: str, of: Rate) -> list[Score]:
    """A simple estimator over all lunches."""
    days = [(lunch(seed), seed) for seed in SEEDS]
    return [
        scoring.score(peer(reports(day, REPORTING[scenario], seed), of), day.truth())
        for day, seed in days
    ]


def mean(scores: Sequence[Score], name: str) -> float:
    """A figure's mean over lunches."""
    return statistics.mean(getattr(one, name) for one in scores)


def run(report: Report) -> None:
    """Measure the filter and its peers."""
    covered = list[float]()
    for scenario in SCENARIOS:
        scores = ours(scenario)
        if scenario != "phones":
            covered.append(mean(scores, "coverage"))
        names = ("mae_all", "mae_over_2", "bias_over_2", "coverage", "pinball", "level_right")
        said = ", ".join(f"{name} {mean(scores, name):.2f}" for name in names)
        report.note(f"{scenario}: {said}")
        report.figure(f"queue_mae_{scenario}", mean(scores, "mae_over_2"))
        if scenario == "noise":
            report.figure("queue_bias_noise", mean(scores, "bias_over_2"))
            report.figure("level_right_percent", 100 * mean(scores, "level_right"))
            two, three = (100 * mean(scores, f"level_by_{by}") for by in ("two", "three"))
            report.note(f"levels wrong by two: {two:.2f} %, by three: {three:.2f} %")
        if scenario in {"noise", "bias", "outage"}:
            said = ", ".join(
                f"{name} {mean(theirs(scenario, of), 'mae_over_2'):.2f}"
                for name, of in PEERS.items()
            )
            report.note(f"{scenario}, of others: {said}")
    report.figure("queue_coverage", 100 * statistics.mean(covered))
