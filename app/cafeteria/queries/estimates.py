"""What was estimated, what was learned, and what open pages are told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from app.cafeteria.models import Canteen, Document, Estimate, Learned, Link, Replay
from app.core import db

SEOUL_S: Final = 9 * 3600
BIN_S: Final = 300


@dataclass(frozen=True)
class EstimateRow:
    """What was shown at a minute (Unix seconds), in minutes."""

    at: int
    q10: float
    q50: float
    q90: float
    basis: str


@dataclass(frozen=True)
class BinRow:
    """What was shown of a line on a day in the five minutes of a `bin` of the day: means."""

    day: str
    bin: int
    q10: float
    q50: float
    q90: float
    people: float


@dataclass(frozen=True)
class ReplayRow:
    """A lunch that the demonstration plays."""

    canteen_id: str
    started_ms: int
    from_s: int
    speed: int
    seed: int


@dataclass(frozen=True)
class DocumentRow:
    """What open pages are told."""

    canteen_id: str
    tag: str
    body: str


_BIN = (Estimate.at + SEOUL_S) % 86_400 // BIN_S
_BINS = (
    select(
        Estimate.day, _BIN, func.avg(Estimate.q10), func.avg(Estimate.q50),
        func.avg(Estimate.q90), func.avg(Estimate.people),
    )
    .where(
        Estimate.line_id == bindparam("line_id"), Estimate.basis == "live",
        Estimate.day.in_(bindparam("days", expanding=True)),
    )
    .group_by(Estimate.day, _BIN)
)  # fmt: skip


def list_bins(line_id: str, days: Sequence[str]) -> list[BinRow]:
    """What was shown live of a line on some days, by five minutes of the day."""
    return [BinRow(*row) for row in db.rows(_BINS, {"line_id": line_id, "days": list(days)})]


def list_estimates(line_id: str, since: int, until: int) -> list[EstimateRow]:
    """What was shown of a line in a time (Unix seconds), in order."""
    found = select(Estimate.at, Estimate.q10, Estimate.q50, Estimate.q90, Estimate.basis)
    mine = found.where(Estimate.line_id == line_id, Estimate.at.between(since, until))
    return [EstimateRow(*row) for row in db.rows(mine.order_by(Estimate.at))]


def find_learned(line_id: str, meal: str) -> tuple[dict[str, Any], str] | None:
    """What past meals taught about a line, and the last day that did; None before the first."""
    mine = (Learned.line_id == line_id, Learned.meal == meal)
    row = db.first(select(Learned.state, Learned.last_day).where(*mine))
    return None if row is None else (json.loads(row[0]), row[1])


def list_tags() -> dict[str, str]:
    """The tag of each canteen's document."""
    living = Canteen.removed_at.is_(None)
    found = select(Document.canteen_id, Document.tag).join(
        Canteen, Canteen.id == Document.canteen_id
    )
    return {row[0]: row[1] for row in db.rows(found.where(living))}


def find_document(canteen_id: str) -> DocumentRow | None:
    """A canteen's document; None when nobody looked at it yet, or it was removed."""
    found = select(Document.canteen_id, Document.tag, Document.body).join(Canteen)
    mine = (Document.canteen_id == canteen_id, Canteen.removed_at.is_(None))
    row = db.first(found.where(*mine))
    return None if row is None else DocumentRow(*row)


def list_wall_links() -> set[str]:
    """The links of walls that work."""
    works = (Link.kind == "wall", Link.revoked_at.is_(None))
    return set(db.values(select(Link.id).where(*works)))


def find_replay(canteen_id: str) -> ReplayRow | None:
    """The lunch that is played in a canteen; None in a real one."""
    found = select(Replay.canteen_id, Replay.started_ms, Replay.from_s, Replay.speed, Replay.seed)
    row = db.first(found.where(Replay.canteen_id == canteen_id))
    return None if row is None else ReplayRow(*row)
