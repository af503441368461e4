"""Making a photo ready to be looked at: two derivatives, or a reason why there are none.

May run twice for one photo, and be killed at any moment: the photo is `arrived` until its
derivatives lie in the store, and only one run moves it on.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy import update

from app.core import clock, db, http, outbox
from app.core.files import pieces
from app.photos.gateways import imaging, storage
from app.photos.models import Photo
from app.photos.queries import photos
from app.photos.queries.photos import PhotoRow
from app.photos.rules import names
from app.photos.rules.anatomy import Refused
from app.photos.service import seal, undone

LEFT_BEHIND_S: Final = 3600


class OriginalChangedError(Exception):
    """What lies in the store is not what the receipt was given for."""


class OriginalLostError(Exception):
    """The store has lost a photo's bytes."""


def process(photo_id: str) -> str:
    """Make the derivatives of a photo that has arrived.

    Returns:
        The photo's state afterwards; "gone" when there is no such photo.

    Raises:
        OriginalChangedError: the store holds other bytes than those that arrived.
        OriginalLostError: the store has lost them.
        UnfinishedError: the machine failed; it is to be tried again.
    """
    photo = photos.find_photo(photo_id)
    if photo is None:
        return "gone"
    if photo.state != "arrived":
        return photo.state
    with _folder() as folder:
        source = _fetch(photo, folder / "original")
        try:
            made = imaging.make(source, folder)
        except Refused as refused:
            return _move_on(photo, state="refused", reason=refused.reason)
        ready = _keep(photo, made, clock.now())
    return _move_on(photo, state="ready", **ready)


def revive() -> int:
    """See to it that each photo that waits to be made ready has a task that will be done (open
    transaction): after an outage that outlasted its tries, for one; how many had none."""
    waiting = photos.list_arrived_ids(clock.now() - undone.STUCK_S)
    return sum(outbox.revive(undone.PROCESS, photo_id, photo_id=photo_id) for photo_id in waiting)


def remake(photo: PhotoRow) -> None:
    """Make the derivatives of a photo that is ready anew, from its original, with hashes and seal.

    Raises:
        Refused: the original does not become a picture any more.
        OriginalChangedError, OriginalLostError, UnfinishedError: as `process` does.
    """
    with _folder() as folder:
        made = imaging.make(_fetch(photo, folder / "original"), folder)
        ready = _keep(photo, made, photo.ready_at)
    with db.transaction():
        db.run(update(Photo).where(Photo.id == photo.id, Photo.state == "ready").values(ready))


def _fetch(photo: PhotoRow, target: Path) -> Path:
    """Copy the original out of the store, and compare it with its hash on the way."""
    digest = hashlib.sha256()
    with _original(photo) as given, target.open("wb") as taken:
        for piece in pieces(given):
            digest.update(piece)
            taken.write(piece)
    if digest.digest() != photo.sha256:
        raise OriginalChangedError(photo.id)
    return target


def _original(photo: PhotoRow) -> BinaryIO:
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    try:
        return storage.store(http.config()).open(name)
    except FileNotFoundError as error:
        raise OriginalLostError(photo.id) from error


def _keep(photo: PhotoRow, made: imaging.Made, ready_at: int | None) -> dict[str, Any]:
    """Put the derivatives into the store; what is known of them, sealed, by the columns' names."""
    place = storage.store(http.config())
    for side, file in made.files.items():
        place.put(names.derivative(photo.organisation_id, photo.sha256, photo.id, side), file)
    known: dict[str, Any] = {
        names.HASHES[side]: hashlib.sha256(file.read_bytes()).digest()
        for side, file in made.files.items()
    }
    known |= {
        "kind": made.kind, "width": made.width, "height": made.height, "ready_at": ready_at,
    }  # fmt: skip
    return known | {"seal": seal.make(photo.id, photo.sha256, known)}


def _move_on(photo: PhotoRow, **change: Any) -> str:
    """Write what came of it, unless another run did so first; the state that stands now."""
    arrived = update(Photo).where(Photo.id == photo.id, Photo.state == "arrived")
    with db.transaction():
        number = photos.next_change(photo.organisation_id)
        db.run(arrived.values(change | {"changed": number}))
        stands = photos.find_photo(photo.id)
    return stands.state if stands else "gone"


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one photo that goes away; also those that killed workers left behind."""
    parent = http.config().instance_dir / "work"
    parent.mkdir(mode=0o700, exist_ok=True)
    for old in parent.iterdir():
        with suppress(FileNotFoundError):  # another lane's, which has just gone
            if old.stat().st_mtime < clock.now() - LEFT_BEHIND_S:
                shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=parent) as made:
        yield Path(made)
