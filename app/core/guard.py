"""Who may enter: a guard stands beside each URL in the factory's DOORS table.

A request whose blueprint has no guard is refused. The guard runs before the view and knows the
person as a frozen `Viewer`, never as a table row.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from app.core import clock
from app.core.errors import (
    Forbidden,
    ForeignOrigin,
    SignInNeeded,
    TooManyTries,
    wants_problem,
)

ROLES = ("officer", "auditor", "administrator", "operator", "canteen")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Guard = Callable[[], ResponseReturnValue | None]
View = Callable[..., ResponseReturnValue]
BUSY = threading.Lock()
WAIT_S = 5
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


def ticketed() -> ResponseReturnValue | None:
    """Everyone may knock: the view opens only what the request's ticket names."""
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


class Turnstile:
    """Counts requests in windows of a minute, for each name and asker; of one process.

    A library's memory store started a thread for each request; this is a dictionary and a lock.
    """

    MINUTE = 60
    LARGEST = 50_000

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[tuple[str, str], int] = {}

    def seconds_to_wait(self, name: str, asker: str, per_minute: int, now: int) -> int:
        """Count one request; 0, or the seconds to wait when there were too many this minute."""
        key, minute = (name, asker), now // self.MINUTE
        with self._lock:
            if minute != self._minute or len(self._counts) > self.LARGEST:
                self._minute, self._counts = minute, {}
            count = self._counts[key] = self._counts.get(key, 0) + 1
        return 0 if count <= per_minute else self.MINUTE - now % self.MINUTE


def network_of(address: str) -> str:
    """What an address is counted as: itself, or its /64, for whoever has one IPv6 address has
    2^64 of them (RFC 7421)."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found), 64), strict=False))


def asking_network() -> str:
    """Whom every throttle counts the request to, beside the account."""
    return network_of(request.remote_addr or "")


def asking_person() -> str:
    """Whom a view of signed-in people counts the request to: an office shares one address."""
    return get_viewer().person_id


def count(name: str, asker: str, per_minute: int) -> None:
    """Count one of what somebody does, so many a minute.

    Raises:
        TooManyTries: beyond that, with the seconds to wait.
    """
    turnstile: Turnstile = current_app.extensions["turnstile"]
    wait = turnstile.seconds_to_wait(name, asker, per_minute, clock.now())
    if wait:
        raise TooManyTries(wait)


def limit(per_minute: int, by: Callable[[], str] = asking_network) -> Callable[[View], View]:
    """A decorator for a view: so many requests a minute from one address, or of one person.

    Raises:
        TooManyTries: beyond that, with the seconds to wait.
    """

    def decorate(view: View) -> View:
        name = f"{view.__module__}.{view.__qualname__}"

        @wraps(view)
        def counted(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            count(name, by(), per_minute)
            return view(*args, **kwargs)

        return counted

    return decorate


@contextmanager
def alone(name: str, asker: str) -> Iterator[None]:
    """Let somebody do something once at a time, in one process.

    Raises:
        TooManyTries: they are doing it.
    """
    busy: set[tuple[str, str]] = current_app.extensions["busy"]
    key = (name, asker)
    with BUSY:
        if key in busy:
            raise TooManyTries(WAIT_S)
        busy.add(key)
    try:
        yield
    finally:
        with BUSY:
            busy.discard(key)


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
    if "Cache-Control" not in response.headers and "_user_id" in session:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask, load: Callable[[str], Viewer | None]) -> None:
    """Install the guards.

    Args:
        app: the application; `app.extensions["guards"]` maps blueprint names to guards.
        load: finds the viewer of a sign-in's id, or None.
    """
    app.extensions["turnstile"] = Turnstile()
    app.extensions["busy"] = set()
    login_manager.init_app(app)
    login_manager.user_loader(load)
    login_manager.session_protection = None
    app.before_request(enter)
    app.after_request(keep_private)
