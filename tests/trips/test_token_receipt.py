"""Receipts and void records: bytes, checks and the five minutes."""

from __future__ import annotations

from hashlib import sha256

import pytest

from app.trips.rules import cbor, cose, receipt
from app.trips.rules.receipt import Receipt, VoidRecord
from app.trips.rules.refusals import Damaged, VoidTooLate, WrongSignature
from tests.trips import token_maker as maker

SHA = sha256(maker.TOKEN).digest()
GIVEN = Receipt(SHA, 1_795_300_003, bytes(range(8)))
VOID = VoidRecord(SHA, 1_795_300_100, "잘못 눌렀습니다")


def test_receipt_bytes() -> None:
    assert receipt.encode_receipt(GIVEN).hex() == (
        "a3015820" + SHA.hex() + "021a6b021aa3" + "03480001020304050607"
    )
    assert receipt.decode_receipt(receipt.encode_receipt(GIVEN)) == GIVEN


def test_receipt_of_a_void_has_no_cti() -> None:
    given = Receipt(SHA, 1_795_300_003)
    assert receipt.encode_receipt(given).hex() == "a2015820" + SHA.hex() + "021a6b021aa3"
    assert receipt.decode_receipt(receipt.encode_receipt(given)) == given


def test_a_signed_receipt_is_the_same_each_time_and_checked() -> None:
    signed = receipt.sign_receipt(GIVEN, maker.KID, maker.DEVICE)
    assert signed == receipt.sign_receipt(GIVEN, maker.KID, maker.DEVICE)
    assert receipt.read_receipt(signed, maker.DEVICE.public_key()) == GIVEN
    with pytest.raises(WrongSignature):
        receipt.read_receipt(signed, maker.AUDIT.public_key())


def test_void_bytes() -> None:
    written = receipt.encode_void(VOID)
    reason = VOID.reason.encode()
    assert written.hex() == (
        "a3015820" + SHA.hex() + "021a6b021b04" + "03" + f"{0x60 + len(reason):02x}" + reason.hex()
    )
    message = cose.parse_sign1(maker.signed(written))
    cose.verify(message, maker.DEVICE.public_key())
    assert receipt.decode_void(message.payload) == VOID


def test_the_longest_reason_fits() -> None:
    longest = VoidRecord(SHA, 1, "가" * 200)
    message = cose.parse_sign1(maker.signed(receipt.encode_void(longest)))
    assert receipt.decode_void(message.payload) == longest


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({1: SHA, 2: 1, 3: "가" * 201}, "wrong-length"),
        ({1: SHA, 2: 1, 3: b"x"}, "wrong-type"),
        ({1: SHA[:31], 2: 1, 3: ""}, "wrong-length"),
        ({1: "x" * 32, 2: 1, 3: ""}, "wrong-type"),
        ({1: SHA, 2: -1, 3: ""}, "out-of-range"),
        ({1: SHA, 2: 2**32, 3: ""}, "out-of-range"),
        ({1: SHA, 2: 1.0, 3: ""}, "wrong-type"),
        ({1: SHA, 2: 1}, "missing-label"),
        ({1: SHA, 2: 1, 3: "", 4: 0}, "unknown-label"),
        ([SHA, 1, ""], "wrong-type"),
    ],
)
def test_damaged_voids(payload: object, reason: str) -> None:
    with pytest.raises(Damaged) as caught:
        receipt.decode_void(cbor.encode(payload))
    assert caught.value.reason == reason


@pytest.mark.parametrize("seconds", [-120, 0, 299, 300])
def test_within_five_minutes(seconds: int) -> None:
    receipt.check_void_time(1000, 1000 + seconds)


@pytest.mark.parametrize("seconds", [-121, 301, 86_400])
def test_outside_five_minutes(seconds: int) -> None:
    with pytest.raises(VoidTooLate):
        receipt.check_void_time(1000, 1000 + seconds)
