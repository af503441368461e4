"""The record as the phone writes it is the record as the server reads it, to the last byte.

tests/pwa/photo_record.test.js holds the other half against the same vectors/record.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.photos.rules import receipt
from app.photos.rules.record import MAX_RECORD_BYTES, Promised, Record, payload_of, read_record
from app.trips.rules import cbor, cose

VECTOR = json.loads((Path(__file__).parent / "vectors" / "record.json").read_bytes())
CASES = pytest.mark.parametrize("case", VECTOR["cases"], ids=["full", "bare"])


def record_of(told: dict[str, Any]) -> Record:
    """The record that a case describes."""
    photos = (Promised(**one | {"sha256": bytes.fromhex(one["sha256"])}) for one in told["photos"])
    stamp = told["stamp_sha256"]
    given = {
        "board": dict(told["board"]),
        "photos": tuple(photos),
        "stamp_sha256": None if stamp is None else bytes.fromhex(stamp),
    }
    return Record(**told | given)


@CASES
def test_the_payload_is_that_of_the_vector(case: dict[str, Any]) -> None:
    payload = bytes.fromhex(case["payload_hex"])
    assert cbor.encode(payload_of(record_of(case["record"]))) == payload
    assert read_record(cbor.decode(payload)) == record_of(case["record"])


@CASES
def test_the_phone_signed_it(case: dict[str, Any]) -> None:
    x, y = (bytes.fromhex(VECTOR["device"][name]) for name in ("x", "y"))
    message = cose.parse_sign1(bytes.fromhex(case["sign1_hex"]), MAX_RECORD_BYTES)
    cose.verify(message, cose.public_key(x, y))
    assert message.kid == cose.device_kid(x, y)
    assert message.payload.hex() == case["payload_hex"]


def test_the_receipt_is_the_servers() -> None:
    told = VECTOR["receipt"]
    x, y = (bytes.fromhex(told[name]) for name in ("x", "y"))
    message = cose.parse_sign1(bytes.fromhex(told["sign1_hex"]))
    cose.verify(message, cose.public_key(x, y))
    said = receipt.Receipt(bytes.fromhex(told["sha256"]), told["stored_at"], told["id"])
    assert receipt.read_receipt(cbor.decode(message.payload)) == said
    assert cbor.encode(receipt.payload_of(said)) == message.payload
