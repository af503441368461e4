"""The administrator's page of choices about photos: the board, picked pictures, the daily quota."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.db import transaction
from app.core.errors import field_messages
from app.core.guard import get_viewer
from app.photos.rules import board as board_r
from app.photos.service import settings
from app.photos.service.settings import Settings

bp = Blueprint("photo_settings", __name__, template_folder="../templates")


class ChoicesForm(BaseModel):
    """What is not the board; a tick that is not sent is no."""

    model_config = ConfigDict(frozen=True)
    picked: bool = False
    daily_mb: Annotated[int, Field(ge=50, le=100_000)]


@bp.get("/photos/settings")
def show() -> ResponseReturnValue:
    """The organisation's choices."""
    return _page(settings.find(get_viewer().organisation_id), {}, 200)


@bp.post("/photos/settings")
def save() -> ResponseReturnValue:
    """Keep the choices; a button beside a field moves it or takes it away first."""
    form = request.form
    rows = list(zip(*(form.getlist(name) for name in ("name", "kind", "choices")), strict=False))
    board = board_r.read_rows(board_r.moved(rows, form.get("act", "")))
    errors = {f"board-{place}": _words(what) for place, what in board_r.faults(board)}
    try:
        given = ChoicesForm.model_validate(form.to_dict())
    except ValidationError as error:
        given = ChoicesForm(picked="picked" in form, daily_mb=settings.DAILY_MB)
        errors |= field_messages(error)
    chosen = Settings(board, given.picked, given.daily_mb)
    return _page(chosen, errors, 422, form.get("daily_mb")) if errors else _keep(chosen)


def _keep(chosen: Settings) -> ResponseReturnValue:
    with transaction():
        settings.save(get_viewer().organisation_id, chosen)
    flash(gettext("저장했습니다. 휴대전화에는 다음에 앱을 열 때 바뀝니다."))
    return redirect("/photos/settings", 303)


def _words(what: str) -> str:
    said = {
        "count": gettext("항목은 1개에서 20개까지 둘 수 있습니다."),
        "long": gettext("이름은 20자까지 됩니다."),
        "twice": gettext("같은 이름의 항목이 있습니다."),
        "choices": gettext("고를 말을 쉼표로 나누어 1개에서 30개까지, 40자 안으로 적어 주세요."),
    }
    return str(said[what])


def _page(
    chosen: Settings, errors: dict[str, str], status: int, typed: str | None = None
) -> ResponseReturnValue:
    html = render_template(
        "photos/settings.html",
        chosen=chosen,
        daily_mb=chosen.daily_mb if typed is None else typed,
        errors=errors,
        most=board_r.MAX_FIELDS,
    )
    return html, status
