"""Selects of stamps, each with its trip and its void."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.core.db import first, rows, value, values
from app.core.errors import NotFound
from app.trips.models import Stamp, Trip, Void

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
class SealedRow:
    """The sealed part of a stamp; both None once its retention is over."""

    wrapped_key: bytes | None
    sealed: bytes | None


def _stamp() -> Select[*tuple[Any, ...]]:
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


def _one(row: tuple[Any, ...] | None) -> StampRow | None:
    return StampRow(*row) if row else None


_BY_TOKEN = _STAMP.where(Stamp.token_sha256 == bindparam("sha"))


def find_stamp_by_token(token_sha256: bytes) -> StampRow | None:
    """The stamp of a token, of any organisation: whoever asks holds the token itself."""
    return _one(first(_BY_TOKEN, {"sha": token_sha256}))


def get_own_stamp(person_id: str, stamp_id: str) -> StampRow:
    """A stamp of the person.

    Raises:
        NotFound: when the person has none of that id.
    """
    query = _STAMP.where(Stamp.id == stamp_id, Stamp.person_id == person_id)
    found = _one(first(query))
    if found is None:
        raise NotFound
    return found


def get_sealed(organisation_id: str, stamp_id: str) -> SealedRow:
    """The sealed part of a stamp of the organisation.

    Raises:
        NotFound: when there is no such stamp in it.
    """
    query = select(Stamp.wrapped_key, Stamp.sealed).where(
        Stamp.id == stamp_id, Stamp.organisation_id == organisation_id
    )
    row = first(query)
    if row is None:
        raise NotFound
    return SealedRow(*row)


def list_own_stamps(person_id: str, start: int, end: int) -> list[StampRow]:
    """A person's stamps captured in [start, end), newest first."""
    query = _STAMP.where(
        Stamp.person_id == person_id, Stamp.captured_at >= start, Stamp.captured_at < end
    ).order_by(Stamp.captured_at.desc(), Stamp.seq.desc())
    return [StampRow(*row) for row in rows(query)]


def list_own_months(person_id: str) -> list[str]:
    """The months (YYYY-MM, Korean time) in which a person has stamps, newest first."""
    month = func.strftime("%Y-%m", Stamp.captured_at + 9 * 3600, "unixepoch")
    query = select(month).where(Stamp.person_id == person_id).distinct().order_by(month.desc())
    return values(query)


@dataclass(frozen=True)
class VoidRow:
    """A stamp's void; `voided_at` is the phone's word, `received_at` the server's (Unix s)."""

    record_sha256: bytes
    receipt: bytes
    reason: str
    voided_at: int
    received_at: int


def find_void(stamp_id: str) -> VoidRow | None:
    """The void of a stamp."""
    query = select(
        Void.record_sha256, Void.receipt, Void.reason, Void.voided_at, Void.received_at
    ).where(Void.stamp_id == stamp_id)
    row = first(query)
    return VoidRow(*row) if row else None


def find_newest_arrival(organisation_id: str) -> int:
    """When the organisation's newest stamp arrived (Unix seconds); 0 when there is none."""
    query = select(func.max(Stamp.received_at)).where(Stamp.organisation_id == organisation_id)
    return int(value(query) or 0)
