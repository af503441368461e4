"""The kitchen's five buttons, by a link without an account."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import places
from app.cafeteria.queries import taps as taps_q
from app.cafeteria.queries.links import LinkRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.routes import presses
from app.cafeteria.routes.opened import open_link
from app.cafeteria.schemas.presses import AgoIn, TapIn, UndoIn
from app.cafeteria.service import links, panel, taps
from app.core.db import transaction

bp = Blueprint("canteen_kiosk", __name__, template_folder="../templates")
KIND = "kiosk"


@bp.get("/canteen/kiosk/<link>")
def show(link: str) -> ResponseReturnValue:
    """The buttons; the same for everyone, whoever is signed in."""
    found = open_link(link, KIND)
    canteen = places.get_canteen(found.organisation_id, found.canteen_id)
    with transaction():
        links.note_use(found)
    shown = panel.describe(canteen, request.args.get("line", ""))
    api = f"/api/canteen/taps/{link}"
    ways = {"action": f"/canteen/kiosk/{link}", "api": api, "states": api}
    answer = make_response(render_template("cafeteria/kiosk.html", panel=shown, **ways))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/canteen/kiosk/<link>")
def press(link: str) -> ResponseReturnValue:
    """A press without JavaScript."""
    found = open_link(link, KIND)
    asked = presses.from_form(request.form)
    _take(found, asked)
    return redirect(f"/canteen/kiosk/{link}?line={asked.line_id}", 303)


@bp.post("/canteen/kiosk/<link>/undo")
def undo_press(link: str) -> ResponseReturnValue:
    """Take a press back without JavaScript."""
    found = open_link(link, KIND)
    tap = UndoIn.model_validate(request.form.to_dict()).tap
    line_id = _undo(found, str(tap), 0)
    return redirect(f"/canteen/kiosk/{link}?line={line_id}", 303)


@bp.get("/api/canteen/taps/<link>")
def states(link: str) -> ResponseReturnValue:
    """How the lines are: the phone on the wall asks now and then."""
    return {"states": _states(open_link(link, KIND))}


@bp.post("/api/canteen/taps/<link>")
def tap(link: str) -> ResponseReturnValue:
    """A press; the same one again is known."""
    found = open_link(link, KIND)
    kept, known = _take(found, TapIn.model_validate(request.get_json()))
    return presses.told(kept, known, _states(found))


@bp.post("/api/canteen/taps/<link>/<uuid:tap_id>/undo")
def undo(link: str, tap_id: object) -> ResponseReturnValue:
    """Take a press back."""
    found = open_link(link, KIND)
    _undo(found, str(tap_id), AgoIn.model_validate(request.get_json()).ago_ms)
    return {"undone": True, "states": _states(found)}


def _states(link: LinkRow) -> dict[str, str]:
    return panel.states_of(places.get_canteen(link.organisation_id, link.canteen_id))


def _take(link: LinkRow, asked: TapIn) -> tuple[TapRow, bool]:
    line = places.get_line(link.organisation_id, str(asked.line_id))
    presses.check_canteen(line, link.canteen_id)
    with transaction():
        links.note_use(link)
        return taps.tap(line, asked.kind, asked.people, asked.ago_ms, str(asked.id), KIND)


def _undo(link: LinkRow, tap_id: str, ago_ms: int) -> str:
    """Take a press back; its line."""
    with transaction():
        pressed = taps_q.get_tap(link.organisation_id, tap_id, link.canteen_id)
        taps.undo(pressed, ago_ms)
    return pressed.line_id
