"""How much there is of what."""

from __future__ import annotations

from sqlalchemy import func, select

from app.cafeteria.models import Canteen, Line
from app.core import db


def count_lines(organisation_id: str) -> dict[str, int]:
    """How many lines each canteen of an organisation has, by the canteen's id."""
    found = (
        select(Line.canteen_id, func.count())
        .join(Canteen, Canteen.id == Line.canteen_id)
        .where(Canteen.organisation_id == organisation_id, Line.removed_at.is_(None))
        .group_by(Line.canteen_id)
    )
    return {row[0]: row[1] for row in db.rows(found)}
