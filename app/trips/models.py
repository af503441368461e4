"""Tables of trips, stamps, forks, voids, audit keys and inquiries.

Exact coordinates stand in no column: `sealed` holds the COSE_Sign1 under a key of the row's own.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)


class AuditKey(Base):
    """The public half of the audit office's key of one organisation and year."""

    __tablename__ = "audit_keys"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    kid: Mapped[bytes] = mapped_column(LargeBinary(4), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    year: Mapped[int]
    x: Mapped[bytes] = mapped_column(LargeBinary(32))
    y: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[int]


class Trip(Base):
    """A day's stamps of a person under the code that the phone made."""

    __tablename__ = "trips"
    __table_args__ = (UniqueConstraint("person_id", "code"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    code: Mapped[str] = mapped_column(String(16))
    day: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[int]


class Stamp(Base):
    """One received stamp; the first bytes that came under (device_kid, cti) and no others."""

    __tablename__ = "stamps"
    __table_args__ = (
        UniqueConstraint("device_kid", "cti"),
        Index("ix_stamps_device_kid_seq", "device_kid", "seq"),
        Index("ix_stamps_device_kid_prev", "device_kid", "prev"),
        Index("ix_stamps_person_id_captured_at", "person_id", "captured_at"),
        Index("ix_stamps_organisation_id_captured_at", "organisation_id", "captured_at"),
        Index("ix_stamps_organisation_id_point_tag", "organisation_id", "point_tag"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    trip_id: Mapped[str] = mapped_column(ForeignKey("trips.id"))
    device_kid: Mapped[bytes] = mapped_column(ForeignKey("device_keys.kid"))
    cti: Mapped[bytes] = mapped_column(LargeBinary(8))
    seq: Mapped[int]
    prev: Mapped[bytes] = mapped_column(LargeBinary(8))
    kind: Mapped[int]
    captured_at: Mapped[int]
    received_at: Mapped[int]
    token: Mapped[bytes] = mapped_column(LargeBinary)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    point_tag: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    accuracy_m: Mapped[int]
    place: Mapped[str | None] = mapped_column(String(80))
    sigungu_code: Mapped[str | None] = mapped_column(String(5))
    office_km: Mapped[int | None]
    chain: Mapped[str] = mapped_column(String(8))
    marks: Mapped[str] = mapped_column(String(200), default="")
    signals: Mapped[int] = mapped_column(default=0)
    score: Mapped[int] = mapped_column(default=0)


class Fork(Base):
    """Other bytes under a stamp's identity: kept as they came, sealed, and marked."""

    __tablename__ = "stamp_forks"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    stamp_id: Mapped[str] = mapped_column(ForeignKey("stamps.id"), index=True)
    received_at: Mapped[int]
    token: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)


class Void(Base):
    """The person's signed cancellation of a stamp, as a record of its own."""

    __tablename__ = "stamp_voids"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    stamp_id: Mapped[str] = mapped_column(ForeignKey("stamps.id"), unique=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    record_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    voided_at: Mapped[int]
    received_at: Mapped[int]
    receipt: Mapped[bytes] = mapped_column(LargeBinary)


class Inquiry(Base):
    """A question to the audit office, asked on the page behind a QR."""

    __tablename__ = "inquiries"
    __table_args__ = (
        Index("ix_inquiries_organisation_id_at", "organisation_id", "at"),
        Index("ix_inquiries_address_at", "address", "at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    token: Mapped[bytes] = mapped_column(LargeBinary)
    message: Mapped[str] = mapped_column(String(1000))
    contact: Mapped[str] = mapped_column(String(100))
    address: Mapped[bytes] = mapped_column(LargeBinary(16))
    at: Mapped[int]
    done_at: Mapped[int | None]
