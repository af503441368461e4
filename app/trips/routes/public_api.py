"""What anyone may ask: the state of the product and of oneself, outlines, drawn QRs."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.core import guard
from app.core.db import transaction
from app.core.guard import find_viewer
from app.trips.service import drawings, state

bp = Blueprint("public_api", __name__)
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/api/state")
def show_state() -> ResponseReturnValue:
    """Who is signed in, what a phone needs to make stamps, and the server's time."""
    viewer = find_viewer()
    if viewer is not None and not state.is_prepared(viewer):
        with transaction():
            state.prepare(viewer)
    response = jsonify(state.describe(viewer, request.args.get("kid", "")))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/api/outlines/<code>")
@guard.limit(120)
def outline(code: str) -> ResponseReturnValue:
    """The outline of a municipality (5-digit code), for the offline sketch map."""
    response = jsonify(asdict(drawings.get_outline(code)))
    response.headers["Cache-Control"] = FOR_EVER
    return response


@bp.get("/qr/<text>.svg")
@guard.limit(120)
def draw(text: str) -> ResponseReturnValue:
    """The QR of a token, drawn by the server: for pages, and for browsers without the library."""
    response = Response(drawings.draw_qr(text), content_type="image/svg+xml")
    response.headers["Cache-Control"] = FOR_EVER
    return response
