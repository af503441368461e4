"""Counters of the canteens."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, Device, Line
from app.core import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class DeviceRow:
    """A counter, without its secret. `test_until`, `fault_at`, `created_at` and `revoked_at` are
    Unix seconds."""

    id: str
    line_id: str
    line_name: str
    canteen_id: str
    canteen_name: str
    name: str
    measures: str
    period_s: int
    created_at: int
    revoked_at: int | None
    seen_ms: int | None
    last_seq: int | None
    forgotten_seq: int | None
    skew_ms: int | None
    test_until: int | None
    swapped: bool
    fault: str | None
    fault_at: int | None

    def is_testing(self, now: int) -> bool:
        """Whether what it sends at that second (Unix) counts for nothing."""
        return self.test_until is not None and self.test_until > now


@dataclass(frozen=True)
class SealedKey:
    """A counter's secret as it is stored."""

    wrapped: bytes
    sealed: bytes


_DEVICE = (
    select(
        Device.id, Device.line_id, Line.name, Line.canteen_id, Canteen.name, Device.name,
        Device.measures, Device.period_s, Device.created_at, Device.revoked_at, Device.seen_ms,
        Device.last_seq, Device.forgotten_seq, Device.skew_ms, Device.test_until, Device.swapped,
        Device.fault, Device.fault_at,
    )
    .join(Line, Line.id == Device.line_id)
    .join(Canteen, Canteen.id == Line.canteen_id)
    .where(Line.removed_at.is_(None), Canteen.removed_at.is_(None))
)  # fmt: skip


def find_working(device_id: str) -> tuple[DeviceRow, SealedKey] | None:
    """A counter that may report, of whatever organisation, and its secret; None when there is none,
    or it was revoked, or its line or canteen was removed."""
    more = _DEVICE.add_columns(Device.key_wrapped, Device.key_sealed)
    row = db.first(more.where(Device.id == device_id, Device.revoked_at.is_(None)))
    return None if row is None else (DeviceRow(*row[:-2]), SealedKey(*row[-2:]))


def get_device(organisation_id: str, device_id: str) -> DeviceRow:
    """A counter of an organisation, revoked or not.

    Raises:
        NotFound: there is none of that id, or it is another organisation's.
    """
    mine = (Canteen.organisation_id == organisation_id, Device.id == device_id)
    row = db.first(_DEVICE.where(*mine))
    if row is None:
        raise NotFound
    return DeviceRow(*row)


def list_devices(organisation_id: str) -> list[DeviceRow]:
    """Every counter of an organisation by canteen and line, those that were revoked last."""
    order = (
        Canteen.created_at, Canteen.id, Line.position, Line.id, Device.revoked_at.is_not(None),
        Device.created_at, Device.id,
    )  # fmt: skip
    mine = _DEVICE.where(Canteen.organisation_id == organisation_id)
    return [DeviceRow(*row) for row in db.rows(mine.order_by(*order))]
