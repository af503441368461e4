"""The office's inbox (사진함): photos as they arrive, one photo, its check, sheets and bundles."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.core import guard, pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.photos.queries import exports as exports_q
from app.photos.queries import inbox as inbox_q
from app.photos.queries.exports import ExportRow
from app.photos.rules import asked as asked_r
from app.photos.rules import exports as exports_r
from app.photos.rules import words
from app.photos.rules.asked import Asked
from app.photos.service import archive, inbox, links, verify
from app.photos.service.archive import Wish

bp = Blueprint("photo_inbox", __name__, template_folder="../templates")


def _asked() -> Asked:
    return asked_r.read(request.args)


def _query(asked: Asked) -> str:
    return urlencode(asked.chosen())


@bp.get("/photos")
def show() -> ResponseReturnValue:
    """Photos that the viewer may see, newest first, in groups, with filters."""
    viewer, asked, page = get_viewer(), _asked(), pages.page_number()
    return render_template(
        "photos/inbox.html",
        asked=asked,
        query=_query(asked),
        page=page,
        words=words,
        exports=[(one, _stage(one)) for one in exports_q.list_exports(viewer.person_id, 3)],
        **inbox.list_page(viewer, asked, page),
    )


@bp.get("/photos/<uuid:photo_id>")
def one(photo_id: object) -> ResponseReturnValue:
    """One photo large, with its board and everything that is known of it."""
    asked = _asked()
    found = inbox.describe(get_viewer(), asked, str(photo_id))
    return render_template("photos/photo.html", query=_query(asked), words=words, **found)


@bp.get("/photos/<uuid:photo_id>/verify")
@guard.limit(120, by=guard.asking_person)
def check(photo_id: object) -> ResponseReturnValue:
    """Whether a photo is what was taken: everything recomputed, in words."""
    inbox_q.check_visible(inbox.scope_of(get_viewer()), str(photo_id))
    return render_template(
        "photos/verify.html",
        photo_id=str(photo_id),
        found=verify.examine(str(photo_id)),
        words=words,
        query=_query(_asked()),
    )


@bp.post("/photos/exports")
@guard.limit(30, by=guard.asking_person)
def ask() -> ResponseReturnValue:
    """Ask for a sheet or a bundle of the chosen photos."""
    viewer = get_viewer()
    scope, wish = inbox.scope_of(viewer), _wish()
    with transaction():
        export_id = archive.ask(viewer, scope, wish)
    return redirect(f"/photos/exports/{export_id}", 303)


def _wish() -> Wish:
    """The form's wish; values that the form cannot send fall back to the plain ones."""
    form = request.form
    photos = tuple(form.getlist("photo"))
    if form.get("all"):
        viewer = get_viewer()
        wanted = inbox.wanted_of(viewer, asked_r.read(form))
        photos = tuple(inbox_q.list_ids(inbox.scope_of(viewer), wanted, archive.MOST))
    per_page = form.get("per_page", 4, type=int)
    given: dict[str, Any] = {
        "kind": form.get("kind") if form.get("kind") in archive.KINDS else "zip",
        "per_page": per_page if per_page in archive.PER_PAGE else 4,
    }
    return Wish(
        **given,
        photos=photos,
        title=form.get("title", "").strip()[:80],
        originals=bool(form.get("originals")),
        why=form.get("reason", ""),
    )


@bp.get("/photos/exports/<uuid:export_id>")
def export(export_id: object) -> ResponseReturnValue:
    """How far a sheet or a bundle is, and the file when it is made."""
    row = exports_q.get_export(get_viewer().person_id, str(export_id))
    facts = {"row": row, "stage": _stage(row), "link": links.of_export(row)}
    return render_template("photos/export.html", words=words, **facts)


def _stage(row: ExportRow) -> str:
    return exports_r.stage(row.state, row.error, row.live)
