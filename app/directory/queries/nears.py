"""Which province a person chose to see first."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.core import db
from app.directory.models import Near

_NEAR = select(Near.sido).where(Near.person_id == bindparam("person"))


def find_sido(person_id: str) -> str | None:
    """The province chosen, or None."""
    found: str | None = db.value(_NEAR, {"person": person_id})
    return found
