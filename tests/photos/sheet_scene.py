"""Photos of an office with their files in the store, and sheets that are asked for; for the tests
of sheets and of the page behind a picture's QR. Rows are written as receiving would leave them.

Everything here needs an application context and commits by itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from sqlalchemy import insert, select, update

from app.core import http
from app.core.db import rows, transaction
from app.core.db import run as write
from app.core.ids import new_id
from app.photos.gateways import storage
from app.photos.models import Export, Photo, PhotoRecord
from app.photos.queries import exports as exports_q
from app.photos.queries.exports import ExportRow
from app.photos.rules import names
from app.photos.rules.record import Promised, Record
from tests.factories import Office
from tests.photos import helpers_office

BOARD = {
    "공사명": "국도 24호선 의창구 구간 확·포장 공사",
    "공종": "아스콘 포장 (T=5cm, A=1,240㎡)",
    "위치": "STA. 0+120 ~ 0+160 (우측)",
    "내용": "표층 포장 전 유제 살포 상태 확인",
}
PLACE = "경상남도 창원시 의창구 용지동"
TAKEN = 1_795_582_800  # 2026-11-25 14:00 in Seoul
GRAIN = (1, 2, 4)
LANDSCAPE, PORTRAIT = (2016, 1512), (1512, 2016)


@dataclass(frozen=True)
class Kept:
    """A photo as it was received."""

    id: str
    record_id: str
    sha256: bytes
    organisation_id: str


@cache
def picture(seed: int, size: tuple[int, int] = LANDSCAPE) -> bytes:
    """A JPEG that looks a little like a site: sky, road, boxes, grain."""
    chance = random.Random(seed)  # noqa: S311  boxes of a drawing, not secrets
    wide, high = size
    sky = Image.new("RGB", size, (150 + seed * 37 % 80, 190, 225))
    shade = Image.linear_gradient("L").resize(size).rotate(180).convert("RGB")
    drawn = Image.blend(shade, sky, 0.6)
    draw = ImageDraw.Draw(drawn)
    draw.polygon(
        [(0, high), (wide * 0.42, high / 2), (wide * 0.58, high / 2), (wide, high)],
        fill=(118, 118, 122),
    )
    for _ in range(14):
        x, y, side = chance.randrange(wide), chance.randrange(high // 2, high), wide // 12
        colour = tuple(chance.randrange(60, 200) for _ in range(3))
        draw.rectangle((x, y - side, x + side, y + side // 3), fill=colour)
    drawn = drawn.filter(ImageFilter.GaussianBlur(1))
    for step in GRAIN:  # of several sizes, so that a smaller copy has as much of it, as photos do
        noise = Image.effect_noise((wide // step, high // step), 60).resize(size)
        drawn = Image.blend(drawn, noise.convert("RGB"), 0.16)
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=85)
    return file.getvalue()


def put(name: str, data: bytes) -> None:
    """Put bytes into the application's store."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        storage.store(http.config()).put(name, Path(file.name))


def keep(
    office: Office, original: bytes = b"", *, large: bytes | None = None, state: str = "ready",
    phase: str = "", **changes: Any,
) -> Kept:  # fmt: skip
    """Receive one photo with a record of its own.

    Args:
        office: whose officer took it.
        original: its bytes; something random unless given.
        large: the copy that sheets are made of; a picture unless given, none when empty.
        state: of the photo; what is expected has no files.
        phase: before, during, after or none.
        changes: fields of the record, such as `board`, `series`, `place`, `practice`,
            `stamp_sha256`, `captured_at`.
    """
    original = original or uuid.uuid4().bytes * 8
    at = changes.get("captured_at", TAKEN)
    photo = Promised(
        str(uuid.uuid4()), hashlib.sha256(original).digest(), len(original), at, phase, "camera"
    )
    written = replace(_record(office, photo, at), **changes)
    with transaction():
        _insert(office, written)
    kept = Kept(photo.id, written.id, photo.sha256, office.organisation_id)
    if state != "expected":
        put(names.original(kept.organisation_id, kept.sha256, kept.id), original)
    values = helpers_office.here(photo, state, at + 9) if state != "expected" else {}
    if state == "ready":
        copy = picture(1) if large is None else large
        both = {names.LARGE: copy, names.SMALL: copy}
        values |= helpers_office.ready(kept.organisation_id, photo, both)
    if large == b"":
        file = names.derivative(kept.organisation_id, kept.sha256, kept.id, names.LARGE)
        storage.store(http.config()).remove(file)
    if values:
        with transaction():
            write(update(Photo).where(Photo.id == photo.id).values(**values))
    return kept


def _record(office: Office, photo: Promised, at: int) -> Record:
    return Record(
        id=str(uuid.uuid4()), organisation=office.code,
        staff_number=office.staff_numbers["officer"], captured_at=at, trip=None,
        stamp_sha256=None, board=BOARD, photos=(photo,), series=str(uuid.uuid4()), replaces=None,
        practice=False, place=PLACE,
    )  # fmt: skip


def _insert(office: Office, given: Record) -> None:
    phone = office.phone
    signed = helpers_office.sign(phone, given)
    helpers_office.store_record(phone, given, signed, given.captured_at + 5)


def correct(office: Office, kept: Kept, board: dict[str, str]) -> None:
    """The board of a photo's record is corrected an hour after it was taken."""
    (series,) = rows(select(PhotoRecord.series).where(PhotoRecord.id == kept.record_id))[0]
    given = Record(
        id=str(uuid.uuid4()), organisation=office.code,
        staff_number=office.staff_numbers["officer"], captured_at=TAKEN + 3600, trip=None,
        stamp_sha256=None, board=board, photos=(), series=series, replaces=kept.record_id,
        practice=False, place=PLACE,
    )  # fmt: skip
    with transaction():
        _insert(office, given)


def order(office: Office, kind: str, photos: Sequence[str], **wanted: Any) -> str:
    """Ask for a sheet; the export's id. `wanted` changes per_page and title."""
    asked = {"photos": list(photos), "per_page": 4, "title": ""} | wanted
    return order_raw(office, kind, json.dumps(asked), len(photos))


def order_raw(office: Office, kind: str, wanted: str, total: int = 1) -> str:
    """Ask for a sheet with any text in place of the order."""
    export_id = new_id()
    with transaction():
        write(
            insert(Export).values(
                id=export_id, organisation_id=office.organisation_id,
                person_id=office.people["officer"], kind=kind, wanted=wanted, total=total,
                created_at=TAKEN + 3600,
            )
        )  # fmt: skip
    return export_id


def export(export_id: str) -> ExportRow:
    """The row of an export as it is now."""
    row = exports_q.find_export(export_id)
    assert row is not None
    return row


def mark(export_id: str, **values: Any) -> None:
    """Change the row of an export."""
    with transaction():
        write(update(Export).where(Export.id == export_id).values(**values))


def made(export_id: str) -> bytes:
    """The file of a finished export."""
    row = export(export_id)
    assert row.file is not None, row.error
    with storage.store(http.config()).open(row.file) as file:
        return file.read()
