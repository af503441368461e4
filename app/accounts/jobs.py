"""Periodic jobs of accounts."""

from __future__ import annotations

from app.accounts.service import sign_in
from app.core.db import transaction

IDLE_DAYS = 400


def forget_failures() -> int:
    """Delete failed sign-ins older than a day."""
    with transaction():
        return sign_in.forget_failures()


def forget_sign_ins() -> int:
    """Delete sign-ins that ended or that nobody uses."""
    with transaction():
        return sign_in.forget_sign_ins(IDLE_DAYS)
