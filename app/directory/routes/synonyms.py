"""Terms that mean the same: the administrator's list."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.queries import index as index_q
from app.directory.rules.synonyms import GroupRefused
from app.directory.service import synonyms

bp = Blueprint("directory_synonyms", __name__, template_folder="../templates")
LONGEST = 1000  # characters that are read of what was typed
LIST = "/directory/synonyms"


@bp.get(LIST)
def show() -> ResponseReturnValue:
    """Every group, and a place for a new one."""
    return _page()


def _page(
    removed: str = "", wrong: GroupRefused | None = None, at: str = "", typed: str = ""
) -> ResponseReturnValue:
    """The list; `wrong` is what is the matter with `typed`, for the group of the id `at` or for a
    new one."""
    html = render_template(
        "directory/synonyms.html",
        groups=index_q.list_synonym_groups(),
        removed=removed,
        wrong=wrong,
        at=at,
        typed=typed,
    )
    return html, wrong.status if wrong else 200


@bp.post(LIST)
def add() -> ResponseReturnValue:
    """A new group."""
    typed = request.form.get("words", "")[:LONGEST]
    try:
        with transaction():
            synonyms.add(get_viewer().person_id, typed)
    except GroupRefused as refusal:
        return _page(wrong=refusal, typed=typed)
    return redirect(LIST, 303)


@bp.post(f"{LIST}/<uuid:group_id>")
def change(group_id: object) -> ResponseReturnValue:
    """Other terms in a group."""
    typed = request.form.get("words", "")[:LONGEST]
    try:
        with transaction():
            synonyms.change(get_viewer().person_id, str(group_id), typed)
    except GroupRefused as refusal:
        return _page(wrong=refusal, at=str(group_id), typed=typed)
    return redirect(LIST, 303)


@bp.post(f"{LIST}/<uuid:group_id>/remove")
def remove(group_id: object) -> ResponseReturnValue:
    """A group goes; the page offers to bring it back."""
    with transaction():
        words = synonyms.remove(str(group_id))
    return _page(words)
