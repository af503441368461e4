"""Periodic jobs of trips."""

from __future__ import annotations

from app.core.db import transaction
from app.trips.service import keys


def make_audit_keys() -> int:
    """See that every organisation has its audit key of this year, and in December the next."""
    with transaction():
        return keys.make_due_audit_keys()
