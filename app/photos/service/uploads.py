"""Uploads: opened for a photo that a record promises, filled piece by piece, ended once.

The danger removed here: a phone that sends one picture twice, or into another's place. An upload
belongs to one photo, a photo has one upload, and a ticket opens only those of its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db, http
from app.core.errors import NotFound
from app.core.ids import new_id
from app.photos.gateways.coming import Coming
from app.photos.gateways.spool import Held, Spool
from app.photos.models import Upload
from app.photos.queries import photos as photos_q
from app.photos.queries import uploads as uploads_q
from app.photos.queries.photos import PhotoRow
from app.photos.queries.uploads import UploadRow
from app.photos.rules.record import MAX_PHOTO_BYTES
from app.photos.rules.refusals import ChecksumMismatch, NotAPicture, QuotaSpent, WrongOffset
from app.photos.rules.tus import BadUpload, Checksum, PhotoArrived, TooMuch, UploadGone
from app.photos.service import settings

LASTS_S = 7 * 24 * 3600
MOST_OPEN = 200
# A piece of 1 MB comes out of a slow network's buffers in this time.
SETTLES_S = 4.0


def spool() -> Spool:
    """The spool of this installation."""
    return Spool(http.config().instance_dir / "spool")


def get_photo(record_id: str, photo_id: str) -> PhotoRow:
    """A photo that a ticket for the record opens.

    Raises:
        NotFound: the record promises no such photo.
    """
    photo = photos_q.find_photo(photo_id)
    if photo is None or photo.record_id != record_id:
        raise NotFound
    return photo


def open_upload(record_id: str, photo_id: str, length: int, said: str | None = None) -> UploadRow:
    """Open an upload in the open transaction; the one that lives already when there is one.

    Args:
        record_id: of the ticket.
        photo_id: which of its photos.
        length: in bytes.
        said: the header Upload-Metadata, which is told again as it is.

    Raises:
        NotFound: the record promises no such photo. TooMuch, BadUpload: another size than it
            promised. PhotoArrived: it is here. NotAPicture: it was refused for good.
        QuotaSpent: too many uploads, or too many bytes today.
    """
    photo = get_photo(record_id, photo_id)
    if length > MAX_PHOTO_BYTES:
        raise TooMuch
    if photo.receipt is not None:
        raise PhotoArrived
    if photo.state == "refused":
        raise NotAPicture
    if length != photo.size:
        raise BadUpload("length")
    expires_at = clock.now() + LASTS_S
    known = uploads_q.find_upload_of(photo_id)
    if known is not None:
        db.run(update(Upload).where(Upload.id == known.id).values(expires_at=expires_at))
        return replace(known, expires_at=expires_at)
    _check_quota(photo)
    return _add(photo, expires_at, said)


def _add(photo: PhotoRow, expires_at: int, said: str | None) -> UploadRow:
    upload_id = new_id()
    row = {
        "id": upload_id, "photo_id": photo.id, "person_id": photo.person_id,
        "length": photo.size, "created_at": clock.now(), "expires_at": expires_at,
        "said": said,
    }  # fmt: skip
    db.run(insert(Upload).values(row))
    return UploadRow(upload_id, photo.id, photo.record_id, photo.size, expires_at, said)


def _check_quota(photo: PhotoRow) -> None:
    if uploads_q.count_open(photo.person_id) >= MOST_OPEN:
        raise _spent("open-uploads", 60)
    now = clock.now()
    today = clock.seoul_day(now)
    sent = uploads_q.count_bytes(photo.person_id, clock.day_start(today))
    allowed = settings.find(photo.organisation_id).daily_mb * 1_000_000
    if sent + photo.size > allowed:
        raise _spent("daily", clock.day_start(today + timedelta(days=1)) - now)


def _spent(reason: str, seconds: int) -> QuotaSpent:
    refusal = QuotaSpent(reason)
    refusal.retry_after = seconds
    return refusal


def get_upload(record_id: str, upload_id: str) -> UploadRow:
    """An upload that a ticket for the record opens.

    Raises:
        NotFound: there is none. UploadGone: its time is over.
    """
    upload = uploads_q.find_upload(upload_id)
    if upload is None or upload.record_id != record_id:
        raise NotFound
    if upload.expires_at <= clock.now():
        raise UploadGone("expired")
    return upload


def coming() -> Coming:
    """The pieces that are on their way into this installation."""
    return Coming(http.config().instance_dir / "coming.lock")


def offset(upload: UploadRow) -> int:
    """How many bytes of it have arrived; a piece that comes just now is waited for, for a while."""
    coming().wait(upload.id, SETTLES_S)
    return spool().size(upload.id)


def append(upload: UploadRow, at: int, piece: bytes, checksum: Checksum | None) -> int:
    """Add a piece; the new offset, once the disk has it.

    Raises:
        ChecksumMismatch: it was damaged on its way; nothing of it stays.
        UploadBusy: another request writes. UploadGone: the upload has just ended.
        WrongOffset: it does not follow what is there. TooMuch: it goes beyond the end.
        StorageFull: the disk is full.
    """
    if checksum is not None and not checksum.fits(piece):
        raise ChecksumMismatch
    with spool().held(upload.id) as held:
        if held.size != at:
            raise WrongOffset(offset=held.size)
        if at + len(piece) > upload.length:
            raise TooMuch
        return held.append(piece) if piece else at


@contextmanager
def ending(upload_id: str) -> Iterator[Held]:
    """Hold an upload that ends: its bytes go when the block ends well, and stay otherwise."""
    with spool().held(upload_id) as held:
        yield held
        held.remove()


def drop(upload_id: str) -> None:
    """Forget an upload in the open transaction; its photo is expected as before."""
    db.run(delete(Upload).where(Upload.id == upload_id))


def drop_expired() -> int:
    """Forget the uploads whose time is over, in the open transaction; how many."""
    return db.run(delete(Upload).where(Upload.expires_at <= clock.now()))


def sweep() -> int:
    """Remove bytes that belong to no upload, such as those of a process that was killed.

    The files are listed first: a file is made after its row, so one without a row has none any
    more.
    """
    files = spool()
    names = files.names()
    living = set(uploads_q.list_upload_ids())
    left = [name for name in names if name not in living]
    for name in left:
        files.remove(name)
    return len(left)
