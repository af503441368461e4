"""The administrator's pages of canteens: made, named, removed, put back; and the map of what stands
below them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries import counts, places, removed
from app.cafeteria.routes import settings_hours as hours
from app.cafeteria.routes import settings_lines as lines
from app.cafeteria.routes import settings_links as links
from app.cafeteria.routes.settings_page import NOTHING, Wrong, back, get_canteen, page
from app.cafeteria.rules.form_words import messages
from app.cafeteria.schemas.settings import BasicsForm, CanteenForm
from app.cafeteria.service import canteens
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_settings", __name__, template_folder="../templates")
LIST = "/canteen/settings"
ONE = f"{LIST}/<uuid:canteen_id>"
LINE, LINK = f"{ONE}/lines/<uuid:line_id>", f"{ONE}/links/<uuid:link_id>"
for path, name, view, method in (
    (f"{ONE}/lines", "add_line", lines.add, "POST"),
    (LINE, "change_line", lines.change, "POST"),
    (f"{LINE}/move", "move_line", lines.move, "POST"),
    (f"{LINE}/remove", "remove_line", lines.remove, "POST"),
    (f"{LINE}/put-back", "put_back_line", lines.put_back, "POST"),
    (f"{ONE}/hours", "hours", hours.show, "GET"),
    (f"{ONE}/hours", "save_hours", hours.save, "POST"),
    (f"{ONE}/holidays", "holidays", hours.holidays, "POST"),
    (f"{ONE}/days", "add_days", hours.add_days, "POST"),
    (f"{ONE}/days/remove", "remove_days", hours.remove_days, "POST"),
    (f"{ONE}/links", "add_link", links.add, "POST"),
    (LINK, "link", links.show, "GET"),
    (f"{LINK}/qr.svg", "draw_link", links.draw, "GET"),
    (f"{LINK}/revoke", "revoke_link", links.revoke, "POST"),
):
    bp.add_url_rule(path, name, view, methods=[method])


@bp.get(LIST)
def show() -> ResponseReturnValue:
    """The organisation's canteens, and the form for another one."""
    return _list(NOTHING)


def _list(wrong: Wrong) -> ResponseReturnValue:
    mine = get_viewer().organisation_id
    found = places.list_canteens(mine)
    html = render_template(
        "cafeteria/settings.html",
        canteens=found,
        lines=counts.count_lines(mine),
        removed=removed.list_removed_canteens(mine),
        is_full=len(found) >= canteens.MOST,
        wrong=wrong,
    )
    return html, 422 if wrong.errors else 200


@bp.post(LIST)
def add() -> ResponseReturnValue:
    """A new canteen; its page follows."""
    given = request.form.to_dict()
    try:
        form = CanteenForm.model_validate(given)
    except ValidationError as error:
        return _list(Wrong("new", given, messages(error)))
    with transaction():
        made = canteens.add_canteen(
            get_viewer().organisation_id, form.name, form.people, form.lines
        )
    return back(made, gettext("식당을 만들었어요. 배식 시간과 줄을 확인해 주세요."))


@bp.get(ONE)
def one(canteen_id: object) -> ResponseReturnValue:
    """Everything about one canteen."""
    return page(get_canteen(canteen_id))


@bp.post(ONE)
def change(canteen_id: object) -> ResponseReturnValue:
    """Another name, or another number of people."""
    canteen, given = get_canteen(canteen_id), request.form.to_dict()
    try:
        form = BasicsForm.model_validate(given)
    except ValidationError as error:
        return page(canteen, Wrong("basics", given, messages(error)))
    with transaction():
        canteens.change_canteen(canteen.id, form.name, form.people)
    return back(canteen.id, gettext("저장했어요."))


@bp.post(f"{ONE}/remove")
def remove(canteen_id: object) -> ResponseReturnValue:
    """A canteen goes; the list offers to bring it back."""
    canteen = get_canteen(canteen_id)
    with transaction():
        canteens.remove_canteen(canteen.id)
    said = gettext(
        "‘%(name)s’ 식당을 없앴어요. 아래 ‘없앤 식당’에서 되돌릴 수 있어요.", name=canteen.name
    )
    flash(said)
    return redirect(LIST, 303)


@bp.post(f"{ONE}/put-back")
def put_back(canteen_id: object) -> ResponseReturnValue:
    """A removed canteen is there again, as it was."""
    with transaction():
        canteens.put_back_canteen(get_viewer().organisation_id, str(canteen_id))
    return back(str(canteen_id), gettext("식당을 되돌렸어요."))
