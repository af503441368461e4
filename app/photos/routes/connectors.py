"""The administrator's pages of connectors: add, correct, test, switch off, remove, and send again
what failed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.core import clock, http, pages
from app.core.db import transaction
from app.core.errors import field_messages
from app.core.guard import get_viewer
from app.photos.queries import deliveries as deliveries_q
from app.photos.queries.deliveries import ConnectorRow
from app.photos.routes.connector_form import (
    DAYS,
    ChangeForm,
    ConnectorForm,
    GiveUpForm,
    RemoveForm,
    SecretForm,
    SwitchForm,
)
from app.photos.rules import delivery_words as words
from app.photos.rules import target
from app.photos.rules.webhook import NoSecret
from app.photos.service import connectors, hand_over
from app.photos.service.connectors import Made, NewConnector, SecretWanted

bp = Blueprint("connectors", __name__, template_folder="../templates")


@bp.get("/photos/connectors")
def show() -> ResponseReturnValue:
    """The organisation's connectors, and how much stands where."""
    return _page({}, {}, None, 200)


@bp.post("/photos/connectors")
def add() -> ResponseReturnValue:
    """Add a connector; a secret that was made for it is shown once."""
    given = request.form.to_dict()
    try:
        form = ConnectorForm.model_validate(given)
        with transaction():
            made = connectors.add(get_viewer(), NewConnector(**form.model_dump()))
    except ValidationError as error:
        return _page(given, field_messages(error), None, 422)
    except (target.BadAddress, NoSecret) as error:
        return _page(given, _said(error), None, 422)
    return _page({}, {}, made, 201)


@bp.get("/photos/connectors/<uuid:connector_id>")
def one(connector_id: object) -> ResponseReturnValue:
    """One connector, its last test, and what it has given up."""
    return _one(str(connector_id), {}, 200)


@bp.get("/photos/connectors/<uuid:connector_id>/edit")
def edit(connector_id: object) -> ResponseReturnValue:
    """The form that corrects a connector."""
    found = deliveries_q.get_connector(get_viewer().organisation_id, str(connector_id))
    address = target.shown(found.kind, found.url)
    if found.kind == "folder":
        address = address.partition("/")[2]
    ack = found.url.rpartition("=")[2]
    given = {"name": found.name, "address": address, "account": found.account, "ack": ack}
    return _edit(found, given, {}, 200)


