"""Selects of corrections: records without photos, which say anew what stands on the board of an
earlier record of the same person. The earlier one stays as it was signed; of several corrections
the newest by the phone's clock counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from app.core.db import rows, value
from app.photos.models import Photo, PhotoRecord

_NEWER = PhotoRecord.__table__.alias("newer")
_OWN = Photo.__table__.alias("own")
# What makes a row of _NEWER a correction of a row of PhotoRecord. The first two are the index.
_CORRECTS: tuple[ColumnElement[bool], ...] = (
    _NEWER.c.organisation_id == PhotoRecord.organisation_id,
    _NEWER.c.series == PhotoRecord.series,
    _NEWER.c.replaces == PhotoRecord.id,
    _NEWER.c.person_id == PhotoRecord.person_id,
    ~exists().where(_OWN.c.record_id == _NEWER.c.id),
)


@dataclass(frozen=True)
class Correction:
    """A board that was written anew; `record_id` is the record that it corrects, `board` text as it
    is stored, times in Unix seconds."""

    id: str
    record_id: str
    board: str
    captured_at: int
    received_at: int


_CORRECTION = (
    select(
        _NEWER.c.id, PhotoRecord.id, _NEWER.c.board, _NEWER.c.captured_at, _NEWER.c.received_at
    )
    .join_from(PhotoRecord, _NEWER, _CORRECTS[0])
    .where(*_CORRECTS[1:])
    .order_by(_NEWER.c.captured_at, _NEWER.c.id)
)  # fmt: skip


def newest(column: str) -> Any:
    """A column of the correction that counts, for a select that has PhotoRecord; NULL when the
    record was not corrected."""
    order = (_NEWER.c.captured_at.desc(), _NEWER.c.id.desc())
    return select(_NEWER.c[column]).where(*_CORRECTS).order_by(*order).limit(1).scalar_subquery()


def list_corrections(organisation_id: str, record_id: str) -> list[Correction]:
    """All corrections of a record, the one that counts last."""
    mine = PhotoRecord.organisation_id == organisation_id, PhotoRecord.id == record_id
    return [Correction(*row) for row in rows(_CORRECTION.where(*mine))]


def find_newest(organisation_id: str, record_ids: Sequence[str]) -> dict[str, Correction]:
    """`{record: the correction that counts}` of those that were corrected."""
    mine = PhotoRecord.organisation_id == organisation_id, PhotoRecord.id.in_(record_ids)
    found = (Correction(*row) for row in rows(_CORRECTION.where(*mine)))
    return {one.record_id: one for one in found}


def count_corrections(organisation_id: str, record_id: str) -> int:
    """How many corrections a record has."""
    mine = PhotoRecord.organisation_id == organisation_id, PhotoRecord.id == record_id
    return int(value(select(func.count()).select_from(_CORRECTION.where(*mine).subquery())))
