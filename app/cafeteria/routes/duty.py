"""The kitchen's buttons for who is signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import places
from app.cafeteria.queries import taps as taps_q
from app.cafeteria.queries.places import LineRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.routes import presses
from app.cafeteria.schemas.presses import AgoIn, TapIn, UndoIn
from app.cafeteria.service import panel, taps
from app.core import guard
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_duty", __name__, template_folder="../templates")
SOURCE = "duty"
WAYS = {"action": "/canteen/duty", "api": "/api/canteen/duty/taps"}


@bp.get("/canteen/duty")
def show() -> ResponseReturnValue:
    """The buttons of a canteen of the organisation."""
    canteens = places.list_canteens(get_viewer().organisation_id)
    asked = request.args.get("canteen", "")
    canteen = next((one for one in canteens if one.id == asked), next(iter(canteens), None))
    shown = canteen and panel.describe(canteen, request.args.get("line", ""))
    asks = f"{WAYS['api']}?canteen={canteen.id}" if canteen else ""
    return render_template(
        "cafeteria/duty.html", canteens=canteens, panel=shown, states=asks, **WAYS
    )


@bp.post("/canteen/duty")
@guard.limit(120, by=guard.asking_person)
def press() -> ResponseReturnValue:
    """A press without JavaScript."""
    asked = presses.from_form(request.form)
    line = places.get_line(get_viewer().organisation_id, str(asked.line_id))
    _take(line, asked)
    return _back(line)


@bp.post("/canteen/duty/undo")
@guard.limit(120, by=guard.asking_person)
def undo_press() -> ResponseReturnValue:
    """Take a press back without JavaScript."""
    tap_id = str(UndoIn.model_validate(request.form.to_dict()).tap)
    with transaction():
        pressed = taps_q.get_tap(get_viewer().organisation_id, tap_id)
        taps.undo(pressed, 0)
    return _back(places.get_line(get_viewer().organisation_id, pressed.line_id))


@bp.get("/api/canteen/duty/taps")
@guard.limit(120, by=guard.asking_person)
def states() -> ResponseReturnValue:
    """How the lines of a canteen are."""
    return {"states": _states(request.args.get("canteen", ""))}


@bp.post("/api/canteen/duty/taps")
@guard.limit(120, by=guard.asking_person)
def tap() -> ResponseReturnValue:
    """A press; the same one again is known."""
    asked = TapIn.model_validate(request.get_json())
    line = places.get_line(get_viewer().organisation_id, str(asked.line_id))
    return presses.told(*_take(line, asked), _states(line.canteen_id))


@bp.post("/api/canteen/duty/taps/<uuid:tap_id>/undo")
@guard.limit(120, by=guard.asking_person)
def undo(tap_id: object) -> ResponseReturnValue:
    """Take a press back."""
    with transaction():
        pressed = taps_q.get_tap(get_viewer().organisation_id, str(tap_id))
        taps.undo(pressed, AgoIn.model_validate(request.get_json()).ago_ms)
    line = places.get_line(get_viewer().organisation_id, pressed.line_id)
    return {"undone": True, "states": _states(line.canteen_id)}


def _states(canteen_id: str) -> dict[str, str]:
    return panel.states_of(places.get_canteen(get_viewer().organisation_id, canteen_id))


def _take(line: LineRow, asked: TapIn) -> tuple[TapRow, bool]:
    with transaction():
        return taps.tap(line, asked.kind, asked.people, asked.ago_ms, str(asked.id), SOURCE)


def _back(line: LineRow) -> ResponseReturnValue:
    return redirect(f"/canteen/duty?canteen={line.canteen_id}&line={line.id}", 303)
