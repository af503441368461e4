"""Tables of photo records, photos, uploads, connectors, deliveries, exports and settings."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)
REMOVED = "removed:"  # before a connector's address: what went out through it stays on record


class PhotoRecord(Base):
    """What one visit signed on the phone: board, trip and stamp, and the list of its photos."""

    __tablename__ = "photo_records"
    __table_args__ = (
        Index("ix_photo_records_organisation_id_captured_at", "organisation_id", "captured_at"),
        Index("ix_photo_records_person_id_captured_at", "person_id", "captured_at"),
        Index("ix_photo_records_organisation_id_series", "organisation_id", "series"),
        Index(
            "ix_photo_records_replaces_organisation_id_captured_at",
            "replaces",
            "organisation_id",
            "captured_at",
            sqlite_where=text("replaces IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    device_kid: Mapped[bytes] = mapped_column(ForeignKey("device_keys.kid"))
    series: Mapped[str] = mapped_column(ID)
    replaces: Mapped[str | None] = mapped_column(ID)
    trip: Mapped[str | None] = mapped_column(String(16))
    stamp_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    site: Mapped[str] = mapped_column(String(120))
    place: Mapped[str | None] = mapped_column(String(80))
    board: Mapped[str] = mapped_column(Text)
    practice: Mapped[bool] = mapped_column(default=False)
    captured_at: Mapped[int]
    received_at: Mapped[int]
    signed: Mapped[bytes] = mapped_column(LargeBinary)
    signed_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    marks: Mapped[str] = mapped_column(String(200), default="")


class Photo(Base):
    """One picture that a record promises; `state` is expected, arrived, ready or refused. `seal` is
    the server's, over what it made of the picture (service/seal.py)."""

    __tablename__ = "photos"
    __table_args__ = (
        UniqueConstraint("record_id", "position"),
        Index("ix_photos_organisation_id_changed", "organisation_id", "changed"),
        Index("ix_photos_organisation_id_captured_at", "organisation_id", "captured_at"),
        Index("ix_photos_person_id_arrived_at", "person_id", "arrived_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("photo_records.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    position: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    size: Mapped[int]
    captured_at: Mapped[int]
    phase: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default="expected")
    reason: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str | None] = mapped_column(String(8))
    width: Mapped[int | None]
    height: Mapped[int | None]
    arrived_at: Mapped[int | None]
    ready_at: Mapped[int | None]
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed: Mapped[int]
    large_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    small_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Upload(Base):
    """A tus upload under way; its bytes lie in the spool, and their number is the offset."""

    __tablename__ = "photo_uploads"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id"), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"), index=True)
    length: Mapped[int]
    created_at: Mapped[int]
    expires_at: Mapped[int] = mapped_column(index=True)
    said: Mapped[str | None] = mapped_column(Text)


class Connector(Base):
    """Where an organisation's photos are handed over; `secret` is sealed under the row's key. One
    whose `url` begins with REMOVED is in no list and is never used again."""

    __tablename__ = "photo_connectors"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(500))
    account: Mapped[str] = mapped_column(String(80), default="")
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[int]


class Delivery(Base):
    """One photo on its way through one connector; `key` is what makes it happen once. `tries` are
    those that count; `blocked`, those in a row at which the connector itself seemed to be down, the
    first of them `blocked_since`.
    `perhaps_there` is never taken back: a try may have left the photo at the other side."""

    __tablename__ = "photo_deliveries"
    __table_args__ = (
        UniqueConstraint("connector_id", "photo_id"),
        Index("ix_photo_deliveries_state_next_at", "state", "next_at"),
        Index("ix_photo_deliveries_organisation_id_state", "organisation_id", "state"),
        Index("ix_photo_deliveries_photo_id", "photo_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    connector_id: Mapped[str] = mapped_column(ForeignKey("photo_connectors.id"))
    photo_id: Mapped[str] = mapped_column(ForeignKey("photos.id"))
    key: Mapped[str] = mapped_column(ID, unique=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[int]
    leased_until: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[int]
    done_at: Mapped[int | None]
    blocked: Mapped[int | None]
    blocked_since: Mapped[int | None]
    perhaps_there: Mapped[bool | None]


class Export(Base):
    """A sheet (사진대지) or an archive that somebody asked for; made by the worker."""

    __tablename__ = "photo_exports"
    __table_args__ = (Index("ix_photo_exports_person_id_created_at", "person_id", "created_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str] = mapped_column(String(8))
    wanted: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(200))
    file: Mapped[str | None] = mapped_column(String(200))
    size: Mapped[int | None]
    created_at: Mapped[int]
    done_at: Mapped[int | None]


class PhotoSettings(Base):
    """An organisation's choices: the board's fields, whether picked pictures are allowed, quota."""

    __tablename__ = "photo_settings"

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    board: Mapped[str] = mapped_column(Text)
    picked: Mapped[bool] = mapped_column(default=False)
    daily_mb: Mapped[int] = mapped_column(default=2048)
