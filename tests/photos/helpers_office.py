"""Photos for the office's tests: properly signed records, rows, receipts and files, put straight
into database and store, so that the office does not stand on the intake.

Everything here needs an application context and commits by itself.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from sqlalchemy import insert, update

from app.accounts.service import devices
from app.core import db, http
from app.core.db import transaction
from app.core.ids import new_id
from app.photos.gateways import storage
from app.photos.models import Photo, PhotoRecord
from app.photos.queries.photos import next_change
from app.photos.rules import names, receipt, record
from app.photos.rules.receipt import Receipt
from app.photos.rules.record import Promised, Record
from app.photos.service import seal
from app.trips.rules import cbor, cose
from app.trips.service import signing

if TYPE_CHECKING:  # the factories stand on this module
    from tests.factories import Phone

BOARD = {"공사명": "남강둔치 정비", "공종": "석축", "위치": "3공구", "내용": "석축 쌓기"}
COLOURS = ("#3b6ea5", "#7a9e58", "#b5803a", "#8a5a83", "#4e8d8a")


@dataclass(frozen=True)
class Made:
    """A record that was put in, with the bytes of its photos."""

    record: Record
    signed: bytes
    originals: tuple[bytes, ...]

    @property
    def photo_ids(self) -> list[str]:
        """The ids of its photos, in order."""
        return [one.id for one in self.record.photos]


def picture(number: int = 0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG that differs by number."""
    out = io.BytesIO()
    image = Image.new("RGB", size, COLOURS[number % len(COLOURS)])
    image.putpixel((0, 0), (number % 256, number // 256 % 256, 7))
    image.save(out, "JPEG")
    return out.getvalue()


def promise(content: bytes, at: int, number: int) -> Promised:
    """What a record says of a picture; phases come in turn."""
    phase = record.PHASES[number % 4]
    sha256 = hashlib.sha256(content).digest()
    return Promised(str(uuid.uuid4()), sha256, len(content), at + number, phase, "camera")


def sign(phone: Phone, found: Record) -> bytes:
    """The record as the phone signs it."""
    return cose.sign(phone.kid, cbor.encode(record.payload_of(found)), phone.private)


def put(phone: Phone, count: int = 2, *, arrived: int | None = None, **changes: Any) -> Made:
    """A record of `count` photos of the phone, `arrived` of which (all) are here and ready."""
    at = changes.get("captured_at", int(time.time()) - 60)
    contents = changes.pop("originals", None) or tuple(picture(one) for one in range(count))
    found = replace(
        Record(
            new_id(), phone.organisation_code, phone.staff_number, at, None, None, BOARD,
            tuple(promise(one, at, number) for number, one in enumerate(contents)),
            new_id(), None, False, "경남 진주시 본성동",
        ),
        **changes,
    )  # fmt: skip
    signed = sign(phone, found)
    with transaction():
        store_record(phone, found, signed)
    for one, content in list(zip(found.photos, contents, strict=True))[:arrived]:
        arrive(phone, one, content)
    return Made(found, signed, tuple(contents))


def store_record(phone: Phone, found: Record, signed: bytes, at: int | None = None) -> None:
    """The rows of a record that came `at` a moment (now), in the open transaction."""
    now = int(time.time()) if at is None else at
    sha256 = hashlib.sha256(signed).digest()
    proof = signing.sign_statement(receipt.payload_of(Receipt(sha256, now, found.id)))
    own = {"organisation_id": phone.organisation_id, "person_id": phone.person_id}
    db.run(
        insert(PhotoRecord).values(
            **own, id=found.id, device_kid=phone.kid, series=found.series,
            replaces=found.replaces, trip=found.trip, stamp_sha256=found.stamp_sha256,
            site=record.site_of(found.board, found.place), place=found.place,
            board=record.board_text(found.board), practice=found.practice,
            captured_at=found.captured_at, received_at=now, signed=signed, signed_sha256=sha256,
            receipt=proof, marks=record.marks_of(found, phone_enrolled(phone)),
        )
    )  # fmt: skip
    change = next_change(phone.organisation_id)
    for position, one in enumerate(found.photos):
        db.run(
            insert(Photo).values(
                **own, **vars(one), record_id=found.id, position=position, changed=change
            )
        )


def phone_enrolled(phone: Phone) -> int:
    """When the phone's key was enrolled, in Unix seconds."""
    signer = devices.find_signer(phone.kid)
    assert signer is not None
    return signer.created_at


def arrive(phone: Phone, one: Promised, content: bytes, *, state: str = "ready") -> None:
    """A photo's bytes arrive: original and derivatives are stored, the receipt is signed."""
    keep(names.original(phone.organisation_id, one.sha256, one.id), content)
    values = here(one, state)
    if state == "ready":
        values |= ready(phone.organisation_id, one, {s: shrunk(content, s) for s in names.SIZES})
    change_photo(phone, one.id, **values)


def here(one: Promised, state: str, at: int | None = None) -> dict[str, Any]:
    """The columns of a photo that came `at` a moment (now)."""
    now = int(time.time()) if at is None else at
    proof = signing.sign_statement(receipt.payload_of(Receipt(one.sha256, now, one.id)))
    told: dict[str, Any] = {"state": state, "arrived_at": now, "receipt": proof}
    return told | ({"reason": "damaged"} if state == "refused" else {})


def ready(organisation_id: str, one: Promised, copies: dict[int, bytes]) -> dict[str, Any]:
    """Put copies into the store; the columns of the photo that is ready then."""
    values: dict[str, Any] = {
        "ready_at": int(time.time()), "kind": "jpeg", "width": 64, "height": 48,
    }  # fmt: skip
    for side, copy in copies.items():
        keep(names.derivative(organisation_id, one.sha256, one.id, side), copy)
        values[names.HASHES[side]] = hashlib.sha256(copy).digest()
    return values | {"seal": seal.make(one.id, one.sha256, values)}


def shrunk(content: bytes, side: int) -> bytes:
    """A derivative."""
    with Image.open(io.BytesIO(content)) as image:
        image.thumbnail((side, side))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
    return out.getvalue()


def change_photo(phone: Phone, photo_id: str, **values: Any) -> None:
    """Change a photo's row as the product would: with the organisation's next change number."""
    with transaction():
        change = next_change(phone.organisation_id)
        query = update(Photo).where(Photo.id == photo_id)
        db.run(query.values(changed=change, **values))


def keep(name: str, content: bytes) -> None:
    """Put bytes into the store."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        storage.store(http.config()).put(name, Path(file.name))


def path_of(name: str) -> Path:
    """Where a file of the store lies."""
    return Path(storage.store(http.config()).path(name))
