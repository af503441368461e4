"""The table of notices."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base

ID = String(36)


class Notice(Base):
    """Something that one person is told. `key` makes it one of its kind; `body` is JSON: what it
    is about, lines with what was before and what is now, and of how many things it tells. `told`
    moves on with all that a person is told, so it says what they have seen: about when, in
    microseconds, but later than anything they were told before. A notice that was read before it
    turned out to be void is kept, and says so (`withdrawn_at`)."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_notices_person_id_read_at_told", "person_id", "read_at", "told"),
        Index("ix_notices_person_id_told", "person_id", "told"),
        Index("ix_notices_key", "key"),
        Index("ix_notices_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[int]
    read_at: Mapped[int | None]
    withdrawn_at: Mapped[int | None]
    told: Mapped[int] = mapped_column(server_default="0")
