"""What was removed and can be put back: canteens, lines."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, Line
from app.core import db


@dataclass(frozen=True)
class Removed:
    """A canteen or a line, and when it was removed (Unix seconds)."""

    id: str
    name: str
    removed_at: int


def list_removed_canteens(organisation_id: str) -> list[Removed]:
    """The canteens that an organisation removed, the newest first."""
    found = select(Canteen.id, Canteen.name, Canteen.removed_at).where(
        Canteen.organisation_id == organisation_id, Canteen.removed_at.is_not(None)
    )
    order = (Canteen.removed_at.desc(), Canteen.id)
    return [Removed(*row) for row in db.rows(found.order_by(*order))]


def list_removed_lines(canteen_id: str) -> list[Removed]:
    """The lines of a canteen that were removed, the newest first."""
    found = select(Line.id, Line.name, Line.removed_at).where(
        Line.canteen_id == canteen_id, Line.removed_at.is_not(None)
    )
    return [Removed(*row) for row in db.rows(found.order_by(Line.removed_at.desc(), Line.id))]
