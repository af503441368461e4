"""Living through a recorded lunch again."""

from __future__ import annotations

from pathlib import Path

from app.cafeteria.gateways import recordings
from app.cafeteria.rules import beliefs, replay, scoring
from app.cafeteria.rules.scoring import Score

PEOPLE, LONG_S = 600.0, 7200.0  # before the first lunch: of a canteen of which nothing is known
MOST_S = 6 * 3600.0


def replay_lunch(events: Path, out: Path, learned: Path | None, truth: Path | None) -> Score | None:
    """Write what would have been shown at each moment of a recorded lunch; learn from it; say how
    good it was, when the truth is given.

    Args:
        events: the reports, as CSV.
        out: where the estimates go.
        learned: what earlier lunches taught, a JSON file: read first, if it is there, and written
            after, with what this lunch taught.
        truth: how the lunch really was, as CSV.

    Raises:
        BadRecording: a file is not what it should be; nothing was written.
    """
    reports = recordings.read_events(events)
    truths = recordings.read_truth(truth) if truth else []
    known = recordings.read_beliefs(learned) if learned else None
    known = known or beliefs.at_first(PEOPLE, LONG_S)
    last = max([LONG_S, *(one.t for one in reports), *(one.t for one in truths)])
    shown, day = replay.live(reports, known, int(known.days), min(last, MOST_S))
    recordings.write_estimates(out, shown)
    if learned:
        recordings.write_beliefs(learned, beliefs.learn(known, day))
    return scoring.score(shown, truths) if truth else None
