"""All that was reported of a line in a meal, whatever the source, as events and as sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from app.cafeteria.queries import check_ins, marks, readings, taps
from app.cafeteria.queries.readings import MinuteRow, ReadingRow
from app.cafeteria.queries.taps import Pressed
from app.cafeteria.rules import crowd, document, health, line_events, practice
from app.cafeteria.rules.document import Source
from app.cafeteria.rules.play import CanteenClock
from app.cafeteria.rules.replay import PHONE, Event

MINUTE_MS: Final = 60_000  # of a colleague nobody is told more exactly


@dataclass(frozen=True)
class Reported:
    """What was reported of a line so far: events for the filter, who reported, and whether the
    kitchen said open, closed or sold out last."""

    events: list[Event]
    sources: tuple[Source, ...]
    state: str


@dataclass(frozen=True)
class Moved:
    """A reading or a tap by the canteen's clock."""

    at_ms: int
    device_id: str = ""
    kind: str = ""
    entered: int | None = None
    left: int | None = None
    people: int | None = None
    level: int | None = None


def reported(
    line_id: str, at: CanteenClock, start_ms: int, since_ms: int, served_s: float
) -> Reported:
    """What was reported of a line since a meal's course began.

    Args:
        line_id: which.
        at: the canteen's clock.
        start_ms: when the course began, by that clock.
        since_ms: from when on the kitchen's presses are about this meal, by that clock.
        served_s: seconds between two people served, as it is known.
    """
    since, until = at.real(start_ms), at.real_ms + 1
    counters = _counters(line_id, at, since, until)
    events = [
        event
        for one in counters
        for event in line_events.of_readings(one.believed, start_ms, served_s, one.period_s)
    ]
    kitchen = [_tap(one, at) for one in taps.list_taps(line_id, at.real(since_ms), until)]
    events += line_events.of_taps([one for one in kitchen if one.at_ms >= start_ms], start_ms)
    sources = [one.source for one in counters]
    sources += [Source("kitchen", one.at_ms, True) for one in kitchen[::-1] if one.kind == "mark"][
        :1
    ]
    told, colleagues = _colleagues(line_id, at, start_ms)
    events, sources = [*events, *told], [*sources, *colleagues]
    if at.seed is not None:
        events += _played(line_id, at, start_ms)
        sources = _and_played(sources, events, start_ms)
    said = [one.kind for one in kitchen if one.kind != "mark"]
    state = said[-1] if said else document.OPEN
    return Reported(line_events.ordered(events), tuple(sources), state)


def unseen(found: Reported, since_ms: int) -> Reported:
    """The same, of counters that have seen nobody since a moment though people stand there."""
    sources = [
        replace(one, seen_ms=min(one.seen_ms, since_ms), ok=False) if one.kind == "counter" else one
        for one in found.sources
    ]
    return replace(found, sources=tuple(sources))


@dataclass(frozen=True)
class Counter:
    """A counter in a meal: what may be believed of what it told, and how it is."""

    believed: list[Moved]
    period_s: int
    measures: str
    source: Source


def _counters(line_id: str, at: CanteenClock, since: int, until: int) -> list[Counter]:
    """The counters of a line that work, or did in this meal."""
    measures = dict(marks.list_counters(line_id))
    rows: dict[str, list[ReadingRow]] = {device_id: [] for device_id in measures}
    for one in readings.list_readings(line_id, since, until):
        rows.setdefault(one.device_id, []).append(one)
        measures[one.device_id] = one.measures
    reports = {name: [_report(one) for one in found] for name, found in rows.items()}
    minutes = readings.list_minutes([line_id], since, until)
    swapped = health.is_swapped(
        [health.Minute(one.minute, one.entered, one.left) for one in _merged(minutes)]
    )
    given = _Given(measures, reports, swapped)
    return _with_entries([_counter(name, found, given, at) for name, found in rows.items()])


def _with_entries(counters: list[Counter]) -> list[Counter]:
    """Exits alone do not tell how many stand in a line whose entries are counted: while nobody
    counts them, the counters of exits are of no use either."""
    able = [one.source.ok for one in counters if one.measures != "out"]
    if any(able) or not able:
        return counters
    return [replace(one, source=replace(one.source, ok=False)) for one in counters]


