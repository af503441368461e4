"""Making a photo sheet (사진대지); of the worker only, because it loads heavy libraries.

Runs again after a kill: it makes the file anew under the same name and then says that it is ready.
Two runs at a time are in nobody's way: each has a folder, and what is done stays done.
"""

from __future__ import annotations

import io
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import update

from app.accounts.service import people
from app.core import clock, http
from app.core.db import run, transaction
from app.core.outbox import NotYet
from app.photos.gateways import fonts, pdf, prints, storage, xlsx
from app.photos.gateways.prints import Print
from app.photos.models import Export
from app.photos.queries import corrections as corrections_q
from app.photos.queries import exports as exports_q
from app.photos.queries import photos as photos_q
from app.photos.queries.corrections import Correction
from app.photos.queries.exports import ExportRow
from app.photos.queries.photos import PhotoRow, RecordRow
from app.photos.rules import names, picture_code, reasons
from app.photos.rules import sheet as rules
from app.photos.rules.record import board_of
from app.photos.rules.sheet import BadOrder, Entry, Order, Sheet
from app.photos.service import copies, proof, undone
from app.photos.service.copies import LostCopyError
from app.photos.service.proof import Finding
from app.trips.service import signing

LOG = logging.getLogger("app.photos.sheet")
KINDS = ("pdf", "xlsx")
DPI = {"pdf": 200, "xlsx": 110}
STEP = 10
LONGEST_S = 3600  # no run lasts longer
READY = "done"
NOTES = {
    "expected": "아직 기관에 도착하지 않은 사진입니다.",
    "arrived": "도착했으나 아직 처리하고 있는 사진입니다.",
    "refused": "사진으로 열 수 없어 받지 않은 파일입니다.",
}
NO_FILE, NO_PICTURE = "보관된 파일을 찾지 못했습니다.", "보관된 파일을 읽지 못했습니다."
CHANGED = "보관된 파일이 바뀌어 싣지 않았습니다."
UNSIGNED = "기록과 다름: 데이터베이스의 내용이 서명한 기록과 달라 싣지 않았습니다."


def make_sheet(export_id: str) -> None:
    """Make the sheet that a row of photo_exports asks for, and store it.

    A row that is gone, done, or of another kind is left alone. An order that cannot be made is
    marked failed; any other fault is marked too and raised, so that the task comes again.

    Args:
        export_id: of a row whose `wanted` is {"photos": […], "per_page": 2|4|6, "title": …}.

    Raises:
        NotYet: one of its photos is still being made ready.
    """
    row = exports_q.find_export(export_id)
    if row is None or row.kind not in KINDS or row.state == READY:
        return
    try:
        order = rules.read_order(_json(row.wanted))
        _wait_for_pictures(row, order)
        entries = _entries(row, order)
        if not entries:
            raise BadOrder("no-photos")
        _make(row, order, entries)
    except NotYet:
        raise
    except BadOrder as error:
        _change(row, state="failed", error=str(error))
    except Exception as error:
        _change(row, state="failed", error=_code(error))
        raise


def make_asked(given: Mapping[str, Any]) -> None:
    """The verb of the outbox: {"export_id": …}."""
    make_sheet(str(given["export_id"]))


SHEET_VERBS: Mapping[str, Callable[[Mapping[str, Any]], object]] = {"photo-sheet": make_asked}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadOrder("bad-order") from None


def _wait_for_pictures(row: ExportRow, order: Order) -> None:
    """Come again while a photo is still to be made ready; one that was given up becomes a note."""
    if photos_q.count_coming(row.organisation_id, order.photos, undone.PROCESS):
        raise NotYet


def _make(row: ExportRow, order: Order, entries: list[Entry]) -> None:
    _change(row, state="working", done=0, total=len(entries), error=None)
    with _folder(row.id) as folder:
        made, noted = _prints(row, order, entries, folder)
        target = folder / f"sheet.{row.kind}"
        sheet = _sheet(row, order, noted)
        if row.kind == "pdf":
            pdf.write(target, sheet, made)
        else:
            xlsx.write(target, sheet, made, clock.in_seoul(row.created_at))
        if not _change(row, done=len(entries)):
            return  # another run was faster
        file = names.export(row.organisation_id, row.id, row.kind)
        storage.store(http.config()).put(file, target)
        size = target.stat().st_size
    _change(row, state=READY, done=len(entries), file=file, size=size, done_at=clock.now())
    LOG.info("sheet made", extra={"facts": {"export": row.id, "photos": len(entries)}})


@contextmanager
def _folder(export_id: str) -> Iterator[Path]:
    """An empty folder of this run beside the database (/tmp may be memory); what a killed run left
    goes."""
    making = http.config().instance_dir / "making"
    making.mkdir(exist_ok=True)
    for old in making.glob(f"{export_id}*"):
        if old.stat().st_mtime < clock.now() - LONGEST_S:
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=export_id, dir=making))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sheet(row: ExportRow, order: Order, entries: list[Entry]) -> Sheet:
    office = people.find_office(organisation_id=row.organisation_id)
    asker = people.list_by_ids(row.organisation_id, {row.person_id}).get(row.person_id)
    words = (office.name if office else "", asker.department if asker else "")
    return Sheet(
        title=order.title,
        organisation=rules.plain(" ".join(word for word in words if word)),
        made=clock.in_seoul(row.created_at).strftime("%Y-%m-%d"),
        per_page=order.per_page,
        pages=rules.arrange(entries, order.per_page),
    )


