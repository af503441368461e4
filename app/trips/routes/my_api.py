"""A person's own stamps."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.guard import get_viewer
from app.trips.queries import stamps as stamps_q
from app.trips.rules.typed import month_bounds
from app.trips.service import present, seals

bp = Blueprint("my_api", __name__)


@bp.get("/api/stamps")
def list_mine() -> ResponseReturnValue:
    """The person's stamps of a month (YYYY-MM, Korean time; this month unless said)."""
    viewer = get_viewer()
    month = request.args.get("month", "") or clock.in_seoul(clock.now()).strftime("%Y-%m")
    first, after = month_bounds(month)
    rows = stamps_q.list_own_stamps(
        viewer.person_id, clock.day_start(first), clock.day_start(after)
    )
    return jsonify(
        month=month,
        months=stamps_q.list_own_months(viewer.person_id),
        stamps=[present.stamp_json(row) for row in rows],
    )


@bp.get("/api/stamps/<uuid:stamp_id>/point")
def my_point(stamp_id: object) -> ResponseReturnValue:
    """Where one of the person's own stamps was made, for their sketch map."""
    viewer = get_viewer()
    row = stamps_q.get_own_stamp(viewer.person_id, str(stamp_id))
    fix = seals.get_claims(viewer.organisation_id, row.id).fix
    return jsonify(lat=fix.lat, lon=fix.lon, accuracy=fix.accuracy)
