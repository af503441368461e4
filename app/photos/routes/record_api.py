"""Records from phones, authenticated by the device's signature: a queue that outlives logout
needs no session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.ids import b64u, from_b64u
from app.photos.queries import photos as photos_q
from app.photos.queries.photos import PhotoRow
from app.photos.schemas import RecordIn
from app.photos.service import records, tickets

bp = Blueprint("record_api", __name__)


@bp.post("/api/photos/records")
def record() -> ResponseReturnValue:
    """Receive a record; the same bytes get the same receipt, and a fresh ticket."""
    given = RecordIn.model_validate_json(request.get_data())
    signed = from_b64u(given.cose_sign1)
    known = records.find_known(signed)
    if known is None:
        arrival = records.examine(signed)
        with transaction():
            known = records.store(arrival)
    photos = photos_q.list_photos(known.organisation_id, known.id)
    return jsonify(
        receipt=b64u(known.receipt), ticket=tickets.give(known.id), photos=[*map(_told, photos)]
    )


def _told(photo: PhotoRow) -> dict[str, Any]:
    receipt = None if photo.receipt is None else b64u(photo.receipt)
    return {"id": photo.id, "state": photo.state, "receipt": receipt}
