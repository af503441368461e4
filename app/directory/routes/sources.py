"""The administrator's pages of sources: write a definition, try it, switch it on, look after it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core import clock, pages
from app.core.db import transaction
from app.core.guard import asking_person, get_viewer, limit
from app.directory.queries import entries as entries_q
from app.directory.queries import sources as sources_q
from app.directory.queries.sources import RoundRow, SourceRow
from app.directory.routes import source_form
from app.directory.routes.source_form import SeenForm, SwitchForm
from app.directory.rules import crawl_words as words
from app.directory.rules import definition as definition_r
from app.directory.service import outage, sources

bp = Blueprint("directory_sources", __name__, template_folder="../templates")
BASE = "/directory/sources"


@bp.get(BASE)
def show() -> ResponseReturnValue:
    """All sources: those with an alarm first."""
    page = pages.page_number()
    found, total = sources_q.list_sources(page)
    return render_template(
        "directory/sources.html",
        sources=found,
        rounds=sources_q.list_rounds([one.id for one in found]),
        state_of=_state,
        page=page,
        pages=max(1, -(-total // sources_q.PAGE)),
        words=words,
        line_down=outage.find(),
    )


@bp.get(f"{BASE}/new")
def new() -> ResponseReturnValue:
    """The form of a new source."""
    return _edit(None, {"office": request.args.get("office", "")}, {}, 200)


@bp.post(BASE)
def add() -> ResponseReturnValue:
    """Keep a new source; it is off."""
    given = request.form.to_dict()
    found, errors = source_form.read(given)
    if found is None:
        return _edit(None, given, errors, 422)
    with transaction():
        source_id = sources.add(get_viewer(), found)
    flash(gettext("저장했습니다. 시험해 본 뒤에 켤 수 있습니다."))
    return redirect(f"{BASE}/{source_id}", 303)


@bp.get(f"{BASE}/<uuid:source_id>")
def one(source_id: object) -> ResponseReturnValue:
    """One source: how it stands, its last trial, its last reading."""
    found = sources_q.get_source(str(source_id))
    trial = sources_q.find_round(found.id, trial=True)
    last = sources_q.find_round(found.id, trial=False)
    return render_template(
        "directory/source.html", source=found, trial=trial, last=last, state=_state(found, last),
        tried=sources.is_tried(found, trial), running=_running(trial, last), words=words,
        definition=definition_r.read(found.definition), now=clock.now(),
    )  # fmt: skip


@bp.get(f"{BASE}/<uuid:source_id>/progress")
def progress(source_id: object) -> ResponseReturnValue:
    """How far the trial or reading is that is under way, in pages, for the page that shows it."""
    found = sources_q.get_source(str(source_id))
    rounds = (sources_q.find_round(found.id, trial) for trial in (True, False))
    running = _running(*rounds)
    if running is None:
        return jsonify(state="rest", rows=0, done=0)
    far = sources_q.find_progress(running)
    state = "trial" if running.trial else "reading"
    return jsonify(state=state, rows=far.done + far.left, done=far.done)


@bp.get(f"{BASE}/<uuid:source_id>/edit")
def edit(source_id: object) -> ResponseReturnValue:
    """The form that corrects a source."""
    found = sources_q.get_source(str(source_id))
    given = {
        "office": str(found.office), "label": found.label, "definition": found.definition,
    }  # fmt: skip
    return _edit(found, given, {}, 200)


@bp.post(f"{BASE}/<uuid:source_id>/edit")
def change(source_id: object) -> ResponseReturnValue:
    """Correct a source; another definition is off until it was tried."""
    kept, given = sources_q.get_source(str(source_id)), request.form.to_dict()
    found, errors = source_form.read(given)
    if found is None:
        return _edit(kept, given, errors, 422)
    with transaction():
        is_new = sources.change(get_viewer(), kept.id, found)
    again = gettext("고쳤습니다. 정의가 달라졌으므로 다시 시험한 뒤에 켜 주세요.")
    flash(again if is_new else gettext("고쳤습니다."))
    return redirect(f"{BASE}/{kept.id}", 303)


@bp.post(f"{BASE}/<uuid:source_id>/try")
@limit(per_minute=6, by=asking_person)
def try_out(source_id: object) -> ResponseReturnValue:
    """Let the worker try a definition."""
    with transaction():
        sources.ask_trial(get_viewer(), str(source_id))
    return redirect(f"{BASE}/{source_id}#trial", 303)


@bp.post(f"{BASE}/<uuid:source_id>/switch")
def switch(source_id: object) -> ResponseReturnValue:
    """Switch a source on or off."""
    form = SwitchForm.model_validate(request.form.to_dict())
    with transaction():
        sources.switch(get_viewer(), str(source_id), form.on)
    on = gettext("켰습니다. 곧 처음 읽고, 다음부터는 밤에 읽습니다.")
    flash(on if form.on else gettext("껐습니다. 이미 읽은 자료는 그대로 있습니다."))
    return redirect(f"{BASE}/{source_id}", 303)


@bp.post(f"{BASE}/<uuid:source_id>/refresh")
@limit(per_minute=6, by=asking_person)
def refresh(source_id: object) -> ResponseReturnValue:
    """Read a source now."""
    with transaction():
        sources.refresh(get_viewer(), str(source_id))
    flash(gettext("곧 읽기 시작합니다."))
    return redirect(f"{BASE}/{source_id}", 303)


@bp.post(f"{BASE}/<uuid:source_id>/seen")
def seen(source_id: object) -> ResponseReturnValue:
    """Take an alarm as seen."""
    form = SeenForm.model_validate(request.form.to_dict())
    with transaction():
        sources.acknowledge(get_viewer(), str(source_id), form.anyway)
    taken = gettext("지금 화면이 맞다고 보고 다시 읽습니다.")
    flash(
        taken if form.anyway else gettext("경보를 확인했습니다. 까닭이 남아 있으면 다시 울립니다.")
    )
    return redirect(f"{BASE}/{source_id}", 303)


@bp.post(f"{BASE}/<uuid:source_id>/remove")
def remove(source_id: object) -> ResponseReturnValue:
    """Take a source out, when it is meant: the form's box says so."""
    if request.form.get("sure") != "1":
        return make_response(one(source_id), 422)
    with transaction():
        sources.remove(get_viewer(), str(source_id))
    flash(gettext("출처를 지웠습니다. 이미 읽은 자료는 그대로 있습니다."))
    return redirect(BASE, 303)


def _state(source: SourceRow, last: RoundRow | None) -> str:
    """How a source stands, as a key of `words.STATES`."""
    if source.alarm is not None:
        return "alarm"
    if source.state == "on":
        return "on"
    return "untried" if source.tried_at is None and last is None else "off"


def _running(*rounds: RoundRow | None) -> RoundRow | None:
    return next((one for one in rounds if one is not None and one.state == "running"), None)


def _edit(
    source: SourceRow | None, form: dict[str, str], errors: dict[str, Any], status: int
) -> tuple[str, int]:
    html = render_template(
        "directory/source_edit.html", source=source, form=form, errors=errors,
        offices=entries_q.list_offices(),
    )  # fmt: skip
    return html, status
