"""Whether anything was reported of a canteen since it was last looked at."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, func, select

from app.cafeteria.models import CheckIn, Device, Line, Reading, Tap
from app.core import db

_LINES = select(Line.id).where(Line.canteen_id == bindparam("canteen_id"))
_SINCE: BindParameter[int] = bindparam("since")
_READINGS = (
    select(func.count(), func.max(Reading.received_ms))
    .join(Device, Device.id == Reading.device_id)
    .where(Device.line_id.in_(_LINES), Reading.at_ms >= _SINCE)
)
_TAPS = select(func.count(), func.count(Tap.undone_ms)).where(
    Tap.line_id.in_(_LINES), Tap.at_ms >= _SINCE
)
_CHECK_INS = select(func.count(), func.count(CheckIn.served_ms)).where(
    CheckIn.line_id.in_(_LINES), CheckIn.joined_ms >= _SINCE
)


def find_mark(canteen_id: str, since_ms: int) -> tuple[object, ...]:
    """Something that differs whenever more was reported, or something was taken back."""
    given = {"canteen_id": canteen_id, "since": since_ms}
    found = [db.first(one, given) for one in (_READINGS, _TAPS, _CHECK_INS)]
    return tuple(value for row in found for value in row or ())


def list_counters(line_id: str) -> list[tuple[str, str]]:
    """The counters of a line that may report: each one's id and what it measures."""
    mine = (Device.line_id == line_id, Device.revoked_at.is_(None))
    found = select(Device.id, Device.measures).where(*mine)
    return [(name, told) for name, told in db.rows(found.order_by(Device.created_at, Device.id))]
