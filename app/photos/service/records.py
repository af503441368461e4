"""Receiving a record: examined before the transaction, stored in it; the same bytes get the same
receipt, however often they come."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from app.core import clock, db, http
from app.photos.models import Photo, PhotoRecord
from app.photos.queries import corrections as corrections_q
from app.photos.queries import photo_page as page_q
from app.photos.queries import photos as photos_q
from app.photos.queries import uploads as uploads_q
from app.photos.queries.photos import RecordRow
from app.photos.queries.uploads import Known
from app.photos.rules import receipt
from app.photos.rules.record import (
    MAX_RECORD_BYTES,
    Promised,
    Record,
    board_text,
    marks_of,
    read_record,
    site_of,
)
from app.photos.rules.refusals import (
    BadRecord,
    PickedNotAllowed,
    RecordTaken,
    RevokedKey,
    TooManyPromised,
    UnknownDevice,
)
from app.photos.service import settings
from app.trips.service import signing
from app.trips.service.signing import Signed

# A phone's clock that is set to another day is told at once; smaller errors are only shown.
AHEAD_S = 24 * 3600
# A record costs its sender nothing and the office a row for each photo that it names: an honest
# phone has sent what it promised long before, a broken or hostile one is stopped here.
MOST_PROMISED = 10_000
MOST_CORRECTIONS = 100  # of one record: each is a row that nobody ever deletes


@dataclass(frozen=True)
class Arrival:
    """A record that was examined and may be stored."""

    signed: bytes
    found: Signed
    record: Record
    received_at: int
    receipt: bytes


def find_known(signed: bytes) -> Known | None:
    """The record that came before in the same bytes."""
    return uploads_q.find_known(hashlib.sha256(signed).digest())


def examine(signed: bytes, at: int | None = None) -> Arrival:
    """Check a record; writes nothing.

    Args:
        signed: the phone's COSE_Sign1.
        at: when it arrives, in Unix seconds; only the demonstration's past is not now.

    Raises:
        BadRecord: it is none, or its contents and its key do not fit; with the reason.
        UnknownDevice: no enrolled key signed it. RevokedKey: the key was revoked before.
        PickedNotAllowed: the organisation takes pictures of the in-app camera only.
    """
    found = _open(signed)
    if found.signer.revoked_at is not None:
        raise RevokedKey
    record, now = read_record(found.payload), clock.now() if at is None else at
    _check_owner(record, found)
    _check_replaced(record, found)
    if max([record.captured_at, *(one.captured_at for one in record.photos)]) > now + AHEAD_S:
        raise BadRecord("time")
    picked = any(one.source == "picked" for one in record.photos)
    if picked and not settings.find(found.signer.organisation_id).picked:
        raise PickedNotAllowed
    said = receipt.Receipt(found.sha256, now, record.id)
    return Arrival(signed, found, record, now, signing.sign_statement(receipt.payload_of(said)))


def _open(signed: bytes) -> Signed:
    try:
        return signing.open_signed(signed, MAX_RECORD_BYTES)
    except signing.Untrue as error:
        if error.code == UnknownDevice.code:
            raise UnknownDevice from None
        raise BadRecord(error.reason or error.code) from None


def _check_owner(record: Record, found: Signed) -> None:
    signer = found.signer
    owner = (signer.organisation_code, signer.staff_number)
    if (record.organisation, record.staff_number) != owner:
        raise BadRecord("owner")
    if (record.practice or signer.organisation_practice) and not http.config().demo:
        raise BadRecord("practice")


def _check_replaced(record: Record, found: Signed) -> None:
    """One's own records only: a correction must not hide somebody else's."""
    if record.replaces is None:
        return
    old = photos_q.find_record(record.replaces)
    if record.replaces == record.id or (old and old.person_id != found.signer.person_id):
        raise BadRecord("replaces")
    if not record.photos:
        _check_correction(record, old)


def _check_correction(record: Record, old: RecordRow | None) -> None:
    """A correction of the board alone: of a record that is here, has photos and is of the same
    visit. What it names must be here, or anybody could fill the table with corrections of
    nothing."""
    if old is None:
        raise BadRecord("replaces-unknown")
    said = (record.series, record.trip, record.stamp_sha256, record.place, record.practice)
    true = (old.series, old.trip, old.stamp_sha256, old.place, old.practice)
    if said != true or page_q.find_first_photo(old.organisation_id, old.id) is None:
        raise BadRecord("replaces")
    if corrections_q.count_corrections(old.organisation_id, old.id) >= MOST_CORRECTIONS:
        raise BadRecord("too-many-corrections")


def store(arrival: Arrival) -> Known:
    """Store an examined record and what it promises, in the open transaction.

    Returns:
        What stands in the database then: the record that came meanwhile in the same bytes.

    Raises:
        RecordTaken: other bytes have this id.
        TooManyPromised: its person owes more photos than anybody has on a phone.
        BadRecord: a photo of it belongs to another record.
    """
    known = uploads_q.find_known(arrival.found.sha256)
    if known is not None:
        return known
    if photos_q.find_record(arrival.record.id) is not None:
        raise RecordTaken
    owed = uploads_q.count_expected(arrival.found.signer.person_id)
    if owed + len(arrival.record.photos) > MOST_PROMISED:
        raise TooManyPromised
    organisation_id = arrival.found.signer.organisation_id
    changed = photos_q.next_change(organisation_id)
    db.run(insert(PhotoRecord).values(_record_row(arrival)))
    _store_photos(arrival, changed)
    return Known(arrival.record.id, organisation_id, arrival.receipt)


def _store_photos(arrival: Arrival, changed: int) -> None:
    """What the record promises; of a correction, that what is shown of the old photos changed."""
    promised = arrival.record.photos
    if not promised:
        old = Photo.record_id == arrival.record.replaces
        db.run(update(Photo).where(old).values(changed=changed))
        return
    photos = [_photo_row(arrival, place, one, changed) for place, one in enumerate(promised)]
    try:
        db.run(insert(Photo).values(photos))
    except IntegrityError:
        raise BadRecord("photo-taken") from None


def _record_row(arrival: Arrival) -> dict[str, object]:
    record, signer = arrival.record, arrival.found.signer
    return {
        "id": record.id,
        "organisation_id": signer.organisation_id,
        "person_id": signer.person_id,
        "device_kid": signer.kid,
        "series": record.series,
        "replaces": record.replaces,
        "trip": record.trip,
        "stamp_sha256": record.stamp_sha256,
        "site": site_of(record.board, record.place),
        "place": record.place,
        "board": board_text(record.board),
        "practice": record.practice,
        "captured_at": record.captured_at,
        "received_at": arrival.received_at,
        "signed": arrival.signed,
        "signed_sha256": arrival.found.sha256,
        "receipt": arrival.receipt,
        "marks": marks_of(record, signer.created_at),
    }


def _photo_row(arrival: Arrival, place: int, one: Promised, changed: int) -> dict[str, object]:
    signer = arrival.found.signer
    return {
        "id": one.id,
        "record_id": arrival.record.id,
        "organisation_id": signer.organisation_id,
        "person_id": signer.person_id,
        "position": place,
        "sha256": one.sha256,
        "size": one.size,
        "captured_at": one.captured_at,
        "phase": one.phase,
        "source": one.source,
        "state": "expected",
        "changed": changed,
    }
