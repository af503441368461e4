"""Stamps and voids from phones, authenticated by the device's signature: a queue that outlives
logout and expiry needs no session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.core.db import transaction
from app.core.ids import b64u, from_b64u
from app.trips.schemas import StampIn, VoidIn
from app.trips.service import present, receive, void

bp = Blueprint("stamp_api", __name__)


@bp.post("/api/stamps")
def stamp() -> ResponseReturnValue:
    """Receive a stamp; the same bytes get the same receipt."""
    given = StampIn.model_validate_json(request.get_data())
    token, cose_sign1 = from_b64u(given.token), from_b64u(given.cose_sign1)
    known = receive.find_receipt(token)
    if known is not None:
        return _answer(known, present.received(token, cose_sign1))
    arrival = receive.examine(token, cose_sign1, given.sent_at)
    with transaction():
        stored = receive.store(arrival)
    return _answer(stored.receipt, present.stamp_summary(stored.stamp) if stored.stamp else None)


def _answer(receipt: bytes, stamp: dict[str, Any] | None) -> ResponseReturnValue:
    return jsonify(receipt=b64u(receipt), stamp=stamp)


@bp.post("/api/voids")
def cancel() -> ResponseReturnValue:
    """Receive a void record; the same bytes get the same receipt."""
    given = VoidIn.model_validate_json(request.get_data())
    found = void.examine(from_b64u(given.cose_sign1))
    with transaction():
        signed = void.store(found)
    return jsonify(receipt=b64u(signed))
