"""The canteen's page, the same for everyone: what it shows comes by live_api."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core import pages

bp = Blueprint("canteen_page", __name__, template_folder="../templates")


@bp.get("/canteen")
def show() -> ResponseReturnValue:
    """The page that the service worker keeps."""
    return pages.shell()
