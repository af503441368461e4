"""What the server signs when a record or a photo has arrived and is safe on disk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from app.photos.rules.refusals import BadRecord


@dataclass(frozen=True)
class Receipt:
    """The server has the bytes with this hash, under this id, since `stored_at` (Unix seconds)."""

    sha256: bytes
    stored_at: int
    id: str


def payload_of(receipt: Receipt) -> dict[int, object]:
    """{1: hash, 2: stored at, 4: id of record or photo}; a stamp's receipt has no label 4."""
    return {1: receipt.sha256, 2: receipt.stored_at, 4: uuid.UUID(receipt.id).bytes}


def read_receipt(payload: Any) -> Receipt:
    """Read a decoded payload.

    Raises:
        BadRecord: it is no such receipt.
    """
    if type(payload) is not dict or payload.keys() != {1, 2, 4}:
        raise BadRecord("receipt")
    sha256, stored_at, raw = payload[1], payload[2], payload[4]
    if type(sha256) is not bytes or type(stored_at) is not int or type(raw) is not bytes:
        raise BadRecord("receipt")
    if len(sha256) != 32 or len(raw) != 16:
        raise BadRecord("receipt")
    return Receipt(sha256, stored_at, str(uuid.UUID(bytes=raw)))
