"""Reads of what followers are told: who, of how much, and the list behind a notice.

Runs of one import are told together, a run that came by itself alone: a batch. Its id is the
import's, or the run's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Change, Run, Telling
from app.directory.queries.history import CHANGE, Happened

PAGE = 30


@dataclass(frozen=True)
class Sum:
    """Of how many changes of a batch a person is told, in how many offices, and how many of them
    are not undone; `first` is the first change, `office` the number of the first office."""

    person_id: str
    organisation_id: str
    count: int
    standing: int
    offices: int
    first: int
    office: int


@dataclass(frozen=True)
class ToldBatch:
    """A batch as the page behind its notice shows it: of how many changes the person was told in
    each office, how many in all are not undone, and when the last came, Unix seconds."""

    counts: dict[int, int]
    standing: int
    at: int

    @property
    def total(self) -> int:
        """Of how many changes the person was told."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class ToldChange:
    """A change of which somebody was told, and whether things are again as before it."""

    change: Happened
    undone: bool


def _is_of(batch: str) -> ColumnElement[bool]:
    """Whether a run is of a batch."""
    return or_(Run.id == batch, Run.import_id == batch)


def list_people(run_id: str, after: str, most: int) -> list[str]:
    """The next people who are told of a run, in the order of their ids."""
    next_ones = (Telling.run_id == run_id, Telling.person_id > after)
    found = select(Telling.person_id).where(*next_ones).distinct()
    return db.values(found.order_by(Telling.person_id).limit(most))


def list_sums(batch: str, person_ids: Iterable[str]) -> list[Sum]:
    """Of how much of a batch some people are told."""
    sums = (
        select(
            Telling.person_id, Telling.organisation_id, func.count(),
            func.count().filter(Telling.undone_at.is_(None)), func.count(Run.office.distinct()),
            func.min(Telling.change_id), func.min(Run.office),
        )
        .join(Run, Run.id == Telling.run_id)
        .where(_is_of(batch), Telling.person_id.in_(list(person_ids)))
        .group_by(Telling.person_id, Telling.organisation_id)
    )  # fmt: skip
    return [Sum(*row) for row in db.rows(sums)]


def list_batches(run_ids: Sequence[str]) -> dict[str, list[str]]:
    """The batches of some runs, and who is told of these runs of each."""
    batch = func.coalesce(Run.import_id, Run.id)
    told = select(batch, Telling.person_id).join(Telling, Telling.run_id == Run.id)
    found: dict[str, list[str]] = {}
    for name, person_id in db.rows(told.where(Run.id.in_(run_ids)).distinct()):
        found.setdefault(name, []).append(person_id)
    return found


def get_batch(person_id: str, batch: str) -> ToldBatch:
    """A batch of which a person was told.

    Raises:
        NotFound: it told this person nothing, or that is long ago.
    """
    told = (
        select(
            Run.office, func.count(), func.count().filter(Telling.undone_at.is_(None)),
            func.max(Run.at),
        )
        .join(Telling, Telling.run_id == Run.id)
        .where(_is_of(batch), Telling.person_id == person_id)
        .group_by(Run.office)
        .order_by(Run.office)
    )  # fmt: skip
    rows = db.rows(told)
    if not rows:
        raise NotFound
    counts = {office: count for office, count, _, _ in rows}
    return ToldBatch(counts, sum(row[2] for row in rows), max(row[3] for row in rows))


def list_page(person_id: str, batch: str, page: int) -> list[ToldChange]:
    """A page (from 1) of the changes of a batch of which a person was told, office by office, in
    their order."""
    found = (
        select(*CHANGE, Telling.undone_at)
        .join(Telling, Telling.change_id == Change.id)
        .join(Run, Run.id == Telling.run_id)
        .where(_is_of(batch), Telling.person_id == person_id)
        .order_by(Change.office, Change.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [ToldChange(Happened(*row[:-1]), row[-1] is not None) for row in db.rows(found)]
