"""What the kitchen pressed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, Line, Tap
from app.core import db
from app.core.errors import NotFound


@dataclass(frozen=True)
class TapRow:
    """A press; `people` only of a mark, `undone_ms` when it was taken back."""

    id: str
    line_id: str
    kind: str
    people: int | None
    at_ms: int
    received_ms: int
    source: str
    undone_ms: int | None


@dataclass(frozen=True)
class Pressed:
    """What a press that stands says of its line."""

    at_ms: int
    kind: str
    people: int | None


_TAP = select(
    Tap.id, Tap.line_id, Tap.kind, Tap.people, Tap.at_ms, Tap.received_ms, Tap.source,
    Tap.undone_ms,
)  # fmt: skip


def find_tap(tap_id: str) -> TapRow | None:
    """A press, undone or not; None when there is none of that id."""
    row = db.first(_TAP.where(Tap.id == tap_id))
    return None if row is None else TapRow(*row)


def get_tap(organisation_id: str, tap_id: str, canteen_id: str | None = None) -> TapRow:
    """A press in an organisation's canteens, or in one of them.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    own = [Canteen.organisation_id == organisation_id, Canteen.removed_at.is_(None)]
    own += [] if canteen_id is None else [Canteen.id == canteen_id]
    of_canteen = _TAP.join(Line, Line.id == Tap.line_id).join(Canteen)
    row = db.first(of_canteen.where(Tap.id == tap_id, *own))
    if row is None:
        raise NotFound
    return TapRow(*row)


def find_last_tap(line_id: str) -> TapRow | None:
    """The newest press of a line that stands; None when there is none."""
    mine = _TAP.where(Tap.line_id == line_id, Tap.undone_ms.is_(None))
    row = db.first(mine.order_by(Tap.at_ms.desc(), Tap.received_ms.desc(), Tap.id.desc()).limit(1))
    return None if row is None else TapRow(*row)


def list_taps(line_id: str, since_ms: int, until_ms: int) -> list[Pressed]:
    """The presses of a line that stand, from a moment to before another, the oldest first."""
    found = select(Tap.at_ms, Tap.kind, Tap.people)
    mine = found.where(
        Tap.line_id == line_id, Tap.undone_ms.is_(None), Tap.at_ms >= since_ms,
        Tap.at_ms < until_ms,
    )  # fmt: skip
    order = (Tap.at_ms, Tap.received_ms, Tap.id)
    return [Pressed(*row) for row in db.rows(mine.order_by(*order))]
