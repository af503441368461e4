"""Files with the entries of an office or of the whole country, for administrators."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header

from app.core import guard
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.guard import get_viewer
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.service import bulk

bp = Blueprint("directory_bulk", __name__, template_folder="../templates")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/directory/export")
def show() -> ResponseReturnValue:
    """What was asked for, and the form for another file."""
    return render_template(
        "directory/bulk.html",
        bulks=imports_q.list_bulks(get_viewer().organisation_id),
        offices=entries_q.list_offices(),
    )


@bp.post("/directory/export")
@guard.limit(20, by=guard.asking_person)
def ask() -> ResponseReturnValue:
    """Ask for a file."""
    office = request.form.get("office", "")
    kind = request.form.get("kind", "")
    if not (office == "all" or office.isdecimal()) or kind not in TYPES:
        raise NotFound
    with transaction():
        bulk_id = bulk.ask(get_viewer(), None if office == "all" else int(office), kind)
    return redirect(f"/directory/export/{bulk_id}", 303)


@bp.get("/directory/export/<uuid:bulk_id>")
def one(bulk_id: object) -> ResponseReturnValue:
    """One file, while it is made and when it is."""
    row = imports_q.get_bulk(get_viewer().organisation_id, str(bulk_id))
    return render_template("directory/bulk_one.html", row=row)


@bp.get("/api/directory/export/<uuid:bulk_id>")
def state(bulk_id: object) -> ResponseReturnValue:
    """How far a file is, for the page that waits for it."""
    row = imports_q.get_bulk(get_viewer().organisation_id, str(bulk_id))
    return jsonify(state=row.state, rows=row.rows, done=row.rows_done, stuck=False)


@bp.get("/directory/export/<uuid:bulk_id>/file")
def file(bulk_id: object) -> ResponseReturnValue:
    """The file itself."""
    row = imports_q.get_bulk(get_viewer().organisation_id, str(bulk_id))
    size, pieces = bulk.read(row)
    name = f"{row.office_name or '전국'} 담당자.{row.kind}"
    answer = Response(pieces, content_type=TYPES[row.kind], direct_passthrough=True)
    answer.content_length = size
    disposition = dump_options_header("attachment", {"filename": name})
    answer.headers["Content-Disposition"] = disposition
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
