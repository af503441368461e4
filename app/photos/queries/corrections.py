"""Selects of corrections: records without photos, which say anew what stands on the board of an
earlier record of the same person. The earlier one stays as it was signed; of several corrections
the newest by the phone's clock counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.core.db import rows, value
from app.photos.models import Photo, PhotoRecord

_NEWER = PhotoRecord.__table__.alias("newer")
_OLD = PhotoRecord.__table__.alias("old")
_OWN = Photo.__table__.alias("own")
# What makes a row of _NEWER a correction of a row of _OLD. Which are looked for is said by
# `replaces`, and only the id leads from there to _OLD: a joined text cannot be looked up. Left the
# choice, SQLite without statistics reads all records of the organisation.
_CORRECTS = and_(
    _NEWER.c.replaces == _OLD.c.id,
    *(
        _NEWER.c[name] == _OLD.c[name].concat("")
        for name in ("organisation_id", "series", "person_id")
    ),
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


_CORRECTION = select(
    _NEWER.c.id, _OLD.c.id, _NEWER.c.board, _NEWER.c.site, _NEWER.c.captured_at,
    _NEWER.c.received_at,
).join_from(_NEWER, _OLD, _CORRECTS)  # fmt: skip


def list_corrections(organisation_id: str, record_id: str) -> list[Correction]:
    """All corrections of a record, the one that counts last."""
    found = rows(_of(organisation_id, [record_id]).order_by(_NEWER.c.captured_at, _NEWER.c.id))
    return [Correction(*row) for row in found]


def find_newest(organisation_id: str, record_ids: Sequence[str]) -> dict[str, Correction]:
    """`{record: the correction that counts}` of those that were corrected."""
    found = [Correction(*row) for row in rows(_of(organisation_id, record_ids))]
    return {one.record_id: one for one in sorted(found, key=lambda one: (one.captured_at, one.id))}


def count_corrections(organisation_id: str, record_id: str) -> int:
    """How many corrections a record has."""
    found = _of(organisation_id, [record_id]).subquery()
    return int(value(select(func.count()).select_from(found)))


def _of(organisation_id: str, record_ids: Sequence[str]) -> Select[*tuple[Any, ...]]:
    mine = _NEWER.c.organisation_id == organisation_id, _NEWER.c.replaces.in_(record_ids)
    return _CORRECTION.where(*mine)


def ever_said(organisation_id: str, text: str) -> ColumnElement[bool]:
    """Whether a board to which a PhotoRecord was corrected once holds a text."""
    columns = (_NEWER.c.site, _NEWER.c.board)
    said = or_(*(column.contains(text, autoescape=True) for column in columns))
    mine = _NEWER.c.organisation_id == organisation_id, _NEWER.c.replaces.is_not(None)
    found = select(_OLD.c.id).join_from(_NEWER, _OLD, _CORRECTS).where(*mine, said)
    return PhotoRecord.id.in_(found)
