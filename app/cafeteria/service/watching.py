"""How counters are: what rules/health.py says of what they reported lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.cafeteria.queries import readings as readings_q
from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.queries.readings import MinuteRow, ReadingRow
from app.cafeteria.rules import health
from app.cafeteria.rules.health import Condition, Minute, Report
from app.core import clock

LATELY_MS: Final = 20 * 60_000
SHOWN: Final = 20


@dataclass(frozen=True)
class Traced:
    """A reading of a counter, and why it does not count ("" when it does)."""

    reading: ReadingRow
    why_not: str


def report_of(row: ReadingRow) -> Report:
    """A reading as the rules see it."""
    return Report(row.at_ms, row.entered, row.left, row.people, row.level)


def states_of(devices: Sequence[DeviceRow]) -> dict[str, str]:
    """What is wrong with each counter, by its id: a code of rules/health.py, or "new" before its
    first report, or "revoked"; "" when it is fine."""
    now_ms = clock.precise() // 1000
    lines = sorted({one.line_id for one in devices})
    lately = readings_q.list_readings_of(lines, now_ms - LATELY_MS, now_ms + 1)
    today_ms = clock.day_start(clock.seoul_day(now_ms // 1000)) * 1000
    minutes = readings_q.list_minutes(lines, today_ms)
    return {one.id: _state(one, lately, minutes, now_ms) for one in devices}


def _state(
    device: DeviceRow, lately: Sequence[ReadingRow], minutes: Sequence[MinuteRow], now_ms: int
) -> str:
    if device.revoked_at is not None:
        return "revoked"
    if device.seen_ms is None and not device.fault:
        return "new"
    event_ms = (device.fault_at or 0) * 1000
    known = Condition(device.period_s, device.seen_ms, device.skew_ms, device.fault or "", event_ms)
    own = [report_of(one) for one in lately if one.device_id == device.id]
    others = [
        report_of(one)
        for one in lately
        if one.line_id == device.line_id and one.device_id != device.id
    ]
    return health.judge(known, own, now_ms, others, _passed(device, minutes))


def _passed(device: DeviceRow, minutes: Sequence[MinuteRow]) -> list[Minute]:
    """Who passed a counter that sees both ways, minute by minute; of another one, its line."""
    if device.measures in {"people", "level"}:
        return []
    both = device.measures == "both"
    sums: dict[int, tuple[int, int]] = {}
    for one in minutes:
        if one.device_id == device.id if both else one.line_id == device.line_id:
            entered, left = sums.get(one.minute, (0, 0))
            sums[one.minute] = entered + one.entered, left + one.left
    return [Minute(minute, *sums[minute]) for minute in sorted(sums)]


def trace(device: DeviceRow) -> list[Traced]:
    """The last readings of a counter, the newest first, and which of them count."""
    found = readings_q.list_latest(device.id, SHOWN + 2 * health.SAME_AFTER_FEW)
    counted = [one for one in reversed(found) if one.why_not is None]
    reports = [report_of(one) for one in counted]
    pairs = zip(counted, health.doubts(reports), strict=True)
    doubted = {one.seq: why for one, why in pairs}
    return [Traced(one, one.why_not or doubted[one.seq]) for one in found[:SHOWN]]