@bp.post("/photos/connectors/<uuid:connector_id>/edit")
def change(connector_id: object) -> ResponseReturnValue:
    """Correct a connector."""
    found = deliveries_q.get_connector(get_viewer().organisation_id, str(connector_id))
    given = request.form.to_dict()
    try:
        wanted = NewConnector(found.kind, days=0, **ChangeForm.model_validate(given).model_dump())
        with transaction():
            moved = connectors.change(get_viewer(), found.id, wanted)
    except ValidationError as error:
        return _edit(found, given, field_messages(error), 422)
    except (target.BadAddress, SecretWanted, NoSecret) as error:
        return _edit(found, given, _said(error), 422)
    flash(_changed(found.enabled, moved))
    return redirect(f"/photos/connectors/{found.id}", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/remove")
def remove(connector_id: object) -> ResponseReturnValue:
    """Remove a connector that is off and that nothing waits for."""
    found = deliveries_q.get_connector(get_viewer().organisation_id, str(connector_id))
    try:
        RemoveForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        return _one(found.id, field_messages(error), 422)
    with transaction():
        connectors.remove(get_viewer(), found.id)
    flash(
        gettext("‘%(name)s’ 연결을 지웠습니다. 나간 사진의 기록은 남아 있습니다.", name=found.name)
    )
    return redirect("/photos/connectors", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/give-up")
def give_up(connector_id: object) -> ResponseReturnValue:
    """Give up what waits for a connector that is off."""
    found = deliveries_q.get_connector(get_viewer().organisation_id, str(connector_id))
    try:
        GiveUpForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        return _one(found.id, field_messages(error), 422)
    with transaction():
        count = connectors.give_up(get_viewer(), found.id)
    flash(gettext("기다리던 사진 %(count)s장을 보내지 않기로 했습니다.", count=count))
    return redirect(f"/photos/connectors/{found.id}", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/test")
def test(connector_id: object) -> ResponseReturnValue:
    """Let the worker try a connector out."""
    with transaction():
        connectors.ask_test(get_viewer(), str(connector_id))
    return redirect(f"/photos/connectors/{connector_id}#test", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/switch")
def switch(connector_id: object) -> ResponseReturnValue:
    """Switch a connector on or off."""
    form = SwitchForm.model_validate(request.form.to_dict())
    with transaction():
        count = connectors.switch(get_viewer(), str(connector_id), form.on, form.days)
    on = gettext("다시 켰습니다. 사진 %(count)s장을 더 넘깁니다.", count=count)
    flash(on if form.on else gettext("껐습니다. 새 사진은 이 연결로 나가지 않습니다."))
    return redirect(f"/photos/connectors/{connector_id}", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/secret")
def secret(connector_id: object) -> ResponseReturnValue:
    """Give a connector another secret, and account where it has one."""
    found = deliveries_q.get_connector(get_viewer().organisation_id, str(connector_id))
    try:
        form = SecretForm.model_validate(request.form.to_dict())
        with transaction():
            connectors.change_secret(get_viewer(), found.id, form.account, form.secret)
    except ValidationError as error:
        return _one(found.id, field_messages(error), 422)
    except NoSecret as error:
        return _one(found.id, _said(error), 422)
    flash(gettext("바꿨습니다. 밀린 사진은 곧 다시 보냅니다."))
    return redirect(f"/photos/connectors/{found.id}", 303)


@bp.post("/photos/connectors/<uuid:connector_id>/resend")
def resend_all(connector_id: object) -> ResponseReturnValue:
    """Send everything again that the connector has given up."""
    with transaction():
        count = hand_over.resend_all(get_viewer().organisation_id, str(connector_id))
    flash(gettext("사진 %(count)s장을 다시 보냅니다.", count=count))
    return redirect(f"/photos/connectors/{connector_id}", 303)


@bp.post("/photos/deliveries/<uuid:delivery_id>/resend")
def resend(delivery_id: object) -> ResponseReturnValue:
    """Send one photo again that was given up."""
    with transaction():
        connector_id = hand_over.resend(get_viewer().organisation_id, str(delivery_id))
    flash(gettext("사진 %(count)s장을 다시 보냅니다.", count=1))
    return redirect(f"/photos/connectors/{connector_id}", 303)


def _said(error: target.BadAddress | NoSecret | SecretWanted) -> dict[str, str]:
    field = "address" if isinstance(error, target.BadAddress) else "secret"
    return {field: str(words.reason(str(error))[0])}


def _page(
    form: dict[str, str], errors: dict[str, str], made: Made | None, status: int
) -> tuple[str, int]:
    viewer = get_viewer()
    html = render_template(
        "photos/connectors.html",
        connectors=deliveries_q.list_connectors(viewer.organisation_id),
        counts=deliveries_q.count_states(viewer.organisation_id),
        folder=http.config().handover_dir / viewer.organisation_code,
        form=form,
        errors=errors,
        made=made,
        days=DAYS,
        words=words,
        shown=target.shown,
        in_clear=target.is_in_clear,
    )
    return html, status


def _changed(enabled: bool, moved: bool) -> str:
    if not enabled:
        return str(gettext("고쳤습니다. 밀린 사진은 연결을 다시 켜면 보냅니다."))
    if moved:
        return str(gettext("고쳤습니다. 밀린 사진은 곧 새 주소로 보냅니다."))
    return str(gettext("고쳤습니다. 밀린 사진은 곧 다시 보냅니다."))


def _edit(
    found: ConnectorRow, form: dict[str, str], errors: dict[str, str], status: int
) -> tuple[str, int]:
    folder = http.config().handover_dir / get_viewer().organisation_code
    html = render_template(
        "photos/connector_edit.html", connector=found, form=form, errors=errors, folder=folder
    )
    return html, status


def _one(connector_id: str, errors: dict[str, str], status: int) -> tuple[str, int]:
    viewer, page = get_viewer(), pages.page_number()
    found = deliveries_q.get_connector(viewer.organisation_id, connector_id)
    dead, total = deliveries_q.list_dead(viewer.organisation_id, found.id, page)
    html = render_template(
        "photos/connector.html",
        connector=found,
        counts=deliveries_q.count_states(viewer.organisation_id).get(found.id, {}),
        trial=connectors.find_trial(found),
        being_tested=deliveries_q.is_being_tested(found.id),
        last_error=deliveries_q.find_last_error(viewer.organisation_id, found.id),
        next_try=deliveries_q.find_next_try(viewer.organisation_id, found.id),
        now=clock.now(),
        dead=dead,
        total=total,
        page=page,
        pages=max(1, -(-total // deliveries_q.PAGE)),
        errors=errors,
        days=DAYS,
        words=words,
        shown=target.shown,
        in_clear=target.is_in_clear,
    )
    return html, status
