"""Making the files of bulk.py, office by office, with how far it is; only the worker loads this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import update

from app.core import clock, db, http
from app.core.outbox import Verb
from app.directory.gateways import import_files, workbook_writer
from app.directory.models import Bulk
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.queries.imports import BULK_TASK, BulkRow
from app.directory.rules.bulk import BOM, HEADS, to_csv

TITLE = "담당자"


def make(given: Mapping[str, Any]) -> None:
    """Make the file of a request; done already, it does nothing. The verb of its task. Of a request
    that is gone, before or meanwhile, nothing stays."""
    bulk_id, instance = str(given["bulk_id"]), http.config().instance_dir
    row = imports_q.find_bulk(bulk_id)
    if row is None or (row.state == "waiting" and not _make(row)):
        import_files.remove(instance, bulk_id)


def _make(row: BulkRow) -> bool:
    """Make a file; False when its request was deleted meanwhile."""
    path = import_files.bulk(http.config().instance_dir, row.id, row.kind)
    draft = path.with_suffix(".draft")
    if row.kind == "csv":
        _write_csv(draft, row)
    else:
        workbook_writer.write(draft, TITLE, HEADS, _lines(row))
    draft.chmod(0o600)
    draft.replace(path)
    with db.transaction():
        done = update(Bulk).where(Bulk.id == row.id)
        return bool(db.run(done.values(state="done", rows_done=Bulk.rows)))


def _write_csv(path: Path, row: BulkRow) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM + to_csv([HEADS]))
        file.writelines(to_csv([line]) for line in _lines(row))


def _lines(row: BulkRow) -> Iterator[Sequence[str]]:
    """The entries as lines, saying after each office how far it is."""
    numbers = None if row.office is None else {row.office}
    done = 0
    for office in entries_q.list_offices():
        if numbers is not None and office.number not in numbers:
            continue
        entries = entries_q.list_entries_of(office.number)
        yield from (_line(office, one) for one in entries)
        done += len(entries)
        with db.transaction():
            db.run(update(Bulk).where(Bulk.id == row.id).values(rows_done=done))


def _line(office: OfficeRow, one: EntryRow) -> Sequence[str]:
    seen = "" if office.seen_at is None else f"{clock.seoul_day(office.seen_at):%Y-%m-%d}"
    return (
        office.name, one.bureau, one.department, one.team, one.position, one.name, one.duty,
        one.phone, one.fax, seen, f"{office.source or ''} {one.place}".strip(),
    )  # fmt: skip


VERBS: dict[str, Verb] = {BULK_TASK: make}
