"""Stamps as the API shows them: never coordinates."""

from __future__ import annotations

import hashlib
from typing import Any

from app.core import http
from app.core.ids import b64u
from app.trips.queries import stamps as stamps_q
from app.trips.queries.stamps import StampRow
from app.trips.rules.claims import COARSE, KIND_NAMES, KINDS, OFFLINE, PRACTICE
from app.trips.rules.token import url_for_token
from app.trips.service import seals


def stamp_json(row: StampRow) -> dict[str, Any]:
    """A stamp for its owner, as docs/formats/api.md describes it."""
    return {
        **stamp_summary(row),
        "token": b64u(row.token),
        "url": url_for_token(http.config().public_url, row.token),
    }


def stamp_summary(row: StampRow) -> dict[str, Any]:
    """The same without the token, for the phone that has just sent it."""
    return {
        "id": row.id,
        "cti": row.cti.hex(),
        "kid": row.device_kid.hex(),
        "trip": row.trip,
        "seq": row.seq,
        "kind": KIND_NAMES[row.kind & KINDS],
        "practice": bool(row.kind & PRACTICE),
        "offline": bool(row.kind & OFFLINE),
        "coarse": bool(row.kind & COARSE),
        "captured_at": row.captured_at,
        "received_at": row.received_at,
        "accuracy_m": row.accuracy_m,
        "place": _place(row),
        "marks": row.mark_list,
        "score": row.score,
        "voided_at": row.voided_at,
        "sha256": row.token_sha256.hex(),
    }


def _place(row: StampRow) -> dict[str, str] | None:
    if row.place is None:
        return None
    return {"name": row.place, "sigungu_code": row.sigungu_code or ""}


def received(token: bytes, cose_sign1: bytes) -> dict[str, Any] | None:
    """The stamp of a token, for who knows what lies in it: everyone who scans the QR holds the
    token itself. None for all others, and for a fork, which is kept beside its stamp."""
    row = stamps_q.find_stamp_by_token(hashlib.sha256(token).digest())
    if row is None or not seals.holds(row.organisation_id, row.id, cose_sign1):
        return None
    return stamp_summary(row)
