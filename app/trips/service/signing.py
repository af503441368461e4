"""Signed messages of other services: opened by the device's key, answered by the receipt key.

A photo record is signed by the same key as a stamp, so that both stand or fall together; the two
cannot be taken for one another, because each is read strictly by its own labels.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from app.accounts.service import devices
from app.accounts.service.devices import Signer
from app.trips.queries import stamps as stamps_q
from app.trips.rules import cbor, cose
from app.trips.rules.refusals import Damaged, UnknownKey, WrongSignature
from app.trips.rules.token import token_text
from app.trips.service import keys, receive

Untrue = (Damaged, WrongSignature, UnknownKey)


@dataclass(frozen=True)
class Signed:
    """A message whose signature holds: who signed, what (decoded CBOR), and the hash of it all."""

    signer: Signer
    payload: Any
    sha256: bytes


def open_signed(message: bytes, limit: int) -> Signed:
    """Check a device's COSE_Sign1 and decode its payload.

    Args:
        message: tagged COSE_Sign1, deterministic CBOR inside.
        limit: bytes that it may have at most.

    Raises:
        Damaged: it is none. UnknownKey: no enrolled key. WrongSignature: not signed by that key.
    """
    found = cose.parse_sign1(message, limit)
    signer = devices.find_signer(found.kid)
    if signer is None:
        raise UnknownKey
    cose.verify(found, receive.public_key(signer.x, signer.y))
    return Signed(signer, cbor.decode(found.payload), hashlib.sha256(message).digest())


def sign_statement(payload: dict[int, object]) -> bytes:
    """The server's COSE_Sign1 over a statement, by the key that phones pin for receipts."""
    return cose.sign(keys.receipt_key().kid, cbor.encode(payload), keys.receipt_private_key())


def read_statement(message: bytes) -> Any:
    """The decoded payload of a statement that this server signed. Raises as `open_signed`."""
    found = cose.parse_sign1(message)
    cose.verify(found, keys.receipt_private_key().public_key())
    return cbor.decode(found.payload)


@dataclass(frozen=True)
class StampOfPhoto:
    """What photos show of the stamp they are tied to."""

    id: str
    trip: str
    place: str | None
    captured_at: int
    url: str
    person_id: str
    void: bool


def find_stamp(organisation_id: str, token_sha256: bytes) -> StampOfPhoto | None:
    """The received stamp with this token hash, in the organisation."""
    row = stamps_q.find_stamp_by_token(token_sha256)
    if row is None or row.organisation_id != organisation_id:
        return None
    return StampOfPhoto(
        row.id, row.trip, row.place, row.captured_at, f"/S/{token_text(row.token)}",
        row.person_id, row.voided_at is not None,
    )  # fmt: skip
