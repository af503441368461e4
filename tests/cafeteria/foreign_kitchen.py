"""Living ids of an organisation's kitchen, which nobody else may reach."""

from __future__ import annotations

from typing import Any

from app.cafeteria.queries import places
from app.cafeteria.service import canteens, check_ins, taps
from app.core.db import transaction
from app.core.ids import new_id


def kitchen_ids(organisation_id: str) -> dict[str, Any]:
    """A canteen, a press of its kitchen and somebody who stands in its line; commits by itself."""
    tap_id, check_in_id = new_id(), new_id()
    with transaction():
        canteen_id = canteens.add_canteen(organisation_id, "남의 식당", 600, ["한식 줄"])
        [line] = places.list_lines(canteen_id)
        taps.tap(line, "mark", 20, 0, tap_id, "duty")
        check_ins.join(line, check_in_id, 0)
    return {"canteen_id": canteen_id, "tap_id": tap_id, "check_in_id": check_in_id}
