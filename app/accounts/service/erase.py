"""Deleting a practice organisation with all its people."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.accounts.models import (
    AccessRecord,
    Consent,
    Department,
    DeviceKey,
    Organisation,
    Person,
    SignIn,
)
from app.core import db


def erase_organisation(organisation_id: str) -> None:
    """Delete the organisation and everything of accounts that hangs on it (open transaction)."""
    people = select(Person.id).where(Person.organisation_id == organisation_id)
    run = db.run
    run(delete(AccessRecord).where(AccessRecord.organisation_id == organisation_id))
    run(delete(Consent).where(Consent.person_id.in_(people)))
    run(delete(SignIn).where(SignIn.person_id.in_(people)))
    mine = DeviceKey.organisation_id == organisation_id
    run(update(DeviceKey).where(mine).values(revoked_by=None))
    run(delete(DeviceKey).where(mine))
    run(delete(Person).where(Person.organisation_id == organisation_id))
    run(delete(Department).where(Department.organisation_id == organisation_id))
    run(delete(Organisation).where(Organisation.id == organisation_id))
