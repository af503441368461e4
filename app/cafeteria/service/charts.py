"""The chart of a canteen: the last hour of each line, and what is usual on this weekday."""

from __future__ import annotations

import json
import threading
from typing import Any, Final

from app.cafeteria.queries import estimates, places
from app.cafeteria.rules.usual import BIN_S, Usual
from app.cafeteria.service import line_now, plans
from app.cafeteria.service.plans import Today
from app.core import clock
from app.core.errors import NotFound

HOUR_S: Final = 3600
KEEP_S: Final = 15
VERSION: Final = 1


class Kept:
    """Charts as they were made last: thousands of pages ask for the same one."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int, str]] = {}

    def body(self, canteen_id: str) -> str:
        """The chart's document as JSON, no older than a quarter of a minute.

        Raises:
            NotFound: the canteen was removed.
        """
        turn = clock.now() // KEEP_S
        with self._lock:
            kept = self._kept.get(canteen_id)
            if kept is not None and kept[0] == turn:
                return kept[1]
            found = json.dumps(make(canteen_id), separators=(",", ":"))
            self._kept[canteen_id] = (turn, found)
            return found


def make(canteen_id: str) -> dict[str, Any]:
    """The chart's document.

    Raises:
        NotFound: the canteen was removed.
    """
    canteen = next((one for one in places.list_all_canteens() if one.id == canteen_id), None)
    if canteen is None:
        raise NotFound
    now = plans.today(canteen)
    lines = {one.id: _line(one.id, now) for one in places.list_lines(canteen_id)}
    return {
        "v": VERSION,
        "day": now.day.isoformat(),
        "opens_ms": now.meal.opens_ms if now.meal else None,
        "closes_ms": now.meal.closes_ms if now.meal else None,
        "now_ms": now.clock.now_ms // 60_000 * 60_000,
        "lines": lines,
    }


def _line(line_id: str, now: Today) -> dict[str, Any]:
    until = now.clock.now_ms // 1000
    since = max(until - HOUR_S, now.start_ms // 1000 if now.meal else 0)
    usual = line_now.usual_of(line_id, now.day)
    return {
        "hour": [
            [
                one.at * 1000,
                *(round(value, 2) for value in (one.q10, one.q50, one.q90)),
                "usual" if one.basis == "usual" else "live",
            ]
            for one in estimates.list_estimates(line_id, since, until)
        ],
        "usual": _usual(usual, clock.day_start(now.day)),
        "days": usual.days,
    }


def _usual(found: Usual, midnight: int) -> list[list[float]]:
    return [
        [(midnight + place * BIN_S) * 1000, round(wait.q10, 2), round(wait.q50, 2),
         round(wait.q90, 2)]
        for place, wait in sorted(found.waits.items())
    ]  # fmt: skip
