"""Signing in and out, and trying out as a role in the demonstration."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from app.accounts.queries import people as people_q
from app.accounts.queries import sign_ins as sign_ins_q
from app.accounts.rules.device import device_label
from app.accounts.rules.refusals import NotInDemo, WrongPassword
from app.accounts.schemas import SignInForm
from app.accounts.service import sign_in
from app.core import guard, http
from app.core.db import transaction
from app.core.errors import Refusal, TooManyTries
from app.core.guard import find_viewer

bp = Blueprint("sign_in", __name__, template_folder="../templates")
HOMES = {"auditor": "/audit", "administrator": "/people", "operator": "/me"}


@bp.get("/login")
def form() -> ResponseReturnValue:
    """The login form; somebody who is signed in goes on."""
    viewer = find_viewer()
    if viewer is not None:
        return redirect(_inside(request.args.get("next", ""), _home(viewer.role)))
    return _form(SignInForm(next=request.args.get("next", "")), None, 200)


@bp.post("/login")
@guard.limit(60)
def enter() -> ResponseReturnValue:
    """Check the password, open a sign-in for this browser, go on."""
    given = SignInForm.model_validate(request.form.to_dict())
    try:
        person_id = _checked(given)
    except (WrongPassword, TooManyTries) as refusal:
        return _form(given, refusal, refusal.status)
    with transaction():
        sign_in_id = sign_in.open_sign_in(person_id, _label())
    return _entered(sign_in_id, given.next)


def _checked(given: SignInForm) -> str:
    network = guard.asking_network()
    account = (http.secrets().addresses, given.organisation, given.staff_number, network)
    sign_in.check_throttle(*account)
    try:
        return sign_in.check_password(
            given.organisation, given.staff_number, given.password, http.config().demo
        )
    except WrongPassword:
        with transaction():  # of its own: the count must survive the refusal
            sign_in.count_failure(*account)
        raise


@bp.post("/trial")
def trial() -> ResponseReturnValue:
    """Sign in as the demonstration's person of the chosen role."""
    if not http.config().demo:
        raise NotInDemo
    role = request.form.get("role", "")
    with transaction():
        sign_in_id = sign_in.open_trial(role, _label())
    return _entered(sign_in_id, "")


@bp.post("/logout")
def leave() -> ResponseReturnValue:
    """End this browser's sign-in and clear what it keeps of the person's pages; a script, which
    asks for JSON, is told that it is done and not led on."""
    viewer = find_viewer()
    if viewer is not None:
        with transaction():
            sign_in.end_sign_in(viewer.person_id, viewer.sign_in_id)
    session.clear()
    told = request.accept_mimetypes.best == "application/json"
    response = make_response("", 204) if told else make_response(redirect("/"))
    # Not "storage": what waits to be sent lies there and must survive the logout.
    response.headers["Clear-Site-Data"] = '"prefetchCache", "prerenderCache"'
    return response


def _form(given: SignInForm, refusal: Refusal | None, status: int) -> ResponseReturnValue:
    page = render_template(
        "accounts/login.html",
        organisations=people_q.list_offices(http.config().demo),
        form=given,
        error=None if refusal is None else f"{refusal.title}. {refusal.detail}",
        wait=refusal.retry_after if isinstance(refusal, TooManyTries) else 0,
        next=given.next,
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _entered(sign_in_id: str, target: str) -> ResponseReturnValue:
    session.clear()
    session.permanent = True
    viewer = sign_ins_q.find_viewer(sign_in_id, http.config().demo)
    login_user(viewer)
    return redirect(_inside(target, _home(viewer.role if viewer else "")), 303)


def _home(role: str) -> str:
    return HOMES.get(role) or url_for("home.today")


def _inside(target: str, home: str) -> str:
    """The address to go on to: a path of this host, however a browser may read it, or home."""
    plain = target.isprintable() and "\\" not in target
    inside = plain and target.startswith("/") and not target.startswith("//")
    return target if inside else home


def _label() -> str:
    return device_label(request.headers.get("User-Agent", ""))
