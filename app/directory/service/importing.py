"""What the worker does with a file that was brought: read it, try it out, replace, undo.

Each step may be killed at any moment and begins again where it was: reading and trying out write
nothing of the directory, and each office is replaced in one transaction that also says that it is
done for this import.
"""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.sqlite import insert as insert_new

from app.core import clock, db, http
from app.core.errors import NotFound
from app.core.outbox import NotYet, Verb
from app.core.sheets.lines import Sheet, Unreadable
from app.directory.gateways import import_files, spool
from app.directory.models import Import, Source
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.queries import runs as runs_q
from app.directory.queries.imports import TASK, ImportRow
from app.directory.rules import columns
from app.directory.rules import lines as lines_r
from app.directory.rules.import_refusals import WrongState
from app.directory.rules.place_names import Offices
from app.directory.rules.refusals import TooManyEntries
from app.directory.service import import_check, imports, index
from app.directory.service.imports import Wanted
from app.directory.service.replace import replace
from app.directory.service.undo import undo

LOG = logging.getLogger("app.directory")
STEP_S = 45.0  # well below the lease of a task
LOOKED_AT = 200


def work(given: Mapping[str, Any]) -> None:
    """Go on with an import, for a while: the verb of its tasks."""
    row = imports_q.find_import(str(given["import_id"]))
    if row is None or row.state not in STEPS:
        return
    try:
        with import_files.alone(http.config().instance_dir, row.id):
            STEPS[row.state](row)
    except import_files.InUseError as error:
        raise NotYet from error
    except (Unreadable, TooManyEntries) as error:
        code = str(error) if isinstance(error, Unreadable) else "too-many-entries"
        report = json.loads(row.report or "{}") | {"fault": code, "offices": _replaced(row)}
        _end(row.id, "failed", report)


def _end(import_id: str, state: str, report: dict[str, Any], **changes: Any) -> None:
    said = json.dumps(report, ensure_ascii=False)
    with db.transaction():
        ended = update(Import).where(Import.id == import_id)
        db.run(ended.values(state=state, report=said, ended_at=clock.now(), **changes))


def _read(row: ImportRow) -> None:
    """Read the file, and guess what it means."""
    instance = http.config().instance_dir
    path = import_files.spooled(instance, row.id)
    written = spool.read_file(import_files.uploaded(instance, row.id), path)
    sheets = spool.list_sheets(path)
    found = [(one, columns.guess(list(spool.read_lines(path, one.number, LOOKED_AT))))
             for one in sheets]  # fmt: skip
    sheet, guess = max(found, key=lambda pair: _promise(*pair))
    said = _said_of(row, path, sheet, guess) | {"written": written}
    with db.transaction():
        imports.move(row.id, "read", of=("new",), mapping=json.dumps(said), rows=sheet.rows)


def _promise(sheet: Sheet, guess: columns.Guess) -> tuple[bool, int, int]:
    """How much a sheet looks like the one that is meant; one that its office hides is not."""
    known = len({*guess.columns} - {""})
    return not sheet.hidden, min(known, 4), sheet.rows


def _said_of(row: ImportRow, path: Path, sheet: Sheet, guess: columns.Guess) -> dict[str, Any]:
    """A sheet's mapping as guessed, and by which words its office was."""
    texts = columns.titles(list(spool.read_lines(path, sheet.number, LOOKED_AT)), guess)
    said = [*texts, sheet.name, row.filename] if "office" not in guess.columns else []
    known = Offices((o.number, o.name, o.sido, o.aliases) for o in entries_q.list_offices())
    found = ((known.mentioned(text), text) for text in said)
    office, by = next(((one, text) for one, text in found if one is not None), (None, ""))
    mapping = lines_r.Mapping(sheet.number, guess.columns, guess.last_head, guess.fill, office)
    return imports.said(Wanted(mapping, only=False)) | {"guessed": [office, by[:200]]}


