"""A person's notices: the list, what is done with one or all, and the number beside the bell."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.core import pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.notices import queries, service
from app.notices.queries import NoticeRow

UNDO = "notices-undo"
MOST = 2**63 - 1  # the greatest number of the database
bp = Blueprint("notices", __name__, template_folder="templates")


@bp.get("/notices")
def show() -> ResponseReturnValue:
    """The person's notices, those not read first."""
    person_id, page = get_viewer().person_id, pages.page_number()
    seen = queries.find_last_told(person_id)  # before the page: what comes meanwhile is not seen
    notices, total = queries.list_page(person_id, page)
    unread = queries.count_unread(person_id)
    return render_template(
        "notices/list.html",
        notices=notices, page=page, pages=max(1, -(-total // queries.PAGE)),
        undo=session.pop(UNDO, None), translated=gettext, titled=_title, seen=seen, unread=unread,
    )  # fmt: skip


def _title(notice: NoticeRow) -> str:
    """A notice's title in the reader's language."""
    if not notice.count:
        return str(gettext(notice.title))
    counts = {"count": notice.count, "places": notice.places}
    return str(ngettext(notice.title, notice.title, notice.count, **counts))


@bp.post("/notices/<uuid:notice_id>/open")
def follow(notice_id: object) -> ResponseReturnValue:
    """Mark a notice as read and go on to what it is about."""
    with transaction():
        url = service.mark_read(get_viewer().person_id, str(notice_id))
    return redirect(url, 303)


@bp.post("/notices/<uuid:notice_id>/read")
def read(notice_id: object) -> ResponseReturnValue:
    """Mark a notice as read that the person has seen in the list."""
    with transaction():
        service.mark_read(get_viewer().person_id, str(notice_id), _seen())
    return _back()


@bp.post("/notices/<uuid:notice_id>/unread")
def unread(notice_id: object) -> ResponseReturnValue:
    """Mark a notice as not read."""
    with transaction():
        service.mark_unread(get_viewer().person_id, str(notice_id))
    return _back()


@bp.post("/notices/read")
def read_all() -> ResponseReturnValue:
    """Mark everything as read that the person has seen in the list."""
    with transaction():
        at = service.mark_all_read(get_viewer().person_id, _seen() or 0)
    if at is not None:
        session[UNDO] = at
    return _back()


@bp.post("/notices/unread")
def undo_all() -> ResponseReturnValue:
    """Undo the marking of everything."""
    at = request.form.get("at", 0, type=int)
    with transaction():
        service.undo_all_read(get_viewer().person_id, at)
    return _back()


def _seen() -> int | None:
    """How far the person was told when the list was made that they look at."""
    seen = request.form.get("seen", type=int)
    return None if seen is None else max(0, min(seen, MOST))


def _back() -> ResponseReturnValue:
    page = pages.page_number()
    return redirect("/notices" if page == 1 else f"/notices?page={page}", 303)


@bp.get("/api/notices/live")
def live() -> ResponseReturnValue:
    """How many notices are not read; 304 when that is as the caller knows it."""
    count, told = queries.unread_state(get_viewer().person_id)
    tag = f"{count}-{told}"
    known = request.if_none_match.contains(tag)
    response = Response(status=304) if known else jsonify(unread=count)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response
