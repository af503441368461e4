"""First run without the demonstration: the organisation and its first administrator."""

from __future__ import annotations

import secrets as compare

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from app.accounts.rules.refusals import AlreadySetUp, OrganisationTaken, WrongSetupCode
from app.accounts.schemas import FirstRunForm
from app.accounts.service import people
from app.core import guard, http, keys
from app.core.db import transaction
from app.core.errors import field_messages

bp = Blueprint("first_run", __name__, template_folder="../templates")


@bp.get("/first-run")
def form() -> ResponseReturnValue:
    """The form, once."""
    _check_open()
    return _page({}, {}, 200)


@bp.post("/first-run")
@guard.limit(10)
def save() -> ResponseReturnValue:
    """Make organisation and administrator, then lead to the login."""
    _check_open()
    given = {name: value for name, value in request.form.items() if value.strip()}
    try:
        _set_up(FirstRunForm.model_validate(given))
    except ValidationError as error:
        return _page(given, field_messages(error), 422)
    except WrongSetupCode as refusal:
        return _page(given, {"setup_code": f"{refusal.title}. {refusal.detail}"}, 403)
    except OrganisationTaken as refusal:
        return _page(given, {"organisation_code": f"{refusal.title}. {refusal.detail}"}, 409)
    return redirect("/login", 303)


def _set_up(form: FirstRunForm) -> None:
    code = keys.setup_code(http.config().instance_dir)
    if not compare.compare_digest(form.setup_code.encode(), code.encode()):
        raise WrongSetupCode
    hashed = people.hash_password(form.password)
    office = people.NewOffice(form.organisation_code, form.organisation_name, form.office)
    first = people.FirstPerson(form.name, form.staff_number, form.department, hashed)
    with transaction():
        people.set_up(office, first)


def _page(given: dict[str, str], errors: dict[str, str], status: int) -> ResponseReturnValue:
    config = http.config()  # what will stand in every QR is best known before the first of them
    warned = config.public_url if config.loopback else ""
    words = {"form": given, "errors": errors, "warned": warned}
    return render_template("accounts/first_run.html", **words), status


def _check_open() -> None:
    if http.config().demo or not people.needs_set_up():
        raise AlreadySetUp
