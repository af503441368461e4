"""Selects of device keys."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.accounts.models import (
    Department,
    DeviceKey,
    Organisation,
    Person,
)
from app.core.db import first, rows


@dataclass(frozen=True)
class Device:
    """A device key; times in Unix seconds."""

    kid: bytes
    organisation_id: str
    person_id: str
    x: bytes
    y: bytes
    label: str
    created_at: int
    revoked_at: int | None
    revoke_reason: str | None

    @property
    def state(self) -> str:
        """`active` or `revoked`."""
        return "active" if self.revoked_at is None else "revoked"


_DEVICE = select(
    DeviceKey.kid,
    DeviceKey.organisation_id,
    DeviceKey.person_id,
    DeviceKey.x,
    DeviceKey.y,
    DeviceKey.label,
    DeviceKey.created_at,
    DeviceKey.revoked_at,
    DeviceKey.revoke_reason,
)


def find_device(kid: bytes) -> Device | None:
    """The device key of a key id (8 bytes), of any organisation: signatures name no other."""
    row = first(_DEVICE.where(DeviceKey.kid == kid))
    return Device(*row) if row else None


def list_devices(person_id: str) -> list[Device]:
    """All device keys a person ever enrolled, newest first."""
    query = _DEVICE.where(DeviceKey.person_id == person_id)
    return [Device(*row) for row in rows(query.order_by(DeviceKey.created_at.desc()))]


@dataclass(frozen=True)
class Signer:
    """A device key with the person who enrolled it and their office; times in Unix seconds."""

    kid: bytes
    x: bytes
    y: bytes
    created_at: int
    revoked_at: int | None
    revoke_reason: str | None
    person_id: str
    name: str
    staff_number: str
    department: str
    organisation_id: str
    organisation_code: str
    organisation_name: str
    organisation_practice: bool
    office_lat: float | None
    office_lon: float | None


_SIGNER = (
    select(
        DeviceKey.kid,
        DeviceKey.x,
        DeviceKey.y,
        DeviceKey.created_at,
        DeviceKey.revoked_at,
        DeviceKey.revoke_reason,
        Person.id,
        Person.name,
        Person.staff_number,
        Department.name,
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.practice,
        Organisation.office_lat,
        Organisation.office_lon,
    )
    .join(Person, Person.id == DeviceKey.person_id)
    .join(Department, Department.id == Person.department_id)
    .join(Organisation, Organisation.id == DeviceKey.organisation_id)
    .where(DeviceKey.kid == bindparam("kid"))
)


def find_signer(kid: bytes) -> Signer | None:
    """Whose key a key id (8 bytes) is, in any organisation: a signature names no other."""
    row = first(_SIGNER, {"kid": kid})
    return Signer(*row) if row else None
