"""Every select of this feature; each takes the organisation or the person it may see."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select

from app.core.db import session
from app.core.errors import NotFound
from app.trips.models import AuditKey, Fork, Inquiry, Stamp, Trip, Void

PAGE = 30
ODD_CHAIN = ("gap", "reorder", "broken", "fork")


@dataclass(frozen=True)
class StampRow:
    """A stamp without what is sealed; times in Unix seconds, hashes as bytes."""

    id: str
    organisation_id: str
    person_id: str
    trip_id: str
    trip: str
    device_kid: bytes
    cti: bytes
    seq: int
    prev: bytes
    kind: int
    captured_at: int
    received_at: int
    token: bytes
    token_sha256: bytes
    accuracy_m: int
    place: str | None
    sigungu_code: str | None
    office_km: int | None
    chain: str
    marks: str
    signals: int
    score: int
    voided_at: int | None

    @property
    def mark_list(self) -> list[str]:
        """What is odd, the place in the chain included, such as
        ["chain-gap", "clock-ahead"]; the words of rules/verdict_texts.py."""
        odd = [f"chain-{self.chain}"] if self.chain in ODD_CHAIN else []
        return [*odd, *self.marks.split()]


@dataclass(frozen=True)
class Neighbour:
    """What the chain needs to know of a stamp of the same device."""

    id: str
    seq: int
    prev: bytes
    token_sha256: bytes
    captured_at: int
    chain: str
    wrapped_key: bytes | None
    sealed: bytes | None


@dataclass(frozen=True)
class SealedRow:
    """The sealed part of a stamp; both None once its retention is over."""

    wrapped_key: bytes | None
    sealed: bytes | None


@dataclass(frozen=True)
class AuditKeyRow:
    """The public half of an audit key."""

    kid: bytes
    organisation_id: str
    year: int
    x: bytes
    y: bytes


@dataclass(frozen=True)
class Question:
    """An inquiry of a citizen."""

    id: str
    message: str
    contact: str
    at: int
    done_at: int | None
    token: bytes


def _stamp() -> Select[Any]:
    names = [field.name for field in fields(StampRow) if field.name not in {"trip", "voided_at"}]
    columns: dict[str, Any] = {name: getattr(Stamp, name) for name in names}
    columns["trip"] = Trip.code
    columns["voided_at"] = Void.voided_at
    ordered = [columns[field.name] for field in fields(StampRow)]
    return (
        select(*ordered)
        .join(Trip, Trip.id == Stamp.trip_id)
        .outerjoin(Void, Void.stamp_id == Stamp.id)
    )


_STAMP = _stamp()


def _one(row: Row[Any] | None) -> StampRow | None:
    return StampRow(*row) if row else None


def find_stamp_by_token(token_sha256: bytes) -> StampRow | None:
    """The stamp of a token, of any organisation: whoever asks holds the token itself."""
    return _one(session().execute(_STAMP.where(Stamp.token_sha256 == token_sha256)).first())


def find_stamp_by_cti(kid: bytes, cti: bytes) -> StampRow | None:
    """The stamp of a device key and cti."""
    query = _STAMP.where(Stamp.device_kid == kid, Stamp.cti == cti)
    return _one(session().execute(query).first())


def get_stamp(organisation_id: str, stamp_id: str) -> StampRow:
    """A stamp of the organisation.

    Raises:
        NotFound: when there is none in this organisation.
    """
    query = _STAMP.where(Stamp.id == stamp_id, Stamp.organisation_id == organisation_id)
    found = _one(session().execute(query).first())
    if found is None:
        raise NotFound
    return found


def get_own_stamp(person_id: str, stamp_id: str) -> StampRow:
    """A stamp of the person.

    Raises:
        NotFound: when the person has none of that id.
    """
    query = _STAMP.where(Stamp.id == stamp_id, Stamp.person_id == person_id)
    found = _one(session().execute(query).first())
    if found is None:
        raise NotFound
    return found


_RECEIPT = select(Stamp.receipt).where(Stamp.token_sha256 == bindparam("sha"))
_FORK_RECEIPT = select(Fork.receipt).where(Fork.token_sha256 == bindparam("sha"))


def find_receipt(token_sha256: bytes) -> bytes | None:
    """The receipt that was given for a token, stamp or fork."""
    given = {"sha": token_sha256}
    found = session().execute(_RECEIPT, given).scalar_one_or_none()
    return found or session().execute(_FORK_RECEIPT, given).scalar_one_or_none()


def find_fork_stamp_id(token_sha256: bytes) -> str | None:
    """The id of the stamp that a kept fork collides with."""
    query = select(Fork.stamp_id).where(Fork.token_sha256 == token_sha256)
    return session().execute(query).scalar_one_or_none()


_NEIGHBOURS = (
    select(
        Stamp.id,
        Stamp.seq,
        Stamp.prev,
        Stamp.token_sha256,
        Stamp.captured_at,
        Stamp.chain,
        Stamp.wrapped_key,
        Stamp.sealed,
    )
    .where(
        Stamp.device_kid == bindparam("kid"),
        or_(
            Stamp.seq.between(bindparam("low"), bindparam("high")),
            Stamp.prev.in_((bindparam("prev"), bindparam("head"))),
            Stamp.head == bindparam("prev"),
        ),
    )
    .order_by(Stamp.seq, Stamp.received_at)
    .limit(64)
)


def list_neighbours(kid: bytes, seq: int, prev: bytes, head: bytes) -> list[Neighbour]:
    """The stamps of a device that can change, or be changed by, one at this place of the chain
    (`chain.concerns`); `head` is the first 8 bytes of its own token's hash."""
    given = {"kid": kid, "low": seq - 1, "high": seq + 1, "prev": prev, "head": head}
    return [Neighbour(*row) for row in session().execute(_NEIGHBOURS, given)]


