"""The list behind a notice of several changes."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import pages
from app.core.guard import get_viewer
from app.directory.service import told_list

bp = Blueprint("directory_told", __name__, template_folder="../templates")


@bp.get("/directory/told/<uuid:run_id>")
def show(run_id: object) -> ResponseReturnValue:
    """What one replacement changed of which the person was told."""
    found = told_list.describe(get_viewer(), str(run_id), pages.page_number())
    return render_template("directory/told.html", **found)
