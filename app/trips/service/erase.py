"""Deleting everything of a practice organisation, so that the demonstration can start anew."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.core.db import session
from app.trips.models import AuditKey, Fork, Inquiry, Stamp, Trip, Void


def erase_organisation(organisation_id: str) -> None:
    """Delete the organisation's stamps, trips, inquiries and audit keys (open transaction)."""
    stamps = select(Stamp.id).where(Stamp.organisation_id == organisation_id)
    session().execute(delete(Void).where(Void.stamp_id.in_(stamps)))
    session().execute(delete(Fork).where(Fork.stamp_id.in_(stamps)))
    for table in (Stamp, Trip, Inquiry, AuditKey):
        session().execute(delete(table).where(table.organisation_id == organisation_id))
