"""Who joined a line, without who they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, CheckIn, Line
from app.core import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class CheckInRow:
    """A check-in, as the phone that made it asks for it."""

    id: str
    line_id: str
    joined_ms: int
    served_ms: int | None


@dataclass(frozen=True)
class Stood:
    """Somebody joined a line, and was served or not yet."""

    joined_ms: int
    served_ms: int | None


_CHECK_IN = select(CheckIn.id, CheckIn.line_id, CheckIn.joined_ms, CheckIn.served_ms)


def find_check_in(check_in_id: str) -> CheckInRow | None:
    """A check-in; None when there is none of that id."""
    row = db.first(_CHECK_IN.where(CheckIn.id == check_in_id))
    return None if row is None else CheckInRow(*row)


def get_check_in(organisation_id: str, check_in_id: str) -> CheckInRow:
    """A check-in in an organisation's canteen.

    Raises:
        NotFound: there is none of that id, or it is in another organisation's.
    """
    own = (Canteen.organisation_id == organisation_id, Canteen.removed_at.is_(None))
    of_canteen = _CHECK_IN.join(Line, Line.id == CheckIn.line_id).join(Canteen)
    row = db.first(of_canteen.where(CheckIn.id == check_in_id, *own))
    if row is None:
        raise NotFound
    return CheckInRow(*row)


def list_check_ins(line_id: str, since_ms: int, until_ms: int) -> list[Stood]:
    """Who joined a line from a moment to before another, the first first."""
    found = select(CheckIn.joined_ms, CheckIn.served_ms)
    mine = found.where(
        CheckIn.line_id == line_id, CheckIn.joined_ms >= since_ms, CheckIn.joined_ms < until_ms
    )
    return [Stood(*row) for row in db.rows(mine.order_by(CheckIn.joined_ms, CheckIn.id))]
