"""Whether anything was reported of a canteen since it was last looked at."""

from __future__ import annotations

from sqlalchemy import BindParameter, bindparam, func, select

from app.cafeteria.models import CheckIn, Device, Line, Reading, Tap
from app.core import db

_OF: BindParameter[list[str]] = bindparam("lines", expanding=True)
_SINCE: BindParameter[int] = bindparam("since")
_READINGS = (
    select(func.count(), func.max(Reading.received_ms))
    .join(Device, Device.id == Reading.device_id)
    .where(Device.line_id.in_(_OF), Reading.at_ms >= _SINCE)
)
_COUNTERS = select(func.count(Device.revoked_at), func.sum(Device.swapped)).where(
    Device.line_id.in_(_OF)
)
_TAPS = select(func.count(), func.count(Tap.undone_ms)).where(
    Tap.line_id.in_(_OF), Tap.at_ms >= _SINCE
)
_CHECK_INS = select(func.count(), func.count(CheckIn.served_ms)).where(
    CheckIn.line_id.in_(_OF), CheckIn.joined_ms >= _SINCE
)


def find_mark(canteen_id: str, since_ms: int) -> tuple[object, ...]:
    """Something that differs whenever more was reported of a canteen, something was taken back, or
    a counter was turned round or revoked."""
    mine = select(Line.id).where(Line.canteen_id == canteen_id, Line.removed_at.is_(None))
    return _mark(db.values(mine.order_by(Line.position, Line.id)), since_ms)


def find_line_mark(line_id: str, since_ms: int) -> tuple[object, ...]:
    """The same of one line."""
    return _mark([line_id], since_ms)


def _mark(lines: list[str], since_ms: int) -> tuple[object, ...]:
    given = {"lines": lines, "since": since_ms}
    found = [db.first(one, given) for one in (_READINGS, _COUNTERS, _TAPS, _CHECK_INS)]
    return (*lines, *(value for row in found for value in row or ()))


def list_counters(line_id: str) -> list[tuple[str, str]]:
    """The counters of a line that may report: each one's id and what it measures."""
    mine = (Device.line_id == line_id, Device.revoked_at.is_(None))
    found = select(Device.id, Device.measures).where(*mine)
    return [(name, told) for name, told in db.rows(found.order_by(Device.created_at, Device.id))]
