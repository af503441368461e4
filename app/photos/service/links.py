"""Links to files: signed, for fifteen minutes, for people of one organisation only.

The danger removed here: an address that shows a photo to whoever holds it. A link is worth
nothing without a sign-in of the same organisation, and an original never has one: it is given by
hand, and each time is written down.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

from flask_babel import gettext
from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.service import access
from app.core import clock, http
from app.core.errors import BadInput
from app.core.guard import Viewer
from app.photos.gateways import storage
from app.photos.queries import exports as exports_q
from app.photos.queries import photos as photos_q
from app.photos.queries.exports import ExportRow
from app.photos.queries.inbox import Shot
from app.photos.queries.photos import PhotoRow
from app.photos.rules import names
from app.photos.rules.refusals import NoSuchLink

MINUTES = 15
EXPORT = "export"
TYPES = {
    "jpeg": ("image/jpeg", "jpg"),
    "png": ("image/png", "png"),
    "webp": ("image/webp", "webp"),
    "heic": ("image/heic", "heic"),
    "zip": ("application/zip", "zip"),
    "pdf": ("application/pdf", "pdf"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
ANY_TYPE = ("application/octet-stream", "bin")


@dataclass(frozen=True)
class Served:
    """A file on its way out; `etag` is empty for what must not be asked for twice."""

    file: BinaryIO
    size: int
    kind: str
    name: str
    attachment: bool
    etag: str = ""


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(http.secrets().cookies, salt="photo-file")


def sign(target_id: str, organisation_id: str, size: int | str) -> str:
    """The path of a link to a derivative of a photo, or to an export (size EXPORT)."""
    return "/photos/file/" + str(_signer().dumps([target_id, organisation_id, size]))


def open_link(viewer: Viewer, token: str) -> Served:
    """The file that a link names.

    Raises:
        NoSuchLink: expired, made by nobody of us, of another organisation, or for another person.
    """
    try:
        target_id, organisation_id, size = _signer().loads(token, max_age=MINUTES * 60)
    except (BadData, ValueError):
        raise NoSuchLink from None
    if organisation_id != viewer.organisation_id:
        raise NoSuchLink
    if size == EXPORT:
        return _export(viewer, target_id)
    photo = photos_q.find_photo(target_id)
    if photo is None or photo.organisation_id != organisation_id or size not in names.SIZES:
        raise NoSuchLink
    return _derivative(photo, size)


def _derivative(photo: PhotoRow, size: int) -> Served:
    name = names.derivative(photo.organisation_id, photo.sha256, photo.id, size)
    shown = f"{_stem(photo.captured_at, photo.id)}-{size}.jpg"
    return _open(name, TYPES["jpeg"][0], shown, attachment=False, etag=f"{photo.id}-{size}")


def _export(viewer: Viewer, export_id: str) -> Served:
    row = exports_q.find_export(export_id)
    if row is None or row.person_id != viewer.person_id or row.file is None:
        raise NoSuchLink
    kind, ending = TYPES.get(row.kind, ANY_TYPE)
    shown = f"{_stem(row.created_at, row.id)}.{ending}"
    return _open(row.file, kind, shown, attachment=True)


def open_original(shot: Shot) -> Served:
    """A photo's untouched bytes; whoever calls has written the look down before.

    Raises:
        NoSuchLink: the bytes are not here.
    """
    photo = photos_q.get_photo(shot.organisation_id, shot.id)
    kind, ending = TYPES.get(photo.kind or "", ANY_TYPE)
    shown = f"{_stem(photo.captured_at, photo.id)}-original.{ending}"
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    return _open(name, kind, shown, attachment=True)


def check_reason(text: str) -> str:
    """The reason for taking an original, as it is written down.

    Raises:
        BadInput: there is none to speak of.
    """
    why = " ".join(text.split())[:200]
    if len(why) < 2:
        words = gettext("원본이 필요한 까닭을 두 글자 이상 적어 주세요.")
        raise BadInput([{"field": "reason", "message": words}])
    return why


def of_export(row: ExportRow) -> str | None:
    """A link to a finished export; None while it is being made."""
    return sign(row.id, row.organisation_id, EXPORT) if row.state == "done" else None


def record_original(viewer: Viewer, shot: Shot, why: str) -> None:
    """Write down that somebody takes an original (in the open transaction)."""
    access.record_view(viewer, shot.person_id, "photo", shot.id, why)


def _open(name: str, kind: str, shown: str, *, attachment: bool, etag: str = "") -> Served:
    store = storage.store(http.config())
    try:
        file = store.open(name)
    except FileNotFoundError:
        raise NoSuchLink from None
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return Served(file, size, kind, shown, attachment, etag)


def _stem(at: int, name: str) -> str:
    return f"{clock.in_seoul(at):%Y%m%d-%H%M%S}-{name[-12:]}"


def thumbs(shots: list[Shot]) -> dict[str, str]:
    """Links to the small pictures of those that have one."""
    ready = [shot for shot in shots if shot.state == "ready"]
    return {shot.id: sign(shot.id, shot.organisation_id, names.SMALL) for shot in ready}


def large(shot: Shot) -> str | None:
    """A link to the large picture, when there is one."""
    ready = shot.state == "ready"
    return sign(shot.id, shot.organisation_id, names.LARGE) if ready else None
