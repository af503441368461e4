"""Canteens and their lines: made, changed, removed. What was measured of them stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, update

from app.cafeteria.models import Canteen, Hours, Line
from app.cafeteria.queries import places
from app.cafeteria.rules.settings_refusals import TooManyCanteens
from app.core import clock, db
from app.core.errors import NotFound
from app.core.ids import new_id

MARKS: Final = (10, 20, 30, 40)
WORKDAYS: Final = range(5)
MOST: Final = 20  # of an organisation
LUNCH: Final = ("lunch", 11 * 60 + 30, 13 * 60)


def add_canteen(organisation_id: str, name: str, people: int, lines: Sequence[str]) -> str:
    """Make a canteen with its lines in the open transaction; it serves lunch on workdays from 11:30
    to 13:00 until somebody says otherwise.

    Args:
        organisation_id: whose it is.
        name: as people call it.
        people: how many eat there on a day, about.
        lines: their names, in order; at least one.

    Returns:
        Its id.

    Raises:
        TooManyCanteens: the organisation has as many as it may.
    """
    _check_room(organisation_id)
    canteen_id, now = new_id(), clock.now()
    db.run(
        insert(Canteen).values(
            id=canteen_id, organisation_id=organisation_id, name=name, people=people,
            rests_on_holidays=True, created_at=now,
        )
    )  # fmt: skip
    for position, one in enumerate(lines):
        add_line(canteen_id, one, MARKS, position)
    meal, opens, closes = LUNCH
    for weekday in WORKDAYS:
        row = {"canteen_id": canteen_id, "weekday": weekday, "meal": meal}
        db.run(insert(Hours).values(**row, opens=opens, closes=closes))
    return canteen_id


def add_line(canteen_id: str, name: str, marks: Sequence[int], position: int) -> str:
    """Make a line in the open transaction; its id."""
    line_id, told = new_id(), ",".join(map(str, marks))
    row = {"id": line_id, "canteen_id": canteen_id, "name": name, "marks": told}
    db.run(insert(Line).values(**row, position=position))
    return line_id


def _check_room(organisation_id: str) -> None:
    if len(places.list_canteens(organisation_id)) >= MOST:
        raise TooManyCanteens


def change_canteen(canteen_id: str, name: str, people: int) -> None:
    """Give a canteen another name and number of people in the open transaction."""
    db.run(update(Canteen).where(Canteen.id == canteen_id).values(name=name, people=people))


def rest_on_holidays(canteen_id: str, rests: bool) -> None:
    """Say in the open transaction whether a canteen rests on public holidays."""
    db.run(update(Canteen).where(Canteen.id == canteen_id).values(rests_on_holidays=rests))


def remove_canteen(canteen_id: str) -> None:
    """Take a canteen out of everything that is shown (open transaction); nothing of it is
    deleted."""
    living = (Canteen.id == canteen_id, Canteen.removed_at.is_(None))
    db.run(update(Canteen).where(*living).values(removed_at=clock.now()))


def put_back_canteen(organisation_id: str, canteen_id: str) -> None:
    """Put a canteen back in the open transaction, as it was.

    Raises:
        NotFound: the organisation has none of that id. TooManyCanteens: it has as many as it may.
    """
    _check_room(organisation_id)
    mine = (Canteen.id == canteen_id, Canteen.organisation_id == organisation_id)
    if not db.run(update(Canteen).where(*mine).values(removed_at=None)):
        raise NotFound
