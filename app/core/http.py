"""What every answer carries: a request id, security headers, a language; and the health pages."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core import db, ids
from app.core.config import Config
from app.core.keys import Secrets

POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' blob:; "
    "connect-src 'self'; "
    "font-src 'self'; "
    "manifest-src 'self'; "
    "worker-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; "
    "trusted-types office-sw office-darkroom"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A script, style sheet or picture is no document: policies for documents say nothing to it.
FILE_HEADERS = {
    name: HEADERS[name] for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
}
_FOR_PAGES, _FOR_FILES = (
    [(name.lower(), name, value) for name, value in headers.items()]
    for headers in (HEADERS, FILE_HEADERS)
)
LARGEST_BODY = 64 * 1024
bp = Blueprint("health", __name__)


@bp.get("/health/live")
def live() -> ResponseReturnValue:
    """The process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/health/ready")
def ready() -> ResponseReturnValue:
    """The process can do its work: the database answers."""
    warmed: threading.Event | None = current_app.extensions.get("warmed")
    try:
        db.value(text("SELECT version_num FROM alembic_version"))
    except Exception:  # whatever it is, the answer is "not ready"
        current_app.logger.exception("not ready")
        return jsonify(ready=False, database="unreachable"), 503
    if warmed is not None and not warmed.is_set():
        return jsonify(ready=False, database="ok", warming=True), 503
    return jsonify(ready=True, database="ok", demo=config().demo)


def config() -> Config:
    """The configuration that the application was made with."""
    found: Config = current_app.extensions["office_config"]
    return found


def secrets() -> Secrets:
    """The installation's secrets."""
    found: Secrets = current_app.extensions["office_secrets"]
    return found


def begin() -> None:
    """Give the request an id; one from a trusted proxy is kept when it looks like an id."""
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    trusted = config().trusted_proxies > 0 and re.fullmatch(r"[0-9a-zA-Z-]{8,64}", given)
    g.request_id = given if trusted else ids.new_id()


def finish(response: Response) -> Response:
    """Put the headers above on every answer."""
    is_file = request.path.startswith("/static/") and response.mimetype != "text/html"
    present = {name.lower() for name, _ in response.headers}
    for lower, name, value in _FOR_FILES if is_file else _FOR_PAGES:
        if lower not in present:
            response.headers.add(name, value)
    if config().public_name:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not is_file:
        response.headers["X-Request-ID"] = g.get("request_id", "")
    return response


class Json(DefaultJSONProvider):
    """JSON as Flask reads it; what is nested too deeply for that is no JSON, and not our fault."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of a text.

        Raises:
            ValueError: it is no JSON.
        """
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def init_app(app: Flask, config: Config, secrets: Secrets) -> None:
    """Set cookies, sizes, limits and headers."""
    app.json = Json(app)
    app.config.update(
        SECRET_KEY=secrets.cookies,
        SESSION_COOKIE_NAME="office",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure,
        PERMANENT_SESSION_LIFETIME=timedelta(days=config.session_days),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
    )
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    app.before_request(begin)
    app.after_request(finish)
