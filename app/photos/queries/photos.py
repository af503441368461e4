"""Selects of records and photos."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.core.db import first, rows, value, values
from app.core.errors import NotFound
from app.core.outbox import Task
from app.photos.models import Photo, PhotoRecord

RECORD_COLUMNS = (
    "id", "organisation_id", "person_id", "device_kid", "series", "replaces", "trip",
    "stamp_sha256", "site", "place", "board", "practice", "captured_at", "received_at", "signed",
    "signed_sha256", "receipt", "marks",
)  # fmt: skip
PHOTO_COLUMNS = (
    "id", "record_id", "organisation_id", "person_id", "position", "sha256", "size",
    "captured_at", "phase", "source", "state", "reason", "kind", "width", "height", "arrived_at",
    "ready_at", "receipt", "changed", "large_sha256", "small_sha256",
    "seal",
)  # fmt: skip


@dataclass(frozen=True)
class RecordRow:
    """A received record; times in Unix seconds, `board` in the order of the template."""

    id: str
    organisation_id: str
    person_id: str
    device_kid: bytes
    series: str
    replaces: str | None
    trip: str | None
    stamp_sha256: bytes | None
    site: str
    place: str | None
    board: dict[str, str]
    practice: bool
    captured_at: int
    received_at: int
    signed: bytes
    signed_sha256: bytes
    receipt: bytes
    marks: str


@dataclass(frozen=True)
class PhotoRow:
    """A photo of a record; `state` is expected, arrived, ready or refused (then `reason`)."""

    id: str
    record_id: str
    organisation_id: str
    person_id: str
    position: int
    sha256: bytes
    size: int
    captured_at: int
    phase: str
    source: str
    state: str
    reason: str | None
    kind: str | None
    width: int | None
    height: int | None
    arrived_at: int | None
    ready_at: int | None
    receipt: bytes | None
    changed: int
    large_sha256: bytes | None
    small_sha256: bytes | None
    seal: bytes | None


_RECORD = select(*(getattr(PhotoRecord, name) for name in RECORD_COLUMNS))
_PHOTO = select(*(getattr(Photo, name) for name in PHOTO_COLUMNS))


def _record(row: tuple[Any, ...]) -> RecordRow:
    given = dict(zip(RECORD_COLUMNS, row, strict=True))
    return RecordRow(**given | {"board": _board(given["board"])})


def _board(text: Any) -> dict[str, str]:
    """A board that can no longer be read is empty; the check of the record says so."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if type(found) is dict else {}


def find_record(record_id: str) -> RecordRow | None:
    """The record of an id, in any organisation: for what a device's signature or ticket names."""
    row = first(_RECORD.where(PhotoRecord.id == record_id))
    return _record(row) if row else None


