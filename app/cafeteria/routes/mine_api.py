"""What a signed-in person's pages ask: their canteens, check-ins, wishes.

Who checked in is known to their phone only: the id stands in its memory and in its session's
cookie, so that a session has one check-in for a line and meal, and nowhere beside a person.
"""

from __future__ import annotations

from flask import Blueprint, jsonify, request, session
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import check_ins as check_ins_q
from app.cafeteria.queries import places
from app.cafeteria.queries import wishes as wishes_q
from app.cafeteria.queries.check_ins import CheckInRow
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.rules.presses import CHECK_IN_LIVES_MS
from app.cafeteria.schemas.presses import AgoIn, CheckInIn, ReplayIn, WishIn
from app.cafeteria.service import addresses, check_ins, practice, wishes
from app.cafeteria.service.standing import STANDING
from app.core import clock, guard
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_mine", __name__)
STOOD = "canteen_stood"  # in the session: by line, the check-in's id and until when it is the one


@bp.get("/api/canteen/mine")
def mine() -> ResponseReturnValue:
    """The canteens of the person's organisation, and where what is going on in them is asked."""
    viewer = get_viewer()
    wanted = wishes_q.list_minutes(viewer.person_id, wishes.today())
    shown = [
        _shown(one) | {"wish": wanted.get(one.id)}
        for one in places.list_canteens(viewer.organisation_id)
    ]
    can_manage = viewer.role == "administrator"
    return jsonify(
        canteens=shown, can_tap=can_manage or viewer.role == "canteen", can_manage=can_manage
    )


def _shown(canteen: CanteenRow) -> dict[str, object]:
    token = addresses.live_token(canteen.id)
    lines = [{"id": one.id, "name": one.name} for one in places.list_lines(canteen.id)]
    return {
        "id": canteen.id, "name": canteen.name, "lines": lines,
        "live": f"/api/canteen/live/{token}", "chart": f"/api/canteen/chart/{token}",
    }  # fmt: skip


@bp.post("/api/canteen/check-ins")
@guard.limit(6, by=guard.asking_person)
def join() -> ResponseReturnValue:
    """Somebody joined a line; a session's second time at a meal answers the first one."""
    asked = CheckInIn.model_validate(request.get_json())
    line = places.get_line(get_viewer().organisation_id, str(asked.line_id))
    person_id, now = get_viewer().person_id, clock.now()
    with transaction():
        first = _first(line.id, STANDING.find(person_id, line.id, now)) or str(asked.id)
        row, known = check_ins.join(line, first, asked.ago_ms)
    until = row.joined_ms // 1000 + CHECK_IN_LIVES_MS // 1000
    STANDING.note(person_id, line.id, row.id, until, now)
    session[STOOD] = _living() | {line.id: [row.id, until]}
    return jsonify(check_in=_told(row), known=known)


@bp.post("/api/canteen/check-ins/<uuid:check_in_id>/served")
@guard.limit(12, by=guard.asking_person)
def served(check_in_id: object) -> ResponseReturnValue:
    """They were served."""
    row = _row(check_in_id)
    asked = AgoIn.model_validate(request.get_json())
    with transaction():
        row = check_ins.served(_row(check_in_id), asked.ago_ms)
    return jsonify(check_in=_told(row))


@bp.delete("/api/canteen/check-ins/<uuid:check_in_id>")
@guard.limit(12, by=guard.asking_person)
def take_back(check_in_id: object) -> ResponseReturnValue:
    """It was a mistake."""
    row = _row(check_in_id)
    with transaction():
        check_ins.take_back(row)
    STANDING.forget(get_viewer().person_id, row.line_id)
    session[STOOD] = {line: one for line, one in _living().items() if one[0] != row.id}
    return jsonify(check_in=None)


def _row(check_in_id: object) -> CheckInRow:
    return check_ins_q.get_check_in(get_viewer().organisation_id, str(check_in_id))


def _living() -> dict[str, list[str | int]]:
    """What the session remembers and still holds."""
    kept: dict[str, list[str | int]] = session.get(STOOD, {})
    return {line: one for line, one in kept.items() if int(one[1]) > clock.now()}


def _first(line_id: str, remembered: str) -> str:
    """The session's check-in of a line at this meal, or the one that the person is remembered to
    have; "" when there is none, or it was taken back."""
    own = str(_living().get(line_id, [""])[0])
    return next((one for one in (own, remembered) if check_ins_q.find_check_in(one)), "")


def _told(row: CheckInRow) -> dict[str, object]:
    return {
        "id": row.id, "line_id": row.line_id, "joined_ms": row.joined_ms,
        "served_ms": row.served_ms,
    }  # fmt: skip


@bp.get("/api/canteen/wishes/<uuid:canteen_id>")
def wished(canteen_id: object) -> ResponseReturnValue:
    """Under how many minutes the person wants to be told today; null when they do not."""
    canteen = _canteen(canteen_id)
    found = wishes_q.list_minutes(get_viewer().person_id, wishes.today())
    return jsonify(minutes=found.get(canteen.id))


@bp.put("/api/canteen/wishes/<uuid:canteen_id>")
@guard.limit(30, by=guard.asking_person)
def wish(canteen_id: object) -> ResponseReturnValue:
    """They want to be told."""
    canteen = _canteen(canteen_id)
    asked = WishIn.model_validate(request.get_json())
    with transaction():
        wishes.wish(get_viewer(), canteen.id, asked.minutes)
    return jsonify(minutes=asked.minutes)


@bp.delete("/api/canteen/wishes/<uuid:canteen_id>")
@guard.limit(30, by=guard.asking_person)
def unwish(canteen_id: object) -> ResponseReturnValue:
    """They do not want to be told any more."""
    canteen = _canteen(canteen_id)
    with transaction():
        wishes.take_back(get_viewer(), canteen.id)
    return jsonify(minutes=None)


@bp.put("/api/canteen/replays/<uuid:canteen_id>")
@guard.limit(30, by=guard.asking_person)
def play(canteen_id: object) -> ResponseReturnValue:
    """Let the demonstration's lunch go on at another speed, or begin anew."""
    canteen = _canteen(canteen_id)
    asked = ReplayIn.model_validate(request.get_json())
    with transaction():
        practice.play(canteen.id, asked.speed, asked.anew)
    return jsonify(speed=asked.speed)


def _canteen(canteen_id: object) -> CanteenRow:
    return places.get_canteen(get_viewer().organisation_id, str(canteen_id))
