"""Selects of an organisation's choices about photos."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import first
from app.photos.models import PhotoSettings


def find_settings(organisation_id: str) -> tuple[str, bool, int] | None:
    """`(board as stored, picked pictures allowed, megabytes a person and day)`, when chosen."""
    row = first(
        select(PhotoSettings.board, PhotoSettings.picked, PhotoSettings.daily_mb).where(
            PhotoSettings.organisation_id == organisation_id
        )
    )
    return None if row is None else (row[0], row[1], row[2])
