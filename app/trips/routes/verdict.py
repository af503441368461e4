"""The page that a scanned QR opens: the verdict, for anyone, without coordinates."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from app.core import guard
from app.core.db import transaction
from app.core.errors import Refusal, field_messages
from app.core.guard import find_viewer
from app.trips.schemas import InquiryIn
from app.trips.service import desk, inquiry, verdict, verdict_page
from app.trips.service.verdict import Finding

bp = Blueprint("verdict", __name__, template_folder="../templates")


@bp.get("/S/<path:text>")
@bp.get("/s/<path:text>")
@guard.limit(240)
def show(text: str) -> ResponseReturnValue:
    """The verdict on a token, whatever it is; an auditor of its organisation sees all of it."""
    return _page(verdict.look_up(text), {"sent": "asked" in request.args})


@bp.post("/S/<path:text>/ask")
@bp.post("/s/<path:text>/ask")
@guard.limit(20)
def ask(text: str) -> ResponseReturnValue:
    """Put a question to the audit office."""
    finding = verdict.look_up(text)
    form = request.form.to_dict()
    try:
        given = InquiryIn.model_validate(form)
        with transaction():
            inquiry.ask(finding, given.message, given.contact, guard.asking_network())
    except (ValidationError, Refusal) as error:
        return _asked_badly(finding, form, error)
    return redirect(f"{_address(finding)}?asked", 303)


def _asked_badly(
    finding: Finding, form: dict[str, str], error: ValidationError | Refusal
) -> ResponseReturnValue:
    if isinstance(error, ValidationError):
        words, status = " ".join(field_messages(error).values()), 422
    else:
        words, status = f"{error.title}. {error.detail}", error.status
    kept = {name: form.get(name, "") for name in ("message", "contact")}
    return _page(finding, {"sent": False, "error": words, **kept}, status)


def _address(finding: Finding) -> str:
    """The page's own address, however the scanner spelled it."""
    return "/S/" + verdict.text_of(finding.token)


def _page(finding: Finding, ask_state: dict[str, object], status: int = 200) -> Response:
    viewer = find_viewer()
    seen = None
    if viewer is not None and desk.may_see(viewer, finding):
        with transaction():
            desk.record_look(viewer, finding)
        seen = desk.describe(finding)
    page = render_template(
        "trips/verdict.html",
        v=verdict_page.describe(finding),
        ask={"url": f"{_address(finding)}/ask", **ask_state} if finding.organisation_id else None,
        desk=seen,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
