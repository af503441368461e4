"""Reads of sources: where offices' entries come from, and how their reading goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, select

from app.core import db
from app.core.errors import NotFound
from app.core.fetch.tables import FetchKey, FetchPage, FetchRound
from app.directory.models import Office, Source, State

PAGE = 50
KINDS = ("pages", "api")
# In the report of a round, until the next one ends: since when nobody is reached, or when somebody
# answered last.
CUT_OFF_SINCE, ANSWERED_AT = "cut_off_since", "answered_at"
DOWN, UP = "line-down", "line-up"  # facts (models.State): since when our line is down, or back


@dataclass(frozen=True)
class SourceRow:
    """A source that is read by a definition; times are Unix seconds, `secret` is sealed."""

    id: str
    office: int
    office_name: str
    kind: str
    label: str
    url: str
    definition: str
    shipped: str | None
    state: str
    tried_at: int | None
    next_at: int | None
    failures: int
    alarm: str | None
    alarm_at: int | None
    wrapped_key: bytes | None
    secret: bytes | None = field(repr=False)


@dataclass(frozen=True)
class RoundRow:
    """The last reading of a source, or its last trial."""

    owner: str
    trial: bool
    round: int
    state: str
    digest: str
    began_at: int
    ended_at: int | None
    seen_at: int | None
    told: str | None
    report: dict[str, Any] | None
    shape: dict[str, Any] | None


@dataclass(frozen=True)
class Contact:
    """Whether the site of a source is reached: since when nobody is, or when it answered last (Unix
    seconds); neither when it is not known."""

    source: str
    url: str
    cut_off_since: int | None
    answered_at: int | None


@dataclass(frozen=True)
class Progress:
    """How far a round has come, in pages."""

    done: int
    left: int


_SOURCE = (
    select(
        Source.id, Source.office, Office.name, Source.kind, Source.label, Source.url,
        Source.definition, Source.shipped, Source.state, Source.tried_at, Source.next_at,
        Source.failures, Source.alarm, Source.alarm_at, FetchKey.wrapped_key, FetchKey.secret,
    )
    .join(Office, Office.number == Source.office)
    .outerjoin(FetchKey, FetchKey.owner == Source.id)
    .where(Source.kind.in_(KINDS), Source.definition.is_not(None))
)  # fmt: skip
_ROUND = select(
    FetchRound.owner, FetchRound.trial, FetchRound.round, FetchRound.state, FetchRound.digest,
    FetchRound.began_at, FetchRound.ended_at, FetchRound.seen_at, FetchRound.told,
    FetchRound.report, FetchRound.shape,
)  # fmt: skip


def _round(row: Sequence[Any]) -> RoundRow:
    return RoundRow(*(*row[:-2], _read(row[-2]), _read(row[-1])))


def _read(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text else None


def list_sources(page: int = 1, size: int = PAGE) -> tuple[list[SourceRow], int]:
    """A page (from 1) of the sources, and how many there are: those with an alarm first, then those
    that are on, then by office."""
    total = db.value(select(func.count()).select_from(_SOURCE.subquery()))
    first = (Source.alarm.is_(None), Source.state != "on", Office.number, Source.id)
    found = db.rows(_SOURCE.order_by(*first).offset((page - 1) * size).limit(size))
    return [SourceRow(*row) for row in found], total


def find_source(source_id: str) -> SourceRow | None:
    """A source, or None."""
    row = db.first(_SOURCE.where(Source.id == source_id))
    return None if row is None else SourceRow(*row)


def get_source(source_id: str) -> SourceRow:
    """A source.

    Raises:
        NotFound: there is none of that id that is read by a definition.
    """
    found = find_source(source_id)
    if found is None:
        raise NotFound
    return found


def has_another_on(source: SourceRow) -> bool:
    """Whether another source of the same office is switched on."""
    others = (Source.office == source.office, Source.state == "on", Source.id != source.id)
    return db.first(select(Source.id).where(*others, Source.kind.in_(KINDS)).limit(1)) is not None


def list_shipped() -> set[str]:
    """The names of the shipped definitions that were taken up."""
    return set(db.values(select(Source.shipped).where(Source.shipped.is_not(None))))


def count_alarms() -> int:
    """How many sources have an alarm that nobody has seen to."""
    mine = (Source.alarm.is_not(None), Source.definition.is_not(None))  # not one that was removed
    found: int = db.value(select(func.count()).where(*mine))
    return found


def list_due(now: int) -> list[SourceRow]:
    """Sources that are on, whose time has come, and that are not being read."""
    running = select(FetchRound.owner).where(
        FetchRound.state == "running", FetchRound.trial.is_(False)
    )
    due = (Source.state == "on", Source.next_at <= now, Source.id.not_in(running))
    found = db.rows(_SOURCE.where(*due).order_by(Source.next_at, Source.id).limit(20))
    return [SourceRow(*row) for row in found]


def find_round(source_id: str, trial: bool) -> RoundRow | None:
    """A source's last reading, or its last trial."""
    row = db.first(_ROUND.where(FetchRound.owner == source_id, FetchRound.trial.is_(trial)))
    return None if row is None else _round(row)


def list_rounds(source_ids: list[str]) -> dict[str, RoundRow]:
    """The last readings of sources, by source."""
    mine = (FetchRound.owner.in_(source_ids), FetchRound.trial.is_(False))
    return {row[0]: _round(row) for row in db.rows(_ROUND.where(*mine))}


def find_line(name: str) -> int | None:
    """Since when our own line is down, or when it came back last (Unix seconds), or None."""
    found: int | None = db.value(select(State.value).where(State.name == name))
    return found


def list_contacts() -> list[Contact]:
    """Of each source that is on, whether its site is reached, by the last reading that ended."""
    last = and_(FetchRound.owner == Source.id, FetchRound.trial.is_(False))
    found = select(Source.id, Source.url, FetchRound.report).outerjoin(FetchRound, last)
    mine = (Source.state == "on", Source.kind.in_(KINDS), Source.definition.is_not(None))
    rows = [(one, url, _read(report) or {}) for one, url, report in db.rows(found.where(*mine))]
    return [Contact(one, url, at.get(CUT_OFF_SINCE), at.get(ANSWERED_AT)) for one, url, at in rows]


def list_alarmed(reasons: Collection[str], since: int) -> list[SourceRow]:
    """The sources that have had an alarm since a moment, for one of some reasons."""
    mine = (Source.alarm.in_(reasons), Source.alarm_at >= since)
    return [SourceRow(*row) for row in db.rows(_SOURCE.where(*mine))]


def find_progress(found: RoundRow) -> Progress:
    """How far a round has come."""
    mine = (
        FetchPage.owner == found.owner, FetchPage.trial.is_(found.trial),
        FetchPage.round == found.round,
    )  # fmt: skip
    counts = select(FetchPage.state, func.count()).where(*mine).group_by(FetchPage.state)
    by_state = dict(db.rows(counts))
    left = by_state.pop("waiting", 0)
    return Progress(sum(by_state.values()), left)