def _report(one: ReadingRow) -> health.Report:
    return health.Report(one.at_ms, one.entered, one.left, one.people, one.level)


def _merged(minutes: Sequence[MinuteRow]) -> list[MinuteRow]:
    """What all counters of the line saw together, minute by minute."""
    found: dict[int, MinuteRow] = {}
    for one in minutes:
        old = found.get(one.minute)
        entered, left = (old.entered, old.left) if old else (0, 0)
        found[one.minute] = replace(one, entered=entered + one.entered, left=left + one.left)
    return [found[minute] for minute in sorted(found)]


@dataclass(frozen=True)
class _Given:
    """What is known of all counters of a line: what each measures and told, and whether entries
    are exits."""

    measures: dict[str, str]
    reports: dict[str, list[health.Report]]
    swapped: bool


def _counter(name: str, rows: list[ReadingRow], given: _Given, at: CanteenClock) -> Counter:
    reports, measures = given.reports[name], given.measures[name]
    others = [one for other, found in given.reports.items() if other != name for one in found]
    why = health.doubts(reports, others)
    turned = given.swapped and measures not in {"people", "level"}
    believed = [
        _moved(row, at)
        for row, doubt in zip(rows, why, strict=True)
        if not doubt and not turned
    ]  # fmt: skip
    frozen = bool(why) and why[-1] == "frozen"
    last = believed[-1].at_ms if believed else 0
    if frozen:
        last = min(last, at.of(health.same_since(reports)))
    ok = at.now_ms - last <= document.LIVE_MS and not frozen
    period_s = rows[0].period_s if rows else 0
    return Counter(believed, period_s, measures, Source("counter", last, ok))


def _moved(one: ReadingRow, at: CanteenClock) -> Moved:
    told = (one.entered, one.left, one.people, one.level)
    return Moved(at.of(one.at_ms), one.device_id, "", *told)


def _tap(one: Pressed, at: CanteenClock) -> Moved:
    return Moved(at.of(one.at_ms), kind=one.kind, people=one.people)


def _colleagues(line_id: str, at: CanteenClock, start_ms: int) -> tuple[list[Event], list[Source]]:
    """Check-ins as far as they may be told by now."""
    stood = check_ins.list_check_ins(line_id, at.real(start_ms), at.real_ms + 1)
    told = [one for one in crowd.told(stood) if one.usable_ms <= at.real_ms]
    if not told:
        return [], []
    events = [_checked_in(one, at, start_ms) for one in told]
    last = max(at.of(one.at_ms) for one in told) // MINUTE_MS * MINUTE_MS
    count = sum(one.wait_ms is None for one in told)
    return events, [Source("colleagues", last, True, count)]


def _checked_in(one: crowd.Told, at: CanteenClock, start_ms: int) -> Event:
    t = max(0.0, (at.of(one.at_ms) - start_ms) / 1000)
    if one.wait_ms is None:
        return Event(t, PHONE, "in", 1.0)
    return Event(t, PHONE, "served", one.wait_ms * at.speed / 1000)


def _played(line_id: str, at: CanteenClock, start_ms: int) -> list[Event]:
    until = (at.now_ms - start_ms) / 1000
    return [one for one in _lunch(line_id, at.seed or 0) if one.t <= until]


@lru_cache(maxsize=8)
def _lunch(line_id: str, seed: int) -> list[Event]:
    return practice.lunch(practice.seed_of(line_id, seed))


def _and_played(sources: Sequence[Source], events: Sequence[Event], start_ms: int) -> list[Source]:
    """The sources with those of the played lunch; colleagues from three people on, as ever."""
    found = {one.kind: one for one in sources}
    for kind, of in (("counter", ("in", "out")), ("kitchen", ("tap",))):
        times = [one.t for one in events if one.kind in of and one.device != PHONE]
        if times:
            found[kind] = Source(kind, start_ms + int(max(times) * 1000), True)
    phones = [one.t for one in events if one.device == PHONE and one.kind == "in"]
    if len(phones) >= crowd.K:
        last = start_ms + int(max(phones) * 1000)
        found["colleagues"] = Source("colleagues", last, True, len(phones))
    return list(found.values())
