"""Who may enter: a guard stands beside each URL in the factory's DOORS table.

A request whose blueprint has no guard is refused. The guard runs before the view and knows the
person as a frozen `Viewer`, never as a table row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from app.core.errors import Forbidden, ForeignOrigin, SignInNeeded, wants_problem

ROLES = ("officer", "auditor", "administrator", "operator", "canteen")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Guard = Callable[[], ResponseReturnValue | None]
login_manager = LoginManager()


@dataclass(frozen=True, eq=False)
class Viewer(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The signed-in person, as every feature sees them."""

    sign_in_id: str
    person_id: str
    organisation_id: str
    organisation_code: str
    organisation_name: str
    name: str
    staff_number: str
    department: str
    role: str

    def get_id(self) -> str:
        """Flask-Login keeps the sign-in's id in the cookie, so one device can be signed out."""
        return self.sign_in_id


def find_viewer() -> Viewer | None:
    """The signed-in person, or None."""
    return current_user if current_user.is_authenticated else None


def get_viewer() -> Viewer:
    """The signed-in person.

    Raises:
        SignInNeeded: when nobody is signed in.
    """
    viewer = find_viewer()
    if viewer is None:
        raise SignInNeeded
    return viewer


def public() -> ResponseReturnValue | None:
    """Everyone may enter."""
    return None


def device_signed() -> ResponseReturnValue | None:
    """Everyone may knock: the view accepts only what an enrolled device's key has signed."""
    return None


def signed_in() -> ResponseReturnValue | None:
    """Signed-in people only; a browser is led to the login page and back."""
    if find_viewer() is not None:
        return None
    if wants_problem() or request.method not in SAFE:
        raise SignInNeeded
    return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))


def role(*roles: str) -> Guard:
    """A guard that lets in signed-in people of the given roles only."""
    unknown = set(roles) - set(ROLES)
    if unknown:
        raise ValueError(f"no such role: {unknown}")

    def guard() -> ResponseReturnValue | None:
        turned_away = signed_in()
        if turned_away is None and get_viewer().role not in roles:
            raise Forbidden
        return turned_away

    guard.__name__ = f"role({', '.join(roles)})"
    return guard


def check_same_origin() -> None:
    """Refuse a state-changing request that another site's page has sent (CSRF).

    Browsers say where a request comes from: Sec-Fetch-Site (Fetch Metadata, W3C) or, in older
    ones, Origin (RFC 6454). A program that sends neither must not carry a session cookie.

    Raises:
        ForeignOrigin: when the request is not from a page of this host.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
    elif origin is not None:
        if origin.partition("://")[2] == request.host:
            return
    elif current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return
    raise ForeignOrigin


def enter() -> ResponseReturnValue | None:
    """Run before every view: the same-origin check, then the guard of the view's blueprint."""
    check_same_origin()
    guards: dict[str, Guard] = current_app.extensions["guards"]
    if request.endpoint is None:
        return None  # no such page: the router's 404 follows
    guard = guards.get(request.blueprint or "")
    if guard is None:
        raise Forbidden(reason="no-guard")
    return guard()


def keep_private(response: Response) -> Response:
    """What a signed-in person sees is never stored by a browser, proxy or service worker."""
    if "Cache-Control" not in response.headers and find_viewer() is not None:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask, load: Callable[[str], Viewer | None]) -> None:
    """Install the guards.

    Args:
        app: the application; `app.extensions["guards"]` maps blueprint names to guards.
        load: finds the viewer of a sign-in's id, or None.
    """
    login_manager.init_app(app)
    login_manager.user_loader(load)
    login_manager.session_protection = None
    app.before_request(enter)
    app.after_request(keep_private)
