"""What is told of a canteen of which nobody looked at anything yet: its hours and its menu."""

from __future__ import annotations

from typing import Any

from app.cafeteria.queries import places
from app.cafeteria.rules import document
from app.cafeteria.rules.document import LineNow
from app.cafeteria.service import live, plans
from app.core.errors import NotFound


def make(canteen_id: str) -> dict[str, Any]:
    """The document of a canteen that has none.

    Raises:
        NotFound: the canteen was removed.
    """
    canteen = next((one for one in places.list_all_canteens() if one.id == canteen_id), None)
    if canteen is None:
        raise NotFound
    now = plans.today(canteen)
    shown = [
        LineNow(one.id, one.name, document.OPEN, None, None, 0, ())
        for one in places.list_lines(canteen_id)
    ]
    return document.make(live.said_of(canteen, now, shown))
