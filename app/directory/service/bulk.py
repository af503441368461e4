"""Files with the entries of an office or of the whole country, for administrators: asking for one,
opening it, and forgetting it a day later. bulk_make.py makes it, in the worker."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, insert

from app.core import clock, db, http, outbox
from app.core.errors import NotFound
from app.core.guard import Viewer
from app.core.ids import new_id
from app.directory.gateways import import_files
from app.directory.models import Bulk
from app.directory.queries import entries as entries_q
from app.directory.queries import imports as imports_q
from app.directory.queries.imports import BULK_TASK, BulkRow
from app.directory.rules.import_refusals import TooManyBulks
from app.directory.service import quota

KEPT_S = 24 * 3600
MOST_OPEN = 2


def ask(viewer: Viewer, office: int | None, kind: str) -> str:
    """Write a request down, in the open transaction; its id.

    Args:
        office: its number; None for the whole country.
        kind: csv or xlsx.

    Raises:
        NotFound: there is no such office.
        ExportsSpent: the organisation had as many made today as a day allows.
        TooManyBulks: the person waits for others.
    """
    if imports_q.count_open_bulks(viewer.person_id) >= MOST_OPEN:
        raise TooManyBulks
    offices = entries_q.list_offices() if office is None else [entries_q.get_office(office)]
    quota.check_export(viewer.organisation_id)
    bulk_id = new_id()
    db.run(insert(Bulk).values(
        id=bulk_id, organisation_id=viewer.organisation_id, person_id=viewer.person_id,
        office=office, kind=kind, state="waiting", rows=sum(one.entries for one in offices),
        rows_done=0, created_at=clock.now(),
    ))  # fmt: skip
    outbox.add(BULK_TASK, bulk_id, bulk_id=bulk_id)
    return bulk_id


def read(row: BulkRow) -> tuple[int, Iterator[bytes]]:
    """The size of a file that is made, and its bytes.

    Raises:
        NotFound: it is not made yet, or gone.
    """
    path = import_files.bulk(http.config().instance_dir, row.id, row.kind)
    if row.state != "done" or not path.exists():
        raise NotFound
    return path.stat().st_size, import_files.pieces(path)


def forget() -> int:
    """Delete what was asked for more than a day ago; how many."""
    old = imports_q.list_old_bulks(clock.now() - KEPT_S)
    with db.transaction():
        db.run(delete(Bulk).where(Bulk.id.in_(old)))
    sweep()
    return len(old)


def sweep() -> None:
    """Delete the files whose request is gone, once its deletion is committed. One that is still
    being made goes when its maker finds the request gone (bulk_make.py)."""
    instance = http.config().instance_dir
    made = import_files.list_bulks(instance)
    for bulk_id in {*made} - {*imports_q.list_bulk_ids()}:
        import_files.remove(instance, bulk_id)
