"""Bringing files in: what an administrator asks for. The worker does it (importing.py).

An import is one row that moves through its states; a task of the outbox is written in the same
transaction as each move, so a killed process loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, exists, insert, update

from app.core import clock, db, http, outbox
from app.core.guard import Viewer
from app.core.ids import new_id
from app.core.sheets.lines import Line, Sheet, Unreadable, kind_of
from app.directory.gateways import import_files, spool
from app.directory.models import Import, Problem, Run
from app.directory.queries import imports as imports_q
from app.directory.queries import runs as runs_q
from app.directory.queries.imports import TASK, ImportRow
from app.directory.rules.import_refusals import (
    FileGone,
    FileTooLarge,
    ImportsSpent,
    NoFile,
    NoTable,
    WrongState,
)
from app.directory.rules.lines import Mapping
from app.directory.rules.row import clean
from app.directory.service import quota

KEPT_S = 30 * 24 * 3600
SHRINKS = 0.5
SHOWN = 8  # rows of a file on the screen that asks what they mean
UNUSED = ("read", "checked", "failed")
ACTIVE = ("new", "checking", "running", "undoing")


@dataclass(frozen=True)
class Wanted:
    """What an administrator says a file means; `only`: replace its departments only."""

    mapping: Mapping
    only: bool


@dataclass(frozen=True)
class View:
    """The screen that asks what columns mean: the sheets, the first rows, and what is chosen;
    `guessed` are the words by which the office was."""

    sheets: list[Sheet]
    lines: list[Line]
    wanted: Wanted
    guessed: str


def upload(viewer: Viewer, filename: str, source: IO[bytes]) -> str:
    """Take a file in, in a transaction of its own; the import's id.

    Raises:
        ImportsSpent: the organisation brought as much today as a day allows.
        NoFile: nothing was chosen.
        FileTooLarge: it is. NoTable: its first bytes are those of something else.
    """
    quota.check_import(viewer.organisation_id)
    import_id, name = new_id(), clean(filename.replace("\\", "/").rpartition("/")[2], 200)
    instance = http.config().instance_dir
    size, sha256 = _keep(source, import_files.uploaded(instance, import_id), name)
    facts = {"id": import_id, "filename": name, "sha256": sha256, "size": size}
    try:
        _add(viewer, facts)
    except ImportsSpent:
        import_files.remove(instance, import_id)
        raise
    return import_id


def _add(viewer: Viewer, facts: dict[str, Any]) -> None:
    """Write an import down, and count it."""
    with db.transaction():
        quota.check_import(viewer.organisation_id, facts["size"])
        db.run(insert(Import).values(
            organisation_id=viewer.organisation_id, person_id=viewer.person_id, mapping="{}",
            state="new", rows=0, rows_done=0, created_at=clock.now(), **facts,
        ))  # fmt: skip
        wake(facts["id"])


def _keep(source: IO[bytes], target: Path, name: str) -> tuple[int, bytes]:
    """Keep an uploaded file that looks like a table; its size and hash. Of others nothing stays."""
    try:
        size, sha256 = import_files.keep(source, target)
        if not name:
            raise NoFile
        kind_of(import_files.first_bytes(target))
    except import_files.TooLargeError as error:
        raise FileTooLarge from error
    except Unreadable as error:
        target.unlink()
        raise NoTable(str(error)) from error
    except NoFile:
        target.unlink()
        raise
    return size, sha256


def wake(import_id: str) -> None:
    """Let the worker go on with an import, in the open transaction."""
    outbox.add(TASK, f"{import_id} {new_id()}", import_id=import_id)


def move(import_id: str, to: str, *, of: Sequence[str], **changes: Any) -> None:
    """Move an import on, in the open transaction.

    Raises:
        WrongState: it is in none of the states in `of` any more.
    """
    row = update(Import).where(Import.id == import_id, Import.state.in_(of))
    if not db.run(row.values(state=to, **changes)):
        raise WrongState


def check(viewer: Viewer, import_id: str, wanted: Wanted) -> None:
    """Try an import out under a mapping, in the open transaction: nothing of the directory changes.

    Raises:
        NotFound: the organisation has no such import.
        WrongState: it is running or done.
    """
    row = imports_q.get_import(viewer.organisation_id, import_id)
    kept = json.loads(row.mapping) | said(wanted)
    moved: dict[str, Any] = {"mapping": json.dumps(kept, ensure_ascii=False), "rows_done": 0}
    move(row.id, "checking", of=("read", "checked"), **moved)
    wake(row.id)


def go_back(viewer: Viewer, import_id: str) -> None:
    """Go back from a dry run to what the columns are, in the open transaction.

    Raises:
        NotFound: the organisation has no such import.
        WrongState: it is running or done.
    """
    row = imports_q.get_import(viewer.organisation_id, import_id)
    move(row.id, "read", of=("read", "checked"))


def start(viewer: Viewer, import_id: str) -> None:
    """Begin to replace, in the open transaction.

    Raises:
        NotFound: the organisation has no such import.
        WrongState: it was not tried out, or runs already.
    """
    row = imports_q.get_import(viewer.organisation_id, import_id)
    move(row.id, "running", of=("checked",), rows_done=0)
    wake(row.id)


def take_back(viewer: Viewer, import_id: str) -> None:
    """Begin to undo everything that an import did, in the open transaction.

    Raises:
        NotFound: the organisation has no such import.
        WrongState: it is not done, and no failed one that had begun to replace.
    """
    row = imports_q.get_import(viewer.organisation_id, import_id)
    begun = ("done", "failed") if runs_q.list_runs_of(row.id) else ("done",)
    move(row.id, "undoing", of=begun, rows_done=0)
    wake(row.id)


def go_on(viewer: Viewer, import_id: str) -> None:
    """Begin again with a step that was given up, in the open transaction.

    Raises:
        NotFound: the organisation has no such import.
    """
    row = imports_q.get_import(viewer.organisation_id, import_id)
    if row.state in ACTIVE and not imports_q.is_waited_for(row.id):
        wake(row.id)


def drop(viewer: Viewer, import_id: str) -> None:
    """Throw a file away that changed nothing yet, in its own transaction; its files go after it.

    Raises:
        NotFound: the organisation has no such import.
        WrongState: it has begun.
    """
    with db.transaction():
        row = imports_q.get_import(viewer.organisation_id, import_id)
        if row.state not in UNUSED or runs_q.list_runs_of(row.id):
            raise WrongState
        db.run(delete(Problem).where(Problem.import_id == row.id))
        bare = {"state": "dropped", "filename": "", "mapping": "{}", "report": None}
        db.run(update(Import).where(Import.id == row.id).values(bare))
    import_files.remove(http.config().instance_dir, row.id)


def said(wanted: Wanted) -> dict[str, Any]:
    """A mapping as it is kept."""
    return asdict(wanted.mapping) | {"only": wanted.only}


def wanted_of(row: ImportRow) -> Wanted:
    """The mapping that is kept of an import.

    Raises:
        WrongState: its file is still to be read, or could not be.
    """
    kept = json.loads(row.mapping)
    if not kept:
        raise WrongState
    mapping = Mapping(
        kept["sheet"], tuple(kept["columns"]), kept["head"], kept["fill"], kept["office"]
    )
    return Wanted(mapping, kept["only"])


def view(row: ImportRow) -> View:
    """What the screen shows that asks what the columns mean: heads and the rows below them.

    Raises:
        FileGone: the rows of the file are no more.
    """
    path = rows_of(row)
    wanted, kept = wanted_of(row), json.loads(row.mapping)
    lines = list(spool.read_lines(path, wanted.mapping.sheet, 60))
    head = wanted.mapping.head
    shown = [line for line in lines if line.number <= head][-3:]
    shown += [line for line in lines if line.number > head][:SHOWN]
    office, by = kept.get("guessed", (None, ""))
    guessed = by if office is not None and office == wanted.mapping.office else ""
    return View(spool.list_sheets(path), shown, wanted, guessed)


def rows_of(row: ImportRow) -> Path:
    """Where the rows of an import's file lie.

    Raises:
        FileGone: they are no more.
    """
    path = import_files.spooled(http.config().instance_dir, row.id)
    if not path.exists():
        raise FileGone
    return path


def forget_files() -> int:
    """Delete what belongs to imports that ended 30 days ago, that were left lying for as long, or
    that are no more; how many."""
    instance, before = http.config().instance_dir, clock.now() - KEPT_S
    kept = import_files.list_kept(instance)
    known = imports_q.list_with_files([name for name, _ in kept])
    gone = 0
    for name, written in kept:
        row = known.get(name)
        over = row is None or (
            row.state not in ACTIVE and (row.ended_at or row.created_at) < before
        )
        if over and written < before:
            _forget(name)
            import_files.remove(instance, name)
            gone += 1
    for import_id in set(imports_q.list_left(UNUSED, before)) - {name for name, _ in kept}:
        _forget(import_id)  # its files vanished, so nothing of it can be done any more
        gone += 1
    with db.transaction():
        db.run(delete(Import).where(Import.state == "dropped", Import.created_at < quota.today()))
    return gone


def _forget(import_id: str) -> None:
    """Delete what was wrong with a file's rows; and the import too, when it changed nothing."""
    did = exists().where(Run.import_id == Import.id)
    unused = (Import.id == import_id, Import.state.in_(UNUSED), ~did)
    with db.transaction():
        db.run(delete(Problem).where(Problem.import_id == import_id))
        db.run(delete(Import).where(*unused))


def shrinking(row: ImportRow) -> list[dict[str, Any]]:
    """The offices that would have less than half of what they have now, as the dry run found."""
    found: list[dict[str, Any]] = json.loads(row.report or "{}").get("offices", [])
    if row.state != "checked":
        return []
    return [one for one in found if one["rows"] < SHRINKS * one["now"]]
