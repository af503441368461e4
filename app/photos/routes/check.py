"""The page that the QR beside a picture opens: whether the office keeps it, for anyone."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from app.core import guard
from app.core.guard import find_viewer
from app.photos.service import check

bp = Blueprint("photo_check", __name__, template_folder="../templates")


@bp.get("/P/<path:text>")
@bp.get("/p/<path:text>")
@guard.limit(120)
def show(text: str) -> ResponseReturnValue:
    """The answer to a code, whatever it is; never the picture."""
    answer = check.look_up(text, find_viewer(), guard.asking_network())
    page = render_template("photos/check.html", a=answer)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
