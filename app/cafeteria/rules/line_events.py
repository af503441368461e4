"""What was reported of a line, from all its sources, as the events that the filter lives through.

Seconds count from when the meal's course begins (`LEAD_S` before the canteen opens: people stand
there early).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from app.cafeteria.rules.counted import STEP_S
from app.cafeteria.rules.replay import MOST, Event

LEAD_S: Final = 600.0
TAIL_S: Final = 900.0  # after closing: who stands in the line is still served
MOST_SPREAD_S: Final = 600.0
LEVEL_MIN: Final = (1.5, 5.0, 9.5, 16.0, 24.0)  # minutes that stand for each level
KITCHEN: Final = "kitchen"


class Reading(Protocol):
    """What a counter said; what it does not measure is None."""

    @property
    def device_id(self) -> str:
        """Which counter."""

    @property
    def at_ms(self) -> int:
        """When, by the clock of the canteen (Unix milliseconds)."""

    @property
    def entered(self) -> int | None:
        """People who came in."""

    @property
    def left(self) -> int | None:
        """People who went out."""

    @property
    def people(self) -> int | None:
        """People in the line."""

    @property
    def level(self) -> int | None:
        """From 0 to 4."""


class Tap(Protocol):
    """What the kitchen said."""

    @property
    def at_ms(self) -> int:
        """When, by the clock of the canteen (Unix milliseconds)."""

    @property
    def kind(self) -> str:
        """A mark, open, closed or sold_out."""

    @property
    def people(self) -> int | None:
        """People in the line."""


def of_readings(
    readings: Sequence[Reading], start_ms: int, served_s: float, period_s: float
) -> Iterator[Event]:
    """Events of one counter.

    Args:
        readings: those that may be believed, in order of time.
        start_ms: when the course begins.
        served_s: seconds between two people served, for a counter that tells levels.
        period_s: how often it reports: what it told first is spread over so long.
    """
    before: int | None = None
    for one in readings:
        t = (one.at_ms - start_ms) / 1000
        since = period_s if before is None else (one.at_ms - before) / 1000
        span = min(since, MOST_SPREAD_S)
        before = one.at_ms
        for kind, count in (("in", one.entered), ("out", one.left)):
            if count:
                yield from _spread(t, span, one.device_id, kind, count)
        if one.people is not None:
            yield Event(t, one.device_id, "tap", float(one.people))
        if one.level is not None:
            people = min(MOST["tap"], LEVEL_MIN[one.level] * 60 / served_s)
            yield Event(t, one.device_id, "tap", people)


def _spread(t: float, span: float, device: str, kind: str, count: int) -> Iterator[Event]:
    """People counted since the report before, in the steps in which they may have come."""
    pieces = max(1, round(span / STEP_S))
    for piece in range(pieces):
        yield Event(t - piece * STEP_S, device, kind, count / pieces)


def of_taps(taps: Sequence[Tap], start_ms: int) -> Iterator[Event]:
    """Events of the kitchen's wall marks."""
    for one in taps:
        if one.kind == "mark" and one.people is not None:
            yield Event((one.at_ms - start_ms) / 1000, KITCHEN, "tap", float(one.people))


def ordered(events: Sequence[Event]) -> list[Event]:
    """In the order of time, those before the course began at its beginning."""
    return sorted(
        (one if one.t > 0 else Event(0.01, one.device, one.kind, one.value) for one in events),
        key=lambda one: (one.t, one.device, one.kind),
    )
