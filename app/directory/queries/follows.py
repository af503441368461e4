"""Reads of follows, favourites and reports: those of a person, or of an organisation's desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Favourite, Follow, Report

PAGE = 30


@dataclass(frozen=True)
class FollowRow:
    """What somebody wants to be told of; `office` 0 and `sido` "" are everywhere."""

    id: str
    person_id: str
    organisation_id: str
    what: str
    office: int
    sido: str
    target: str
    label: str
    created_at: int


@dataclass(frozen=True)
class ReportRow:
    """Somebody says that an entry is wrong; times in Unix seconds."""

    id: str
    organisation_id: str
    person_id: str
    uid: str
    reason: str
    words: str
    state: str
    created_at: int
    ended_at: int | None


_FOLLOW = select(
    Follow.id, Follow.person_id, Follow.organisation_id, Follow.what, Follow.office, Follow.sido,
    Follow.target, Follow.label, Follow.created_at,
)  # fmt: skip
_REPORT = select(
    Report.id, Report.organisation_id, Report.person_id, Report.uid, Report.reason, Report.words,
    Report.state, Report.created_at, Report.ended_at,
)  # fmt: skip


def list_follows(person_id: str) -> list[FollowRow]:
    """What a person follows, newest first."""
    mine = _FOLLOW.where(Follow.person_id == person_id)
    return [FollowRow(*row) for row in db.rows(mine.order_by(Follow.id.desc()))]


def get_follow(person_id: str, follow_id: str) -> FollowRow:
    """A follow of a person's own.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    row = db.first(_FOLLOW.where(Follow.id == follow_id, Follow.person_id == person_id))
    if row is None:
        raise NotFound
    return FollowRow(*row)


def count_follows(person_id: str) -> int:
    """How many things a person follows."""
    found: int = db.value(select(func.count()).where(Follow.person_id == person_id))
    return found


def list_of_targets(what: str, office: int, targets: Iterable[str]) -> list[FollowRow]:
    """Everybody's follows of some entries (office 0) or of some departments of an office."""
    wanted = (Follow.what == what, Follow.office == office, Follow.target.in_(list(targets)))
    return [FollowRow(*row) for row in db.rows(_FOLLOW.where(*wanted))]


def list_of_duties(office: int, sido: str) -> list[FollowRow]:
    """Everybody's follows of duties that an office of a province falls under."""
    there = (Follow.office.in_((0, office)), Follow.sido.in_(("", sido)))
    return [FollowRow(*row) for row in db.rows(_FOLLOW.where(Follow.what == "duty", *there))]


def list_favourites(person_id: str) -> list[tuple[str, int]]:
    """The entries that a person keeps at hand, the newest first: (uid, since when)."""
    mine = select(Favourite.uid, Favourite.created_at).where(Favourite.person_id == person_id)
    return [
        (row[0], row[1])
        for row in db.rows(mine.order_by(Favourite.created_at.desc(), Favourite.uid))
    ]


def is_favourite(person_id: str, uid: str) -> bool:
    """Whether a person keeps an entry at hand."""
    own = select(Favourite.uid).where(Favourite.person_id == person_id, Favourite.uid == uid)
    return db.value(own) is not None


def count_favourites(person_id: str) -> int:
    """How many entries a person keeps at hand."""
    found: int = db.value(select(func.count()).where(Favourite.person_id == person_id))
    return found


def list_reports(organisation_id: str, page: int) -> tuple[list[ReportRow], int]:
    """A page (from 1) of what an organisation's people reported, open ones first, each part newest
    first; and how many there are in all."""
    own = Report.organisation_id == organisation_id
    total: int = db.value(select(func.count()).where(own))
    order = (case((Report.state == "open", 0), else_=1), Report.id.desc())
    found = _REPORT.where(own).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    return [ReportRow(*row) for row in db.rows(found)], total


def has_open_report(person_id: str, uid: str, reason: str) -> bool:
    """Whether a person's report of an entry, for a reason, waits for its end."""
    own = (Report.person_id == person_id, Report.uid == uid, Report.reason == reason)
    return db.value(select(Report.id).where(*own, Report.state == "open").limit(1)) is not None


def get_report(organisation_id: str, report_id: str) -> ReportRow:
    """A report of the organisation.

    Raises:
        NotFound: there is none of that id in it.
    """
    own = (Report.id == report_id, Report.organisation_id == organisation_id)
    row = db.first(_REPORT.where(*own))
    if row is None:
        raise NotFound
    return ReportRow(*row)
