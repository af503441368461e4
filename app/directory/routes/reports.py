"""The administrator's list of entries that people of the organisation reported as wrong."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field

from app.core import pages
from app.core.db import transaction
from app.core.guard import get_viewer
from app.directory.queries import follows as follows_q
from app.directory.rules import reports
from app.directory.service import mine

bp = Blueprint("directory_reports", __name__, template_folder="../templates")


class EndForm(BaseModel):
    """What became of a report."""

    model_config = ConfigDict(frozen=True)
    state: Annotated[str, Field(pattern="^(open|done|declined)$")]


@bp.get("/directory/reports")
def show() -> ResponseReturnValue:
    """What was reported, open ones first."""
    page = pages.page_number()
    found, total = mine.list_reports(get_viewer(), page)
    pages_in_all = max(1, -(-total // follows_q.PAGE))
    return render_template(
        "directory/reports.html", reports=found, page=page, pages=pages_in_all, total=total
    )


@bp.post("/directory/reports/<uuid:report_id>")
def end(report_id: object) -> ResponseReturnValue:
    """Close a report as done or declined, or open it again."""
    given = EndForm.model_validate(request.form.to_dict())
    with transaction():
        mine.end_report(get_viewer(), str(report_id), given.state)
    opened = given.state == reports.OPEN
    flash(
        gettext("다시 열었습니다.") if opened else gettext("처리하고, 신고한 사람에게 알렸습니다.")
    )
    return redirect(f"/directory/reports?page={pages.page_number()}", 303)
