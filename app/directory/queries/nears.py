"""Which province a person chose to see first."""

from __future__ import annotations

from app.core import db

_NEAR = "SELECT sido FROM directory_nears WHERE person_id = ?"


def find_sido(person_id: str) -> str | None:
    """The province chosen, or None."""
    found = db.quick(_NEAR, (person_id,))
    return found[0][0] if found else None
