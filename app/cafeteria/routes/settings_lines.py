"""Lines of a canteen: add, rename, marks on the wall, order, remove, put back. The addresses stand
in `settings`."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.routes.settings_page import Wrong, back, get_canteen, page
from app.cafeteria.rules.form_words import WORDS, messages
from app.cafeteria.schemas.settings import LineForm, MoveForm
from app.cafeteria.service import lines
from app.core.db import transaction

PART = "lines-title"


def add(canteen_id: object) -> ResponseReturnValue:
    """A new line behind the others."""
    canteen = get_canteen(canteen_id)
    form, errors = _read(canteen, "")
    if form is None:
        return page(canteen, Wrong("line-new", request.form.to_dict(), errors))
    with transaction():
        lines.add_line(canteen.id, form.name, form.marks)
    return back(canteen.id, gettext("‘%(name)s’ 줄을 더했어요.", name=form.name), PART)


def change(canteen_id: object, line_id: object) -> ResponseReturnValue:
    """Another name or other marks."""
    canteen = get_canteen(canteen_id)
    places.get_line(canteen.organisation_id, str(line_id))
    form, errors = _read(canteen, str(line_id))
    if form is None:
        return page(canteen, Wrong(f"line-{line_id}", request.form.to_dict(), errors))
    with transaction():
        lines.change_line(canteen.id, str(line_id), form.name, form.marks)
    return back(canteen.id, gettext("‘%(name)s’ 줄을 저장했어요.", name=form.name), PART)


def _read(canteen: CanteenRow, line_id: str) -> tuple[LineForm | None, dict[str, str]]:
    """The form of a line, or what is wrong with it; no two lines of a canteen have one name."""
    try:
        form = LineForm.model_validate(request.form.to_dict())
    except ValidationError as error:
        return None, messages(error)
    others = {one.name for one in places.list_lines(canteen.id) if one.id != line_id}
    if form.name in others:
        return None, {"name": str(WORDS["line_twice"])}
    return form, {}


def move(canteen_id: object, line_id: object) -> ResponseReturnValue:
    """A line changes places with its neighbour."""
    canteen = get_canteen(canteen_id)
    line = places.get_line(canteen.organisation_id, str(line_id))
    way = MoveForm.model_validate(request.form.to_dict()).way
    with transaction():
        moved = lines.move_line(canteen.id, line.id, way)
    said = gettext("‘%(name)s’ 줄의 자리를 옮겼어요.", name=line.name)
    return back(canteen.id, said if moved else gettext("이미 끝에 있는 줄이에요."), PART)


def remove(canteen_id: object, line_id: object) -> ResponseReturnValue:
    """A line goes; the page offers to bring it back."""
    canteen = get_canteen(canteen_id)
    line = places.get_line(canteen.organisation_id, str(line_id))
    with transaction():
        lines.remove_line(canteen.id, line.id)
    said = gettext("‘%(name)s’ 줄을 없앴어요. 아래 ‘없앤 줄’에서 되돌릴 수 있어요.", name=line.name)
    return back(canteen.id, said, PART)


def put_back(canteen_id: object, line_id: object) -> ResponseReturnValue:
    """A removed line is there again."""
    canteen = get_canteen(canteen_id)
    with transaction():
        lines.put_back_line(canteen.id, str(line_id))
    return back(canteen.id, gettext("줄을 되돌렸어요."), PART)
