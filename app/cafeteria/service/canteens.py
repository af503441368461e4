"""Canteens and their lines: made, changed, removed. What was measured of them stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert

from app.cafeteria.models import Canteen, Hours, Line
from app.core import clock, db
from app.core.ids import new_id

MARKS: Final = (10, 20, 30, 40)
WORKDAYS: Final = range(5)
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
    """
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
