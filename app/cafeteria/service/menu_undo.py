"""Taking a change of menus back: the page holds what was there before, signed, for a day; nothing
of it stays here. A meal that somebody has written anew meanwhile is left as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer

from app.cafeteria.queries.places import MenuRow
from app.cafeteria.rules.menu_problems import UndoTooLate
from app.core import http

UNDO_S: Final = 86_400
LONGEST: Final = 4_000  # characters in an address, which servers before ours take too
NOTHING: Final = ""


@dataclass(frozen=True)
class Step:
    """A meal before and after a change. `was`: its dishes, None when there was no menu; `mark`:
    what `mark_of` says of what it became."""

    day: str
    meal: str
    was: tuple[str, ...] | None
    mark: str


def mark_of(items: Sequence[str] | None) -> str:
    """By which a menu is known again; "" for none."""
    if items is None:
        return NOTHING
    return hashlib.sha256("\n".join(items).encode()).hexdigest()[:8]


def step_of(day: date, meal: str, known: MenuRow | None, items: Sequence[str] | None) -> Step:
    """A change of a meal from what is known to these dishes, or to none."""
    return Step(day.isoformat(), meal, known.items if known else None, mark_of(items))


def sign(canteen_id: str, steps: Sequence[Step]) -> str:
    """The steps as text for an address; "" when there are none, or they are too long for one."""
    told = [[one.day, one.meal, one.was, one.mark] for one in steps]
    text = str(_signer().dumps([canteen_id, told])) if told else ""
    return text if len(text) <= LONGEST else ""


def read(canteen_id: str, text: str) -> list[Step]:
    """The steps of a text.

    Raises:
        UndoTooLate: it is more than a day old, or is no text of ours or this canteen's.
    """
    try:
        where, told = _signer().loads(text, max_age=UNDO_S)
    except BadData as error:
        raise UndoTooLate from error
    if where != canteen_id:
        raise UndoTooLate
    return [
        Step(day, meal, None if was is None else tuple(was), mark) for day, meal, was, mark in told
    ]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(http.secrets().cookies, salt="canteen menus changed")