_BEFORE = (
    select(
        Stamp.id,
        Stamp.seq,
        Stamp.prev,
        Stamp.token_sha256,
        Stamp.captured_at,
        Stamp.chain,
        Stamp.wrapped_key,
        Stamp.sealed,
    )
    .where(Stamp.person_id == bindparam("person"), Stamp.captured_at < bindparam("at"))
    .order_by(Stamp.captured_at.desc())
    .limit(1)
)


def find_stamp_before(person_id: str, captured_at: int) -> Neighbour | None:
    """The person's stamp that was captured last before a moment, on any device."""
    row = session().execute(_BEFORE, {"person": person_id, "at": captured_at}).first()
    return Neighbour(*row) if row else None


_SAME_POINT = (
    select(Stamp.person_id, Stamp.captured_at)
    .where(
        Stamp.organisation_id == bindparam("organisation"),
        Stamp.point_tag == bindparam("tag"),
    )
    .limit(50)
)


def list_same_points(organisation_id: str, tag: bytes) -> list[tuple[str, int]]:
    """`(person id, captured_at)` of stamps at the very same coordinates, 50 at the most."""
    rows = session().execute(_SAME_POINT, {"organisation": organisation_id, "tag": tag})
    return [(row[0], row[1]) for row in rows]


_TRIP = select(Trip.id).where(
    Trip.person_id == bindparam("person"), Trip.code == bindparam("code")
)


def find_trip(person_id: str, code: str) -> str | None:
    """The id of the person's trip of that code."""
    given = {"person": person_id, "code": code}
    return session().execute(_TRIP, given).scalar_one_or_none()


