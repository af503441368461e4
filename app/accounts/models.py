"""Tables of organisations, people, sign-ins, device keys, consents and the access log."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)


class Organisation(Base):
    """A public office; everything belongs to one and is seen from inside it only."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    office_lat: Mapped[float | None]
    office_lon: Mapped[float | None]
    practice: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[int]


class Department(Base):
    """A department of an organisation."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(80))


class Person(Base):
    """A member of staff who may sign in."""

    __tablename__ = "persons"
    __table_args__ = (
        UniqueConstraint("organisation_id", "staff_number"),
        CheckConstraint(
            "role IN ('officer', 'auditor', 'administrator', 'operator', 'canteen')", name="role"
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    department_id: Mapped[str] = mapped_column(ForeignKey("departments.id"), index=True)
    staff_number: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[int]
    left_at: Mapped[int | None]


class SignIn(Base):
    """One browser on one device, signed in until it is revoked or forgotten."""

    __tablename__ = "sign_ins"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[int]
    last_seen: Mapped[int]
    revoked_at: Mapped[int | None]


class SignInFailure(Base):
    """A failed sign-in; account and address are keyed hashes, forgotten after a day."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_account_at", "account", "at"),
        Index("ix_sign_in_failures_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[bytes] = mapped_column(LargeBinary(16))
    address: Mapped[bytes] = mapped_column(LargeBinary(16))
    at: Mapped[int]


class DeviceKey(Base):
    """The public P-256 key of one phone of one person; kid is its COSE thumbprint, truncated."""

    __tablename__ = "device_keys"

    kid: Mapped[bytes] = mapped_column(LargeBinary(8), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    x: Mapped[bytes] = mapped_column(LargeBinary(32))
    y: Mapped[bytes] = mapped_column(LargeBinary(32))
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[int]
    revoked_at: Mapped[int | None]
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("persons.id"))
    revoke_reason: Mapped[str | None] = mapped_column(String(200))


class Consent(Base):
    """A person's agreement to one version (SHA-256) of the location text."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person_id_agreed_at", "person_id", "agreed_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    version: Mapped[bytes] = mapped_column(LargeBinary(32))
    agreed_at: Mapped[int]
    withdrawn_at: Mapped[int | None]


class AccessRecord(Base):
    """Somebody looked at something of somebody's; never changed, readable by the latter."""

    __tablename__ = "access_records"
    __table_args__ = (Index("ix_access_records_subject_id_at", "subject_id", "at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    viewer_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    what: Mapped[str] = mapped_column(String(40))
    target_id: Mapped[str] = mapped_column(ID)
    why: Mapped[str] = mapped_column(String(200))
    at: Mapped[int]
