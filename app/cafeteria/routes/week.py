"""What there is to eat this week and the next, to be read by everybody of the organisation."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import places
from app.cafeteria.routes import menu_table
from app.cafeteria.rules.meals import MEALS
from app.cafeteria.rules.menu_words import monday_of
from app.core import clock
from app.core.guard import get_viewer

bp = Blueprint("canteen_week", __name__, template_folder="../templates")


@bp.get("/canteen/week")
def show() -> ResponseReturnValue:
    """Two weeks of the canteen that is asked for, else of the first."""
    found = places.list_canteens(get_viewer().organisation_id)
    asked = request.args.get("canteen", "")
    canteen = next((one for one in found if one.id == asked), next(iter(found), None))
    today = clock.seoul_day(clock.now())
    return render_template(
        "cafeteria/week.html",
        canteen=canteen, canteens=found, today=today, words=MEALS, named=menu_table.named,
        weeks=menu_table.weeks_of(canteen, monday_of(today)) if canteen else [],
    )  # fmt: skip
