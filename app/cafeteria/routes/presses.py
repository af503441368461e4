"""What the kitchen's phone and the page of who is on duty share."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid5

from flask import jsonify
from flask.typing import ResponseReturnValue

from app.cafeteria.queries.places import LineRow
from app.cafeteria.queries.taps import TapRow
from app.cafeteria.schemas.presses import PressIn, TapIn
from app.core.errors import NotFound


def from_form(form: Mapping[str, str]) -> TapIn:
    """A press of a form. Its id follows from the page's and from the button: the same button of one
    page that is sent twice counts once, another one counts."""
    asked = PressIn.model_validate(dict(form.items()))
    kind, _, people = asked.press.partition(":")
    given = {"id": uuid5(asked.page, f"{asked.line_id} {asked.press}"), "line_id": asked.line_id}
    return TapIn.model_validate(
        given | {"kind": kind, "people": int(people) if people else None, "ago_ms": 0}
    )


def check_canteen(line: LineRow, canteen_id: str) -> None:
    """Raises:
    NotFound: the line is another canteen's.
    """
    if line.canteen_id != canteen_id:
        raise NotFound


def told(kept: TapRow, known: bool, states: Mapping[str, str]) -> ResponseReturnValue:
    """The answer to a press; `states` of the lines, as they are with it."""
    names = ("id", "line_id", "kind", "people", "at_ms")
    shown = {name: getattr(kept, name) for name in names}
    shown |= {"undone": kept.undone_ms is not None}
    return jsonify(tap=shown, known=known, states=dict(states))
