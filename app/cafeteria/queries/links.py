"""Links that open without an account."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.cafeteria.models import Canteen, Link
from app.core import db


@dataclass(frozen=True)
class LinkRow:
    """A link of a canteen; `revoked_at` and `used_at` are Unix seconds."""

    id: str
    canteen_id: str
    organisation_id: str
    kind: str
    name: str
    created_at: int
    used_at: int | None
    revoked_at: int | None


_LINK = (
    select(
        Link.id, Link.canteen_id, Canteen.organisation_id, Link.kind, Link.name, Link.created_at,
        Link.used_at, Link.revoked_at,
    )
    .join(Canteen, Canteen.id == Link.canteen_id)
    .where(Canteen.removed_at.is_(None))
)  # fmt: skip


def find_link(link_id: str) -> LinkRow | None:
    """A link of a canteen that was not removed, revoked or not; None when there is none."""
    row = db.first(_LINK.where(Link.id == link_id))
    return None if row is None else LinkRow(*row)


def list_links(canteen_id: str) -> list[LinkRow]:
    """The links of a canteen, those that work first, then the newest first."""
    mine = _LINK.where(Link.canteen_id == canteen_id)
    order = (Link.revoked_at.is_not(None), Link.created_at.desc(), Link.id)
    return [LinkRow(*row) for row in db.rows(mine.order_by(*order))]
