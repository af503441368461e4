"""Living ids of an organisation's imports and files, for the walk over foreign ids."""

from __future__ import annotations

import io
import secrets
from typing import Any

from app.core.db import transaction
from app.core.guard import Viewer
from app.directory.service import bulk, bulk_make, importing, imports, offices, removals
from app.directory.service.replace import replace
from tests.directory import files
from tests.directory.desk import JONGNO, Desk, line


def import_ids(viewer: Viewer) -> dict[str, Any]:
    """A file that was read, and one that was made."""
    offices.seed()
    removal_id = _removal(viewer)  # first: it takes the files with it that hold the office
    import_id = imports.upload(viewer, "명단.csv", io.BytesIO(files.sample()))
    importing.work({"import_id": import_id})
    with transaction():
        bulk_id = bulk.ask(viewer, None, "csv")
    bulk_make.make({"bulk_id": bulk_id})
    return {"import_id": import_id, "bulk_id": bulk_id, "removal_id": removal_id}


def _removal(viewer: Viewer) -> str:
    """A request not to be listed."""
    desk = Desk(JONGNO)
    replace(desk.number, desk.source, [line(name=f"김{secrets.token_hex(4)}")])
    return removals.hide(viewer.person_id, desk.entries[0].uid, "name", "본인 요청")
