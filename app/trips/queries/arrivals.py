"""Selects that a stamp needs when it arrives: prepared once, they are on the hot path."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, literal, or_, select, union_all

from app.core.db import rows, value
from app.trips.models import Fork, Stamp, Trip


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
class Place:
    """Where a new stamp would stand: its trip, and the first stamp that came under its device key
    and cti; None where there is none yet."""

    trip_id: str | None
    stamp_id: str | None
    token_sha256: bytes | None
    receipt: bytes | None


_HERE = select(literal(1).label("one")).subquery()
_TRIP_ID = (
    select(Trip.id)
    .where(Trip.person_id == bindparam("person"), Trip.code == bindparam("code"))
    .scalar_subquery()
)
_PLACE = (
    select(_TRIP_ID, Stamp.id, Stamp.token_sha256, Stamp.receipt)
    .select_from(_HERE)
    .outerjoin(Stamp, and_(Stamp.device_kid == bindparam("kid"), Stamp.cti == bindparam("cti")))
)
_RECEIPT = select(Stamp.receipt).where(Stamp.token_sha256 == bindparam("sha"))
_FORK_RECEIPT = select(Fork.receipt).where(Fork.token_sha256 == bindparam("sha"))


def find_place(kid: bytes, cti: bytes, person_id: str, trip: str) -> Place:
    """Where a stamp of a device key and cti (8 bytes each) stands, and the trip of that code."""
    given = {"kid": kid, "cti": cti, "person": person_id, "code": trip}
    [row] = rows(_PLACE, given)
    return Place(*row)


def find_receipt(token_sha256: bytes) -> bytes | None:
    """The receipt that was given for a stamp's token."""
    found: bytes | None = value(_RECEIPT, {"sha": token_sha256})
    return found


def find_fork_receipt(token_sha256: bytes) -> bytes | None:
    """The receipt that was given for a fork's token."""
    found: bytes | None = value(_FORK_RECEIPT, {"sha": token_sha256})
    return found


def find_fork_stamp_id(token_sha256: bytes) -> str | None:
    """The id of the stamp that a kept fork collides with."""
    query = select(Fork.stamp_id).where(Fork.token_sha256 == token_sha256)
    found: str | None = value(query)
    return found


_NEIGHBOUR = (
    Stamp.id,
    Stamp.seq,
    Stamp.prev,
    Stamp.token_sha256,
    Stamp.captured_at,
    Stamp.chain,
    Stamp.wrapped_key,
    Stamp.sealed,
)
_MINE = Stamp.device_kid == bindparam("kid")
_NEIGHBOURS = (
    select(*_NEIGHBOUR, Stamp.device_kid)
    # Each alternative has an index of its own; the last would lose it if it named the device too.
    .where(
        or_(
            and_(_MINE, Stamp.seq.between(bindparam("low"), bindparam("high"))),
            and_(_MINE, Stamp.prev == bindparam("prev")),
            and_(_MINE, Stamp.prev == bindparam("head")),
            Stamp.token_sha256.between(bindparam("first_hash"), bindparam("last_hash")),
        )
    )
    .order_by(Stamp.seq, Stamp.received_at)
    .limit(64)
)


def list_neighbours(kid: bytes, seq: int, prev: bytes, head: bytes) -> list[Neighbour]:
    """The stamps of a device that can change, or be changed by, one at this place of the chain
    (`chain.concerns`); `head` is the first 8 bytes of its own token's hash."""
    given = {
        "kid": kid,
        "low": seq - 1,
        "high": seq + 1,
        "prev": prev,
        "head": head,
        "first_hash": prev + bytes(24),
        "last_hash": prev + b"\xff" * 24,
    }
    return [Neighbour(*row[:-1]) for row in rows(_NEIGHBOURS, given) if row[-1] == kid]


_OF_PERSON = Stamp.person_id == bindparam("person")
_BESIDE = union_all(
    select(
        select(*_NEIGHBOUR)
        .where(_OF_PERSON, Stamp.captured_at < bindparam("at"))
        .order_by(Stamp.captured_at.desc())
        .limit(1)
        .subquery()
    ),
    select(
        select(*_NEIGHBOUR)
        .where(_OF_PERSON, Stamp.captured_at >= bindparam("at"))
        .order_by(Stamp.captured_at)
        .limit(1)
        .subquery()
    ),
)


def list_beside(person_id: str, captured_at: int) -> list[Neighbour]:
    """The person's stamps next to a moment, on any device: the last one captured before it, and
    the first at it or after it (there is one when stamps arrive in another order)."""
    return [Neighbour(*row) for row in rows(_BESIDE, {"person": person_id, "at": captured_at})]


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
    found = rows(_SAME_POINT, {"organisation": organisation_id, "tag": tag})
    return [(row[0], row[1]) for row in found]
