"""What there is to eat: written down, replaced, removed, put back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Menu
from app.cafeteria.queries import places
from app.cafeteria.queries.places import MenuRow
from app.cafeteria.rules.menu_problems import NoMenu
from app.cafeteria.service import menu_undo
from app.cafeteria.service.menu_undo import Step
from app.core import clock, db
from app.core.ids import new_id

State = Literal["new", "changed", "same"]


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


def save_menus(canteen_id: str, wanted: Iterable[Wanted]) -> tuple[dict[State, int], str]:
    """Write down many meals in the open transaction.

    Returns:
        How many were new, changed, the same; and what `put_back` takes, "" when nothing changed or
        it was too much to be taken back at once.
    """
    counts: dict[State, int] = {"new": 0, "changed": 0, "same": 0}
    steps: list[Step] = []
    for one in wanted:
        known = find_menu(canteen_id, one.day, one.meal)
        state = state_of(known, one.items)
        counts[state] += 1
        if state != "same":
            _write(canteen_id, one)
            steps.append(menu_undo.step_of(one.day, one.meal, known, one.items))
    return counts, menu_undo.sign(canteen_id, steps)


def remove_menu(canteen_id: str, day: date, meal: str) -> str:
    """Take a meal's menu away in the open transaction.

    Returns:
        What `put_back` takes.

    Raises:
        NoMenu: there is none.
    """
    known = find_menu(canteen_id, day, meal)
    if known is None:
        raise NoMenu
    _delete(canteen_id, known)
    return menu_undo.sign(canteen_id, [menu_undo.step_of(day, meal, known, None)])


def list_undone(canteen_id: str, text: str) -> list[Step]:
    """The meals that `put_back` would change: those that are still as the change left them.

    Raises:
        UndoTooLate: it was more than a day ago, or is no text of ours or this canteen's.
    """
    steps = menu_undo.read(canteen_id, text)
    known = {one: _known(canteen_id, one) for one in steps}
    return [one for one, menu in known.items() if _mark(menu) == one.mark]


def put_back(canteen_id: str, text: str) -> tuple[list[Step], int]:
    """Take a change back in the open transaction.

    Returns:
        The meals that are as before, and how many somebody had written anew, which stay.

    Raises:
        UndoTooLate: as `list_undone`.
    """
    steps, back = menu_undo.read(canteen_id, text), list_undone(canteen_id, text)
    for one in back:
        known = _known(canteen_id, one)
        if one.was is not None:
            _write(canteen_id, Wanted(date.fromisoformat(one.day), one.meal, one.was))
        elif known is not None:
            _delete(canteen_id, known)
    return back, len(steps) - len(back)


def _known(canteen_id: str, step: Step) -> MenuRow | None:
    return find_menu(canteen_id, date.fromisoformat(step.day), step.meal)


def _mark(menu: MenuRow | None) -> str:
    return menu_undo.mark_of(menu.items if menu else None)


def _delete(canteen_id: str, known: MenuRow) -> None:
    db.run(delete(Menu).where(Menu.canteen_id == canteen_id, Menu.id == known.id))
