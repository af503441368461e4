"""Selects of what is judged: columns as the bytes that lie on the disk.

The danger removed here: a column that somebody changed so that it can no longer be read (broken
UTF-8, no JSON) would be a fault of the page that is to say so. Text comes as bytes, all
else as it lies, and nothing is decoded.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, and_, cast, exists, func, or_, select
from sqlalchemy import type_coerce as coerce
from sqlalchemy.types import NullType

from app.core.db import first, rows, values
from app.photos.models import Photo, PhotoRecord

PHOTO = (
    "id", "record_id", "organisation_id", "person_id", "position", "sha256", "size",
    "captured_at", "phase", "source", "state", "reason", "kind", "width", "height", "arrived_at",
    "ready_at", "receipt", "large_sha256", "small_sha256", "seal",
)  # fmt: skip
RECORD = (
    "id", "organisation_id", "person_id", "device_kid", "series", "replaces", "trip",
    "stamp_sha256", "site", "place", "board", "practice", "captured_at", "received_at", "signed",
    "signed_sha256", "receipt", "marks",
)  # fmt: skip
# By name: the type of a column that points to another feature's table is known late only.
TEXTS = {
    "id", "record_id", "organisation_id", "person_id", "phase", "source", "state", "series",
    "replaces", "trip", "site", "place", "board", "reason", "kind", "marks",
}  # fmt: skip
Raw = dict[str, Any]


def _raw(table: type[Photo | PhotoRecord], name: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = getattr(table, name)
    if name in TEXTS:
        return cast(column, LargeBinary)
    return coerce(column, NullType)  # as it lies: another kind of value is a fault to be told


_PHOTO = select(*(_raw(Photo, name) for name in PHOTO))
_RECORD = select(*(_raw(PhotoRecord, name) for name in RECORD))


def find_photo(photo_id: str) -> Raw | None:
    """A photo's row."""
    row = first(_PHOTO.where(Photo.id == photo_id))
    return None if row is None else dict(zip(PHOTO, row, strict=True))


def list_photos(photo_ids: Sequence[str]) -> list[Raw]:
    """The rows of photos, in no order."""
    found = rows(_PHOTO.where(Photo.id.in_(photo_ids)))
    return [dict(zip(PHOTO, row, strict=True)) for row in found]


def find_record(record_id: str) -> Raw | None:
    """A record's row."""
    row = first(_RECORD.where(PhotoRecord.id == record_id))
    return None if row is None else dict(zip(RECORD, row, strict=True))


def list_photo_ids(record_id: str) -> list[bytes]:
    """The ids of the photos that say they are of a record."""
    query = select(_raw(Photo, "id")).where(Photo.record_id == record_id)
    return values(query)


def list_corrections(record_id: str, series: str, organisation_id: str) -> list[Raw]:
    """Rows that are, or were before somebody changed one column, corrections of a record.

    Found by what they say that they replace, and among those of its visit, which are few, by what
    was signed: a row that no longer says whose correction it is must not vanish in silence.
    """
    signed = and_(
        PhotoRecord.organisation_id == organisation_id,
        PhotoRecord.series == series,
        func.instr(PhotoRecord.signed, uuid.UUID(record_id).bytes) > 0,
    )
    of_it = or_(PhotoRecord.replaces == record_id, signed)
    bare = ~exists().where(Photo.record_id == PhotoRecord.id)
    found = rows(_RECORD.where(of_it, bare).order_by(PhotoRecord.captured_at))
    return [dict(zip(RECORD, row, strict=True)) for row in found]
