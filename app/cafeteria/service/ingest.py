"""Taking in what counters send.

The dangers removed here: a forged report (each is signed; whether the signature is wrong or the
counter unknown is not said, and nothing is written), one that comes twice (it counts once), and a
number that was used for something else (refused: two devices share a secret).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, update
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Device, Reading
from app.cafeteria.queries import devices as devices_q
from app.cafeteria.queries import readings as readings_q
from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.rules import feed, passing
from app.cafeteria.rules.feed import Earlier, Told
from app.cafeteria.rules.feed_refusals import SeqReused, Unsigned
from app.cafeteria.rules.passing import Passed
from app.core import db, http, keys

SIGNATURE: Final = re.compile(r"v1=([0-9a-fA-F]{64})", re.ASCII)


@dataclass(frozen=True)
class Taken:
    """What became of a request: readings that are new, of them those that cannot be true, and those
    that were known."""

    accepted: int
    doubtful: int
    known: int
    testing: bool


def authenticate(device_id: str, body: bytes, signature: str) -> DeviceRow:
    """The counter that signed a body.

    Args:
        device_id: which one it says it is.
        body: the bytes as they came.
        signature: "v1=" and the hex HMAC-SHA-256 of the body under the counter's secret.

    Raises:
        Unsigned: it did not, or there is no such counter, or it was revoked.
    """
    found = devices_q.find_working(device_id)
    master = http.secrets().rows
    if found is None:  # as much work as for a known one
        key = keys.keyed_tag(master, b"no counter " + device_id.encode(), 32).hex().encode()
    else:
        key = keys.open_row(master, device_id, found[1].wrapped, found[1].sealed)
    given = SIGNATURE.fullmatch(signature)
    told = bytes.fromhex(given[1]) if given else bytes(32)
    right = hmac.compare_digest(hmac.digest(key, body, hashlib.sha256), told)
    if found is None or not right:
        raise Unsigned
    return found[0]


def store(device: DeviceRow, told: Sequence[Told], sent_ms: int | None, received_ms: int) -> Taken:
    """Keep what a counter told, all of it or nothing, in the open transaction.

    Args:
        device: which counter; its signature was checked.
        told: its readings; no number stands there twice.
        sent_ms: what its clock showed when it sent them, if it said so.
        received_ms: when they came.

    Raises:
        SeqReused: a number was used for another reading, or is as old as those that were forgotten.
        ClockAhead, TooOld: a reading is not of the last day.
    """
    fresh = _unknown(device, told)
    testing = device.is_testing(received_ms // 1000)
    if not fresh:
        return Taken(0, 0, len(told), testing)
    skew = _skew(device, fresh, sent_ms, received_ms)
    rows = _rows(device, fresh, skew, received_ms)
    db.run_many(insert(Reading).on_conflict_do_nothing(), rows)
    seqs = [one.seq for one in fresh] + [device.last_seq or 0]
    values = {"seen_ms": received_ms, "last_seq": max(seqs), "skew_ms": skew}
    db.run(update(Device).where(Device.id == device.id).values(values))
    doubtful = sum(row["why_not"] == "absurd" for row in rows)
    return Taken(len(rows), doubtful, len(told) - len(rows), testing)


def _unknown(device: DeviceRow, told: Sequence[Told]) -> list[Told]:
    """The readings that are not stored yet, by number. What has a number of those that were
    forgotten may be one of them, recorded and sent again with its signature."""
    floor = -1 if device.forgotten_seq is None else device.forgotten_seq
    stored = readings_q.find_digests(device.id, [one.seq for one in told])
    for one in told:
        is_known = one.seq in stored
        if stored.get(one.seq, one.digest) != one.digest or (one.seq <= floor and not is_known):
            raise SeqReused(place=one.place, seq=one.seq)
    return sorted((one for one in told if one.seq not in stored), key=lambda one: one.seq)


def _skew(
    device: DeviceRow, fresh: Sequence[Told], sent_ms: int | None, received_ms: int
) -> int | None:
    """By how much its clock is behind ours; None when it never said anything of it."""
    exact = None if sent_ms is None else received_ms - sent_ms
    for one in fresh:
        if exact is None:
            feed.check_time(one, device.skew_ms or 0, received_ms)
        else:
            feed.check_time(one, exact, received_ms, exact=True)
    if exact is not None:
        return exact
    times = readings_q.list_times(device.id, fresh[-1].seq, feed.LEARNED_FROM)
    learned = feed.learn_skew(fresh, received_ms, [Earlier(*row) for row in times])
    return device.skew_ms if learned is None else learned


def _rows(
    device: DeviceRow, fresh: Sequence[Told], skew: int | None, received_ms: int
) -> list[dict[str, Any]]:
    testing = device.is_testing(received_ms // 1000)
    moments = [feed.moment(one, skew or 0, received_ms) for one in fresh]
    absurd = _absurd(device, fresh, moments)
    return [
        {
            "device_id": device.id, "seq": one.seq, "at_ms": at_ms,
            "told_ms": received_ms if one.told_ms is None else one.told_ms,
            "received_ms": received_ms, "entered": one.entered, "left": one.left,
            "people": one.people, "level": one.level, "digest": one.digest,
            "why_not": "test" if testing else "absurd" if is_absurd else None,
        }
        for one, at_ms, is_absurd in zip(fresh, moments, absurd, strict=True)
    ]  # fmt: skip


def _absurd(device: DeviceRow, fresh: Sequence[Told], moments: Sequence[int]) -> list[bool]:
    """Which readings cannot be true."""
    since, until = min(moments) - passing.AROUND_MS, max(moments) + passing.AROUND_MS
    near = [Passed(*row) for row in readings_q.list_passed(device.id, since, until)]
    told = [Passed(at_ms, one.passed) for one, at_ms in zip(fresh, moments, strict=True)]
    too_much = passing.judge(told, near, device.period_s)
    return [feed.is_absurd(one) or many for one, many in zip(fresh, too_much, strict=True)]


def note_forgotten(device_id: str, before_ms: int) -> None:
    """Write down the highest number of a counter's readings from before a moment, which are about
    to be deleted (open transaction): what was recorded on its way counts no second time."""
    last = readings_q.find_last_seq(device_id, before_ms)
    if last is not None:
        higher = func.max(func.coalesce(Device.forgotten_seq, last), last)
        db.run(update(Device).where(Device.id == device_id).values(forgotten_seq=higher))
