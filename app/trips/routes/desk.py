"""The auditor's desk: finding stamps and dealing with citizens' questions."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.db import transaction
from app.core.guard import get_viewer
from app.trips.queries.desk import PAGE
from app.trips.service import desk, inquiry

bp = Blueprint("desk", __name__, template_folder="../templates")


@bp.get("/audit")
def show() -> ResponseReturnValue:
    """The organisation's stamps, newest first, with filters."""
    viewer = get_viewer()
    asked = {name: request.args.get(name, "").strip()[:800] for name in ("q", "mark", "day")}
    if "/S/" in asked["q"].upper():
        return redirect("/S/" + asked["q"].upper().rpartition("/S/")[2])
    page = max(1, request.args.get("page", 1, type=int) or 1)
    stamps, total = desk.search(
        viewer.organisation_id, asked["q"], asked["mark"], asked["day"], page
    )
    chosen = {name: value for name, value in asked.items() if value}
    return render_template(
        "trips/audit.html",
        stamps=stamps,
        total=total,
        filters={
            **asked,
            "marks": desk.mark_choices(),
            "query": "&" + urlencode(chosen) if chosen else "",
        },
        page=page,
        pages=max(1, -(-total // PAGE)),
        inquiries=[one for one in desk.list_questions(viewer.organisation_id) if not one["done"]],
    )


@bp.post("/audit/inquiries/<uuid:inquiry_id>/done")
def settle(inquiry_id: object) -> ResponseReturnValue:
    """A question was dealt with."""
    with transaction():
        inquiry.settle(get_viewer().organisation_id, str(inquiry_id))
    flash(gettext("질문을 처리한 것으로 표시했습니다."))
    return redirect("/audit", 303)
