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

from sqlalchemy import update
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Device, Reading
from app.cafeteria.queries import devices as devices_q
from app.cafeteria.queries import readings as readings_q
from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.rules import feed
from app.cafeteria.rules.feed import Earlier, Told
from app.cafeteria.rules.feed_refusals import SeqReused, Unsigned
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
        SeqReused: a number was used for another reading.
        ClockAhead, TooOld: a reading is not of the last day.
    """
    fresh = _unknown(device.id, told)
    testing = device.is_testing(received_ms // 1000)
    if not fresh:
        return Taken(0, 0, len(told), testing)
    times = readings_q.list_times(device.id, feed.LEARNED_FROM)
    earlier = [Earlier(*row) for row in times]
    skew = _skew(device, fresh, sent_ms, received_ms, earlier)
    last_ms = earlier[0].at_ms if earlier else None
    rows = _rows(device, fresh, skew, received_ms, last_ms)
    db.run_many(insert(Reading).on_conflict_do_nothing(), rows)
    seqs = [one.seq for one in fresh] + [device.last_seq or 0]
    values = {"seen_ms": received_ms, "last_seq": max(seqs), "skew_ms": skew}
    db.run(update(Device).where(Device.id == device.id).values(values))
    doubtful = sum(row["why_not"] == "absurd" for row in rows)
    return Taken(len(rows), doubtful, len(told) - len(rows), testing)


def _unknown(device_id: str, told: Sequence[Told]) -> list[Told]:
    """The readings that are not stored yet, by number."""
    stored = readings_q.find_digests(device_id, [one.seq for one in told])
    for one in told:
        if stored.get(one.seq, one.digest) != one.digest:
            raise SeqReused(place=one.place, seq=one.seq)
    return sorted((one for one in told if one.seq not in stored), key=lambda one: one.seq)


def _skew(
    device: DeviceRow, fresh: Sequence[Told], sent_ms: int | None, received_ms: int,
    earlier: Sequence[Earlier],
) -> int | None:  # fmt: skip
    """By how much its clock is behind ours; None when it never said anything of it."""
    exact = None if sent_ms is None else received_ms - sent_ms
    expected = exact if exact is not None else device.skew_ms or 0
    for one in fresh:
        feed.check_time(one, expected, received_ms)
    if exact is not None:
        return exact
    learned = feed.learn_skew(fresh, received_ms, earlier)
    return device.skew_ms if learned is None else learned


def _rows(
    device: DeviceRow, fresh: Sequence[Told], skew: int | None, received_ms: int,
    last_ms: int | None,
) -> list[dict[str, Any]]:  # fmt: skip
    rows: list[dict[str, Any]] = []
    testing = device.is_testing(received_ms // 1000)
    for one in fresh:
        at_ms = feed.moment(one, skew or 0, received_ms)
        since = 0.0 if last_ms is None else (at_ms - last_ms) / 1000
        absurd = feed.is_absurd(one, max(float(device.period_s), since))
        why_not = "test" if testing else "absurd" if absurd else None
        rows.append(
            {
                "device_id": device.id, "seq": one.seq, "at_ms": at_ms,
                "told_ms": received_ms if one.told_ms is None else one.told_ms,
                "received_ms": received_ms, "entered": one.entered, "left": one.left,
                "people": one.people, "level": one.level, "digest": one.digest,
                "why_not": why_not,
            }
        )  # fmt: skip
        last_ms = at_ms
    return rows
