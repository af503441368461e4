"""Selects of the office's inbox: what a viewer may see, page by page and since the last look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Executable, func, or_, select, tuple_, type_coerce
from sqlalchemy.types import NullType

from app.core.db import first, rows, value, values
from app.core.errors import NotFound
from app.photos.models import Photo, PhotoRecord
from app.photos.queries import corrections

PAGE = 60
ENDLESS = 2**62
UNREADABLE = "\ufffd"  # stands for what is no UTF-8 (core/db.py)
MOMENTS = ("captured_at", "taken_at", "size", "arrived_at", "ready_at", "corrected_at")
TEXTS = ("site", "phase", "source", "state", "place", "trip", "reason", "kind")
NEEDED = {"captured_at", "taken_at", "size", "site", "phase", "source", "state"}
CODE = re.compile(r"[0-9a-f]{8}(-[0-9a-f-]{0,27})?")  # of a photo: its id's beginning, or all of it


@dataclass(frozen=True)
class Scope:
    """Whose photos a viewer may see: of these people, or of the whole organisation (None)."""

    organisation_id: str
    person_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Wanted:
    """What is looked for; captured in [start, end); empty or None means any."""

    start: int = 0
    end: int = ENDLESS
    person_ids: tuple[str, ...] | None = None
    site: str = ""
    phase: str | None = None
    state: str = ""


@dataclass(frozen=True)
class Shot:
    """A photo with what a list shows of its record; times in Unix seconds. `site` is that of the
    board as it counts; `corrected_at` is when that was written anew. `odd` is a row that holds what
    never came in: it is shown as far as it can be, and to be held against its record."""

    id: str
    record_id: str
    organisation_id: str
    person_id: str
    position: int
    sha256: bytes
    size: int
    captured_at: int
    phase: str
    source: str
    state: str
    reason: str | None
    arrived_at: int | None
    ready_at: int | None
    changed: int
    trip: str | None
    site: str
    place: str | None
    practice: bool
    taken_at: int
    kind: str | None
    corrected_at: int | None = None
    odd: bool = False


_SHOT = select(
    Photo.id,
    Photo.record_id,
    Photo.organisation_id,
    Photo.person_id,
    Photo.position,
    type_coerce(Photo.sha256, NullType),
    Photo.size,
    Photo.captured_at,
    Photo.phase,
    Photo.source,
    Photo.state,
    Photo.reason,
    Photo.arrived_at,
    Photo.ready_at,
    Photo.changed,
    PhotoRecord.trip,
    PhotoRecord.site,
    PhotoRecord.place,
    PhotoRecord.practice,
    PhotoRecord.captured_at,
    Photo.kind,
).join(PhotoRecord, PhotoRecord.id == Photo.record_id)
_ORDER = (Photo.captured_at.desc(), Photo.id.desc())


def _seen(scope: Scope) -> list[ColumnElement[bool]]:
    terms: list[ColumnElement[bool]] = [Photo.organisation_id == scope.organisation_id]
    if scope.person_ids is not None:
        terms.append(Photo.person_id.in_(scope.person_ids))
    return terms


def _fits(scope: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    terms: list[ColumnElement[bool]] = []
    if wanted.start > 0:  # a time that is none must not hide a photo where no day was asked for
        terms.append(Photo.captured_at >= wanted.start)
    if wanted.end < ENDLESS:
        terms.append(Photo.captured_at < wanted.end)
    if wanted.person_ids is not None:
        terms.append(Photo.person_id.in_(wanted.person_ids))
    if wanted.phase is not None:
        terms.append(Photo.phase == wanted.phase)
    if wanted.state:
        terms.append(Photo.state == wanted.state)
    if wanted.site:
        text = (PhotoRecord.site, PhotoRecord.place, PhotoRecord.trip, PhotoRecord.board)
        said = [column.contains(wanted.site, autoescape=True) for column in text]
        said.append(corrections.ever_said(scope.organisation_id, wanted.site))
        if CODE.fullmatch(wanted.site.lower()):  # burnt into the picture
            said.append(Photo.id.startswith(wanted.site.lower(), autoescape=True))
        terms.append(or_(*said))
    return terms


def _shots(scope: Scope, query: Executable) -> list[Shot]:
    """What a select of _SHOT finds, each with the site of the board that counts."""
    found = [Shot(*row) for row in rows(query)]
    ids = sorted({one.record_id for one in found})
    newest = corrections.find_newest(scope.organisation_id, ids)
    shots = []
    for one in found:
        new = newest.get(one.record_id)
        counts = replace(one, site=new.site, corrected_at=new.captured_at) if new else one
        shots.append(_sound(counts))
    return shots


def _sound(shot: Shot) -> Shot:
    """The photo as a list can show it, whatever somebody wrote into its row or its record's."""
    given = vars(shot)
    wrong: dict[str, object] = {
        name: 0 if name in NEEDED else None
        for name in MOMENTS
        if not is_moment(given[name]) and (name in NEEDED or given[name] is not None)
    }
    wrong |= {
        name: "" if name in NEEDED else None
        for name in TEXTS
        if not isinstance(given[name], str) and (name in NEEDED or given[name] is not None)
    }
    unread = any(UNREADABLE in str(given[name]) for name in TEXTS)
    unread = unread or not isinstance(shot.sha256, bytes)
    return replace(shot, **wrong, odd=True) if wrong or unread else shot  # type: ignore[arg-type]


