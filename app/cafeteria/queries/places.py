"""Canteens, their lines and their hours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.cafeteria.models import Canteen, Hours, Line, Menu, SpecialDay
from app.core import db
from app.core.errors import NotFound

ORDER = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True)
class CanteenRow:
    """A canteen; `people`: how many eat there on a day, about."""

    id: str
    organisation_id: str
    name: str
    people: int
    rests_on_holidays: bool


@dataclass(frozen=True)
class LineRow:
    """A line; `marks`: people up to each mark on the wall, the fewest first."""

    id: str
    canteen_id: str
    name: str
    marks: tuple[int, ...]
    position: int


@dataclass(frozen=True)
class HoursRow:
    """A meal of a weekday (0 is Monday): minutes after midnight."""

    weekday: int
    meal: str
    opens: int
    closes: int


@dataclass(frozen=True)
class SpecialDayRow:
    """A day with its own rule: it serves, or rests."""

    day: str
    serves: bool
    reason: str


@dataclass(frozen=True)
class MenuRow:
    """What there is to eat at a meal."""

    id: str
    day: str
    meal: str
    items: tuple[str, ...]


_CANTEEN = select(
    Canteen.id, Canteen.organisation_id, Canteen.name, Canteen.people, Canteen.rests_on_holidays
).where(Canteen.removed_at.is_(None))
_LINE = (
    select(Line.id, Line.canteen_id, Line.name, Line.marks, Line.position)
    .where(Line.removed_at.is_(None))
    .order_by(Line.position, Line.id)
)


def list_canteens(organisation_id: str) -> list[CanteenRow]:
    """The canteens of an organisation, the oldest first."""
    mine = _CANTEEN.where(Canteen.organisation_id == organisation_id)
    return [CanteenRow(*row) for row in db.rows(mine.order_by(Canteen.created_at, Canteen.id))]


def list_all_canteens() -> list[CanteenRow]:
    """Every canteen of the installation: for the worker."""
    return [CanteenRow(*row) for row in db.rows(_CANTEEN.order_by(Canteen.id))]


def get_canteen(organisation_id: str, canteen_id: str) -> CanteenRow:
    """A canteen of an organisation.

    Raises:
        NotFound: there is none of that id, or it is another organisation's.
    """
    row = db.first(
        _CANTEEN.where(Canteen.organisation_id == organisation_id, Canteen.id == canteen_id)
    )
    if row is None:
        raise NotFound
    return CanteenRow(*row)


def _line(row: tuple[Any, ...]) -> LineRow:
    line_id, canteen_id, name, marks, position = row
    return LineRow(line_id, canteen_id, name, tuple(map(int, marks.split(","))), position)


def list_lines(canteen_id: str) -> list[LineRow]:
    """The lines of a canteen, in their order."""
    return [_line(row) for row in db.rows(_LINE.where(Line.canteen_id == canteen_id))]


def get_line(organisation_id: str, line_id: str) -> LineRow:
    """A line of an organisation's canteen.

    Raises:
        NotFound: there is none of that id, or it is another organisation's.
    """
    living = (Canteen.organisation_id == organisation_id, Canteen.removed_at.is_(None))
    row = db.first(
        _LINE.join(Canteen, Canteen.id == Line.canteen_id).where(Line.id == line_id, *living)
    )
    if row is None:
        raise NotFound
    return _line(row)


def list_hours(canteen_id: str) -> list[HoursRow]:
    """When a canteen serves, by weekday and time."""
    found = select(Hours.weekday, Hours.meal, Hours.opens, Hours.closes)
    mine = found.where(Hours.canteen_id == canteen_id).order_by(Hours.weekday, Hours.opens)
    return [HoursRow(*row) for row in db.rows(mine)]


def list_special_days(canteen_id: str, since: str) -> list[SpecialDayRow]:
    """Days with their own rule from a day (2026-11-26) on."""
    found = select(SpecialDay.day, SpecialDay.serves, SpecialDay.reason)
    mine = found.where(SpecialDay.canteen_id == canteen_id, SpecialDay.day >= since)
    return [SpecialDayRow(*row) for row in db.rows(mine.order_by(SpecialDay.day))]


def list_menus(canteen_id: str, first: str, last: str) -> list[MenuRow]:
    """Menus from a day to a day, both included."""
    found = select(Menu.id, Menu.day, Menu.meal, Menu.items)
    mine = found.where(Menu.canteen_id == canteen_id, Menu.day.between(first, last))
    rows = [
        MenuRow(menu_id, day, meal, tuple(json.loads(items)))
        for menu_id, day, meal, items in db.rows(mine)
    ]
    return sorted(rows, key=lambda one: (one.day, ORDER.index(one.meal)))
