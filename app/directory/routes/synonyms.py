"""Terms that mean the same: the administrator's list."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.queries import index as index_q
from app.directory.service import synonyms

bp = Blueprint("directory_synonyms", __name__, template_folder="../templates")
LIST = "/directory/synonyms"


@bp.get(LIST)
def show() -> ResponseReturnValue:
    """Every group, and a place for a new one."""
    groups = index_q.list_synonym_groups()
    return render_template("directory/synonyms.html", groups=groups)


@bp.post(LIST)
def add() -> ResponseReturnValue:
    """A new group."""
    with transaction():
        synonyms.add(get_viewer().person_id, request.form.get("words", ""))
    return redirect(LIST, 303)


@bp.post(f"{LIST}/<uuid:group_id>")
def change(group_id: object) -> ResponseReturnValue:
    """Other terms in a group."""
    with transaction():
        words = request.form.get("words", "")
        synonyms.change(get_viewer().person_id, str(group_id), words)
    return redirect(LIST, 303)


@bp.post(f"{LIST}/<uuid:group_id>/remove")
def remove(group_id: object) -> ResponseReturnValue:
    """A group goes; the page offers to bring it back."""
    with transaction():
        words = synonyms.remove(str(group_id))
    groups = index_q.list_synonym_groups()
    return render_template("directory/synonyms.html", groups=groups, removed=words)
