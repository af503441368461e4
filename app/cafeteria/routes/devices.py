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
from app.cafeteria.routes import device_view as view
from app.cafeteria.rules import device_words as words
from app.cafeteria.rules.form_words import messages
from app.cafeteria.schemas.devices import DeviceForm, SureForm, TrialForm
from app.cafeteria.service import devices, watching
from app.cafeteria.service.devices import NewDevice
from app.core.db import transaction
from app.core.guard import get_viewer

bp = Blueprint("canteen_devices", __name__, template_folder="../templates")


@bp.get("/canteen/devices")
def show() -> ResponseReturnValue:
    """The counters of the organisation's canteens, line by line, and how they are."""
    return _list({}, {}, 200)


@bp.post("/canteen/devices")
def add() -> ResponseReturnValue:
    """Put up a counter; its secret is shown once, in this answer."""
    given = request.form.to_dict()
    try:
        form = DeviceForm.model_validate(given)
    except ValidationError as error:
        return _list(given, messages(error), 422)
    wanted = NewDevice(str(form.line_id), form.name, form.measures, form.period_s)
    with transaction():
        device_id, secret = devices.add(get_viewer(), wanted)
    return _page(_device(device_id), {}, 201, secret)


def _list(given: dict[str, str], errors: dict[str, str], status: int) -> ResponseReturnValue:
    organisation_id = get_viewer().organisation_id
    found = devices_q.list_devices(organisation_id)
    canteens = places.list_canteens(organisation_id)
    states = watching.states_of(found)
    html = render_template(
        "cafeteria/devices.html",
        lines=[(one, places.list_lines(one.id)) for one in canteens],
        counters={line: list(of) for line, of in groupby(found, key=lambda one: one.line_id)},
        states={key: view.state(code) for key, code in states.items()},
        ago=view.ago, words=words, form=given, errors=errors,
    )  # fmt: skip
    return html, status


@bp.get("/canteen/devices/<uuid:device_id>")
def one(device_id: object) -> ResponseReturnValue:
    """One counter: how it is, what it sent last, and what can be done."""
    return _page(_device(device_id), {}, 200)


def _device(device_id: object) -> DeviceRow:
    return devices_q.get_device(get_viewer().organisation_id, str(device_id))


def _page(
    device: DeviceRow, errors: dict[str, str], status: int, secret: str = ""
) -> ResponseReturnValue:
    more: dict[str, Any] = {}
    if secret:
        more = {"secret": secret, "example": view.example(device, secret)}
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


@bp.post("/canteen/devices/<uuid:device_id>/test")
def test(device_id: object) -> ResponseReturnValue:
    """Begin a test of five minutes, or end it."""
    wanted = TrialForm.model_validate(request.form.to_dict())
    with transaction():
        devices.set_test(get_viewer(), str(device_id), wanted.on)
    return redirect(f"/canteen/devices/{device_id}#test", 303)


@bp.post("/canteen/devices/<uuid:device_id>/secret")
def change_secret(device_id: object) -> ResponseReturnValue:
    """Make a new secret and show it once, in this answer."""
    with transaction():
        secret = devices.change_secret(get_viewer(), str(device_id))
    return _page(_device(device_id), {}, 200, secret)


@bp.post("/canteen/devices/<uuid:device_id>/swap")
def swap(device_id: object) -> ResponseReturnValue:
    """Take its entries for exits."""
    with transaction():
        devices.swap(get_viewer(), str(device_id))
    flash(gettext("방향을 바꿨어요. 지난 기록도 함께 바로잡혔어요."))
    return redirect(f"/canteen/devices/{device_id}", 303)


@bp.post("/canteen/devices/<uuid:device_id>/revoke")
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
    return redirect("/canteen/devices", 303)
