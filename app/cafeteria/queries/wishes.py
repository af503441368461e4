"""Who wants to be told that a line is short."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, Wish
from app.core import db


@dataclass(frozen=True)
class WishRow:
    """Somebody wants to be told once when the wait falls under so many minutes."""

    person_id: str
    organisation_id: str
    canteen_id: str
    canteen: str
    minutes: int
    created_at: int


def list_minutes(person_id: str, day: str) -> dict[str, int]:
    """A person's wishes of a day: minutes by canteen."""
    found = select(Wish.canteen_id, Wish.minutes)
    return dict(db.rows(found.where(Wish.person_id == person_id, Wish.day == day)))


def list_wishes(canteen_id: str, day: str, above: float) -> list[WishRow]:
    """The wishes of a canteen and a day that ask for more minutes than these."""
    found = select(
        Wish.person_id, Canteen.organisation_id, Wish.canteen_id, Canteen.name, Wish.minutes,
        Wish.created_at,
    ).join(Canteen, Canteen.id == Wish.canteen_id)  # fmt: skip
    mine = found.where(Wish.canteen_id == canteen_id, Wish.day == day, Wish.minutes > above)
    return [WishRow(*row) for row in db.rows(mine.order_by(Wish.person_id))]
