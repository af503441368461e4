"""The auditor's desk: finding stamps and dealing with citizens' questions."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.trips.queries.desk import PAGE, QUESTIONS, count_questions
from app.trips.service import desk, inquiry

bp = Blueprint("desk", __name__, template_folder="../templates")


@bp.get("/audit")
def show() -> ResponseReturnValue:
    """The organisation's stamps, newest first, with filters; a scanned address leads on."""
    asked = {name: request.args.get(name, "").strip()[:800] for name in ("q", "mark", "day")}
    if "/S/" in asked["q"].upper():
        return redirect("/S/" + quote(asked["q"].upper().rpartition("/S/")[2], safe=""))
    return render_template("trips/audit.html", **_page(asked))


def _page(asked: dict[str, str]) -> dict[str, object]:
    organisation_id = get_viewer().organisation_id
    page = pages.page_number()
    stamps, total = desk.search(organisation_id, asked["q"], asked["mark"], asked["day"], page)
    chosen = {name: value for name, value in asked.items() if value}
    return {
        "stamps": stamps,
        "total": total,
        "filters": {
            **asked,
            "marks": desk.mark_choices(),
            "query": "&" + urlencode(chosen) if chosen else "",
        },
        "page": page,
        "pages": max(1, -(-total // PAGE)),
        **_questions(organisation_id, chosen),
    }


def _questions(organisation_id: str, chosen: dict[str, str]) -> dict[str, object]:
    """A page of the questions, turned beside the stamps' own; it keeps what was looked for."""
    page = pages.page_number("questions")
    found = desk.list_questions(organisation_id, page)
    waiting, done = count_questions(organisation_id)
    return {
        "inquiries": [one for one in found if not one["done"]],
        "settled": [one for one in found if one["done"]],
        "waiting": waiting,
        "done": done,
        "question_page": page,
        "question_pages": max(1, -(-(waiting + done) // QUESTIONS)),
        "question_query": "&" + urlencode(chosen) if chosen else "",
    }


@bp.post("/audit/inquiries/<uuid:inquiry_id>/done")
def settle(inquiry_id: object) -> ResponseReturnValue:
    """A question was dealt with."""
    with transaction():
        inquiry.settle(get_viewer().organisation_id, str(inquiry_id))
    flash(gettext("질문을 처리한 것으로 표시했습니다."))
    return redirect("/audit", 303)


@bp.post("/audit/inquiries/<uuid:inquiry_id>/open")
def reopen(inquiry_id: object) -> ResponseReturnValue:
    """A question was not dealt with after all."""
    with transaction():
        inquiry.reopen(get_viewer().organisation_id, str(inquiry_id))
    flash(gettext("질문을 다시 열었습니다."))
    return redirect("/audit", 303)
