"""The form that says what the columns of a file are."""

from __future__ import annotations

from collections.abc import Mapping as Given
from typing import Final

from flask_babel import lazy_gettext as _l

from app.core.errors import BadInput
from app.core.sheets.lines import MOST_COLUMNS, MOST_LINES
from app.directory.rules import columns
from app.directory.rules.lines import Mapping

NEEDED: Final = ("department", "duty", "unit", "team")


def read(form: Given[str, str], width: int, offices: Given[int, str]) -> tuple[Mapping, bool]:
    """The mapping of a form, and whether only its departments are to be replaced.

    Args:
        form: its fields.
        width: how many columns the sheet has.
        offices: the names of those that may be chosen, by number.

    Raises:
        BadInput: naming each field that does not fit.
    """
    wrong: list[dict[str, str]] = []
    chosen = tuple(form.get(f"column-{at}", "") for at in range(min(width, MOST_COLUMNS)))
    try:
        columns.check(chosen)
    except ValueError:
        wrong.append(_said("columns", _l("같은 항목을 두 열에 골랐습니다. 한 열만 남겨 주세요.")))
    if not set(chosen) & {*NEEDED}:
        wrong.append(_said("columns", _l("부서나 담당업무가 있는 열을 하나는 골라 주세요.")))
    office = _number(form.get("office", ""))
    if office is not None and office not in offices:
        wrong.append(_said("office", _l("목록에 있는 기관을 골라 주세요.")))
    if office is None and "office" not in chosen:
        wrong.append(_said("office", _l("기관을 고르거나, 기관 이름이 있는 열을 골라 주세요.")))
    head, sheet = _number(form.get("head", "0")), _number(form.get("sheet", "0"))
    if head is None or head > MOST_LINES:
        wrong.append(_said("head", _l("제목이 끝나는 행의 번호를 적어 주세요. 없으면 0입니다.")))
    if wrong:
        raise BadInput(wrong)
    mapping = Mapping(sheet or 0, chosen, head or 0, bool(form.get("fill")), office)
    return mapping, form.get("scope") == "departments"


def _said(field: str, message: object) -> dict[str, str]:
    return {"field": field, "message": str(message)}


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 9 else None