def choose_sheet(row: ImportRow, sheet: int) -> None:
    """Guess what another sheet of the file means, in the open transaction.

    Raises:
        NotFound: the file has no such sheet. FileGone: its rows are no more.
        WrongState: the import has gone on.
    """
    if row.state != "read":
        raise WrongState
    path = imports.rows_of(row)
    found = next((one for one in spool.list_sheets(path) if one.number == sheet), None)
    if found is None:
        raise NotFound
    guess = columns.guess(list(spool.read_lines(path, sheet, LOOKED_AT)))
    said = json.loads(row.mapping) | _said_of(row, path, found, guess)
    imports.move(row.id, "read", of=("read",), mapping=json.dumps(said))


def _run(row: ImportRow) -> None:
    """Replace office after office, for a while; then another task goes on."""
    wanted, until = imports.wanted_of(row), time.monotonic() + STEP_S
    path = import_files.spooled(http.config().instance_dir, row.id)
    runs = {run.office for run in runs_q.list_runs_of(row.id)}
    counts = spool.list_offices(path)
    done = sum(count for number, count in counts if number in runs)
    _add_sources(row, [number for number, _ in counts])
    for number, count in counts:
        if number in runs:
            continue
        rows = spool.read_entries(path, number)
        only = import_check.departments(rows, wanted)
        replace(number, _source_id(row, number), rows, import_id=row.id, only=only)
        done += count
        import_check.progress(row.id, done)
        if time.monotonic() > until:
            return _later(row.id)
    return _done(row)


def _source_id(row: ImportRow, office: int) -> str:
    return str(uuid.uuid5(uuid.UUID(row.id), str(office)))


def _add_sources(row: ImportRow, numbers: list[int]) -> None:
    """The sources that say of offices' entries that they come from this file."""
    said = {"kind": "file", "label": row.filename[:120], "url": "", "state": "off", "failures": 0}
    new = [said | {"id": _source_id(row, number), "office": number} for number in numbers]
    with db.transaction():
        db.run_many(insert_new(Source).on_conflict_do_nothing(), new)


def _later(import_id: str) -> None:
    with db.transaction():
        imports.wake(import_id)


def _done(row: ImportRow) -> None:
    offices = _replaced(row)
    if sum(one["added"] + one["changed"] + one["handover"] + one["removed"]
           for one in offices) >= index.OPTIMIZE_FROM:  # fmt: skip
        index.optimize()
    _end(row.id, "done", json.loads(row.report or "{}") | {"offices": offices})
    import_files.forget_rows(http.config().instance_dir, row.id)
    LOG.info("import done", extra={"facts": {"import": row.id, "offices": len(offices)}})


def _replaced(row: ImportRow) -> list[dict[str, Any]]:
    """The offices that an import has replaced, and what became of their entries."""
    runs = [run for run in runs_q.list_runs_of(row.id) if run.state == "done"]
    names = {one.number: one.name for one in entries_q.list_offices()}
    handovers = runs_q.count_handovers(row.id)
    return [
        {
            "number": run.office, "name": names[run.office], "added": run.added,
            "changed": run.changed - handovers.get(run.id, 0),
            "handover": handovers.get(run.id, 0), "removed": run.removed, "same": run.same,
            "rows": run.added + run.changed + run.same,
        }
        for run in runs
    ]  # fmt: skip


def _undo(row: ImportRow) -> None:
    """Undo run after run, the last one first."""
    until, report = time.monotonic() + STEP_S, json.loads(row.report or "{}")
    undone = Counter(report.get("undone", {"restored": 0, "kept": 0}))
    for run in reversed(runs_q.list_runs_of(row.id)):
        if run.state == "done":
            found = undo(run.id)
            undone.update(restored=found.restored, kept=found.kept)
            report["undone"] = dict(undone)
            _said(row.id, report)
            if time.monotonic() > until:
                return _later(row.id)
    return _end(row.id, "undone", report | {"undone": dict(undone)})


def _said(import_id: str, report: dict[str, Any]) -> None:
    with db.transaction():
        said = json.dumps(report, ensure_ascii=False)
        db.run(update(Import).where(Import.id == import_id).values(report=said))


STEPS = {"new": _read, "checking": import_check.check, "running": _run, "undoing": _undo}
VERBS: dict[str, Verb] = {TASK: work}
