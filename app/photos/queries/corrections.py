"""Selects of corrections: records without photos, which say anew what stands on the board of an
earlier record of the same person. The earlier one stays as it was signed; of several corrections
the newest by the phone's clock counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.core.db import rows, value
from app.photos.models import Photo, PhotoRecord

_NEWER = PhotoRecord.__table__.alias("newer")
_OLD = PhotoRecord.__table__.alias("old")
_OWN = Photo.__table__.alias("own")
# What makes a row of _NEWER a correction of a row of _OLD. The first two are the index to be used:
# a series has few records, a person thousands, and a joined text cannot be looked up.
_CORRECTS = and_(
    _NEWER.c.organisation_id == _OLD.c.organisation_id,
    _NEWER.c.series == _OLD.c.series,
    _NEWER.c.replaces == _OLD.c.id,
    _NEWER.c.person_id.concat("") == _OLD.c.person_id,
    ~exists().where(_OWN.c.record_id == _NEWER.c.id),
)


@dataclass(frozen=True)
class Correction:
    """A board that was written anew; `record_id` is the record that it corrects, `board` text as it
    is stored, `site` what follows from it, times in Unix seconds."""

    id: str
    record_id: str
    board: str
    site: str
    captured_at: int
    received_at: int


_CORRECTION = (
    select(
        _NEWER.c.id, _OLD.c.id, _NEWER.c.board, _NEWER.c.site, _NEWER.c.captured_at,
        _NEWER.c.received_at,
    )
    .join_from(_OLD, _NEWER, _CORRECTS)
    .order_by(_NEWER.c.captured_at, _NEWER.c.id)
)  # fmt: skip


def list_corrections(organisation_id: str, record_id: str) -> list[Correction]:
    """All corrections of a record, the one that counts last."""
    mine = _OLD.c.organisation_id == organisation_id, _OLD.c.id == record_id
    return [Correction(*row) for row in rows(_CORRECTION.where(*mine))]


def find_newest(organisation_id: str, record_ids: Sequence[str]) -> dict[str, Correction]:
    """`{record: the correction that counts}` of those that were corrected."""
    mine = _OLD.c.organisation_id == organisation_id, _OLD.c.id.in_(record_ids)
    found = (Correction(*row) for row in rows(_CORRECTION.where(*mine)))
    return {one.record_id: one for one in found}


def count_corrections(organisation_id: str, record_id: str) -> int:
    """How many corrections a record has."""
    mine = _OLD.c.organisation_id == organisation_id, _OLD.c.id == record_id
    return int(value(select(func.count()).select_from(_CORRECTION.where(*mine).subquery())))


def ever_said(organisation_id: str, text: str) -> ColumnElement[bool]:
    """Whether a board to which a PhotoRecord was corrected once holds a text."""
    columns = (_NEWER.c.site, _NEWER.c.board)
    said = or_(*(column.contains(text, autoescape=True) for column in columns))
    mine = _NEWER.c.organisation_id == organisation_id, _NEWER.c.replaces.is_not(None)
    found = select(_OLD.c.id).join_from(_NEWER, _OLD, _CORRECTS).where(*mine, said)
    return PhotoRecord.id.in_(found)
