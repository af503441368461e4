"""Lines of a canteen: changed, moved, removed, put back. What was measured of them stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from sqlalchemy import update

from app.cafeteria.models import Line
from app.cafeteria.queries import places, removed
from app.cafeteria.rules.settings_refusals import LastLine, TooManyLines
from app.cafeteria.service import canteens
from app.core import clock, db
from app.core.errors import NotFound

MOST: Final = 12  # of a canteen


def add_line(canteen_id: str, name: str, marks: Sequence[int]) -> str:
    """Make a line behind the others in the open transaction; its id.

    Raises:
        TooManyLines: the canteen has as many as it may.
    """
    return canteens.add_line(canteen_id, name, marks, _next_position(canteen_id))


def _next_position(canteen_id: str) -> int:
    known = places.list_lines(canteen_id)
    if len(known) >= MOST:
        raise TooManyLines
    return max((one.position for one in known), default=-1) + 1


def change_line(canteen_id: str, line_id: str, name: str, marks: Sequence[int]) -> None:
    """Give a line another name and other marks in the open transaction.

    Raises:
        NotFound: the canteen has no such line.
    """
    _get(canteen_id, line_id)
    told = ",".join(map(str, marks))
    db.run(update(Line).where(Line.id == line_id).values(name=name, marks=told))


def move_line(canteen_id: str, line_id: str, way: Literal["up", "down"]) -> bool:
    """Let a line change places with the one before or after it in the open transaction; False when
    there is none.

    Raises:
        NotFound: the canteen has no such line.
    """
    place = _get(canteen_id, line_id)
    order = [one.id for one in places.list_lines(canteen_id)]
    other = place + (1 if way == "down" else -1)
    if not 0 <= other < len(order):
        return False
    order[place], order[other] = order[other], order[place]
    for position, one in enumerate(order):
        db.run(update(Line).where(Line.id == one).values(position=position))
    return True


def remove_line(canteen_id: str, line_id: str) -> None:
    """Take a line out of everything that is shown, in the open transaction.

    Raises:
        NotFound: the canteen has no such line. LastLine: it has no other one.
    """
    _get(canteen_id, line_id)
    if len(places.list_lines(canteen_id)) == 1:
        raise LastLine
    db.run(update(Line).where(Line.id == line_id).values(removed_at=clock.now()))


def put_back_line(canteen_id: str, line_id: str) -> None:
    """Put a removed line back behind the others, in the open transaction; one that is there already
    stays where it is.

    Raises:
        NotFound: the canteen never had such a line. TooManyLines: it has as many as it may.
    """
    if any(one.id == line_id for one in places.list_lines(canteen_id)):
        return
    if not any(one.id == line_id for one in removed.list_removed_lines(canteen_id)):
        raise NotFound
    back = {"removed_at": None, "position": _next_position(canteen_id)}
    db.run(update(Line).where(Line.id == line_id).values(**back))


def _get(canteen_id: str, line_id: str) -> int:
    """The place of a line among the canteen's."""
    order = [one.id for one in places.list_lines(canteen_id)]
    if line_id not in order:
        raise NotFound
    return order.index(line_id)
