"""Selects of audit keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from app.core.db import first
from app.trips.models import AuditKey


@dataclass(frozen=True)
class AuditKeyRow:
    """The public half of an audit key."""

    kid: bytes
    organisation_id: str
    year: int
    x: bytes
    y: bytes


def _audit_key() -> Select[*tuple[Any, ...]]:
    return select(AuditKey.kid, AuditKey.organisation_id, AuditKey.year, AuditKey.x, AuditKey.y)


def find_audit_key(kid: bytes) -> AuditKeyRow | None:
    """The audit key of a key id (4 bytes), of any organisation: a token names no other."""
    row = first(_audit_key().where(AuditKey.kid == kid))
    return AuditKeyRow(*row) if row else None


def find_audit_key_of_year(organisation_id: str, year: int) -> AuditKeyRow | None:
    """The organisation's audit key of a year."""
    query = _audit_key().where(AuditKey.organisation_id == organisation_id, AuditKey.year == year)
    row = first(query)
    return AuditKeyRow(*row) if row else None
