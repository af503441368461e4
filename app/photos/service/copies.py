"""The copy of a photo that leaves the house, held against the hash sealed when it was made.

The danger removed here: a derivative that was changed in the store goes into a sheet, a bundle or
another system while the original beside it is untouched. One that is not what was made is made
anew from the original, which is held against the phone's signature; if that cannot be, nothing
goes out. Of the worker only, because it may have to decode.
"""

from __future__ import annotations

import hashlib
import logging

from app.core import http
from app.photos.gateways import storage
from app.photos.queries import photos as photos_q
from app.photos.queries.photos import PhotoRow
from app.photos.rules import names
from app.photos.rules.anatomy import Refused
from app.photos.service import process, seal

LOG = logging.getLogger("app.photos.copies")


class LostCopyError(Exception):
    """There is no copy that may be shown; `reason` is `missing` or `changed`."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def read_large(photo: PhotoRow) -> bytes:
    """The large copy of a photo, as it was made; one that the server has not sealed is made anew.

    Raises:
        LostCopyError: it is not there or not what was made, and cannot be made anew.
        UnfinishedError: the machine failed; it is to be tried again.
    """
    content = _read(photo)
    if content is not None and _is_made(photo, content):
        return content
    reason = "missing" if content is None else "changed"
    LOG.error("copy is not what was made", extra={"facts": {"photo": photo.id, "reason": reason}})
    try:
        process.remake(photo)
    except (process.OriginalChangedError, process.OriginalLostError, Refused) as error:
        raise LostCopyError(reason) from error
    return _read_again(photo.id, reason)


def _read_again(photo_id: str, reason: str) -> bytes:
    photo = photos_q.find_photo(photo_id)
    content = _read(photo) if photo else None
    if photo is None or content is None or not _is_made(photo, content):
        raise LostCopyError(reason)
    return content


def _is_made(photo: PhotoRow, content: bytes) -> bool:
    """Whether this is the copy that the server made of the photo's original."""
    return photo.large_sha256 == _hash(content) and seal.holds(photo.id, photo.sha256, vars(photo))


def _read(photo: PhotoRow) -> bytes | None:
    name = names.derivative(photo.organisation_id, photo.sha256, photo.id, names.LARGE)
    try:
        with storage.store(http.config()).open(name) as file:
            return file.read()
    except FileNotFoundError:
        return None


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def seal_older(most: int) -> int:
    """Make the copies of photos without a seal anew; how many. What cannot be is logged."""
    done = 0
    for photo_id in photos_q.list_unsealed_ids(most):
        done += _seal_one(photo_id)
    return done


def _seal_one(photo_id: str) -> bool:
    photo = photos_q.find_photo(photo_id)
    try:
        if photo is not None:
            process.remake(photo)
    except Exception as error:
        facts = {"photo": photo_id, "reason": type(error).__name__}
        LOG.error("copies could not be made anew", extra={"facts": facts})
        return False
    return photo is not None
