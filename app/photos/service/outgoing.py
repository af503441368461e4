"""What leaves the house: a photo with its data as a parcel, and the gateway that takes it."""

from __future__ import annotations

import hashlib
import logging
from typing import Protocol

from app.accounts.service import people
from app.core import clock, http
from app.core.errors import StorageUnreachable
from app.photos.gateways import careful
from app.photos.gateways.folder import Folder
from app.photos.gateways.webdav import Webdav
from app.photos.gateways.webhook import Webhook
from app.photos.queries import photos as photos_q
from app.photos.queries.deliveries import ConnectorRow, DueRow
from app.photos.queries.photos import PhotoRow, RecordRow
from app.photos.rules import delivery, names, target, webhook
from app.photos.rules.delivery import Damaged, Failure, Parcel, Unreachable, Unusable
from app.photos.service import connectors, copies, proof
from app.photos.service.copies import LostCopyError

LOG = logging.getLogger("app.photos.outgoing")


class Gateway(Protocol):
    """What a kind of connector can do; each may be repeated under the same key."""

    def prepare(self, parcel: Parcel, /) -> bool:
        """Bring everything to the other side but the last step; True when that step is then left
        and must be remembered before it is done."""

    def publish(self, parcel: Parcel, /) -> str:
        """Do the last step; the state after it."""

    def tidy(self, parcel: Parcel, /) -> None:
        """Take away what is no longer needed, once "done" is kept."""

    def test(self, key: str, /) -> None:
        """Try everything with a small file."""

    def close(self) -> None:
        """Give back what is held."""


def gateway_of(connector: ConnectorRow) -> Gateway:
    """The gateway of a connector.

    Raises:
        Failure: its address or secret cannot be used.
    """
    try:
        secret = connectors.open_secret(connector)
        if connector.kind == "folder":
            code, name, ack = target.read_folder(connector.url)
            return Folder(http.config().handover_dir / code / name, ack)
        if connector.kind == "webdav":
            return Webdav(connector.url, connector.account, secret, connectors.allowed())
        key = webhook.secret_bytes(secret)
        return Webhook(connector.url, key, connectors.allowed(), clock.now)
    except (target.BadAddress, webhook.NoSecret) as error:
        raise Unusable(str(error)) from error
    except ValueError as error:
        raise Unusable("secret") from error


def parcel_of(due: DueRow) -> Parcel:
    """The parcel of a delivery: the re-encoded copy without metadata, and the data with it.

    Raises:
        Damaged: rows are not what was signed; or the copy is not in the store, or not what was
            made, nor can it be made anew.
    """
    if proof.find(due.photo_id).wrong:
        raise Damaged("changed-record")
    photo = photos_q.get_photo(due.organisation_id, due.photo_id)
    record = photos_q.get_record(due.organisation_id, photo.record_id)
    try:
        content = copies.read_large(photo)
    except LostCopyError as error:
        raise Damaged("no-file" if error.reason == "missing" else "changed-file") from error
    sha256 = hashlib.sha256(content).hexdigest()
    file_data = {
        "file": {
            "name": f"{due.key}.jpg", "size": len(content), "sha256": sha256,
            "type": "image/jpeg", "longer_side_at_most": names.LARGE,
        },
        "original": {"size": photo.size, "sha256": photo.sha256.hex(), "type": photo.kind},
    }  # fmt: skip
    manifest = delivery.manifest(due.key, file_data, _photo(photo), _record(record))
    return Parcel(due.key, content, sha256, manifest, bool(due.perhaps_there))


def _photo(photo: PhotoRow) -> dict[str, object]:
    return {
        "id": photo.id, "position": photo.position, "captured_at": _time(photo.captured_at),
        "phase": photo.phase, "source": photo.source,
    }  # fmt: skip


def _record(record: RecordRow) -> dict[str, object]:
    person = people.get_colleague(record.organisation_id, record.person_id)
    office = people.find_office(organisation_id=record.organisation_id)
    return {
        "id": record.id,
        "organisation": {"code": office.code, "name": office.name} if office else None,
        "person": {
            "name": person.name,
            "department": person.department,
            "staff_number": person.staff_number,
        },
        "captured_at": _time(record.captured_at),
        "received_at": _time(record.received_at),
        "trip": record.trip,
        "stamp_sha256": record.stamp_sha256.hex() if record.stamp_sha256 else None,
        "site": record.site,
        "place": record.place,
        "board": record.board,
        "series": record.series,
        "replaces": record.replaces,
        "practice": record.practice,
    }


def _time(seconds: int) -> str:
    return clock.in_seoul(seconds).isoformat()


def as_failure(error: Exception) -> Failure:
    """The failure that an error is; what nobody foresaw is logged with its trace. Our own store
    that does not answer is no fault of the photo's."""
    if isinstance(error, StorageUnreachable):
        return Unreachable("store-unreachable")
    failure = careful.as_failure(error)
    if failure is not error:
        LOG.error("delivery broke", exc_info=error)
    return failure
