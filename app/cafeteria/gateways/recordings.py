"""Files of recorded lunches: reports, truths, estimates, and what lunches taught."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.cafeteria.rules import beliefs
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.refusals import BadRecording
from app.cafeteria.rules.replay import KINDS, Event, Shown
from app.cafeteria.rules.scoring import Truth

ESTIMATES = ("t", "q10", "q50", "q90")


def read_events(path: Path) -> list[Event]:
    """The reports of a lunch, in order of their time.

    Raises:
        BadRecording: a line is not t, device, kind, value; it says which.
    """
    found = [
        Event(float(row["t"]), row["device"], row["kind"], float(row["value"]))
        for row in _rows(path, ("t", "device", "kind", "value"))
        if row["kind"] in KINDS
    ]
    return sorted(found, key=lambda one: one.t)


def read_truth(path: Path) -> list[Truth]:
    """How the lunch really was.

    Raises:
        BadRecording: a line is not t, queue, wait_s.
    """
    return [
        Truth(float(row["t"]), int(float(row["queue"])), float(row["wait_s"]))
        for row in _rows(path, ("t", "queue", "wait_s"))
    ]


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[dict[str, str]]:
    """Rows with all columns, the numbers among them checked."""
    numbers = set(wanted) - {"device", "kind"}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if set(wanted) - set(reader.fieldnames or ()):
            raise BadRecording(path.name, 1)
        for row in reader:
            if not all(_is_number(row[name]) for name in numbers):
                raise BadRecording(path.name, reader.line_num)
            yield row


def _is_number(text: str | None) -> bool:
    try:
        return math.isfinite(float(text or ""))
    except ValueError:
        return False


def write_estimates(path: Path, shown: Sequence[Shown]) -> None:
    """What would have been shown, in minutes; the file is there whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ESTIMATES)
        for one in shown:
            minutes = (one.wait.q10, one.wait.q50, one.wait.q90)
            writer.writerow([f"{one.t:g}", *(f"{minute:.3f}" for minute in minutes)])
    draft.replace(path)


def read_beliefs(path: Path) -> Beliefs | None:
    """What lunches taught so far; None when there is no such file.

    Raises:
        BadRecording: the file is something else.
    """
    if not path.exists():
        return None
    try:
        return beliefs.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise BadRecording(path.name, 1) from error


def write_beliefs(path: Path, known: Beliefs) -> None:
    """Keep what lunches taught; the file is there whole or as it was."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_text(json.dumps(known.as_json()), encoding="utf-8")
    draft.replace(path)
