"""Deleting everything of a practice organisation, so that the demonstration can start anew."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.core import db
from app.trips.models import AuditKey, Fork, Inquiry, Stamp, Trip, Void


def erase_organisation(organisation_id: str) -> None:
    """Delete the organisation's stamps, trips, inquiries and audit keys (open transaction)."""
    stamps = select(Stamp.id).where(Stamp.organisation_id == organisation_id)
    db.run(delete(Void).where(Void.stamp_id.in_(stamps)))
    db.run(delete(Fork).where(Fork.stamp_id.in_(stamps)))
    for table in (Stamp, Trip, Inquiry, AuditKey):
        db.run(delete(table).where(table.organisation_id == organisation_id))
