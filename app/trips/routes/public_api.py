"""What anyone may ask: the state of the product and of oneself, outlines, drawn QRs."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.accounts.service import sign_in
from app.core import http
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.guard import find_viewer
from app.trips.gateways.outlines import find_outline
from app.trips.gateways.qr import qr_svg
from app.trips.rules.token import token_from_text, url_for_token
from app.trips.service import state

bp = Blueprint("public_api", __name__)
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/api/state")
def show_state() -> ResponseReturnValue:
    """Who is signed in, what a phone needs to make stamps, and the server's time."""
    viewer = find_viewer()
    if viewer is not None:
        with transaction():
            sign_in.mark_seen(viewer)
            state.make_keys(viewer)
    response = jsonify(state.describe(viewer, request.args.get("kid", "")))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/api/outlines/<code>")
def outline(code: str) -> ResponseReturnValue:
    """The outline of a municipality (5-digit code), for the offline sketch map."""
    found = find_outline(code)
    if found is None:
        raise NotFound
    response = jsonify(asdict(found))
    response.headers["Cache-Control"] = FOR_EVER
    return response


@bp.get("/qr/<text>.svg")
@http.limiter.limit("120/minute")
def draw(text: str) -> ResponseReturnValue:
    """The QR of a token, drawn by the server: for pages, and for browsers without the library."""
    url = url_for_token(http.config().public_url, token_from_text(text))
    response = Response(qr_svg(url), content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOR_EVER
    return response
