"""Two weeks of menus as a table: what the pages show, made of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from babel.dates import format_skeleton
from flask_babel import get_locale

from app.cafeteria.queries import places
from app.cafeteria.queries.places import CanteenRow, MenuRow
from app.cafeteria.rules.hours import DayPlan
from app.cafeteria.rules.meals import MEALS
from app.cafeteria.service import timetable

WEEKS: Final = 2
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """A meal of a day: what there is, and whether it is served by the hours."""

    meal: str
    menu: MenuRow | None
    served: bool


@dataclass(frozen=True)
class Row:
    """A day; `why`: it rests for that reason."""

    day: date
    why: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Week:
    """A week from its Monday, days without a meal left out at its end."""

    monday: date
    meals: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nobody has said anything of it."""
        return not any(cell.menu for row in self.rows for cell in row.cells)


def weeks_of(canteen: CanteenRow, monday: date) -> list[Week]:
    """The week that begins then, and the next."""
    last = monday + WEEKS * WEEK - timedelta(days=1)
    menus = places.list_menus(canteen.id, monday.isoformat(), last.isoformat())
    hours = places.list_hours(canteen.id)
    used = {one.meal for one in hours} | {one.meal for one in menus} or {"lunch"}
    meals = tuple(one for one in MEALS if one in used)
    days = list(timetable.plan_days(canteen, monday, WEEKS * 7))
    rows = list(_rows(days, menus, meals))
    return [Week(rows[at].day, meals, _kept(rows[at : at + 7])) for at in range(0, WEEKS * 7, 7)]


def _rows(days: Sequence[DayPlan], menus: Sequence[MenuRow], meals: Sequence[str]) -> Iterator[Row]:
    known = {(one.day, one.meal): one for one in menus}
    for one in days:
        served = {sitting.meal for sitting in one.sittings}
        cells = (
            Cell(meal, known.get((one.day.isoformat(), meal)), meal in served) for meal in meals
        )
        yield Row(one.day, one.why, tuple(cells))


def _kept(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Workdays, and a Saturday or Sunday on which there is something."""
    return tuple(
        one
        for one in rows
        if one.day.weekday() < 5 or any(cell.menu or cell.served for cell in one.cells)
    )


def named(day: date) -> str:
    """A day as people say it: 11월 26일 (목)."""
    return format_skeleton("MMMEd", day, locale=get_locale())


def shown_day(text: str) -> str:
    """The same of a day that somebody typed; what is no day stays as it is."""
    try:
        return named(date.fromisoformat(text))
    except ValueError:
        return text
