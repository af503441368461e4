"""The receipt: a photo has arrived when its bytes are in the store and its row says so.

The danger removed here: a phone that deletes its only copy because all bytes were sent. Each step
may be killed: hash, copy into the store, one transaction (photo, receipt, what follows from it),
removal of the spool. Before the transaction nothing has happened and all of it is done again;
after it the receipt stands and is given again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, update

from app.core import clock, db, http, outbox
from app.core.errors import Refusal
from app.photos.gateways import storage
from app.photos.gateways.spool import Held, room
from app.photos.models import Photo, Upload
from app.photos.queries import photos as photos_q
from app.photos.queries import uploads as uploads_q
from app.photos.queries.photos import PhotoRow
from app.photos.queries.uploads import UploadRow
from app.photos.rules import names, receipt, sniff
from app.photos.rules.refusals import HashMismatch, NotAPicture, NotComplete
from app.photos.service import hand_over, undone
from app.trips.service import signing


@dataclass(frozen=True)
class Arrival:
    """What the bytes of a photo turned out to be: `refusal`, or a `receipt` for them."""

    photo: PhotoRow
    refusal: Refusal | None
    kind: str | None
    stored_at: int
    receipt: bytes | None


def find_receipt(photo_id: str) -> bytes | None:
    """The receipt that was given for a photo."""
    photo = photos_q.find_photo(photo_id)
    return None if photo is None else photo.receipt


def get_upload(photo: PhotoRow) -> UploadRow:
    """The upload whose bytes a receipt is asked for.

    Raises:
        NotAPicture: the photo was refused for good. NotComplete: nothing has come.
    """
    if photo.state == "refused":
        raise NotAPicture
    upload = uploads_q.find_upload_of(photo.id)
    if upload is None:
        raise NotComplete(offset=0)
    return upload


def examine(photo: PhotoRow, held: Held, at: int | None = None) -> Arrival:
    """Hash the bytes, see what they are, and put them into the store; writes no row.

    Args:
        photo: whose bytes they are.
        held: the bytes.
        at: when they arrived, in Unix seconds; only the demonstration's past is not now.

    Raises:
        NotComplete: bytes are missing. StorageFull: the store's disk is full.
    """
    if held.size != photo.size:
        raise NotComplete(offset=held.size)
    now = clock.now() if at is None else at
    if held.sha256() != photo.sha256:
        return Arrival(photo, HashMismatch(), None, now, None)
    kind = sniff.kind_of(held.head())
    if kind is None:
        return Arrival(photo, NotAPicture(), None, now, None)
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    with room():
        storage.store(http.config()).put(name, held.path)
    said = receipt.payload_of(receipt.Receipt(photo.sha256, now, photo.id))
    return Arrival(photo, None, kind, now, signing.sign_statement(said))


def store(arrival: Arrival) -> bytes | None:
    """Write what was found, in the open transaction; the upload ends either way.

    Returns:
        The receipt; None when the bytes were refused.
    """
    photo = arrival.photo
    known = find_receipt(photo.id)
    db.run(delete(Upload).where(Upload.photo_id == photo.id))
    if known is not None or isinstance(arrival.refusal, HashMismatch):
        return known
    change: dict[str, object] = {"changed": photos_q.next_change(photo.organisation_id)}
    if arrival.refusal is not None:
        change |= {"state": "refused", "reason": arrival.refusal.code}
    else:
        change |= {
            "state": "arrived", "kind": arrival.kind, "arrived_at": arrival.stored_at,
            "receipt": arrival.receipt,
        }  # fmt: skip
    db.run(update(Photo).where(Photo.id == photo.id).values(change))
    if arrival.refusal is None:
        outbox.add(undone.PROCESS, photo.id, photo_id=photo.id)
        hand_over.add_for_photo(photo.organisation_id, photo.id)
    return arrival.receipt
