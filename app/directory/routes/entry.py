"""One entry of the directory: everything that is known of it, the star, and "it is wrong"."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field

from app.core import guard
from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.rules import reports
from app.directory.service import card, mine

bp = Blueprint("directory_entry", __name__, template_folder="../templates")
Uid = Annotated[str, Field(pattern=r"^[0-9a-f-]{36}$")]


class StarForm(BaseModel):
    """Which entry to keep at hand, or no longer."""

    model_config = ConfigDict(frozen=True)
    uid: Uid
    act: Literal["add", "drop"]


class ReportForm(BaseModel):
    """What is wrong with which entry."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)
    uid: Uid
    reason: Literal["person", "phone", "duty", "gone", "other"]
    words: Annotated[str, Field(max_length=500)] = ""


@bp.get("/directory/entry/<uuid:uid>")
def show(uid: object) -> ResponseReturnValue:
    """An entry; of one that is gone its history, and what replaced it."""
    found = card.describe(get_viewer(), str(uid))
    return render_template("directory/entry.html", reasons=reports.REASONS, **found)


@bp.post("/directory/favourites")
@guard.limit(120, by=guard.asking_person)
def star() -> ResponseReturnValue:
    """Keep an entry at hand, or no longer."""
    given = StarForm.model_validate(request.form.to_dict())
    with transaction():
        mine.set_favourite(get_viewer(), given.uid, given.act == "add")
    kept = gettext("즐겨찾기에 넣었습니다. 통신이 없어도 볼 수 있습니다.")
    flash(kept if given.act == "add" else gettext("즐겨찾기에서 뺐습니다."))
    return redirect(f"/directory/entry/{given.uid}", 303)


@bp.post("/directory/entry/reports")
@guard.limit(10, by=guard.asking_person)
def report() -> ResponseReturnValue:
    """Say that an entry is wrong."""
    given = ReportForm.model_validate(request.form.to_dict())
    with transaction():
        mine.report(get_viewer(), given.uid, given.reason, given.words)
    flash(gettext("기관 관리자에게 알렸습니다. 처리되면 알림으로 알려 드립니다."))
    return redirect(f"/directory/entry/{given.uid}", 303)
