"""Sheets and bundles that somebody asks for: the request, and the worker's making of a bundle.

A request writes a row and a task in one transaction; the worker makes the file and keeps how far
it is. A verb that was killed is begun anew from the first file, which costs copying only; one that
was done changes nothing. A day later file and row go.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import delete, insert, update

from app.core import clock, db, http, outbox
from app.core.files import hash_of, pieces
from app.core.guard import Viewer
from app.core.ids import new_id
from app.photos.gateways import storage
from app.photos.gateways.storage import AnyStore
from app.photos.models import Export
from app.photos.queries import exports as exports_q
from app.photos.queries import inbox as inbox_q
from app.photos.queries.exports import ExportRow
from app.photos.queries.inbox import Scope
from app.photos.queries.photos import PhotoRow
from app.photos.rules import manifest, names, reasons
from app.photos.rules.manifest import Line
from app.photos.rules.refusals import ExportTooLarge, NothingChosen, TooManyExports
from app.photos.service import bundle_list, copies, links
from app.photos.service.bundle_list import Chosen
from app.photos.service.copies import LostCopyError

KINDS = ("pdf", "xlsx", "zip")
PER_PAGE = (2, 4, 6)
MOST = 500
MOST_OPEN = 2
MOST_BYTES = 4 << 30  # of originals in one bundle: it lies on the disk twice while it is made
STEP = 10
KEPT_S = 24 * 3600


@dataclass(frozen=True)
class Wish:
    """What somebody wants made; `why` is needed for originals, which only a bundle can hold."""

    kind: str
    photos: tuple[str, ...]
    per_page: int = 4
    title: str = ""
    originals: bool = False
    why: str = ""


def ask(viewer: Viewer, scope: Scope, wish: Wish) -> str:
    """Write a request down (in the open transaction); its id.

    Raises:
        NothingChosen: none of the photos has come, or may be seen by the viewer.
        TooManyExports, ExportTooLarge: more than is made for one person at a time.
        BadInput: originals without a reason.
    """
    if exports_q.count_open(viewer.person_id) >= MOST_OPEN:
        raise TooManyExports
    found = inbox_q.list_by_ids(scope, wish.photos[:MOST])
    shots = [shot for shot in found if shot.state == "ready"]
    if not shots:
        raise NothingChosen
    wanted: dict[str, Any] = {
        "photos": [shot.id for shot in shots], "per_page": wish.per_page, "title": wish.title,
    }  # fmt: skip
    if wish.kind == "zip" and wish.originals:
        wanted["originals"], why = True, links.check_reason(wish.why)
        if sum(shot.size for shot in shots) > MOST_BYTES:
            raise ExportTooLarge
        for shot in shots:
            links.record_original(viewer, shot, why)
    return order(viewer.organisation_id, viewer.person_id, wish.kind, wanted)


def order(organisation_id: str, person_id: str, kind: str, wanted: Mapping[str, Any]) -> str:
    """Write an export and the task that makes it (in the open transaction); its id."""
    export_id = new_id()
    db.run(
        insert(Export).values(
            id=export_id,
            organisation_id=organisation_id,
            person_id=person_id,
            kind=kind,
            wanted=json.dumps(wanted, ensure_ascii=False),
            total=len(wanted["photos"]),
            created_at=clock.now(),
        )
    )
    outbox.add(exports_q.TASKS[kind], export_id, export_id=export_id)
    return export_id


def make_archive(export_id: str) -> None:
    """Make the bundle of an export; the worker's verb. Done already, or gone, it does nothing."""
    row = exports_q.find_export(export_id)
    if row is None or row.state == "done":
        return
    _progress(row.id, state="working", done=0, error=None)
    try:
        _make(row)
    except Exception as error:
        _progress(row.id, state="failed", error=reasons.code_of_fault(error))
        raise


def _make(row: ExportRow) -> None:
    store = storage.store(http.config())
    folder = http.config().instance_dir / "making"
    folder.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=row.id, suffix=".zip") as draft:
        path = Path(draft.name)
        with ZipFile(path, "w", ZIP_STORED) as bundle:
            _fill(bundle, row, store)
        name = names.export(row.organisation_id, row.id, "zip")
        store.put(name, path)
        size = path.stat().st_size
    _progress(
        row.id, state="done", done=row.total, file=name, size=size, done_at=clock.now()
    )  # fmt: skip


