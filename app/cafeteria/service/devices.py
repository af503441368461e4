"""Counters: put up, given a secret, tried, turned round, revoked."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, update

from app.cafeteria.models import Device, Reading
from app.cafeteria.queries import devices as devices_q
from app.cafeteria.queries import places
from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.rules.device_refusals import DeviceRevoked
from app.core import clock, db, http, keys
from app.core.guard import Viewer
from app.core.ids import new_id

LOG = logging.getLogger("app.cafeteria.devices")
TEST_S: Final = 300
BEFORE: Final = "before"  # why what it reported at another line, or of another kind, does not count
NOTED_EVERY_S: Final = 60  # a fault that goes on is written down no more often


@dataclass(frozen=True)
class NewDevice:
    """What an administrator says of a counter."""

    line_id: str
    name: str
    measures: str
    period_s: int


def add(viewer: Viewer, given: NewDevice) -> tuple[str, str]:
    """Put up a counter in the open transaction.

    Returns:
        Its id and its secret, which is never shown again.

    Raises:
        NotFound: the line is not the organisation's.
    """
    line = places.get_line(viewer.organisation_id, given.line_id)
    device_id = new_id()
    secret, sealed = _new_secret(device_id)
    row = {
        "id": device_id, "line_id": line.id, "name": given.name, "measures": given.measures,
        "period_s": given.period_s, "created_at": clock.now(), "swapped": False, **sealed,
    }  # fmt: skip
    db.run(insert(Device).values(row))
    _note("counter added", viewer, device_id)
    return device_id, secret


def change(viewer: Viewer, device_id: str, given: NewDevice) -> bool:
    """Correct what was said of a counter (open transaction). At another line, or measuring
    something else, it begins anew: what it reported stays on its page and counts no more.

    Returns:
        Whether it begins anew.

    Raises:
        NotFound: the counter or the line is not the organisation's. DeviceRevoked: it reports no
            more.
    """
    known = _working(viewer, device_id)
    line = places.get_line(viewer.organisation_id, given.line_id)
    values: dict[str, object] = {"name": given.name, "period_s": given.period_s}
    is_anew = (line.id, given.measures) != (known.line_id, known.measures)
    if is_anew:
        counted = (Reading.device_id == device_id, Reading.why_not.is_(None))
        db.run(update(Reading).where(*counted).values(why_not=BEFORE))
        values |= {"line_id": line.id, "measures": given.measures, "fault": None, "fault_at": None}
    _change(device_id, **values)
    _note("counter corrected", viewer, device_id)
    return is_anew


def change_secret(viewer: Viewer, device_id: str) -> str:
    """Give a counter a new secret in the open transaction; the old one ends at once, and with it
    what was said of two devices that share it. Its numbers may begin anew: nothing that was signed
    before opens anything.

    Returns:
        The secret, which is never shown again.

    Raises:
        NotFound: there is none in this organisation. DeviceRevoked: it reports no more.
    """
    _working(viewer, device_id)
    secret, sealed = _new_secret(device_id)
    _change(device_id, **sealed, fault=None, fault_at=None, forgotten_seq=None)
    _note("counter's secret changed", viewer, device_id)
    return secret


def revoke(viewer: Viewer, device_id: str) -> None:
    """Let a counter report no more, for ever (open transaction). What it reported still counts, and
    its secret leaves the disk.

    Raises:
        NotFound: there is none in this organisation.
    """
    if devices_q.get_device(viewer.organisation_id, device_id).revoked_at is None:
        gone = {"key_wrapped": b"", "key_sealed": b""}
        _change(device_id, revoked_at=clock.now(), test_until=None, **gone)
        _note("counter revoked", viewer, device_id)


def set_test(viewer: Viewer, device_id: str, on: bool) -> None:
    """Begin five minutes in which what it sends counts for nothing, or end them (open transaction).

    Raises:
        NotFound: there is none in this organisation. DeviceRevoked: it reports no more.
    """
    _working(viewer, device_id)
    _change(device_id, test_until=clock.now() + TEST_S if on else None)


def swap(viewer: Viewer, device_id: str) -> None:
    """Take its entries for exits from now on, and for all that it reported; or back (open
    transaction).

    Raises:
        NotFound: there is none in this organisation. DeviceRevoked: it reports no more.
    """
    found = _working(viewer, device_id)
    _change(device_id, swapped=not found.swapped)
    _note("counter turned round", viewer, device_id)


def is_worth_noting(device: DeviceRow, fault: str) -> bool:
    """Whether `note_fault` has anything to write: it was not noted within the last minute."""
    return device.fault != fault or clock.now() - (device.fault_at or 0) >= NOTED_EVERY_S


def note_fault(device_id: str, fault: str) -> None:
    """Write down that something happened to a counter (a code of rules/health.py) in the open
    transaction, which is its own: it stays though the request is refused."""
    _change(device_id, fault=fault, fault_at=clock.now())


def _working(viewer: Viewer, device_id: str) -> DeviceRow:
    found = devices_q.get_device(viewer.organisation_id, device_id)
    if found.revoked_at is not None:
        raise DeviceRevoked
    return found


def _new_secret(device_id: str) -> tuple[str, dict[str, bytes]]:
    """A secret (64 hex digits; as text it is the key) and its sealed form."""
    secret = secrets.token_hex(32)
    wrapped, sealed = keys.seal_row(http.secrets().rows, device_id, secret.encode())
    return secret, {"key_wrapped": wrapped, "key_sealed": sealed}


def _change(device_id: str, **values: object) -> None:
    db.run(update(Device).where(Device.id == device_id).values(**values))


def _note(what: str, viewer: Viewer, device_id: str) -> None:
    LOG.info(what, extra={"facts": {"counter": device_id, "by": viewer.person_id}})
