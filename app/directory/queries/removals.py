"""Reads of requests not to be listed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.core import db
from app.directory.models import Office, Removal


@dataclass(frozen=True)
class RemovalRow:
    """A request: what is hidden in which office, who was asked (their id), why, when (Unix
    seconds). What it hides is not kept."""

    id: str
    office: str
    what: str
    person_id: str | None
    reason: str
    at: int


_ROW = select(
    Removal.id, Office.name, Removal.what, Removal.person_id, Removal.reason, Removal.at
).join(Office, Office.number == Removal.office)


def list_removals() -> list[RemovalRow]:
    """Every request, newest first."""
    return [RemovalRow(*row) for row in db.rows(_ROW.order_by(Removal.at.desc(), Removal.id))]


def find_removal(removal_id: str) -> RemovalRow | None:
    """A request, or None."""
    row = db.first(_ROW.where(Removal.id == removal_id))
    return None if row is None else RemovalRow(*row)