def is_moment(value: object) -> bool:
    """Whether a value is Unix seconds that a clock can show."""
    return type(value) is int and 0 <= value < 2**32


def list_shots(scope: Scope, wanted: Wanted, page: int) -> tuple[list[Shot], int]:
    """A page (from 1) of the photos that fit, newest first; and how many do."""
    terms = [*_seen(scope), *_fits(scope, wanted)]
    total = value(
        select(func.count())
        .select_from(Photo)
        .join(PhotoRecord, PhotoRecord.id == Photo.record_id)
        .where(*terms)
    )
    query = _SHOT.where(*terms).order_by(*_ORDER).offset((page - 1) * PAGE).limit(PAGE)
    return _shots(scope, query), total


def list_changed(
    scope: Scope, wanted: Wanted, since: int, limit: int = PAGE
) -> tuple[list[Shot], int | None]:
    """The photos that fit and changed first after change number `since`, newest picture first.

    They are `limit` and all that bear the last one's number (a record's photos come with one). The
    number beside them is where to go on, None when these are all.
    """
    terms = [*_seen(scope), *_fits(scope, wanted), Photo.changed > since]
    numbers = select(Photo.changed).join(PhotoRecord, PhotoRecord.id == Photo.record_id)
    last = value(numbers.where(*terms).order_by(Photo.changed).offset(limit - 1).limit(1))
    if last is not None:
        terms.append(Photo.changed <= last)
    return _shots(scope, _SHOT.where(*terms).order_by(*_ORDER)), last


def find_newest(organisation_id: str) -> int:
    """The organisation's newest change number: the end of an index, however many photos there are.

    What a department may see is not looked for: others' photos cost its viewers an empty answer.
    """
    newest = select(func.max(Photo.changed)).where(Photo.organisation_id == organisation_id)
    return value(newest) or 0


def count_arrivals(scope: Scope, record_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """`{record: (arrived, promised)}`; one that was refused at the door has not arrived."""
    here = func.count(Photo.arrived_at)
    query = (
        select(Photo.record_id, here, func.count())
        .where(Photo.organisation_id == scope.organisation_id, Photo.record_id.in_(record_ids))
        .group_by(Photo.record_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows(query)}


def list_ids(scope: Scope, wanted: Wanted, limit: int) -> list[str]:
    """The ids of the photos that fit, oldest first: the newest `limit` of them."""
    query = (
        select(Photo.id)
        .join(PhotoRecord, PhotoRecord.id == Photo.record_id)
        .where(*_seen(scope), *_fits(scope, wanted), Photo.state == "ready")
    )
    return values(query.order_by(*_ORDER).limit(limit))[::-1]


def list_by_ids(scope: Scope, photo_ids: Sequence[str]) -> list[Shot]:
    """Those of the photos that the viewer may see, oldest first."""
    query = _SHOT.where(*_seen(scope), Photo.id.in_(photo_ids))
    return _shots(scope, query.order_by(Photo.captured_at, Photo.id))


def get_shot(scope: Scope, photo_id: str) -> Shot:
    """One photo.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    found = _shots(scope, _SHOT.where(*_seen(scope), Photo.id == photo_id))
    if not found:
        raise NotFound
    return found[0]


def check_visible(scope: Scope, photo_id: str) -> None:
    """Nothing when the viewer may see the photo, whatever its row holds.

    Raises:
        NotFound: there is none that the viewer may see.
    """
    if first(select(Photo.position).where(*_seen(scope), Photo.id == photo_id)) is None:
        raise NotFound


def find_neighbours(scope: Scope, wanted: Wanted, shot: Shot) -> tuple[str | None, str | None]:
    """`(newer, older)` ids of the photos beside one, among those that fit."""
    query = (
        select(Photo.id)
        .join(PhotoRecord, PhotoRecord.id == Photo.record_id)
        .where(*_seen(scope), *_fits(scope, wanted))
        .limit(1)
    )
    own = tuple_(shot.captured_at, shot.id)
    place = tuple_(Photo.captured_at, Photo.id)
    newer = value(query.where(place > own).order_by(Photo.captured_at, Photo.id))
    older = value(query.where(place < own).order_by(*_ORDER))
    return newer, older