def _fill(bundle: ZipFile, row: ExportRow, store: AnyStore) -> None:
    wanted = json.loads(row.wanted)
    originals = bool(wanted.get("originals", False))
    lines = []
    for number, one in enumerate(bundle_list.gather(row.organisation_id, wanted["photos"]), 1):
        lines.append(_add(bundle, store, (number, one), originals))
        if number % STEP == 0:
            _progress(row.id, done=number)
    named = bundle_list.with_people(row.organisation_id, lines)
    bundle.writestr(_entry("목록.csv", row.created_at), manifest.to_csv(named))


def _add(bundle: ZipFile, store: AnyStore, given: tuple[int, Chosen], originals: bool) -> Line:
    """Copy one file into the bundle; its line of the list, still without the person's name. What
    is not there, or not what it was, is left out and its line says so."""
    number, one = given
    if one.finding.wrong:
        return bundle_list.unsigned(number, one)
    photo = one.photo
    taken = clock.in_seoul(photo.captured_at)
    ending = links.TYPES.get(photo.kind or "", links.ANY_TYPE)[1] if originals else "jpg"
    file = manifest.file_name(number, f"{taken:%Y%m%d-%H%M}", one.shot.site, photo.phase, ending)
    sha256, note = "", ""
    try:
        with _source(store, photo, originals) as source:
            sha256 = _copy(source, bundle, _entry(file, photo.captured_at))
    except LostCopyError as error:
        file, note = "", manifest.LOST[error.reason]
    return bundle_list.line(number, one, file, sha256, note)


def _source(store: AnyStore, photo: PhotoRow, originals: bool) -> BinaryIO:
    """The bytes of a photo, held against the hash that is known of them before one is copied."""
    if not originals:
        return io.BytesIO(copies.read_large(photo))
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    try:
        file = store.open(name)
    except FileNotFoundError as error:
        raise LostCopyError("missing") from error
    if hash_of(file) != photo.sha256:
        file.close()
        raise LostCopyError("changed")
    file.seek(0)
    return file


def _copy(source: BinaryIO, bundle: ZipFile, entry: ZipInfo) -> str:
    """Copy into the bundle; the hash of what was copied."""
    digest = hashlib.sha256()
    with bundle.open(entry, "w") as out:
        for piece in pieces(source):
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _entry(name: str, at: int) -> ZipInfo:
    """An entry that is the same each time it is made."""
    entry = ZipInfo(name, clock.in_seoul(max(at, 315_532_800)).timetuple()[:6])
    entry.external_attr = 0o644 << 16
    return entry


def _progress(export_id: str, **changes: Any) -> None:
    """Keep how far an export is, in a transaction of its own; what another run has made stays."""
    open_still = (Export.id == export_id, Export.state != "done")
    with db.transaction():
        db.run(update(Export).where(*open_still).values(changes))


def forget_exports() -> int:
    """Delete what was made more than a day ago, file first; how many went."""
    old = exports_q.list_old(clock.now() - KEPT_S)
    store = storage.store(http.config())
    for row in old:
        if row.file:
            store.remove(row.file)
        with db.transaction():
            db.run(delete(Export).where(Export.id == row.id))
    return len(old)


def sweep() -> int:
    """Delete what killed workers left half made more than a day ago; how many files and folders."""
    before = clock.now() - KEPT_S
    count = storage.store(http.config()).sweep(before)
    folder = http.config().instance_dir / "making"
    for old in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another lane has made it and put it away meanwhile
            if old.stat().st_mtime < before:
                shutil.rmtree(old) if old.is_dir() else old.unlink()
                count += 1
    return count


def _archive(given: Mapping[str, Any]) -> None:
    make_archive(given["export_id"])


# What the worker's loop does of this module: the task's kind, and its verb.
EXPORT_VERBS: dict[str, outbox.Verb] = {"photo-archive": _archive}
