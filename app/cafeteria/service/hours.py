"""When a canteen serves: its week, and days with a rule of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, insert
from sqlalchemy.dialects.sqlite import insert as insert_or

from app.cafeteria.models import Hours, SpecialDay
from app.cafeteria.rules.hours import HoursLike
from app.cafeteria.rules.special_days import days_of
from app.core import db


def save_week(canteen_id: str, slots: Iterable[HoursLike]) -> None:
    """Replace a canteen's week in the open transaction."""
    db.run(delete(Hours).where(Hours.canteen_id == canteen_id))
    rows = [
        {
            "canteen_id": canteen_id, "weekday": one.weekday, "meal": one.meal,
            "opens": one.opens, "closes": one.closes,
        }
        for one in slots
    ]  # fmt: skip
    db.run_many(insert(Hours), rows)


def save_days(canteen_id: str, first: date, last: date, serves: bool, reason: str) -> None:
    """Give days a rule of their own in the open transaction, in place of the one they had."""
    told = {"serves": serves, "reason": reason}
    for day in days_of(first, last):
        made = insert_or(SpecialDay).values(canteen_id=canteen_id, day=day.isoformat(), **told)
        db.run(made.on_conflict_do_update(index_elements=["canteen_id", "day"], set_=told))


def remove_days(canteen_id: str, first: date, last: date) -> int:
    """Take the rules of days away in the open transaction; how many had one."""
    within = SpecialDay.day.between(first.isoformat(), last.isoformat())
    return db.run(delete(SpecialDay).where(SpecialDay.canteen_id == canteen_id, within))
