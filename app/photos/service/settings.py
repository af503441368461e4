"""An organisation's choices about photos: the board's fields, picked pictures, the daily quota."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.photos.models import PhotoSettings
from app.photos.queries import settings as settings_q
from app.photos.rules import board as board_r
from app.photos.rules.board import Field

DAILY_MB = 2048


@dataclass(frozen=True)
class Settings:
    """What an organisation chose; `daily_mb` is what one person may send in a day."""

    board: tuple[Field, ...]
    picked: bool
    daily_mb: int


DEFAULT = Settings(board_r.DEFAULT, picked=False, daily_mb=DAILY_MB)


def find(organisation_id: str) -> Settings:
    """The organisation's choices; the default ones until it made any."""
    row = settings_q.find_settings(organisation_id)
    return DEFAULT if row is None else Settings(board_r.from_text(row[0]), row[1], row[2])


def save(organisation_id: str, chosen: Settings) -> None:
    """Keep the organisation's choices; records that were signed before stay as they are."""
    values = {
        "board": board_r.to_text(chosen.board),
        "picked": chosen.picked,
        "daily_mb": chosen.daily_mb,
    }
    query = insert(PhotoSettings).values(organisation_id=organisation_id, **values)
    db.run(query.on_conflict_do_update(index_elements=["organisation_id"], set_=values))
