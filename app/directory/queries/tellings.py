"""Reads of what followers are told of each run: who, of how much, and the list behind a notice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Change, Run, Telling
from app.directory.queries.history import CHANGE, Happened

PAGE = 30


@dataclass(frozen=True)
class Sum:
    """Of how many changes of a run a person is told; `first` is the first of them."""

    person_id: str
    organisation_id: str
    count: int
    first: int


@dataclass(frozen=True)
class ToldRun:
    """A run as the page behind its notice shows it; `at` in Unix seconds."""

    id: str
    office: int
    at: int


@dataclass(frozen=True)
class ToldChange:
    """A change of which somebody was told, and whether things are again as before it."""

    change: Happened
    undone: bool


def list_people(run_id: str, after: str, most: int) -> list[str]:
    """The next people who are told of a run, in the order of their ids."""
    next_ones = (Telling.run_id == run_id, Telling.person_id > after)
    found = select(Telling.person_id).where(*next_ones).distinct()
    return db.values(found.order_by(Telling.person_id).limit(most))


def list_sums(run_id: str, person_ids: Iterable[str]) -> list[Sum]:
    """Of how much of a run some people are told, without what was undone."""
    theirs = (Telling.run_id == run_id, Telling.person_id.in_(list(person_ids)))
    sums = (
        select(
            Telling.person_id, Telling.organisation_id, func.count(), func.min(Telling.change_id)
        )
        .where(*theirs, Telling.undone_at.is_(None))
        .group_by(Telling.person_id, Telling.organisation_id)
    )
    return [Sum(*row) for row in db.rows(sums)]


def list_lone(run_id: str, person_ids: Iterable[str]) -> list[tuple[str, int]]:
    """Those of some people who are told of one change of a run only, with that change."""
    theirs = (Telling.run_id == run_id, Telling.person_id.in_(list(person_ids)))
    lone = select(Telling.person_id, func.min(Telling.change_id)).where(*theirs)
    found = lone.group_by(Telling.person_id).having(func.count() == 1)
    return [(person_id, change_id) for person_id, change_id in db.rows(found)]


def get_run(person_id: str, run_id: str) -> ToldRun:
    """A run of which a person was told.

    Raises:
        NotFound: it told this person nothing, or that is long ago.
    """
    own = (Run.id == run_id, Telling.person_id == person_id)
    found = select(Run.id, Run.office, Run.at).join(Telling, Telling.run_id == Run.id)
    row = db.first(found.where(*own).limit(1))
    if row is None:
        raise NotFound
    return ToldRun(*row)


def count_told(person_id: str, run_id: str) -> tuple[int, int]:
    """Of how many changes of a run a person was told, and how many of those were not undone."""
    own = (Telling.run_id == run_id, Telling.person_id == person_id)
    standing = func.count().filter(Telling.undone_at.is_(None))
    [(total, left)] = db.rows(select(func.count(), standing).where(*own))
    return total, left


def list_page(person_id: str, run_id: str, page: int) -> tuple[list[ToldChange], int]:
    """A page (from 1) of the changes of a run of which a person was told, in their order; and how
    many there are in all."""
    own = (Telling.run_id == run_id, Telling.person_id == person_id)
    total: int = db.value(select(func.count()).where(*own))
    found = (
        select(*CHANGE, Telling.undone_at)
        .join(Telling, Telling.change_id == Change.id)
        .where(*own)
        .order_by(Change.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [ToldChange(Happened(*row[:-1]), row[-1] is not None) for row in db.rows(found)], total