def _entries(row: ExportRow, order: Order) -> list[Entry]:
    """The ordered photos that the organisation has, in the order that was asked for. Of one whose
    rows are not what was signed, only what was signed is told."""
    photos = {
        photo.id: photo for photo in photos_q.list_photos_by_id(row.organisation_id, order.photos)
    }
    findings = proof.find_all(list(photos))
    wanted = sorted({photo.record_id for photo in photos.values()})
    records = {record.id: record for record in photos_q.list_records(row.organisation_id, wanted)}
    places = {record.id: _place(record) for record in records.values()}
    newest = corrections_q.find_newest(row.organisation_id, wanted)
    entries = []
    for one in (photos[photo_id] for photo_id in order.photos if photo_id in photos):
        finding = findings[one.id]
        if finding.wrong or one.record_id not in records:
            entries.append(_unsigned(one.id, finding))
        else:
            entry = _entry(one, records[one.record_id], places[one.record_id])
            entries.append(_corrected(entry, newest.get(one.record_id)))
    return entries


def _unsigned(photo_id: str, found: Finding) -> Entry:
    """A photo whose rows differ from its record: no picture, and nothing that is not signed."""
    record, promised = found.record, found.promised
    if record is None or promised is None:
        url = picture_code.url_of(http.config().public_url, photo_id, bytes(32))
        return Entry(photo_id, bytes(32), "", "", "", "", url, note=UNSIGNED)
    return Entry(
        photo_id=photo_id,
        sha256=promised.sha256,
        taken=clock.in_seoul(promised.captured_at).strftime("%Y-%m-%d %H:%M"),
        phase=promised.phase,
        series=record.series,
        place=record.place or "",
        url=picture_code.url_of(http.config().public_url, photo_id, promised.sha256),
        board=record.board,
        practice=record.practice,
        note=UNSIGNED,
    )


def _corrected(entry: Entry, correction: Correction | None) -> Entry:
    """The entry with the board as it counts, and since when it is another than was signed first."""
    if correction is None:
        return entry
    at = clock.in_seoul(correction.captured_at).strftime("%Y-%m-%d %H:%M")
    return replace(entry, board=board_of(correction.board), corrected=at)


def _place(record: RecordRow) -> str:
    """What the record says, else the checked place of the stamp that it is tied to."""
    if record.place or record.stamp_sha256 is None:
        return record.place or ""
    stamp = signing.find_stamp(record.organisation_id, record.stamp_sha256)
    return (stamp.place or "") if stamp else ""


def _entry(photo: PhotoRow, record: RecordRow, place: str) -> Entry:
    return Entry(
        photo_id=photo.id,
        sha256=photo.sha256,
        taken=clock.in_seoul(photo.captured_at).strftime("%Y-%m-%d %H:%M"),
        phase=photo.phase,
        series=record.series,
        place=place,
        url=picture_code.url_of(http.config().public_url, photo.id, photo.sha256),
        board=record.board,
        practice=record.practice,
        note=NOTES.get(photo.state, ""),
    )


def _prints(
    row: ExportRow, order: Order, entries: list[Entry], folder: Path
) -> tuple[dict[str, Print], list[Entry]]:
    """Copies for print, and the entries with a note where there is none; tells how far it is."""
    box = rules.frames(order.per_page)[0].picture
    room = (box.width, box.height) if row.kind == "pdf" else (68.0, 68.0)
    made: dict[str, Print] = {}
    noted = []
    photos = {one.id: one for one in photos_q.list_photos_by_id(row.organisation_id, order.photos)}
    for count, entry in enumerate(entries, 1):
        target = folder / f"{entry.photo_id}.jpg"
        photo = photos.get(entry.photo_id)
        if photo is None or photo.sha256 != entry.sha256:  # changed since it was judged
            note = entry.note or UNSIGNED
        else:
            note = entry.note or _print(row, photo, target, room, made)
        noted.append(replace(entry, note=note))
        if count % STEP == 0:
            _change(row, done=count)
    return made, noted


def _print(
    row: ExportRow, photo: PhotoRow, target: Path, room: tuple[float, float], made: dict[str, Print]
) -> str:
    """Make one copy for print; what hindered it, or ""."""
    try:
        source = io.BytesIO(copies.read_large(photo))
        made[photo.id] = prints.make(source, target, room, DPI[row.kind])
    except LostCopyError as error:
        return NO_FILE if error.reason == "missing" else CHANGED
    except prints.NoPicture:
        return NO_PICTURE
    return ""


def _code(error: Exception) -> str:
    """What the office shows of a fault."""
    if isinstance(error, fonts.FontMissing):
        return "font-missing"
    return reasons.code_of_fault(error)


def _change(row: ExportRow, **values: Any) -> bool:
    """Write down how far it is, in a transaction of its own; False when another run has made it."""
    open_still = (Export.id == row.id, Export.state != READY)
    with transaction():
        return bool(run(update(Export).where(*open_still).values(**values)))
