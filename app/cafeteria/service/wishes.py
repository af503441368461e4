"""Wishes to be told, once and today, when the line is short.

The danger removed here: a notice that comes twice, or never, because the process was killed. It is
written in the transaction that deletes the wish.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Wish
from app.cafeteria.queries import wishes
from app.cafeteria.queries.wishes import WishRow
from app.core import clock, db
from app.core.guard import Viewer
from app.notices import service as notices
from app.notices.service import Line, Reader, Told

TITLE = _l("구내식당 줄이 짧아졌어요")


def today() -> str:
    """The day in Seoul, as 2026-11-26."""
    return clock.seoul_day(clock.now()).isoformat()


def wish(viewer: Viewer, canteen_id: str, minutes: int) -> None:
    """Somebody wants to be told when the wait is under so many minutes, in the open transaction;
    an earlier wish of theirs for the canteen is replaced."""
    row = {"person_id": viewer.person_id, "canteen_id": canteen_id}
    said = {"minutes": minutes, "day": today(), "created_at": clock.now()}
    new = insert(Wish).values(**row, **said)
    db.run(new.on_conflict_do_update(index_elements=["person_id", "canteen_id"], set_=said))


def take_back(viewer: Viewer, canteen_id: str) -> None:
    """They do not want it any more (open transaction)."""
    db.run(delete(Wish).where(_one(viewer.person_id, canteen_id)))


def any_wish(canteen_id: str) -> bool:
    """Whether anybody wants to be told of a canteen today."""
    return bool(wishes.list_wishes(canteen_id, today(), 0.0))


def tell_due(canteen_id: str, waits: Sequence[float], names: Sequence[str]) -> int:
    """Tell whoever waits for it that a line is short, and let go of their wishes, in the open
    transaction; killed in between, neither has happened.

    Args:
        canteen_id: of the canteen.
        waits: minutes that one waits in each line that is open and measured.
        names: of these lines, in the same order.

    Returns:
        How many people were told.
    """
    if not waits:
        return 0
    least, name = min(zip(waits, names, strict=True))
    due = wishes.list_wishes(canteen_id, today(), least)
    for one in due:
        notices.tell([Reader(one.person_id, one.organisation_id)], _told(one, least, name))
        db.run(delete(Wish).where(_one(one.person_id, canteen_id)))
    return len(due)


def _told(one: WishRow, least: float, name: str) -> Told:
    key = f"canteen:{one.canteen_id}:{today()}:{one.created_at}"
    line = Line(what=name, after=f"약 {max(1, round(least))}분")
    return Told("canteen-wait", key, TITLE, one.canteen, (line,), "/canteen")


def forget_old(day: str) -> int:
    """Delete the wishes of days before one, and nothing else (open transaction); how many."""
    return db.run(delete(Wish).where(Wish.day < day))


def _one(person_id: str, canteen_id: str) -> ColumnElement[bool]:
    return and_(Wish.person_id == person_id, Wish.canteen_id == canteen_id)
