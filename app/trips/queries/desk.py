"""Selects of the auditor's desk, the chain's neighbours and inquiries."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, exists, func, or_, select

from app.core.db import rows, value
from app.trips.models import Fork, Inquiry, Stamp, Void
from app.trips.queries.stamps import _STAMP, ODD_CHAIN, StampRow

PAGE = 30
QUESTIONS = 20
# Whoever has a phone's key can send forks without end; an auditor reads no more at once.
MOST_FORKS = 50


@dataclass(frozen=True)
class Question:
    """An inquiry of a citizen."""

    id: str
    message: str
    contact: str
    at: int
    done_at: int | None
    token: bytes


@dataclass(frozen=True)
class DeskFilter:
    """What an auditor looks for: a mark (`any`, `void`, `score` or one of the marks), people,
    a place's text, captured in [start, end)."""

    start: int
    end: int
    mark: str = ""
    text: str = ""
    person_ids: tuple[str, ...] = ()
    sha256_prefix: bytes = b""


def list_desk(organisation_id: str, wanted: DeskFilter, page: int) -> tuple[list[StampRow], int]:
    """A page (from 1) of the organisation's stamps that fit, newest first; and how many do."""
    query = _STAMP.where(
        Stamp.organisation_id == organisation_id,
        Stamp.captured_at >= wanted.start,
        Stamp.captured_at < wanted.end,
        *_mark_terms(wanted.mark),
        *_text_terms(wanted),
    )
    total = value(select(func.count()).select_from(query.subquery()))
    query = query.order_by(Stamp.captured_at.desc(), Stamp.id)
    found = rows(query.offset((page - 1) * PAGE).limit(PAGE))
    return [StampRow(*row) for row in found], total


def _mark_terms(mark: str) -> list[ColumnElement[bool]]:
    if not mark:
        return []
    if mark == "void":
        return [Void.id.is_not(None)]
    if mark == "score":
        return [Stamp.score >= 30]
    if mark == "any":
        return [or_(Stamp.marks != "", Stamp.chain.in_(ODD_CHAIN))]
    if mark.removeprefix("chain-") in ODD_CHAIN:
        return [Stamp.chain == mark.removeprefix("chain-")]
    return [(" " + Stamp.marks + " ").contains(f" {mark} ", autoescape=True)]


def _text_terms(wanted: DeskFilter) -> list[ColumnElement[bool]]:
    if not wanted.text:
        return []
    ways = [
        Stamp.place.contains(wanted.text, autoescape=True),
        Stamp.person_id.in_(wanted.person_ids),
    ]
    if wanted.sha256_prefix:  # eight letters may be a code, and may be a word
        ways.append(func.substr(Stamp.token_sha256, 1, 5) == wanted.sha256_prefix)
    return [or_(*ways)]


def list_device_stamps(kid: bytes, seq: int, around: int, sha256: bytes) -> list[StampRow]:
    """The stamps of a device within `around` places of a sequence number, and the one that the
    fork of that token hash collides with, wherever it stands."""
    collided = select(Fork.stamp_id).where(Fork.token_sha256 == sha256).scalar_subquery()
    near = Stamp.seq.between(seq - around, seq + around)
    query = _STAMP.where(Stamp.device_kid == kid, or_(near, Stamp.id == collided))
    found = rows(query.order_by(Stamp.seq, Stamp.received_at))
    return [StampRow(*row) for row in found]


@dataclass(frozen=True)
class ForkRow:
    """Other bytes that came under a stamp's identity, sealed as the stamp itself is."""

    stamp_id: str
    token_sha256: bytes
    token: bytes
    received_at: int
    wrapped_key: bytes
    sealed: bytes


def list_forks(stamp_ids: tuple[str, ...], sha256: bytes) -> tuple[list[ForkRow], bool]:
    """The forks of some stamps in the order of their arrival, but the one of that token hash
    first, so that no number of others hides it; and whether there are more than are listed."""
    columns = [getattr(Fork, field.name) for field in fields(ForkRow)]
    query = (
        select(*columns)
        .where(Fork.stamp_id.in_(stamp_ids))
        .order_by(Fork.token_sha256 != sha256, Fork.received_at)
        .limit(MOST_FORKS + 1)
    )
    found = [ForkRow(*row) for row in rows(query)]
    return found[:MOST_FORKS], len(found) > MOST_FORKS


def count_questions(organisation_id: str) -> tuple[int, int]:
    """How many inquiries of the organisation are open, and how many are dealt with."""
    mine = select(func.count()).where(Inquiry.organisation_id == organisation_id)
    open_ones, done = Inquiry.done_at.is_(None), Inquiry.done_at.is_not(None)
    return value(mine.where(open_ones)), value(mine.where(done))


def list_questions(organisation_id: str, page: int) -> list[Question]:
    """A page (from 1) of the organisation's inquiries, open ones first, newest first."""
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
        .order_by(Inquiry.done_at.is_not(None), Inquiry.at.desc(), Inquiry.id)
        .offset((page - 1) * QUESTIONS)
        .limit(QUESTIONS)
    )
    return [Question(*row) for row in rows(query)]


def count_doubtful_since(organisation_id: str, since: int) -> int:
    """How many questions about tokens that are kept neither as a stamp nor as a fork the
    organisation has had since a moment, for the rate limit."""
    kept = [
        exists().where(table.token_sha256 == Inquiry.token_sha256).correlate(Inquiry)
        for table in (Stamp, Fork)
    ]
    mine = (Inquiry.organisation_id == organisation_id, Inquiry.at > since)
    return int(value(select(func.count()).select_from(Inquiry).where(*mine, ~or_(*kept))))


def count_inquiries_since(address: bytes, token_sha256: bytes, since: int) -> tuple[int, int]:
    """`(from the address, about the token)` since a moment, for the rate limit."""
    recent = Inquiry.at > since
    mine = select(func.count()).where(recent, Inquiry.address == address)
    theirs = select(func.count()).where(recent, Inquiry.token_sha256 == token_sha256)
    return value(mine), value(theirs)
