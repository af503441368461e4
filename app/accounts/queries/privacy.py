"""Selects of consents and of the access log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.accounts.models import (
    AccessRecord,
    Consent,
    Department,
    Person,
)
from app.core.db import first, rows


@dataclass(frozen=True)
class Agreement:
    """A consent; `version` is the text's SHA-256."""

    version: bytes
    agreed_at: int
    withdrawn_at: int | None


@dataclass(frozen=True)
class View:
    """One entry of the access log, as the person concerned reads it."""

    at: int
    viewer: str
    viewer_department: str
    what: str
    why: str
    target_id: str


def find_agreement(person_id: str) -> Agreement | None:
    """The person's newest consent, in force or withdrawn."""
    query = (
        select(Consent.version, Consent.agreed_at, Consent.withdrawn_at)
        .where(Consent.person_id == person_id)
        .order_by(Consent.agreed_at.desc(), Consent.withdrawn_at.is_not(None))
        .limit(1)
    )
    row = first(query)
    return Agreement(*row) if row else None


_AGREEMENTS = (
    select(Consent.version, Consent.agreed_at, Consent.withdrawn_at)
    .where(Consent.person_id == bindparam("person"))
    .order_by(Consent.agreed_at.desc())
)


def list_agreements(person_id: str) -> list[Agreement]:
    """Every consent a person gave, newest first."""
    return [Agreement(*row) for row in rows(_AGREEMENTS, {"person": person_id})]


def list_views(subject_id: str, limit: int = 50) -> list[View]:
    """Who looked at what of this person, newest first."""
    query = (
        select(
            AccessRecord.at,
            Person.name,
            Department.name,
            AccessRecord.what,
            AccessRecord.why,
            AccessRecord.target_id,
        )
        .join(Person, Person.id == AccessRecord.viewer_id)
        .join(Department, Department.id == Person.department_id)
        .where(AccessRecord.subject_id == subject_id)
        .order_by(AccessRecord.at.desc())
        .limit(limit)
    )
    return [View(*row) for row in rows(query)]
