"""Selects of sheets and archives that somebody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import exists, func, select

from app.core.db import first, rows, value
from app.core.errors import NotFound
from app.core.outbox import Task
from app.photos.models import Export

# The kind of task that makes an export of a kind; its key is the export's id.
TASKS: Final = {"zip": "photo-archive", "pdf": "photo-sheet", "xlsx": "photo-sheet"}


@dataclass(frozen=True)
class ExportRow:
    """A sheet or an archive; `wanted` is JSON; state waiting, working, done or failed; `live` when
    a task is still to make it."""

    id: str
    organisation_id: str
    person_id: str
    kind: str
    wanted: str
    state: str
    done: int
    total: int
    error: str | None
    file: str | None
    size: int | None
    created_at: int
    done_at: int | None
    live: bool


_LIVE = exists().where(
    Task.kind.in_(sorted(set(TASKS.values()))), Task.key == Export.id, Task.dead_at.is_(None)
)
_EXPORT = select(
    Export.id,
    Export.organisation_id,
    Export.person_id,
    Export.kind,
    Export.wanted,
    Export.state,
    Export.done,
    Export.total,
    Export.error,
    Export.file,
    Export.size,
    Export.created_at,
    Export.done_at,
    _LIVE,
)


def find_export(export_id: str) -> ExportRow | None:
    """The export of an id, for the worker."""
    row: tuple[Any, ...] | None = first(_EXPORT.where(Export.id == export_id))
    return ExportRow(*row) if row else None


def get_export(person_id: str, export_id: str) -> ExportRow:
    """The person's export of an id.

    Raises:
        NotFound: there is none of this person.
    """
    row = find_export(export_id)
    if row is None or row.person_id != person_id:
        raise NotFound
    return row


def list_exports(person_id: str, limit: int = 10) -> list[ExportRow]:
    """The person's newest exports."""
    query = _EXPORT.where(Export.person_id == person_id)
    return [ExportRow(*row) for row in rows(query.order_by(Export.created_at.desc()).limit(limit))]


def count_open(person_id: str) -> int:
    """How many of the person's exports are still to be made: those with a live task.

    Their states do not tell: one that failed may be made again, and one that waits or is worked on
    may have nobody who makes it any more.
    """
    mine = select(func.count()).where(Export.person_id == person_id, Export.state != "done", _LIVE)
    return int(value(mine))


def list_old(before: int, limit: int = 200) -> list[ExportRow]:
    """Exports that were asked for before a moment."""
    return [ExportRow(*row) for row in rows(_EXPORT.where(Export.created_at < before).limit(limit))]
