"""Files of officials that an administrator brings: upload, what the columns are, dry run, start,
progress, undo."""

from __future__ import annotations

import json
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import body, guard, pages
from app.core.db import transaction
from app.core.errors import BadInput
from app.core.guard import get_viewer
from app.core.sheets.lines import MOST_BYTES
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.queries import runs as runs_q
from app.directory.queries.imports import ImportRow
from app.directory.rules import bulk as bulk_r
from app.directory.rules import import_form
from app.directory.rules import import_words as words
from app.directory.rules.import_refusals import BadFile, FileTooLarge, NoFile
from app.directory.service import importing, imports
from app.directory.service.imports import Wanted

bp = Blueprint("directory_imports", __name__, template_folder="../templates")
SHOWN_PROBLEMS = 100
AROUND = 64 * 1024  # bytes of a form around its file


@bp.get("/directory/imports")
def show() -> ResponseReturnValue:
    """The organisation's imports, and the form for another file."""
    return _list()


def _list(refusal: BadFile | None = None) -> ResponseReturnValue:
    """The page of imports; the refusal of the file that came stands beside its field."""
    page = pages.page_number()
    found, total = imports_q.list_imports(get_viewer().organisation_id, page)
    html = render_template(
        "directory/imports.html",
        imports=found,
        page=page,
        pages=max(1, -(-total // imports_q.PAGE)),
        words=words,
        error=refusal and refusal.detail,
    )
    answer = make_response(html, refusal.status if refusal else 200)
    if refusal and refusal.retry_after is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


@bp.post("/directory/imports")
@guard.limit(20, by=guard.asking_person)
def upload() -> ResponseReturnValue:
    """Take a file in."""
    request.max_content_length = MOST_BYTES + AROUND
    try:
        with body.slot():
            import_id = _take()
    except BadFile as refusal:
        return _list(refusal)
    return redirect(f"/directory/imports/{import_id}", 303)


def _take() -> str:
    """Keep the file of the form; its import's id."""
    try:
        given = request.files.get("file")
    except RequestEntityTooLarge as error:
        raise FileTooLarge from error
    if given is None:
        raise NoFile
    return imports.upload(get_viewer(), given.filename or "", given.stream)


@bp.get("/directory/imports/<uuid:import_id>")
def one(import_id: object) -> ResponseReturnValue:
    """One import, at whatever step it is."""
    return _page(_row(import_id), {}, None, 200)


@bp.get("/api/directory/imports/<uuid:import_id>")
def state(import_id: object) -> ResponseReturnValue:
    """How far an import is, for the page that waits for it."""
    row = _row(import_id)
    return jsonify(state=row.state, rows=row.rows, done=row.rows_done, stuck=_stuck(row))


@bp.post("/directory/imports/<uuid:import_id>/sheet")
def sheet(import_id: object) -> ResponseReturnValue:
    """Look at another sheet of the workbook."""
    number = request.form.get("sheet", type=int, default=0)
    with transaction():
        importing.choose_sheet(_row(import_id), number)
    return redirect(f"/directory/imports/{import_id}", 303)


@bp.post("/directory/imports/<uuid:import_id>/check")
def check(import_id: object) -> ResponseReturnValue:
    """Keep what the columns are, and try the file out."""
    row = _row(import_id)
    try:
        wanted = _wanted(row)
    except BadInput as error:
        said = {one["field"]: one["message"] for one in error.errors}
        return _page(row, said, request.form.to_dict(), 422)
    with transaction():
        imports.check(get_viewer(), row.id, wanted)
    return redirect(f"/directory/imports/{row.id}", 303)


def _wanted(row: ImportRow) -> Wanted:
    offices = {one.number: one.name for one in entries_q.list_offices()}
    width = len(imports.wanted_of(row).mapping.columns)
    return Wanted(*import_form.read(request.form, width, offices))


@bp.post("/directory/imports/<uuid:import_id>/again")
def again(import_id: object) -> ResponseReturnValue:
    """Go back to what the columns are."""
    with transaction():
        imports.go_back(get_viewer(), str(import_id))
    return redirect(f"/directory/imports/{import_id}", 303)


@bp.post("/directory/imports/<uuid:import_id>/start")
def start(import_id: object) -> ResponseReturnValue:
    """Replace what the offices have."""
    row = _row(import_id)
    if imports.shrinking(row) and not request.form.get("sure"):
        said = gettext("줄어드는 것이 맞으면 확인 칸을 누른 뒤 다시 시작해 주세요.")
        return _page(row, {"sure": said}, None, 422)
    with transaction():
        imports.start(get_viewer(), row.id)
    return redirect(f"/directory/imports/{row.id}", 303)


@bp.post("/directory/imports/<uuid:import_id>/undo")
def undo(import_id: object) -> ResponseReturnValue:
    """Put back everything that an import replaced."""
    with transaction():
        imports.take_back(get_viewer(), str(import_id))
    return redirect(f"/directory/imports/{import_id}", 303)


@bp.post("/directory/imports/<uuid:import_id>/go-on")
def go_on(import_id: object) -> ResponseReturnValue:
    """Let the worker begin again with a step that it gave up."""
    with transaction():
        imports.go_on(get_viewer(), str(import_id))
    return redirect(f"/directory/imports/{import_id}", 303)


@bp.post("/directory/imports/<uuid:import_id>/drop")
def drop(import_id: object) -> ResponseReturnValue:
    """Throw a file away that changed nothing."""
    imports.drop(get_viewer(), str(import_id))
    flash(gettext("파일을 버렸습니다. 바뀐 것은 없습니다."))
    return redirect("/directory/imports", 303)


@bp.get("/directory/imports/<uuid:import_id>/report.csv")
def report(import_id: object) -> ResponseReturnValue:
    """What was wrong, row by row, for a spreadsheet."""
    row = _row(import_id)
    lines = [[gettext("행"), gettext("문제"), gettext("내용"), gettext("할 일")]]
    for found in imports_q.list_problems(row.id):
        what, todo = words.problem(found.code)
        lines.append([str(found.row), str(what), found.detail, str(todo)])
    answer = Response(bulk_r.BOM + bulk_r.to_csv(lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return answer


def _row(import_id: object) -> ImportRow:
    return imports_q.get_import(get_viewer().organisation_id, str(import_id))


def _stuck(row: ImportRow) -> bool:
    return row.state in imports.ACTIVE and not imports_q.is_waited_for(row.id)


def _page(
    row: ImportRow, errors: dict[str, str], form: dict[str, str] | None, status: int
) -> ResponseReturnValue:
    """The page of an import; `form` is what was given when it did not fit."""
    more: dict[str, Any] = {}
    if row.state == "read" or form is not None:
        more = {"view": imports.view(row), "offices": entries_q.list_offices(), "form": form}
    html = render_template(
        "directory/import.html",
        row=row,
        report=json.loads(row.report or "{}"),
        problems=imports_q.list_problems(row.id, SHOWN_PROBLEMS),
        same=imports_q.find_same(row),
        shrinking=imports.shrinking(row),
        stuck=_stuck(row),
        has_begun=row.state == "failed" and bool(runs_q.list_runs_of(row.id)),
        words=words,
        errors=errors,
        **more,
    )
    return html, status
