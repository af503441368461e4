"""What is told of a canteen of which nobody looked at anything yet: its hours and its menu."""

from __future__ import annotations

from typing import Any

from app.cafeteria.queries import places
from app.cafeteria.rules import document
from app.cafeteria.rules.document import LineNow, Now
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
    meal = now.meal if now.serves else None
    wanted = meal or now.coming
    menu = live.menu_of(canteen_id, now.day, wanted.meal if wanted else "")
    lines = tuple(
        LineNow(one.id, one.name, document.OPEN, None, None, 0, ())
        for one in places.list_lines(canteen_id)
    )
    at = now.clock
    return document.make(
        Now(canteen_id, canteen.name, at.now_ms, at.real_ms, at.speed, meal, now.coming, now.why,
            menu, lines, at.seed is not None)
    )  # fmt: skip
