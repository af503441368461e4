"""What open pages are told of a canteen: one small JSON document, of numbers only.

It changes only when what it says changes, so that whoever asks again is told "as before". An age is
no part of it: it says when the newest report was, and the page knows what time it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.cafeteria.rules import levels
from app.cafeteria.rules.counted import Wait
from app.cafeteria.rules.hours import Sitting

VERSION: Final = 1
OPEN_MS, CLOSED_MS = 2500, 20_000  # how often pages ask
LIVE_MS: Final = 75_000  # a counter that is silent for longer is not believed: told before 90 s
TELLING_MS: Final = 180_000
KITCHEN_MS: Final = 600_000  # a mark on the wall is worth a look for so long, with its age
LIVE, USUAL, UNKNOWN = "live", "usual", "unknown"
OPEN, CLOSED, SOLD_OUT, NONE = "open", "closed", "sold_out", "none"


@dataclass(frozen=True)
class Source:
    """Who reports of a line: counter, kitchen or colleagues (at least three, or none)."""

    kind: str
    seen_ms: int
    ok: bool
    count: int = 0


@dataclass(frozen=True)
class LineNow:
    """What is known of a line at a moment; times are of the canteen's clock. `usual`: the wait of
    this weekday at this time; `advice_ms`: when to go, 0 for now."""

    id: str
    name: str
    state: str
    wait: Wait | None
    usual: Wait | None
    trend: int
    sources: tuple[Source, ...]
    advice_ms: int | None = None


@dataclass(frozen=True)
class Now:
    """What is known of a canteen; `made_ms` is ours, `at_ms` the canteen's clock, which the
    demonstration lets run faster, in a lunch that is `played`."""

    id: str
    name: str
    at_ms: int
    made_ms: int
    speed: int
    meal: Sitting | None
    coming: Sitting | None
    why_closed: str
    menu: tuple[str, str, Sequence[str]] | None
    lines: tuple[LineNow, ...]
    played: bool = False


def basis_of(line: LineNow, now_ms: int) -> str:
    """From what a line is told: live, while a counter was heard within LIVE_MS, or the kitchen or
    colleagues within KITCHEN_MS; else from what is usual."""
    for one in line.sources:
        limit = LIVE_MS if one.kind == "counter" else KITCHEN_MS
        if line.wait is not None and one.ok and now_ms - one.seen_ms <= limit:
            return LIVE
    return USUAL if line.usual is not None else UNKNOWN


def may_be_told(line: LineNow, now_ms: int) -> bool:
    """Whether a line is sure enough for a notice: open, live, in minutes that mean something, and
    by a report of the last three minutes."""
    if line.wait is None or line.state != OPEN or basis_of(line, now_ms) != LIVE:
        return False
    seen = max(one.seen_ms for one in line.sources if one.ok)
    return now_ms - seen <= TELLING_MS and levels.range_of(line.wait) is not None


def make(now: Now) -> dict[str, Any]:
    """The document."""
    is_open = now.meal is not None
    states = {one.state for one in now.lines} if is_open else {CLOSED if now.coming else NONE}
    whole = OPEN if OPEN in states else (SOLD_OUT if SOLD_OUT in states else CLOSED)
    return {
        "v": VERSION,
        "canteen": {"id": now.id, "name": now.name},
        "clock": {"at_ms": now.at_ms, "speed": now.speed, "played": now.played},
        "made_ms": now.made_ms,
        "period_ms": OPEN_MS if is_open else CLOSED_MS,
        "state": NONE if states == {NONE} else whole,
        "meal": _meal(now.meal),
        "next": _meal(now.coming),
        "why_closed": now.why_closed,
        "menu": _menu(now.menu),
        "lines": [_line(one, now.at_ms) for one in now.lines] if is_open else [],
    }


def substance(document: dict[str, Any]) -> dict[str, Any]:
    """A document without the moment it was made: by that two are the same or not."""
    said = {name: value for name, value in document.items() if name not in {"clock", "made_ms"}}
    return said | {"speed": document["clock"]["speed"]}


def _meal(one: Sitting | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"kind": one.meal, "opens_ms": one.opens_ms, "closes_ms": one.closes_ms}


def _menu(found: tuple[str, str, Sequence[str]] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    day, meal, items = found
    return {"day": day, "meal": meal, "items": list(items)}


def _line(line: LineNow, now_ms: int) -> dict[str, Any]:
    basis = basis_of(line, now_ms) if line.state == OPEN else UNKNOWN
    wait = {LIVE: line.wait, USUAL: line.usual}.get(basis)
    minutes = levels.range_of(wait) if wait else None
    counted = [one for one in line.sources if one.ok]
    live = basis == LIVE
    return {
        "id": line.id,
        "name": line.name,
        "state": line.state,
        "basis": basis,
        "level": levels.level_of(wait.q50) if wait else None,
        "range": minutes
        and {"low": minutes.low, "high": minutes.high, "headline": minutes.headline},
        "people": round(wait.people) if wait and live else None,
        "trend": line.trend if live else None,
        "seen_ms": max((one.seen_ms for one in counted), default=None),
        "sources": [_source(one) for one in line.sources],
        "advice": _advice(line.advice_ms) if live else None,
    }


def _source(one: Source) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": one.kind, "seen_ms": one.seen_ms, "ok": one.ok}
    return found | ({"count": one.count} if one.count else {})


def _advice(at_ms: int | None) -> dict[str, Any] | None:
    if at_ms is None:
        return None
    return {"when": "later", "at_ms": at_ms} if at_ms else {"when": "now"}
