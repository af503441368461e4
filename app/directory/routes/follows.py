"""What a person follows in the directory: the list, following, and following no longer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field

from app.core import clock, guard
from app.core.db import transaction
from app.core.errors import BadInput
from app.core.guard import get_viewer
from app.directory.queries import entries as entries_q
from app.directory.queries import follows as follows_q
from app.directory.queries.follows import FollowRow
from app.directory.service import follows
from app.directory.service.follows import Wish

UNDO = "directory-follow-undo"
UNDO_S = 600
PLAIN = {"id", "what", "office", "sido", "target", "label", "created_at"}
bp = Blueprint("directory_follows", __name__, template_folder="../templates")


class FollowForm(BaseModel):
    """What to follow; `back` is the page that it was asked from."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)
    what: Literal["entry", "department", "duty"]
    target: Annotated[str, Field(max_length=120)] = ""
    office: Annotated[int, Field(ge=0, le=99_999)] = 0
    sido: Annotated[str, Field(max_length=20)] = ""
    back: Annotated[str, Field(pattern=r"^(/directory/entry/[0-9a-f-]{36})?$")] = ""


@bp.get("/directory/follows")
def show() -> ResponseReturnValue:
    """What the person follows, and a form for a duty; the address may fill it in."""
    asked = {name: request.args.get(name, "") for name in ("words", "office", "sido")}
    return _page(asked, "", 200)


@bp.post("/directory/follows")
@guard.limit(60, by=guard.asking_person)
def add() -> ResponseReturnValue:
    """Follow an entry, a department or a duty."""
    given = FollowForm.model_validate(_filled())
    wish = Wish(given.what, given.target, given.office, given.sido)
    try:
        with transaction():
            follows.follow(get_viewer(), wish)
    except BadInput as refusal:
        return _page(request.form.to_dict(), _words(refusal.reason), 422)
    flash(gettext("바뀌면 알림으로 알려 드립니다."))
    return redirect(given.back or "/directory/follows", 303)


def _filled() -> dict[str, Any]:
    """The form without what was left empty; a duty's place is an office or a province."""
    form = {name: value for name, value in request.form.items() if value}
    kind, _, value = form.pop("place", "").partition(":")
    return form | ({kind: value} if kind in {"office", "sido"} else {})


@bp.post("/directory/follows/<uuid:follow_id>/remove")
def remove(follow_id: object) -> ResponseReturnValue:
    """Follow something no longer; it can be put back at once."""
    with transaction():
        row = follows.unfollow(get_viewer(), str(follow_id))
    kept = {name: value for name, value in vars(row).items() if name in PLAIN}
    session[UNDO] = {"row": kept, "until": clock.now() + UNDO_S}
    return redirect("/directory/follows", 303)


@bp.post("/directory/follows/restore")
def restore() -> ResponseReturnValue:
    """Put back what was removed last."""
    viewer, kept = get_viewer(), _undoable()
    session.pop(UNDO, None)
    if kept is not None:
        own = {"person_id": viewer.person_id, "organisation_id": viewer.organisation_id}
        row = FollowRow(**(own | kept))
        with transaction():
            follows.put_back(viewer, row)
        flash(gettext("되돌렸습니다."))
    return redirect("/directory/follows", 303)


def _undoable() -> dict[str, Any] | None:
    """What was removed within the last minutes."""
    kept = session.get(UNDO)
    return kept["row"] if kept is not None and kept["until"] >= clock.now() else None


def _words(reason: str) -> str:
    if reason == "too-short":
        return str(gettext("두 글자가 넘는 낱말을 적어 주세요. 예: 청년 창업"))
    return str(gettext("고를 수 있는 값이 아닙니다."))


def _page(asked: dict[str, str], error: str, status: int) -> ResponseReturnValue:
    offices, found = entries_q.list_offices(), follows_q.list_follows(get_viewer().person_id)
    html = render_template(
        "directory/follows.html",
        follows=found,
        same=follows.same_words(found),
        offices=offices,
        names={one.number: one for one in offices},
        provinces=list(dict.fromkeys(one.sido for one in offices)),
        words=asked.get("words") or asked.get("target", ""),
        place=asked.get("place") or _place(asked),
        error=error,
        undo=_undoable() if status == 200 else None,
    )
    return html, status


def _place(asked: dict[str, str]) -> str:
    if asked.get("office"):
        return f"office:{asked['office']}"
    return f"sido:{asked['sido']}" if asked.get("sido") else ""
