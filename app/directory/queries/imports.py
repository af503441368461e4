"""Reads of imports, of what was wrong in them, and of files that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select

from app.core import db
from app.core.errors import NotFound
from app.core.outbox import Task
from app.directory.models import Bulk, Import, Office, Problem, Run

TASK = "directory-import"
BULK_TASK = "directory-bulk"
PAGE = 20


@dataclass(frozen=True)
class ImportRow:
    """A file that an administrator brought; `mapping` and `report` are JSON, times Unix seconds."""

    id: str
    organisation_id: str
    person_id: str
    filename: str
    sha256: bytes
    size: int
    mapping: str
    state: str
    rows: int
    rows_done: int
    report: str | None
    created_at: int
    ended_at: int | None


@dataclass(frozen=True)
class ProblemRow:
    """What was wrong with a row of a file."""

    row: int
    code: str
    detail: str


@dataclass(frozen=True)
class BulkRow:
    """A file with entries; `office` None is the whole country, `office_name` then too."""

    id: str
    organisation_id: str
    person_id: str
    office: int | None
    office_name: str | None
    kind: str
    state: str
    rows: int
    rows_done: int
    created_at: int


_IMPORT = (
    Import.id, Import.organisation_id, Import.person_id, Import.filename, Import.sha256,
    Import.size, Import.mapping, Import.state, Import.rows, Import.rows_done, Import.report,
    Import.created_at, Import.ended_at,
)  # fmt: skip
_BULK: Any = select(
    Bulk.id, Bulk.organisation_id, Bulk.person_id, Bulk.office, Office.name, Bulk.kind, Bulk.state,
    Bulk.rows, Bulk.rows_done, Bulk.created_at,
).outerjoin(Office, Office.number == Bulk.office)  # fmt: skip


def find_import(import_id: str) -> ImportRow | None:
    """An import, for the worker."""
    row = db.first(select(*_IMPORT).where(Import.id == import_id))
    return None if row is None else ImportRow(*row)


def get_import(organisation_id: str, import_id: str) -> ImportRow:
    """An import of an organisation.

    Raises:
        NotFound: it has none of that id.
    """
    found = find_import(import_id)
    if found is None or found.organisation_id != organisation_id or found.state == "dropped":
        raise NotFound
    return found


def list_imports(organisation_id: str, page: int = 1) -> tuple[list[ImportRow], int]:
    """A page of an organisation's imports, newest first, and how many there are."""
    own = and_(Import.organisation_id == organisation_id, Import.state != "dropped")
    asked = select(*_IMPORT).where(own).order_by(Import.created_at.desc(), Import.id.desc())
    found = [ImportRow(*row) for row in db.rows(asked.limit(PAGE).offset((page - 1) * PAGE))]
    return found, int(db.value(select(func.count()).where(own)))


def find_same(row: ImportRow) -> ImportRow | None:
    """The last import of the same file by the same organisation that is done, or None."""
    asked = (
        select(*_IMPORT)
        .where(
            Import.organisation_id == row.organisation_id, Import.sha256 == row.sha256,
            Import.state == "done", Import.id != row.id,
        )
        .order_by(Import.ended_at.desc())
    )  # fmt: skip
    found = db.first(asked.limit(1))
    return None if found is None else ImportRow(*found)


def is_waited_for(import_id: str) -> bool:
    """Whether a task is still to work on an import."""
    live = exists().where(Task.kind == TASK, Task.key.startswith(import_id), Task.dead_at.is_(None))
    return bool(db.value(select(live)))


def list_problems(import_id: str, most: int = -1) -> list[ProblemRow]:
    """What was wrong with an import's rows, in the order of the file."""
    asked = select(Problem.row, Problem.code, Problem.detail).where(Problem.import_id == import_id)
    return [
        ProblemRow(*row) for row in db.rows(asked.order_by(Problem.row, Problem.id).limit(most))
    ]


def list_with_files(ids: list[str]) -> dict[str, ImportRow]:
    """Imports by their id, of those that exist."""
    asked = select(*_IMPORT).where(Import.id.in_(ids))
    return {row[0]: ImportRow(*row) for row in db.rows(asked)}


def list_left(states: Sequence[str], before: int) -> list[str]:
    """The ids of imports that changed nothing and that were begun before a moment."""
    did = exists().where(Run.import_id == Import.id)
    old = (Import.state.in_(states), Import.created_at < before, ~did)
    return db.values(select(Import.id).where(*old))


def find_bulk(bulk_id: str) -> BulkRow | None:
    """A file that was asked for, for the worker."""
    row = db.first(_BULK.where(Bulk.id == bulk_id))
    return None if row is None else BulkRow(*row)


def get_bulk(organisation_id: str, bulk_id: str) -> BulkRow:
    """A file that somebody of an organisation asked for.

    Raises:
        NotFound: it has none of that id.
    """
    found = find_bulk(bulk_id)
    if found is None or found.organisation_id != organisation_id:
        raise NotFound
    return found


def list_bulks(organisation_id: str, most: int = 10) -> list[BulkRow]:
    """The newest files that an organisation's administrators asked for."""
    own = _BULK.where(Bulk.organisation_id == organisation_id)
    return [BulkRow(*row) for row in db.rows(own.order_by(Bulk.created_at.desc()).limit(most))]


def count_open_bulks(person_id: str) -> int:
    """How many files are still to be made for a person."""
    mine = select(func.count()).where(Bulk.person_id == person_id, Bulk.state == "waiting")
    return int(db.value(mine))


def list_bulk_ids() -> list[str]:
    """The ids of all files that were asked for and are not forgotten."""
    return db.values(select(Bulk.id))


def list_old_bulks(before: int) -> list[str]:
    """The ids of files that were asked for before a moment."""
    return db.values(select(Bulk.id).where(Bulk.created_at < before))


def count_imports(organisation_id: str, since: int) -> tuple[int, int]:
    """How many files an organisation brought since a moment, those thrown away too, and how many
    bytes."""
    mine = (Import.organisation_id == organisation_id, Import.created_at >= since)
    count, size = db.rows(
        select(func.count(), func.coalesce(func.sum(Import.size), 0)).where(*mine)
    )[0]
    return count, size


def count_bulks(organisation_id: str, since: int) -> int:
    """How many files with entries an organisation asked for since a moment."""
    mine = (Bulk.organisation_id == organisation_id, Bulk.created_at >= since)
    return int(db.value(select(func.count()).select_from(Bulk).where(*mine)))