def get_record(organisation_id: str, record_id: str) -> RecordRow:
    """The record of an id.

    Raises:
        NotFound: when there is none in this organisation.
    """
    row = find_record(record_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound
    return row


def list_records(organisation_id: str, record_ids: Sequence[str]) -> list[RecordRow]:
    """Records of the organisation by id, in no order."""
    wanted = PhotoRecord.id.in_(record_ids)
    found = rows(_RECORD.where(PhotoRecord.organisation_id == organisation_id, wanted))
    return [_record(row) for row in found]


def find_photo(photo_id: str) -> PhotoRow | None:
    """The photo of an id, in any organisation: for what a ticket names."""
    row = first(_PHOTO.where(Photo.id == photo_id))
    return PhotoRow(*row) if row else None


def get_photo(organisation_id: str, photo_id: str) -> PhotoRow:
    """The photo of an id.

    Raises:
        NotFound: when there is none in this organisation.
    """
    row = find_photo(photo_id)
    if row is None or row.organisation_id != organisation_id:
        raise NotFound
    return row


def list_photos(organisation_id: str, record_id: str) -> list[PhotoRow]:
    """The photos of a record, in order."""
    query = _PHOTO.where(Photo.organisation_id == organisation_id, Photo.record_id == record_id)
    return [PhotoRow(*row) for row in rows(query.order_by(Photo.position))]


def list_photos_by_id(organisation_id: str, photo_ids: Sequence[str]) -> list[PhotoRow]:
    """Photos of the organisation by id, oldest first."""
    query = _PHOTO.where(Photo.organisation_id == organisation_id, Photo.id.in_(photo_ids))
    return [PhotoRow(*row) for row in rows(query.order_by(Photo.captured_at, Photo.id))]


def count_coming(organisation_id: str, photo_ids: Sequence[str], kind: str) -> int:
    """How many of the photos have arrived and are still to be made ready.

    Args:
        organisation_id: whose photos.
        photo_ids: those that are asked about.
        kind: of the task that makes a photo ready; its key is the photo's id.
    """
    task = (Task.key == Photo.id) & (Task.kind == kind) & Task.dead_at.is_(None)
    asked = (Photo.organisation_id == organisation_id, Photo.id.in_(photo_ids))
    query = select(func.count()).select_from(Photo).join(Task, task)
    return int(value(query.where(*asked, Photo.state == "arrived")))


def list_arrived_ids(before: int) -> list[str]:
    """Photos of all organisations that arrived before a moment and are still not ready."""
    late = (Photo.state == "arrived", Photo.arrived_at < before)
    return values(select(Photo.id).where(*late).order_by(Photo.arrived_at))


def list_stuck(kind: str, before: int) -> list[tuple[str, str | None]]:
    """The same, longest waiting first, each with the error of its task's last try.

    Args:
        kind: of the task that makes a photo ready; its key is the photo's id.
        before: Unix seconds.
    """
    query = (
        select(Photo.id, Task.error)
        .outerjoin(Task, (Task.key == Photo.id) & (Task.kind == kind))
        .where(Photo.state == "arrived", Photo.arrived_at < before)
    )
    return [(row[0], row[1]) for row in rows(query.order_by(Photo.arrived_at, Photo.id))]


def list_due(kind: str, now: int) -> list[tuple[str, str]]:
    """Organisation and person of the photos whose tasks are due, the longest due first.

    Args:
        kind: of the task that makes a photo ready; its key is the photo's id.
        now: Unix seconds.
    """
    whose = (Photo.organisation_id, Photo.person_id)
    query = select(*whose).join(Task, Task.key == Photo.id).where(*_due(kind, now))
    query = query.group_by(*whose).order_by(func.min(Task.next_at), Photo.person_id)
    return [(row[0], row[1]) for row in rows(query)]


def find_due(kind: str, now: int, person_id: str) -> str | None:
    """The task that is due longest of those that make a person's photos ready; its id."""
    query = select(Task.id).join(Photo, Task.key == Photo.id).where(Photo.person_id == person_id)
    found = value(query.where(*_due(kind, now)).order_by(Task.next_at, Task.id).limit(1))
    return None if found is None else str(found)


def _due(kind: str, now: int) -> tuple[ColumnElement[bool], ...]:
    return (Task.kind == kind, Task.dead_at.is_(None), Task.next_at <= now)


def list_unsealed_ids(limit: int) -> list[str]:
    """Some photos of all organisations whose copies were made before they were sealed; by chance,
    so that those that cannot be made anew do not stand in the way."""
    bare = or_(Photo.large_sha256.is_(None), Photo.small_sha256.is_(None), Photo.seal.is_(None))
    query = select(Photo.id).where(Photo.state == "ready", bare).order_by(func.random())
    return values(query.limit(limit))


def next_change(organisation_id: str) -> int:
    """The number of the organisation's next change of a photo; ask inside the transaction."""
    newest = select(func.max(Photo.changed)).where(Photo.organisation_id == organisation_id)
    return int(value(newest) or 0) + 1
