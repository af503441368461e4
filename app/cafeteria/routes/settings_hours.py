"""When a canteen serves: its week, public holidays, days with a rule of their own. The addresses
stand in `settings`."""

from __future__ import annotations

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.routes.settings_page import Wrong, back, get_canteen, page
from app.cafeteria.rules import hours_form
from app.cafeteria.rules.form_words import WORDS, messages
from app.cafeteria.rules.hours_form import Slot
from app.cafeteria.rules.meals import MEALS, WEEKDAYS
from app.cafeteria.rules.special_days import days_of
from app.cafeteria.schemas.settings import DaysForm, HolidaysForm, SpanForm
from app.cafeteria.service import canteens, hours
from app.core.db import transaction


def show(canteen_id: object) -> ResponseReturnValue:
    """The form of the week."""
    canteen = get_canteen(canteen_id)
    known = [
        Slot(one.weekday, one.meal, one.opens, one.closes) for one in places.list_hours(canteen.id)
    ]
    return _form(canteen, hours_form.typed(known), {})


def save(canteen_id: object) -> ResponseReturnValue:
    """Keep the week; with the other button, Monday's hours for all workdays first."""
    canteen, form = get_canteen(canteen_id), request.form.to_dict()
    copies = form.get("act") == "copy"
    form = hours_form.copied(form) if copies else form
    slots, errors = hours_form.read(form)
    if errors:
        return _form(canteen, form, errors)
    with transaction():
        hours.save_week(canteen.id, slots)
    copied = gettext("월요일 시간을 화~금요일에도 넣어 저장했어요.")
    return back(canteen.id, copied if copies else gettext("배식 시간을 저장했어요."), "hours-title")


def _form(
    canteen: CanteenRow, form: Mapping[str, str], errors: Mapping[str, str]
) -> ResponseReturnValue:
    html = render_template(
        "cafeteria/settings_hours.html",
        canteen=canteen,
        form=form,
        errors={place: WORDS[code] for place, code in errors.items()},
        meals=MEALS,
        weekdays=WEEKDAYS,
        field=hours_form.field,
    )
    return html, 422 if errors else 200


def holidays(canteen_id: object) -> ResponseReturnValue:
    """Whether the canteen rests on public holidays."""
    canteen = get_canteen(canteen_id)
    rests = HolidaysForm.model_validate(request.form.to_dict()).rests
    with transaction():
        canteens.rest_on_holidays(canteen.id, rests)
    said = gettext("공휴일에는 쉬는 것으로 저장했어요.")
    said = said if rests else gettext("공휴일에도 배식하는 것으로 저장했어요.")
    return back(canteen.id, said, "days-title")


def add_days(canteen_id: object) -> ResponseReturnValue:
    """Days with a rule of their own."""
    canteen, given = get_canteen(canteen_id), request.form.to_dict()
    try:
        form = DaysForm.model_validate(given)
        errors = _serves_never(canteen, form)
    except ValidationError as error:
        form, errors = None, messages(error)
    if form is None or errors:
        return page(canteen, Wrong("days", given, errors))
    with transaction():
        hours.save_days(canteen.id, form.first, form.last or form.first, form.serves, form.reason)
    return back(canteen.id, gettext("특별한 날을 저장했어요."), "days-title")


def _serves_never(canteen: CanteenRow, form: DaysForm) -> dict[str, str]:
    """To serve on a day needs hours on its weekday."""
    weekdays = {one.weekday for one in places.list_hours(canteen.id)}
    days = days_of(form.first, form.last or form.first)
    if form.serves and not any(one.weekday() in weekdays for one in days):
        return {"first": str(WORDS["no_hours"])}
    return {}


def remove_days(canteen_id: object) -> ResponseReturnValue:
    """Days are like all others again."""
    canteen = get_canteen(canteen_id)
    form = SpanForm.model_validate(request.form.to_dict())
    with transaction():
        hours.remove_days(canteen.id, form.first, form.last or form.first)
    return back(canteen.id, gettext("특별한 날을 지웠어요. 원래 배식 시간대로 해요."), "days-title")
