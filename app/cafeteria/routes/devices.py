"""Counters: put up, tried, watched, turned round, revoked."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries import devices as devices_q
from app.cafeteria.queries import places
from app.cafeteria.queries.devices import DeviceRow
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.routes import device_guide as guide
from app.cafeteria.routes import device_view as view
from app.cafeteria.rules import device_words as words
from app.cafeteria.rules.form_words import messages
from app.cafeteria.schemas.devices import DeviceForm, SureForm, TrialForm
from app.cafeteria.service import devices, watching
from app.cafeteria.service.devices import NewDevice
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_devices", __name__, template_folder="../templates")
LIST = "/canteen/devices"
ONE = f"{LIST}/<uuid:device_id>"
bp.add_url_rule(f"{LIST}/guide", view_func=guide.show_guide)
for example in guide.FILES:
    bp.add_url_rule(f"{LIST}/guide/{example}", view_func=guide.send_example)
Errors = dict[str, str]


@bp.get(LIST)
def show() -> ResponseReturnValue:
    """The counters of the organisation's canteens, line by line, and how they are."""
    return _list({}, {}, 200)


@bp.post(LIST)
def add() -> ResponseReturnValue:
    """Put up a counter; its secret is shown once, in this answer, and its first test begins: nobody
    need leave the secret to press a button."""
    given = request.form.to_dict()
    try:
        form = DeviceForm.model_validate(given)
    except ValidationError as error:
        return _list(given, messages(error), 422)
    with transaction():
        device_id, secret = devices.add(get_viewer(), _wanted(form))
        devices.set_test(get_viewer(), device_id, True)
    return _page(_device(device_id), {}, 201, secret)


def _wanted(form: DeviceForm) -> NewDevice:
    return NewDevice(str(form.line_id), form.name, form.measures, form.period_s)


def _lines() -> list[tuple[CanteenRow, list[LineRow]]]:
    """Each canteen of the organisation with its lines."""
    canteens = places.list_canteens(get_viewer().organisation_id)
    return [(one, places.list_lines(one.id)) for one in canteens]


def _list(given: dict[str, str], errors: Errors, status: int) -> ResponseReturnValue:
    """All canteens, or the one that is asked for; a new counter's line is one of that."""
    found = devices_q.list_devices(get_viewer().organisation_id)
    states = watching.states_of(found)
    lines = _lines()
    asked = request.args.get("canteen", "")
    shown = [pair for pair in lines if pair[0].id == asked] or lines
    first = next((one.id for _, its in shown for one in its), "")
    html = render_template(
        "cafeteria/devices.html",
        lines=lines, shown=shown,
        counters={line: list(of) for line, of in groupby(found, key=lambda one: one.line_id)},
        states={key: view.state(code) for key, code in states.items()},
        ago=view.ago, words=words, form={"line_id": first} | given, errors=errors,
    )  # fmt: skip
    return html, status


@bp.get(ONE)
def one(device_id: object) -> ResponseReturnValue:
    """One counter: how it is, what it sent last, and what can be done."""
    return _page(_device(device_id), {}, 200)


@bp.post(ONE)
def change(device_id: object) -> ResponseReturnValue:
    """Correct its name, line, what it measures, or its period."""
    device, given = _device(device_id), request.form.to_dict()
    try:
        form = DeviceForm.model_validate(given)
    except ValidationError as error:
        return _page(device, messages(error), 422, form=given)
    with transaction():
        is_anew = devices.change(get_viewer(), device.id, _wanted(form))
    anew = gettext("저장했어요. 지금부터 새로 세요. 지난 기록은 남아 있지만 더는 세지 않아요.")
    flash(anew if is_anew else gettext("저장했어요."))
    return redirect(f"{LIST}/{device.id}", 303)


def _device(device_id: object) -> DeviceRow:
    return devices_q.get_device(get_viewer().organisation_id, str(device_id))


def _page(
    device: DeviceRow,
    errors: Errors,
    status: int,
    secret: str = "",
    form: dict[str, str] | None = None,
) -> ResponseReturnValue:
    known = {name: getattr(device, name) for name in DeviceForm.model_fields}
    more: dict[str, Any] = {"lines": _lines(), "form": form or known, "is_wrong": form is not None}
    if secret:
        more |= {"secret": secret, "example": view.example(device, secret)}
    html = render_template(
        "cafeteria/device.html",
        device=device, live=view.live(device), words=words, errors=errors, **more,
    )  # fmt: skip
    return html, status


@bp.get("/api/canteen/devices/<uuid:device_id>/trace")
def trace(device_id: object) -> ResponseReturnValue:
    """What the counter sent last, for its page; 304 when that is as the page knows it."""
    answer = jsonify(view.live(_device(device_id)))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


@bp.post(f"{ONE}/test")
def test(device_id: object) -> ResponseReturnValue:
    """Begin a test of five minutes, or end it."""
    wanted = TrialForm.model_validate(request.form.to_dict())
    with transaction():
        devices.set_test(get_viewer(), str(device_id), wanted.on)
    return redirect(f"/canteen/devices/{device_id}#test", 303)


@bp.post(f"{ONE}/secret")
def change_secret(device_id: object) -> ResponseReturnValue:
    """Make a new secret and show it once, in this answer; a test begins, as for a new counter."""
    with transaction():
        secret = devices.change_secret(get_viewer(), str(device_id))
        devices.set_test(get_viewer(), str(device_id), True)
    return _page(_device(device_id), {}, 200, secret)


@bp.post(f"{ONE}/swap")
def swap(device_id: object) -> ResponseReturnValue:
    """Take its entries for exits."""
    with transaction():
        devices.swap(get_viewer(), str(device_id))
    flash(gettext("방향을 바꿨어요. 지난 기록도 함께 바로잡혔어요."))
    return redirect(f"/canteen/devices/{device_id}", 303)


@bp.post(f"{ONE}/revoke")
def revoke(device_id: object) -> ResponseReturnValue:
    """Let it report no more."""
    device = _device(device_id)
    try:
        SureForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        return _page(device, messages(error), 422)
    with transaction():
        devices.revoke(get_viewer(), device.id)
    flash(gettext("기기를 폐기했어요. 지난 기록은 그대로 쓰여요."))
    return redirect(LIST, 303)