def get_sealed(organisation_id: str, stamp_id: str) -> SealedRow:
    """The sealed part of a stamp of the organisation.

    Raises:
        NotFound: when there is no such stamp in it.
    """
    query = select(Stamp.wrapped_key, Stamp.sealed).where(
        Stamp.id == stamp_id, Stamp.organisation_id == organisation_id
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound
    return SealedRow(*row)


def list_own_stamps(person_id: str, start: int, end: int) -> list[StampRow]:
    """A person's stamps captured in [start, end), newest first."""
    query = _STAMP.where(
        Stamp.person_id == person_id, Stamp.captured_at >= start, Stamp.captured_at < end
    ).order_by(Stamp.captured_at.desc(), Stamp.seq.desc())
    return [StampRow(*row) for row in session().execute(query)]


def list_own_months(person_id: str) -> list[str]:
    """The months (YYYY-MM, Korean time) in which a person has stamps, newest first."""
    month = func.strftime("%Y-%m", Stamp.captured_at + 9 * 3600, "unixepoch")
    query = select(month).where(Stamp.person_id == person_id).distinct().order_by(month.desc())
    return list(session().execute(query).scalars())


def count_stamps_by_device(person_id: str) -> dict[bytes, int]:
    """How many stamps each of a person's device keys has."""
    query = (
        select(Stamp.device_kid, func.count())
        .where(Stamp.person_id == person_id)
        .group_by(Stamp.device_kid)
    )
    return {row[0]: row[1] for row in session().execute(query)}


def list_desk(
    organisation_id: str, *, mark: str, start: int, end: int, page: int
) -> tuple[list[StampRow], int]:
    """A page (from 1) of the organisation's stamps captured in [start, end), newest first, with a
    mark when one is given (`void` and `score` count as marks); and how many there are in all."""
    wanted = and_(
        Stamp.organisation_id == organisation_id,
        Stamp.captured_at >= start,
        Stamp.captured_at < end,
    )
    if mark == "void":
        wanted = and_(wanted, Void.id.is_not(None))
    elif mark == "score":
        wanted = and_(wanted, Stamp.score >= 30)
    elif mark == "any":
        wanted = and_(wanted, or_(Stamp.marks != "", Stamp.chain.in_(ODD_CHAIN)))
    elif mark.removeprefix("chain-") in ODD_CHAIN:
        wanted = and_(wanted, Stamp.chain == mark.removeprefix("chain-"))
    elif mark:
        wanted = and_(wanted, (" " + Stamp.marks + " ").contains(f" {mark} ", autoescape=True))
    query = _STAMP.where(wanted)
    total = session().execute(select(func.count()).select_from(query.subquery())).scalar_one()
    query = query.order_by(Stamp.captured_at.desc(), Stamp.id)
    rows = session().execute(query.offset((page - 1) * PAGE).limit(PAGE))
    return [StampRow(*row) for row in rows], total


def list_device_stamps(kid: bytes, seq: int, around: int) -> list[StampRow]:
    """The stamps of a device within `around` places of a sequence number."""
    query = _STAMP.where(
        Stamp.device_kid == kid, Stamp.seq.between(seq - around, seq + around)
    ).order_by(Stamp.seq, Stamp.received_at)
    return [StampRow(*row) for row in session().execute(query)]


def list_forks(stamp_id: str) -> list[tuple[bytes, int]]:
    """`(token hash, received_at)` of the other tokens under a stamp's identity."""
    query = select(Fork.token_sha256, Fork.received_at).where(Fork.stamp_id == stamp_id)
    return [(row[0], row[1]) for row in session().execute(query)]


def find_void(stamp_id: str) -> tuple[bytes, bytes, str, int] | None:
    """`(record hash, receipt, reason, voided_at)` of a stamp's void."""
    query = select(Void.record_sha256, Void.receipt, Void.reason, Void.voided_at)
    row = session().execute(query.where(Void.stamp_id == stamp_id)).first()
    return (row[0], row[1], row[2], row[3]) if row else None


def _audit_key() -> Select[tuple[bytes, str, int, bytes, bytes]]:
    return select(AuditKey.kid, AuditKey.organisation_id, AuditKey.year, AuditKey.x, AuditKey.y)


def find_audit_key(kid: bytes) -> AuditKeyRow | None:
    """The audit key of a key id (4 bytes), of any organisation: a token names no other."""
    row = session().execute(_audit_key().where(AuditKey.kid == kid)).first()
    return AuditKeyRow(*row) if row else None


def find_audit_key_of_year(organisation_id: str, year: int) -> AuditKeyRow | None:
    """The organisation's audit key of a year."""
    query = _audit_key().where(
        AuditKey.organisation_id == organisation_id, AuditKey.year == year
    )
    row = session().execute(query).first()
    return AuditKeyRow(*row) if row else None


def list_questions(organisation_id: str, limit: int = 20) -> list[Question]:
    """The organisation's inquiries, open ones first, newest first."""
    query = (
        select(
            Inquiry.id,
            Inquiry.message,
            Inquiry.contact,
            Inquiry.at,
            Inquiry.done_at,
            Inquiry.token,
        )
        .where(Inquiry.organisation_id == organisation_id)
        .order_by(Inquiry.done_at.is_not(None), Inquiry.at.desc())
        .limit(limit)
    )
    return [Question(*row) for row in session().execute(query)]


def count_inquiries_since(address: bytes, token_sha256: bytes, since: int) -> tuple[int, int]:
    """`(from the address, about the token)` since a moment, for the rate limit."""
    recent = Inquiry.at > since
    mine = select(func.count()).where(recent, Inquiry.address == address)
    theirs = select(func.count()).where(recent, Inquiry.token_sha256 == token_sha256)
    return session().execute(mine).scalar_one(), session().execute(theirs).scalar_one()
