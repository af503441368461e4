"""Photos' bytes by tus 1.0 (core, creation, checksum, expiration, termination), and receipts.

A ticket stands for the record that promised the photos. Proxies that block PATCH, HEAD or DELETE
are passed by POST with X-HTTP-Method-Override.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.http import http_date

from app.core.body import read_body
from app.core.db import transaction
from app.core.ids import b64u
from app.photos.queries.photos import PhotoRow
from app.photos.queries.uploads import UploadRow
from app.photos.rules import tus
from app.photos.rules.record import MAX_PHOTO_BYTES
from app.photos.rules.refusals import NotComplete
from app.photos.service import receipts, tickets, uploads

bp = Blueprint("upload_api", __name__)
PATH = "/api/photos/uploads"


@bp.after_app_request
def speak_tus(response: Response) -> Response:
    """Name the protocol on every answer here, refusals too; what is answered is never kept."""
    if request.path.startswith(PATH):
        response.headers["Tus-Resumable"] = tus.VERSION
        response.headers["Cache-Control"] = "no-store"
        if response.status_code == tus.WrongVersion.status:
            response.headers["Tus-Version"] = tus.VERSION
    return response


@bp.route(PATH, methods=["OPTIONS"])
@bp.route(f"{PATH}/<uuid:upload_id>", methods=["OPTIONS"])
def discover(**_address: UUID) -> ResponseReturnValue:
    """Say what this server can do; the same for every address."""
    response = Response(status=204, mimetype="text/plain")
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    response.headers["Tus-Max-Size"] = str(MAX_PHOTO_BYTES)
    return response


@bp.post(PATH)
def create() -> ResponseReturnValue:
    """Open an upload for a photo that the ticket's record promises; the living one again."""
    record_id = _enter()
    if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
        raise tus.BadUpload("extension")
    length = tus.read_number(request.headers.get("Upload-Length"), "length")
    said = request.headers.get("Upload-Metadata")
    photo_id = tus.read_photo(said)
    with transaction():
        upload = uploads.open_upload(record_id, photo_id, length, said)
    response = _about(upload, 201)
    response.headers["Location"] = url_for("upload_api.upload", upload_id=upload.id)
    return response


@bp.route(f"{PATH}/<uuid:upload_id>", methods=["HEAD", "PATCH", "DELETE", "POST"])
def upload(upload_id: UUID) -> ResponseReturnValue:
    """One upload: where it stands, another piece of it, or its end."""
    method = request.method
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
    if method not in VERBS:
        raise MethodNotAllowed(["HEAD", "PATCH", "DELETE", "OPTIONS"])
    return VERBS[method](_enter(), str(upload_id))


def _enter() -> str:
    """The record that the ticket opens, when the request speaks tus 1.0."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    return tickets.read(request.headers.get("Authorization"))


def _about(upload: UploadRow, status: int) -> Response:
    response = Response(status=status, mimetype="text/plain")
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response


def _head(record_id: str, upload_id: str) -> Response:
    upload = uploads.get_upload(record_id, upload_id)
    response = _about(upload, 200)
    response.headers["Upload-Offset"] = str(uploads.offset(upload))
    response.headers["Upload-Length"] = str(upload.length)
    if upload.said is not None:
        response.headers["Upload-Metadata"] = upload.said
    return response


def _patch(record_id: str, upload_id: str) -> Response:
    tus.check_type(request.headers.get("Content-Type"))
    at = tus.read_number(request.headers.get("Upload-Offset"), "offset")
    checksum = tus.read_checksum(request.headers.get("Upload-Checksum"))
    with uploads.coming().announce(upload_id):
        piece = _piece()  # before the first look into the database: a slow phone holds up nobody
        upload = uploads.get_upload(record_id, upload_id)
        response = _about(upload, 204)
        response.headers["Upload-Offset"] = str(uploads.append(upload, at, piece, checksum))
    return response


def _delete(record_id: str, upload_id: str) -> Response:
    upload = uploads.get_upload(record_id, upload_id)
    with uploads.ending(upload.id), transaction():
        uploads.drop(upload.id)
    return Response(status=204, mimetype="text/plain")


VERBS: dict[str, Callable[[str, str], Response]] = {
    "HEAD": _head,
    "PATCH": _patch,
    "DELETE": _delete,
}


def _piece() -> bytes:
    piece = read_body(tus.MAX_PIECE)
    if piece is None:
        raise tus.TooMuch
    return piece


@bp.post("/api/photos/<uuid:photo_id>/receipt")
def receipt(photo_id: UUID) -> ResponseReturnValue:
    """The receipt of a photo, once its bytes are safe; the same one however often it is asked."""
    record_id = tickets.read(request.headers.get("Authorization"))
    photo = uploads.get_photo(record_id, str(photo_id))
    signed = photo.receipt
    if signed is None:
        signed = _take(photo)
    return jsonify(receipt=b64u(signed))


def _take(photo: PhotoRow) -> bytes:
    try:
        with uploads.ending(receipts.get_upload(photo).id) as held:
            arrival = receipts.examine(photo, held)
            with transaction():
                signed = receipts.store(arrival)
    except (NotComplete, tus.UploadGone):
        with transaction():  # reads anew: another request may have been faster
            signed = receipts.find_receipt(photo.id)
        if signed is None:
            raise
        return signed
    if arrival.refusal is not None:
        raise arrival.refusal
    return signed or b""
