"""Selects of what is on its way: records by their bytes, uploads, quotas."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import first, value, values
from app.photos.models import Photo, PhotoRecord, Upload


@dataclass(frozen=True)
class Known:
    """A record that was received before."""

    id: str
    organisation_id: str
    receipt: bytes


@dataclass(frozen=True)
class UploadRow:
    """An upload under way; `length` in bytes, `expires_at` in Unix seconds, `said` the header
    Upload-Metadata as it was opened with."""

    id: str
    photo_id: str
    record_id: str
    length: int
    expires_at: int
    said: str | None


_UPLOAD = select(
    Upload.id, Upload.photo_id, Photo.record_id, Upload.length, Upload.expires_at, Upload.said
).join(Photo, Photo.id == Upload.photo_id)


def find_known(signed_sha256: bytes) -> Known | None:
    """The record whose signed bytes have this hash."""
    query = select(PhotoRecord.id, PhotoRecord.organisation_id, PhotoRecord.receipt)
    row = first(query.where(PhotoRecord.signed_sha256 == signed_sha256))
    return None if row is None else Known(*row)


def find_upload(upload_id: str) -> UploadRow | None:
    """The upload of an id, of any record: the ticket says whose it may be."""
    row = first(_UPLOAD.where(Upload.id == upload_id))
    return None if row is None else UploadRow(*row)


def find_upload_of(photo_id: str) -> UploadRow | None:
    """The upload of a photo."""
    row = first(_UPLOAD.where(Upload.photo_id == photo_id))
    return None if row is None else UploadRow(*row)


def count_open(person_id: str) -> int:
    """How many uploads of a person are under way."""
    return int(value(select(func.count()).where(Upload.person_id == person_id)))


def count_expected(person_id: str) -> int:
    """How many photos of a person's records have neither arrived nor been refused."""
    mine = Photo.person_id == person_id, Photo.arrived_at.is_(None), Photo.state == "expected"
    return int(value(select(func.count()).where(*mine)))


def count_bytes(person_id: str, since: int) -> int:
    """Bytes of a person's photos that arrived since then (Unix seconds) or are under way."""
    arrived = select(func.sum(Photo.size)).where(
        Photo.person_id == person_id, Photo.arrived_at >= since
    )
    coming = select(func.sum(Upload.length)).where(Upload.person_id == person_id)
    return int(value(arrived) or 0) + int(value(coming) or 0)


def list_upload_ids() -> list[str]:
    """The ids of all uploads under way."""
    return values(select(Upload.id))
