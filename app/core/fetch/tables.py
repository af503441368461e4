"""Tables of the fetcher: hosts that are asked in turn, and rounds: reading many pages of one owner,
a page a step, with what each page gave last time.

The danger removed here: a worker that is killed in the middle of an hour's reading. Each page is a
row, claimed by a lease and written with what it gave in one small transaction; whoever comes next
goes on with the pages that are left. What a page gave stays, with its ETag, for the next round.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core import db


class FetchHost(db.Base):
    """A host that was asked: when it may be asked again, who asks it now, and its robots.txt.

    `next_at` and `leased_until` are Unix milliseconds, `robots_at` Unix seconds. `robots` is NULL
    before it was read, or when it could not be; "" when there is none.
    """

    __tablename__ = "fetch_hosts"

    host: Mapped[str] = mapped_column(String(260), primary_key=True)
    next_at: Mapped[int] = mapped_column(BigInteger, default=0)
    leased_until: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    robots: Mapped[str | None] = mapped_column(Text)
    robots_at: Mapped[int] = mapped_column(default=0)
    robots_failed_at: Mapped[int] = mapped_column(default=0)


class FetchRound(db.Base):
    """The last reading of an owner's pages: for good, or as a trial. `digest` says by which
    definition, `report` (JSON) what came of it, `shape` (JSON) what was like that was taken last,
    `told` why nothing was taken."""

    __tablename__ = "fetch_rounds"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state"),
        Index("ix_fetch_rounds_state", "state"),
    )

    owner: Mapped[str] = mapped_column(String(36), primary_key=True)
    trial: Mapped[bool] = mapped_column(primary_key=True)
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[int]
    ended_at: Mapped[int | None]
    seen_at: Mapped[int | None]
    leased_until: Mapped[int]
    told: Mapped[str | None] = mapped_column(String(120))
    report: Mapped[str | None] = mapped_column(Text)
    shape: Mapped[str | None] = mapped_column(Text)


class FetchPage(db.Base):
    """A page of an owner: a step of the round that is under way, and what it gave last. `found` is
    packed (zlib); `digest` is of the content, in hex."""

    __tablename__ = "fetch_pages"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'skipped', 'failed')", name="state"),
        UniqueConstraint("owner", "trial", "key"),
        Index("ix_fetch_pages_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(36))
    trial: Mapped[bool]
    round: Mapped[int]
    key: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(120))
    host: Mapped[str] = mapped_column(String(260))
    wanted: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    tries: Mapped[int]
    next_at: Mapped[int]
    leased_until: Mapped[int]
    told: Mapped[str | None] = mapped_column(String(120))
    etag: Mapped[str] = mapped_column(String(300))
    last_modified: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64))
    found: Mapped[bytes | None] = mapped_column(LargeBinary)
    fetched_at: Mapped[int | None]


class FetchKey(db.Base):
    """The key of an owner's API, sealed like a row (core/keys.py)."""

    __tablename__ = "fetch_keys"

    owner: Mapped[str] = mapped_column(String(36), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
