"""The camera page: a shell, the same for everyone, so that it opens with the server dead."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core import pages

bp = Blueprint("camera", __name__, template_folder="../templates")


@bp.get("/photos/camera")
def camera() -> ResponseReturnValue:
    """Take photos, fill in the board, see what waits to be sent."""
    return pages.shell()
