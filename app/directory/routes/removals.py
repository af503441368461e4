"""Requests not to be listed: asked for by an administrator, listed, taken back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.queries import entries as entries_q
from app.directory.rules import removal
from app.directory.service import removal_desk, removals

bp = Blueprint("directory_removals", __name__, template_folder="../templates")
MOST_REASON = 200


@bp.get("/directory/removals")
def show() -> ResponseReturnValue:
    """All requests, and the form for an entry."""
    return _page(request.args.get("entry", ""), {}, 200)


@bp.post("/directory/removals")
def hide() -> ResponseReturnValue:
    """Hide a name, a telephone or all of an entry."""
    uid, what = request.form.get("entry", ""), request.form.get("what", "")
    reason = request.form.get("reason", "").strip()
    if what not in removal.WHATS or not reason or len(reason) > MOST_REASON:
        said = gettext("무엇을 왜 숨기는지 적어 주세요. 이유는 200자까지입니다.")
        return _page(uid, {"reason": said}, 422)
    removals.hide(get_viewer().person_id, uid, what, reason)
    flash(gettext("숨겼습니다. 다음에 다시 가져와도 숨긴 채로 둡니다."))
    return redirect("/directory/removals", 303)


@bp.post("/directory/removals/<uuid:removal_id>/take-back")
def take_back(removal_id: object) -> ResponseReturnValue:
    """End a request."""
    with transaction():
        removal_desk.take_back(get_viewer(), str(removal_id))
    flash(gettext("숨김을 풀었습니다. 다음에 자료를 가져올 때 다시 나타납니다."))
    return redirect("/directory/removals", 303)


def _page(uid: str, errors: dict[str, str], status: int) -> ResponseReturnValue:
    entry = removals.find_known(uid) if uid else None
    html = render_template(
        "directory/removals.html",
        entry=entry,
        office=entries_q.get_office(entry.office) if entry else None,
        removals=removal_desk.list_all(get_viewer()),
        errors=errors,
        form=request.form,
        most=MOST_REASON,
    )
    return html, status
