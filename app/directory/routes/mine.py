"""Favourites and what was opened lately: a page that needs no server, and its data."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.core import pages
from app.core.guard import get_viewer
from app.directory.service import mine

bp = Blueprint("directory_mine", __name__, template_folder="../templates")
api = Blueprint("directory_mine_api", __name__)


@bp.get("/directory/mine")
def show() -> ResponseReturnValue:
    """The page, the same for everyone: what stands on it comes from the phone."""
    return pages.shell()


@api.get("/api/directory/mine")
def favourites() -> ResponseReturnValue:
    """The person's favourites, for the phone to keep."""
    return jsonify(favourites=mine.list_favourites(get_viewer()))
