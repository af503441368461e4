"""Making stamps on the server: the demonstration's month of trips, as if phones had made them.

The keys are made here and forgotten: a real phone's key never leaves the phone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric import ec

from app.accounts.service import devices
from app.trips.queries.keys import AuditKeyRow
from app.trips.rules import cbor, cose
from app.trips.rules.claims import NO_HASH, Claims, Fix, encode_claims, fit_claims
from app.trips.rules.receipt import VoidRecord, encode_void
from app.trips.service import keys

__all__ = ["Claims", "Fix", "Minted", "Phone"]


@dataclass
class Phone:
    """A phone of the demonstration: its key, and where its chain stands."""

    organisation_id: str
    person_id: str
    private: ec.EllipticCurvePrivateKey
    kid: bytes
    seq: int = 0
    prev: bytes = field(default=NO_HASH)


@dataclass(frozen=True)
class Minted:
    """A stamp as a phone would send it."""

    token: bytes
    cose_sign1: bytes
    sha256: bytes


def enrol_phone(organisation_id: str, person_id: str, label: str, at: int) -> Phone:
    """Make a phone with a new key, enrolled at that moment (Unix seconds)."""
    private = ec.generate_private_key(ec.SECP256R1())
    x, y = cose.point(private.public_key())
    kid = cose.device_kid(x, y)
    devices.add_device(organisation_id, person_id, (kid, x, y), label, at)
    return Phone(organisation_id, person_id, private, kid)


def sign_and_seal(
    claims: Claims, kid: bytes, private: ec.EllipticCurvePrivateKey, audit: AuditKeyRow
) -> Minted:
    """Sign claims and seal them to an audit key."""
    cose_sign1 = cose.sign(kid, encode_claims(fit_claims(claims)), private)
    token = cose.seal(
        cose_sign1,
        audit.kid,
        cose.public_key(audit.x, audit.y),
        ec.generate_private_key(ec.SECP256R1()),
        secrets.token_bytes(12),
    )
    return Minted(token, cose_sign1, hashlib.sha256(token).digest())


def audit_key(organisation_id: str, year: int) -> AuditKeyRow:
    """The organisation's audit key of a year, made when there is none (open transaction)."""
    return keys.make_audit_key(organisation_id, year)


def sign_void(phone: Phone, sha256: bytes, voided_at: int, reason: str) -> bytes:
    """The phone's signed cancellation of one of its stamps."""
    return cose.sign(phone.kid, encode_void(VoidRecord(sha256, voided_at, reason)), phone.private)


def sign_payload(phone: Phone, payload: dict[int, object]) -> bytes:
    """The phone's COSE_Sign1 over a message of another service, such as a photo record."""
    return cose.sign(phone.kid, cbor.encode(payload), phone.private)


def make_forger(phone: Phone) -> Phone:
    """Somebody who claims to be that phone but holds another key."""
    return replace(phone, private=ec.generate_private_key(ec.SECP256R1()))
