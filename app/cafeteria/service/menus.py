"""What there is to eat: written down, replaced, removed, put back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Menu
from app.cafeteria.queries import places
from app.cafeteria.queries.places import MenuRow
from app.cafeteria.rules.menu_problems import NoMenu, UndoTooLate
from app.core import clock, db, http
from app.core.ids import new_id

State = Literal["new", "changed", "same"]
UNDO_S: Final = 86_400


@dataclass(frozen=True)
class Wanted:
    """What there is to be at a meal."""

    day: date
    meal: str
    items: tuple[str, ...]


def find_menu(canteen_id: str, day: date, meal: str) -> MenuRow | None:
    """What there is to eat at a meal; None when nobody has said."""
    found = places.list_menus(canteen_id, day.isoformat(), day.isoformat())
    return next((one for one in found if one.meal == meal), None)


def state_of(known: MenuRow | None, items: Sequence[str]) -> State:
    """What writing these dishes down would change."""
    if known is None:
        return "new"
    return "same" if known.items == tuple(items) else "changed"


def save_menu(canteen_id: str, wanted: Wanted) -> State:
    """Write down in the open transaction what there is at a meal, in place of what was; what that
    changed."""
    state = state_of(find_menu(canteen_id, wanted.day, wanted.meal), wanted.items)
    if state != "same":
        _write(canteen_id, wanted)
    return state


def _write(canteen_id: str, wanted: Wanted) -> None:
    row = {"canteen_id": canteen_id, "day": wanted.day.isoformat(), "meal": wanted.meal}
    told = {"items": json.dumps(wanted.items, ensure_ascii=False), "changed_at": clock.now()}
    made = insert(Menu).values(id=new_id(), **row, **told)
    db.run(made.on_conflict_do_update(index_elements=list(row), set_=told))


def save_menus(canteen_id: str, wanted: Iterable[Wanted]) -> dict[State, int]:
    """Write down many meals in the open transaction; how many were new, changed, the same."""
    counts: dict[State, int] = {"new": 0, "changed": 0, "same": 0}
    for one in wanted:
        counts[save_menu(canteen_id, one)] += 1
    return counts


def remove_menu(canteen_id: str, day: date, meal: str) -> str:
    """Take a meal's menu away in the open transaction.

    Returns:
        What `put_back` takes: all of it, signed, for a day; nothing of it stays here.

    Raises:
        NoMenu: there is none.
    """
    known = find_menu(canteen_id, day, meal)
    if known is None:
        raise NoMenu
    db.run(delete(Menu).where(Menu.canteen_id == canteen_id, Menu.id == known.id))
    return str(_signer().dumps([canteen_id, known.day, meal, known.items]))


def removed(canteen_id: str, text: str) -> Wanted:
    """What `remove_menu` took away.

    Raises:
        UndoTooLate: it was more than a day ago, or is no text of ours or this canteen's.
    """
    try:
        where, day, meal, items = _signer().loads(text, max_age=UNDO_S)
    except BadData as error:
        raise UndoTooLate from error
    if where != canteen_id:
        raise UndoTooLate
    return Wanted(date.fromisoformat(day), meal, tuple(items))


def put_back(canteen_id: str, text: str) -> bool:
    """Write down again in the open transaction what was removed; False when somebody has written
    another menu meanwhile, which stays.

    Raises:
        UndoTooLate: as `removed`.
    """
    wanted = removed(canteen_id, text)
    if find_menu(canteen_id, wanted.day, wanted.meal) is not None:
        return False
    _write(canteen_id, wanted)
    return True


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(http.secrets().cookies, salt="canteen menu removed")
