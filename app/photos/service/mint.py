"""Making records on the server: the demonstration's photos, as if phones had sent them, and sheets.

They go the way that a phone's go: a signed record first, then each picture's bytes as an upload,
to its receipt; the worker makes them ready to be looked at.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from app.core.ids import new_id
from app.photos.queries import exports as exports_q
from app.photos.queries import inbox as inbox_q
from app.photos.queries.inbox import Scope, Wanted
from app.photos.rules.record import Promised, Record, payload_of
from app.photos.service import archive, receipts, records, uploads
from app.trips.service import mint
from app.trips.service.mint import Phone

SENDING_S = 5  # from one picture to the next
USUAL_BYTES = 400_000  # what a picture that has not come is said to weigh


@dataclass(frozen=True)
class Shot:
    """One picture: its phase, when it was taken (Unix seconds), its bytes; None has not come."""

    phase: str
    at: int
    picture: bytes | None


@dataclass(frozen=True)
class Visit:
    """What somebody photographed at one place, tied to the stamp of the trip."""

    organisation: str
    staff_number: str
    trip: str
    stamp_sha256: bytes
    place: str
    board: dict[str, str]
    shots: tuple[Shot, ...]


def send(phone: Phone, visit: Visit) -> None:
    """Let the server receive a visit a minute after its last picture (open transaction)."""
    pictures = {new_id(): shot for shot in visit.shots}
    at = max(shot.at for shot in visit.shots) + 60
    record = Record(
        id=new_id(), organisation=visit.organisation, staff_number=visit.staff_number,
        captured_at=at - 50, trip=visit.trip, stamp_sha256=visit.stamp_sha256, board=visit.board,
        photos=tuple(_promise(photo_id, shot) for photo_id, shot in pictures.items()),
        series=new_id(), replaces=None, practice=True, place=visit.place,
    )  # fmt: skip
    signed = mint.sign_payload(phone, payload_of(record))
    records.store(records.examine(signed, at))
    for number, (photo_id, shot) in enumerate(pictures.items(), 1):
        if shot.picture is not None:
            _send_photo(record.id, photo_id, shot.picture, at + number * SENDING_S)


def order_sheet(organisation_id: str, person_id: str, site: str) -> bool:
    """Order a photo sheet of what has come from a site, unless the person has one or waits for one
    (open transaction); whether it was ordered. What is not ready yet is waited for."""
    kept = exports_q.list_exports(person_id)
    if any(one.kind == "pdf" and (one.state == "done" or one.live) for one in kept):
        return False
    shots, _ = inbox_q.list_shots(Scope(organisation_id), Wanted(site=site), 1)
    photos = [shot.id for shot in reversed(shots) if shot.state in ("arrived", "ready")]
    if not photos:
        return False
    wanted = {"photos": photos, "per_page": 6, "title": site}
    archive.order(organisation_id, person_id, "pdf", wanted)
    return True


def _promise(photo_id: str, shot: Shot) -> Promised:
    if shot.picture is None:
        return Promised(
            photo_id, secrets.token_bytes(32), USUAL_BYTES, shot.at, shot.phase, "camera"
        )
    sha256 = hashlib.sha256(shot.picture).digest()
    return Promised(photo_id, sha256, len(shot.picture), shot.at, shot.phase, "camera")


def _send_photo(record_id: str, photo_id: str, picture: bytes, at: int) -> None:
    upload = uploads.open_upload(record_id, photo_id, len(picture))
    uploads.append(upload, 0, picture, None)
    with uploads.ending(upload.id) as held:
        receipts.store(receipts.examine(uploads.get_photo(record_id, photo_id), held, at))
