"""Periodic jobs of notices."""

from __future__ import annotations

from app.core.db import transaction
from app.notices import service


def forget_notices() -> int:
    """Delete what was read long ago, or never."""
    with transaction():
        return service.forget()
