"""The list behind a notice of several changes."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import pages
from app.core.guard import get_viewer
from app.directory.service import told_list

bp = Blueprint("directory_told", __name__, template_folder="../templates")


@bp.get("/directory/told/<uuid:batch>")
def show(batch: object) -> ResponseReturnValue:
    """What one import, or one visit of a site, changed of which the person was told."""
    found = told_list.describe(get_viewer(), str(batch), pages.page_number())
    return render_template("directory/told.html", **found)
