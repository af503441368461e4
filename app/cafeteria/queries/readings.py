"""What counters reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select

from app.cafeteria.models import Device, Reading
from app.core import db

FOR_EVER = 2**62


@dataclass(frozen=True)
class ReadingRow:
    """A reading as it counts: of a counter that is mounted the wrong way round (`swapped`), the
    entries and exits are already put right. `at_ms` is by our clock; `why_not` says why it does
    not count, None when it does."""

    device_id: str
    line_id: str
    measures: str
    period_s: int
    swapped: bool
    seq: int
    at_ms: int
    received_ms: int
    entered: int | None
    left: int | None
    people: int | None
    level: int | None
    skew_ms: int
    why_not: str | None


@dataclass(frozen=True)
class MinuteRow:
    """People whom a counter saw come in and go out in a minute (Unix minutes), put right."""

    device_id: str
    line_id: str
    minute: int
    entered: int
    left: int


_ENTERED = case((Device.swapped, Reading.left), else_=Reading.entered)
_LEFT = case((Device.swapped, Reading.entered), else_=Reading.left)
_READING = select(
    Reading.device_id, Device.line_id, Device.measures, Device.period_s, Device.swapped,
    Reading.seq, Reading.at_ms, Reading.received_ms, _ENTERED, _LEFT, Reading.people,
    Reading.level, Reading.at_ms - Reading.told_ms, Reading.why_not,
).join(Device, Device.id == Reading.device_id)  # fmt: skip


def list_readings(line_id: str, since_ms: int, until_ms: int) -> list[ReadingRow]:
    """What counts of a line from a time on and before another, by time and number. What a counter
    reported before it was revoked still counts; what was told as a test, or cannot be, does not."""
    return list_readings_of([line_id], since_ms, until_ms)


def list_readings_of(line_ids: Sequence[str], since_ms: int, until_ms: int) -> list[ReadingRow]:
    """The same of several lines."""
    mine = _READING.where(Device.line_id.in_(line_ids), Reading.why_not.is_(None))
    between = mine.where(Reading.at_ms >= since_ms, Reading.at_ms < until_ms)
    order = (Reading.at_ms, Reading.seq, Reading.device_id)
    return [ReadingRow(*row) for row in db.rows(between.order_by(*order))]


def list_latest(device_id: str, most: int) -> list[ReadingRow]:
    """The last readings of a counter, whether they count or not, the newest first."""
    newest = (Reading.at_ms.desc(), Reading.seq.desc())
    mine = _READING.where(Reading.device_id == device_id).order_by(*newest).limit(most)
    return [ReadingRow(*row) for row in db.rows(mine)]


def list_minutes(
    line_ids: Sequence[str], since_ms: int, until_ms: int = FOR_EVER
) -> list[MinuteRow]:
    """How many people the counters of some lines saw from a time on and before another, minute by
    minute, where anybody passed."""
    whole = Reading.at_ms // 60_000
    sums = (func.sum(func.coalesce(_ENTERED, 0)), func.sum(func.coalesce(_LEFT, 0)))
    found = (
        select(Reading.device_id, Device.line_id, whole, *sums)
        .join(Device, Device.id == Reading.device_id)
        .where(
            Device.line_id.in_(line_ids),
            Reading.why_not.is_(None),
            Reading.at_ms >= since_ms,
            Reading.at_ms < until_ms,
        )
        .group_by(Reading.device_id, Device.line_id, whole)
        .having(sums[0] + sums[1] > 0)
        .order_by(whole)
    )
    return [
        MinuteRow(device, line, int(at), int(entered), int(left))
        for device, line, at, entered, left in db.rows(found)
    ]


def find_digests(device_id: str, numbers: Sequence[int]) -> dict[int, bytes]:
    """What is stored of a counter under these numbers: the digest of each that is."""
    asked = select(Reading.seq, Reading.digest)
    mine = asked.where(Reading.device_id == device_id, Reading.seq.in_(numbers))
    return {seq: bytes(digest) for seq, digest in db.rows(mine)}


def list_times(device_id: str, before_seq: int, most: int) -> list[tuple[Any, ...]]:
    """`(told_ms, received_ms)` of the last readings of a counter with a lower number, the highest
    first: in the order in which its clock told them, whenever they came."""
    asked = select(Reading.told_ms, Reading.received_ms)
    mine = asked.where(Reading.device_id == device_id, Reading.seq < before_seq)
    return db.rows(mine.order_by(Reading.seq.desc()).limit(most))


def find_last_seq(device_id: str, before_ms: int) -> int | None:
    """The highest number of a counter's readings from before a moment; None when there is none."""
    mine = (Reading.device_id == device_id, Reading.at_ms < before_ms)
    found: int | None = db.value(select(func.max(Reading.seq)).where(*mine))
    return found


def list_passed(device_id: str, since_ms: int, until_ms: int) -> list[tuple[Any, ...]]:
    """`(at_ms, people)` of the readings of a counter in a time, and of the last one before it, in
    order of time: the larger of entries and exits, 0 where they do not count."""
    larger = func.max(func.coalesce(Reading.entered, 0), func.coalesce(Reading.left, 0))
    people = case((Reading.why_not.is_(None), larger), else_=0)
    mine = select(Reading.at_ms, people).where(Reading.device_id == device_id)
    before = mine.where(Reading.at_ms < since_ms).order_by(Reading.at_ms.desc()).limit(1)
    within = mine.where(Reading.at_ms >= since_ms, Reading.at_ms <= until_ms)
    return [*db.rows(before), *db.rows(within.order_by(Reading.at_ms))]


def list_all_devices() -> list[str]:
    """Every counter that ever reported, of every organisation: for the worker."""
    return [str(one) for one in db.values(select(Device.id).where(Device.seen_ms.is_not(None)))]
