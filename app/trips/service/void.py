"""Cancelling a wrong tap: the person's signed record beside the stamp, which stays as it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import insert

from app.accounts.service import devices
from app.core import clock, db
from app.core.errors import NotFound
from app.core.ids import new_id
from app.trips.models import Void
from app.trips.queries import stamps as stamps_q
from app.trips.queries.stamps import StampRow
from app.trips.rules import cose, receipt
from app.trips.rules.refusals import AlreadyVoided, UnknownKey
from app.trips.service import keys, receive


@dataclass(frozen=True)
class Cancellation:
    """A void record that was examined and may be stored."""

    cose_sign1: bytes
    sha256: bytes
    record: receipt.VoidRecord
    stamp: StampRow


def examine(cose_sign1: bytes) -> Cancellation:
    """Check a void record; writes nothing.

    Raises:
        Damaged, WrongSignature, UnknownKey: it is none, or not signed by an enrolled key.
        NotFound: that key made no such stamp (or it has not arrived yet).
        VoidTooLate: more than five minutes after the stamp.
    """
    signed = cose.parse_sign1(cose_sign1)
    signer = devices.find_signer(signed.kid)
    if signer is None:
        raise UnknownKey
    cose.verify(signed, receive.public_key(signer.x, signer.y))
    record = receipt.decode_void(signed.payload)
    stamp = stamps_q.find_stamp_by_token(record.sha256)
    if stamp is None or stamp.device_kid != signer.kid:
        raise NotFound
    receipt.check_void_time(stamp.captured_at, record.voided_at)
    sha256 = hashlib.sha256(cose_sign1).digest()
    if signer.revoked_at is not None and not _is_known(stamp.id, sha256):
        raise UnknownKey
    return Cancellation(cose_sign1, sha256, record, stamp)


def _is_known(stamp_id: str, sha256: bytes) -> bool:
    """Whether that very record was stored before: its receipt is given again for ever."""
    known = stamps_q.find_void(stamp_id)
    return known is not None and known.record_sha256 == sha256


def store(found: Cancellation) -> bytes:
    """Store an examined void in the open transaction; gives its receipt, the same for the same
    bytes.

    Raises:
        AlreadyVoided: the stamp is void by another record.
    """
    known = stamps_q.find_void(found.stamp.id)
    if known is not None and known.record_sha256 == found.sha256:
        return known.receipt
    if known is not None:
        raise AlreadyVoided
    now = clock.now()
    signed = receipt.sign_receipt(
        receipt.Receipt(found.sha256, now), keys.receipt_key().kid, keys.receipt_private_key()
    )
    db.run(
        insert(Void).values(
            id=new_id(),
            stamp_id=found.stamp.id,
            record=found.cose_sign1,
            record_sha256=found.sha256,
            reason=found.record.reason,
            voided_at=found.record.voided_at,
            received_at=now,
            receipt=signed,
        )
    )
    return signed
