"""What the server signs when a stamp has arrived, and what the phone signs to cancel one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from app.trips.rules import cbor, cose
from app.trips.rules.claims import MAX_UINT
from app.trips.rules.refusals import Damaged, VoidTooLate

VOID_SECONDS: Final = 300
CLOCK_SLACK: Final = 120
MAX_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server has the token with this hash since `received_at` (unix s); for a void, no cti."""

    sha256: bytes
    received_at: int
    cti: bytes | None = None


@dataclass(frozen=True, slots=True)
class VoidRecord:
    """The holder of `kid` cancels the token with this hash at `voided_at` (unix s)."""

    sha256: bytes
    voided_at: int
    reason: str


def encode_receipt(receipt: Receipt) -> bytes:
    """Write a receipt's payload: {1: hash, 2: received at, 3: cti of a stamp}."""
    payload: dict[int, object] = {1: receipt.sha256, 2: receipt.received_at}
    if receipt.cti is not None:
        payload[3] = receipt.cti
    return cbor.encode(payload)


def decode_receipt(data: bytes) -> Receipt:
    """Read a receipt's payload. Raises `Damaged`."""
    payload = _map(data, {1, 2}, {1, 2, 3})
    cti = _sized(payload[3], 8) if 3 in payload else None
    return Receipt(_sized(payload[1], 32), _time(payload[2]), cti)


def sign_receipt(receipt: Receipt, kid: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Sign a receipt; the same receipt gives the same bytes each time (RFC 6979)."""
    return cose.sign(kid, encode_receipt(receipt), key)


def read_receipt(data: bytes, key: ec.EllipticCurvePublicKey) -> Receipt:
    """Read a signed receipt and check it. Raises `Damaged`, `WrongSignature`."""
    message = cose.parse_sign1(data)
    cose.verify(message, key)
    return decode_receipt(message.payload)


def encode_void(record: VoidRecord) -> bytes:
    """Write a void record's payload: {1: hash, 2: voided at, 3: reason}."""
    return cbor.encode({1: record.sha256, 2: record.voided_at, 3: record.reason})


def decode_void(data: bytes) -> VoidRecord:
    """Read a void record's payload; the reason has at most 200 characters. Raises `Damaged`."""
    payload = _map(data, {1, 2, 3}, {1, 2, 3})
    reason = payload[3]
    if type(reason) is not str:
        raise Damaged("wrong-type", found="reason")
    if len(reason) > MAX_REASON:
        raise Damaged("wrong-length", found="reason")
    return VoidRecord(_sized(payload[1], 32), _time(payload[2]), reason)


def check_void_time(captured_at: int, voided_at: int) -> None:
    """Hold the five minutes (both times are the phone's). Raises `VoidTooLate`."""
    if not -CLOCK_SLACK <= voided_at - captured_at <= VOID_SECONDS:
        raise VoidTooLate("outside-window")


def _map(data: bytes, needed: set[int], known: set[int]) -> dict[int, Any]:
    payload = cbor.decode(data)
    if type(payload) is not dict:
        raise Damaged("wrong-type", found="payload")
    if payload.keys() - known:
        raise Damaged("unknown-label")
    if needed - payload.keys():
        raise Damaged("missing-label")
    return payload


def _sized(value: object, length: int) -> bytes:
    if type(value) is not bytes:
        raise Damaged("wrong-type", found="bytes")
    if len(value) != length:
        raise Damaged("wrong-length", found="bytes")
    return value


def _time(value: object) -> int:
    if type(value) is not int:
        raise Damaged("wrong-type", found="time")
    if not 0 <= value <= MAX_UINT:
        raise Damaged("out-of-range", found="time")
    return value
