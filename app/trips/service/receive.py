"""Receiving a stamp: examined before the transaction, stored in it.

The same bytes get the same receipt, however often they come. What is odd about a stamp (its key
was revoked, its clock is off, its chain forks) is marked, never dropped; only what is no stamp of
this office, or what the law forbids to keep, is refused.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app.accounts.service import consents, devices
from app.accounts.service.devices import Signer
from app.core import clock, db, http
from app.core.ids import new_id
from app.trips.models import Fork, Stamp
from app.trips.queries import arrivals as arrivals_q
from app.trips.queries.stamps import StampRow
from app.trips.rules import cose, receipt, times
from app.trips.rules.claims import Claims, decode_claims
from app.trips.rules.consent import check_consent
from app.trips.rules.refusals import (
    Damaged,
    PracticeNotAllowed,
    UnknownKey,
    WrongOrganisation,
)
from app.trips.service import assess, chains, keys, seals
from app.trips.service.assess import Assessment

_COLUMNS = [field.name for field in fields(StampRow) if field.name not in {"trip", "voided_at"}]
_INSERT = insert(Stamp)


@dataclass(frozen=True)
class Arrival:
    """A stamp that was examined and may be stored."""

    token: bytes
    sha256: bytes
    cose_sign1: bytes
    signer: Signer
    claims: Claims
    received_at: int
    marks: tuple[str, ...]
    assessment: Assessment


@dataclass(frozen=True)
class Stored:
    """The receipt; and the stamp, when it was new."""

    receipt: bytes
    stamp: StampRow | None


def find_receipt(token: bytes) -> bytes | None:
    """The receipt given before for the same bytes."""
    sha256 = hashlib.sha256(token).digest()
    return arrivals_q.find_receipt(sha256)


def examine(
    token: bytes, cose_sign1: bytes, sent_at: int | None, received_at: int | None = None
) -> Arrival:
    """Check a stamp and gather what is to be known of it; writes nothing.

    Args:
        token: the sealed token (COSE_Encrypt).
        cose_sign1: the phone's COSE_Sign1 over the claims.
        sent_at: the phone's clock when it sent (Unix seconds), if it said so.
        received_at: when it came (Unix seconds); now, but for the demonstration's past.

    Raises:
        Damaged, WrongSignature, UnknownKey, WrongOrganisation, PracticeNotAllowed,
        ConsentMissing, ConsentWithdrawn: as their docstrings say.
    """
    at = clock.now() if received_at is None else received_at
    signed = cose.parse_sign1(cose_sign1)
    signer = devices.find_signer(signed.kid)
    if signer is None:
        raise UnknownKey
    cose.verify(signed, public_key(signer.x, signer.y))
    claims = decode_claims(signed.payload)
    _check_allowed(claims, signer)
    marks = list(times.time_marks(claims.captured_at, at, claims.fix.time, sent_at))
    marks += times.key_marks(claims.captured_at, signer.created_at)
    marks += check_agreed(claims, signer, at)
    if not _holds(token, cose_sign1, signer):
        marks.append("token-mismatch")
    if signer.revoked_at is not None:
        marks.append("key-revoked")
    sha256, found = hashlib.sha256(token).digest(), assess.assess(claims, signer, at, sent_at)
    return Arrival(token, sha256, cose_sign1, signer, claims, at, tuple(marks), found)


def _check_allowed(claims: Claims, signer: Signer) -> None:
    check_owner(claims, signer)
    if (claims.practice or signer.organisation_practice) and not http.config().demo:
        raise PracticeNotAllowed


def check_agreed(claims: Claims, signer: Signer, received_at: int) -> tuple[str, ...]:
    """Hold the consent that the claims name against those that the person gave; gives a mark for a
    time (by the phone's clock) before they agreed.

    Raises:
        ConsentMissing, ConsentWithdrawn: it did not cover the moment of the stamp.
    """
    agreed = consents.list_agreements(signer.person_id)
    terms = [(term.version, term.agreed_at, term.withdrawn_at) for term in agreed]
    return check_consent(claims.consent, claims.captured_at, received_at, terms)


@lru_cache(maxsize=4096)
def public_key(x: bytes, y: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a point that was checked at enrolment."""
    return cose.public_key(x, y)


def check_owner(claims: Claims, signer: Signer) -> None:
    """Hold claims and key together.

    Raises:
        WrongOrganisation: when the claims name another organisation or person.
    """
    owner = (signer.organisation_code, signer.staff_number)
    if (claims.organisation, claims.staff_number) != owner:
        raise WrongOrganisation


def _holds(token: bytes, cose_sign1: bytes, signer: Signer) -> bool:
    """Whether the sealed token opens to that COSE_Sign1.

    Whoever scans a QR holds its token, and must not take its place under a signature of their own.

    Raises:
        Damaged: the token is none.
        WrongOrganisation: it is sealed to another organisation's audit key, or to none known, or
            another phone signed what lies in it.
    """
    sealed = cose.parse_token(token)
    key = keys.find_audit_key(sealed.audit_kid)
    if key is None or key.organisation_id != signer.organisation_id:
        raise WrongOrganisation(reason="audit-key")
    private = keys.audit_private_key(key.organisation_id, key.year)
    try:
        inner = cose.open_sealed(sealed, private)
        if inner != cose_sign1 and cose.parse_sign1(inner).kid != signer.kid:
            raise WrongOrganisation(reason="token-of-another")
    except Damaged:
        return False
    return inner == cose_sign1


def store(arrival: Arrival) -> Stored:
    """Store an examined stamp in the open transaction.

    Returns:
        What stands in the database then: the receipt given before when the same bytes came in
        meanwhile; other bytes under the same identity are kept beside the first as a fork and get
        a receipt of their own.
    """
    claims, signer = arrival.claims, arrival.signer
    here = arrivals_q.find_place(signer.kid, claims.cti, signer.person_id, claims.trip)
    if here.stamp_id is None:
        trip_id = here.trip_id or chains.add_trip(signer, claims, arrival.received_at)
        return _store_stamp(arrival, trip_id)
    if here.receipt is not None and here.token_sha256 == arrival.sha256:
        return Stored(here.receipt, None)
    known = arrivals_q.find_fork_receipt(arrival.sha256)
    return Stored(known or _store_fork(arrival, here.stamp_id), None)


def _receipt(arrival: Arrival) -> bytes:
    return receipt.sign_receipt(
        receipt.Receipt(arrival.sha256, arrival.received_at, arrival.claims.cti),
        keys.receipt_key().kid,
        keys.receipt_private_key(),
    )


def _store_stamp(arrival: Arrival, trip_id: str) -> Stored:
    stamp_id, signed = new_id(), _receipt(arrival)
    wrapped_key, sealed = seals.seal(stamp_id, arrival.cose_sign1)
    row = _row(stamp_id, trip_id, arrival)
    kept = {
        "receipt": signed,
        "wrapped_key": wrapped_key,
        "sealed": sealed,
        "point_tag": arrival.assessment.point_tag,
    }
    try:
        db.run(_INSERT, {name: getattr(row, name) for name in _COLUMNS} | kept)
    except IntegrityError:
        # The same token came under another cti meanwhile: a phone that makes its own rules.
        raise WrongOrganisation(reason="token-twice") from None
    return Stored(signed, row)


def _row(stamp_id: str, trip_id: str, arrival: Arrival) -> StampRow:
    claims, signer, found = arrival.claims, arrival.signer, arrival.assessment
    return StampRow(
        id=stamp_id,
        organisation_id=signer.organisation_id,
        person_id=signer.person_id,
        trip_id=trip_id,
        trip=claims.trip,
        device_kid=signer.kid,
        cti=claims.cti,
        seq=claims.seq,
        prev=claims.prev,
        kind=claims.kind,
        captured_at=claims.captured_at,
        received_at=arrival.received_at,
        token=arrival.token,
        token_sha256=arrival.sha256,
        accuracy_m=min(round(claims.fix.accuracy), 10_000_000),
        place=found.place,
        sigungu_code=found.sigungu_code,
        office_km=found.office_km,
        chain=chains.join(signer.kid, claims, arrival.sha256),
        marks=" ".join(arrival.marks),
        signals=found.signals,
        score=found.score,
        voided_at=None,
    )


def _store_fork(arrival: Arrival, stamp_id: str) -> bytes:
    signed = _receipt(arrival)
    wrapped_key, sealed = seals.seal(arrival.sha256.hex(), arrival.cose_sign1)
    db.run(
        insert(Fork).values(
            token_sha256=arrival.sha256,
            stamp_id=stamp_id,
            received_at=arrival.received_at,
            token=arrival.token,
            wrapped_key=wrapped_key,
            sealed=sealed,
            receipt=signed,
        )
    )
    chains.mark_fork(stamp_id)
    return signed
