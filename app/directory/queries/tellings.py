"""Reads of what followers are told: who, of how much, and the list behind a notice.

Runs of one import are told together, a run that came by itself alone: a batch. Its id is the
import's, or the run's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Function, and_, func, or_, select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Change, Run, Telling
from app.directory.queries.history import CHANGE, Happened

PAGE = 30


@dataclass(frozen=True)
class Sum:
    """Of how many changes of a batch a person was told so far (`total`), and how many of them are
    not undone (`standing`). The rest is of those that stand, or of all when none does: how many
    there are, in how many offices, the first change, and the number of the first office."""

    person_id: str
    organisation_id: str
    total: int
    standing: int
    count: int
    offices: int
    first: int
    office: int


@dataclass(frozen=True)
class ToldBatch:
    """A batch as the page behind its notice shows it: of how many changes the person was told in
    each office, how many of them are not undone, and when the last came, Unix seconds."""

    counts: dict[int, int]
    stands: dict[int, int]
    at: int

    @property
    def total(self) -> int:
        """Of how many changes the person was told."""
        return sum(self.counts.values())

    @property
    def standing(self) -> int:
        """How many of them are not undone."""
        return sum(self.stands.values())


@dataclass(frozen=True)
class ToldChange:
    """A change of which somebody was told, and whether things are again as before it."""

    change: Happened
    undone: bool


_STANDS = Telling.undone_at.is_(None)
_TOLD = Telling.told_at.is_not(None)
_OF_DONE = Run.state == "done"
# Not what was undone before anybody was told of it, also when nobody noted yet that it is void.
_COUNTS = or_(_TOLD, and_(_STANDS, _OF_DONE))


def is_next(batch: str, person_ids: Iterable[str]) -> list[ColumnElement[bool]]:
    """Which tellings some people's notice of a batch is to tell next."""
    runs = select(Run.id).where(_is_of(batch), _OF_DONE)
    return [Telling.run_id.in_(runs), Telling.person_id.in_(list(person_ids)), _STANDS, ~_TOLD]


def _is_of(batch: str) -> ColumnElement[bool]:
    """Whether a run is of a batch."""
    return or_(Run.id == batch, Run.batch == batch)


def list_people(run_id: str, after: str, most: int) -> list[str]:
    """The next people who are told of a run, in the order of their ids."""
    next_ones = (Telling.run_id == run_id, Telling.person_id > after)
    found = select(Telling.person_id).where(*next_ones).distinct()
    return db.values(found.order_by(Telling.person_id).limit(most))


def _of_standing(what: Function[int]) -> ColumnElement[int]:
    """What is summed of the changes that are not undone; of all when none is left."""
    return func.coalesce(func.nullif(what.filter(_STANDS), 0), what)


def list_sums(batch: str, person_ids: Iterable[str], *, told: bool) -> list[Sum]:
    """Of how much of a batch some people are told.

    Args:
        batch: its id.
        person_ids: theirs.
        told: only what their notice told already, not what it is to tell next.
    """
    summed = (
        func.count(Telling.change_id), func.count(Run.office.distinct()),
        func.min(Telling.change_id), func.min(Run.office),
    )  # fmt: skip
    sums = (
        select(
            Telling.person_id, Telling.organisation_id, func.count(), func.count().filter(_STANDS),
            *map(_of_standing, summed),
        )
        .join(Run, Run.id == Telling.run_id)
        .where(_is_of(batch), _TOLD if told else _COUNTS, Telling.person_id.in_(list(person_ids)))
        .group_by(Telling.person_id, Telling.organisation_id)
    )  # fmt: skip
    return [Sum(*row) for row in db.rows(sums)]


def list_batches(run_ids: Sequence[str]) -> dict[str, list[str]]:
    """The batches of some runs, and who is told of these runs of each."""
    batch = func.coalesce(Run.batch, Run.id)
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
            Run.office, func.count(), func.count().filter(_STANDS), func.max(Run.at),
        )
        .join(Telling, Telling.run_id == Run.id)
        .where(_is_of(batch), _COUNTS, Telling.person_id == person_id)
        .group_by(Run.office)
        .order_by(Run.office)
    )  # fmt: skip
    rows = db.rows(told)
    if not rows:
        raise NotFound
    counts = {office: count for office, count, _, _ in rows}
    stands = {office: standing for office, _, standing, _ in rows if standing}
    return ToldBatch(counts, stands, max(row[3] for row in rows))


def list_page(person_id: str, batch: str, page: int) -> list[ToldChange]:
    """A page (from 1) of the changes of a batch of which a person was told, office by office, in
    their order."""
    found = (
        select(*CHANGE, Telling.undone_at)
        .join(Telling, Telling.change_id == Change.id)
        .join(Run, Run.id == Telling.run_id)
        .where(_is_of(batch), _COUNTS, Telling.person_id == person_id)
        .order_by(Change.office, Change.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [ToldChange(Happened(*row[:-1]), row[-1] is not None) for row in db.rows(found)]
