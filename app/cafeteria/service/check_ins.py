"""Check-ins: somebody joined a line and was served, and nobody knows who.

The danger removed here: a record of who eats when. A row has an id that the phone made, a line and
two moments; there is no place for a person, and none is looked at here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import CheckIn
from app.cafeteria.queries import check_ins
from app.cafeteria.queries.check_ins import CheckInRow
from app.cafeteria.queries.places import LineRow
from app.cafeteria.rules import presses
from app.cafeteria.rules.press_refusals import CheckInTaken
from app.cafeteria.service.taps import now_ms
from app.core import db

ROUND_MS: Final = 10_000


def _rounded(at_ms: int) -> int:
    """A moment as it is kept: no more exact than the estimate needs."""
    return at_ms // ROUND_MS * ROUND_MS


def join(line: LineRow, check_in_id: str, ago_ms: int) -> tuple[CheckInRow, bool]:
    """Somebody joined a line (open transaction); the same once more changes nothing.

    Args:
        line: which.
        check_in_id: made by the phone.
        ago_ms: how long ago.

    Returns:
        The check-in as it is kept, and whether it was known before.

    Raises:
        CheckInTaken: its id is another line's. CheckInTooOld: that was hours ago.
    """
    known = check_ins.find_check_in(check_in_id)
    if known is None:
        presses.check_joined(ago_ms)
        row = {"id": check_in_id, "line_id": line.id, "joined_ms": _rounded(now_ms() - ago_ms)}
        db.run(insert(CheckIn).values(**row).on_conflict_do_nothing(index_elements=["id"]))
    kept = check_ins.find_check_in(check_in_id)
    if kept is None or kept.line_id != line.id:
        raise CheckInTaken
    return kept, known is not None


def served(row: CheckInRow, ago_ms: int) -> CheckInRow:
    """They were served (open transaction); what was said first stands.

    Args:
        row: of the check-in.
        ago_ms: how long ago.

    Raises:
        ServedTooEarly: before they joined. ServedTooLate: hours after that.
    """
    if row.served_ms is not None:
        return row
    at_ms = _rounded(now_ms() - ago_ms)
    presses.check_served(row.joined_ms, at_ms)
    db.run(update(CheckIn).where(CheckIn.id == row.id).values(served_ms=at_ms))
    return CheckInRow(row.id, row.line_id, row.joined_ms, at_ms)


def take_back(row: CheckInRow) -> None:
    """It was a mistake: nothing of it stays (open transaction)."""
    db.run(delete(CheckIn).where(CheckIn.id == row.id))


def forget(line_id: str, before_ms: int) -> int:
    """Delete a line's check-ins from before a moment (open transaction); how many."""
    return db.run(delete(CheckIn).where(CheckIn.line_id == line_id, CheckIn.joined_ms < before_ms))
