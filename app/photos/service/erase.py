"""Deleting all photos of a practice organisation: rows in the transaction, files after it."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.core import db, http
from app.photos.gateways import storage
from app.photos.models import (
    Connector,
    Delivery,
    Export,
    Photo,
    PhotoRecord,
    PhotoSettings,
    Upload,
)
from app.photos.service import uploads


def erase_organisation(organisation_id: str) -> None:
    """Delete the organisation's rows of photos, before those of trips (open transaction)."""
    photos = select(Photo.id).where(Photo.organisation_id == organisation_id)
    db.run(delete(Upload).where(Upload.photo_id.in_(photos)))
    for table in (Delivery, Connector, Export, Photo, PhotoRecord, PhotoSettings):
        db.run(delete(table).where(table.organisation_id == organisation_id))


def erase_files(organisation_id: str) -> None:
    """Delete the organisation's files, once no row names them: a rollback loses no picture."""
    storage.store(http.config()).remove_all(organisation_id)
    uploads.sweep()
