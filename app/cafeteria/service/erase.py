"""Deleting the canteens of a practice organisation."""

from __future__ import annotations

from sqlalchemy import delete, select

from app.cafeteria.models import (
    Canteen,
    CheckIn,
    Device,
    Document,
    Estimate,
    Hours,
    Learned,
    Line,
    Link,
    Menu,
    Reading,
    Replay,
    SpecialDay,
    Tap,
    Wish,
)
from app.core import db


def erase_organisation(organisation_id: str) -> None:
    """Delete the organisation's canteens and all that hangs on them (open transaction)."""
    canteens = select(Canteen.id).where(Canteen.organisation_id == organisation_id)
    lines = select(Line.id).where(Line.canteen_id.in_(canteens))
    devices = select(Device.id).where(Device.line_id.in_(lines))
    db.run(delete(Reading).where(Reading.device_id.in_(devices)))
    for of_a_line in (Device, Tap, CheckIn, Estimate, Learned):
        db.run(delete(of_a_line).where(of_a_line.line_id.in_(lines)))
    for of_a_canteen in (Line, Hours, SpecialDay, Link, Menu, Wish, Document, Replay):
        db.run(delete(of_a_canteen).where(of_a_canteen.canteen_id.in_(canteens)))
    db.run(delete(Canteen).where(Canteen.organisation_id == organisation_id))
