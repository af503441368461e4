"""What there is to eat: two weeks at a glance, written by hand; files and pasted tables stand in
`menu_files`."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.routes import menu_files, menu_table
from app.cafeteria.rules.form_words import messages
from app.cafeteria.rules.meals import MEALS
from app.cafeteria.rules.menu_problems import UndoTooLate
from app.cafeteria.rules.menu_words import monday_of
from app.cafeteria.schemas.menus import MealForm, MealKey, WeekAsked
from app.cafeteria.service import menus
from app.cafeteria.service.menu_undo import Step
from app.cafeteria.service.menus import Wanted
from app.core import clock, guard
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_menus", __name__, template_folder="../templates")
ONE = "/canteen/menus/<uuid:canteen_id>"
bp.add_url_rule(f"{ONE}/bring", view_func=menu_files.ask)
bp.add_url_rule(f"{ONE}/bring", view_func=menu_files.bring, methods=["POST"])
bp.add_url_rule(f"{ONE}/bring/save", view_func=menu_files.save_brought, methods=["POST"])


@bp.get("/canteen/menus")
def show() -> ResponseReturnValue:
    """Two weeks of the first canteen."""
    found = places.list_canteens(get_viewer().organisation_id)
    return _table(found[0]) if found else render_template("cafeteria/menus_none.html")


@bp.get(ONE)
def one(canteen_id: object) -> ResponseReturnValue:
    """Two weeks of a canteen."""
    return _table(_canteen(canteen_id))


def _table(canteen: CanteenRow) -> ResponseReturnValue:
    today = clock.seoul_day(clock.now())
    monday = _week(today)
    return render_template(
        "cafeteria/menus.html",
        canteen=canteen,
        canteens=places.list_canteens(canteen.organisation_id),
        weeks=menu_table.weeks_of(canteen, monday),
        monday=monday,
        this_monday=monday_of(today),
        step=menu_table.WEEK,
        today=today,
        changed=_changed(canteen.id),
        undo=request.args.get("undo", ""),
        words=MEALS,
        named=menu_table.named,
        shown_day=menu_table.shown_day,
    )


def _week(today: date) -> date:
    """The Monday of the week that is asked for; of this one when none is."""
    try:
        return WeekAsked.model_validate(request.args.to_dict()).week
    except ValidationError:
        return monday_of(today)


def _changed(canteen_id: str) -> list[Step]:
    """What was just removed or brought in, as far as it can still be taken back."""
    try:
        return menus.list_undone(canteen_id, request.args.get("undo", ""))
    except UndoTooLate:
        return []


@bp.get(f"{ONE}/meal")
def edit(canteen_id: object) -> ResponseReturnValue:
    """The form of one meal."""
    canteen = _canteen(canteen_id)
    key = MealKey.model_validate(request.args.to_dict())
    known = menus.find_menu(canteen.id, key.day, key.meal)
    return _form(canteen, key, "\n".join(known.items) if known else "", {})


@bp.post(f"{ONE}/meal")
@guard.limit(60, by=guard.asking_person)
def save(canteen_id: object) -> ResponseReturnValue:
    """Write down what there is at one meal."""
    canteen, given = _canteen(canteen_id), request.form.to_dict()
    try:
        form = MealForm.model_validate(given)
    except ValidationError as error:
        key = MealKey.model_validate(given)
        return _form(canteen, key, given.get("items", ""), messages(error))
    with transaction():
        menus.save_menu(canteen.id, Wanted(form.day, form.meal, form.items))
    flash(gettext("메뉴를 저장했어요."))
    return _back(canteen, form.day)


def _form(
    canteen: CanteenRow, key: MealKey, items: str, errors: dict[str, str]
) -> ResponseReturnValue:
    html = render_template(
        "cafeteria/menu_meal.html",
        canteen=canteen,
        key=key,
        items=items,
        errors=errors,
        known=menus.find_menu(canteen.id, key.day, key.meal),
        week=monday_of(key.day),
        words=MEALS,
        named=menu_table.named,
    )
    return html, 422 if errors else 200


@bp.post(f"{ONE}/meal/remove")
def remove(canteen_id: object) -> ResponseReturnValue:
    """Take a meal's menu away; the table offers to put it back."""
    canteen = _canteen(canteen_id)
    key = MealKey.model_validate(request.form.to_dict())
    with transaction():
        undo = menus.remove_menu(canteen.id, key.day, key.meal)
    flash(gettext("메뉴를 지웠어요."))
    return _back(canteen, key.day, undo=undo)


@bp.post(f"{ONE}/undo")
def undo(canteen_id: object) -> ResponseReturnValue:
    """Take a change of menus back: a meal that was removed, or a menu sheet that was brought."""
    canteen, text = _canteen(canteen_id), request.form.get("undo", "")
    with transaction():
        back, kept = menus.put_back(canteen.id, text)
    if back:
        flash(gettext("%(count)s끼를 되돌렸어요.", count=len(back)))
    if kept:
        flash(gettext("그 사이 다른 메뉴가 적힌 %(count)s끼는 그대로 두었어요.", count=kept))
    day = min((one.day for one in back), default="")
    return _back(canteen, date.fromisoformat(day) if day else clock.seoul_day(clock.now()))


def _canteen(canteen_id: object) -> CanteenRow:
    return places.get_canteen(get_viewer().organisation_id, str(canteen_id))


def _back(canteen: CanteenRow, day: date, **more: Any) -> ResponseReturnValue:
    return redirect(menu_files.table_url(canteen.id, day, **more), 303)
