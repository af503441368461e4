"""The audit keys (one an organisation and year) and the key that signs receipts."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from flask import current_app
from sqlalchemy import insert

from app.accounts.service import people
from app.core import clock, db, http
from app.trips.gateways import keyring
from app.trips.models import AuditKey
from app.trips.queries import keys as keys_q
from app.trips.queries.keys import AuditKeyRow
from app.trips.rules import cose


@dataclass(frozen=True)
class PublicKey:
    """A public P-256 key with its key id."""

    kid: bytes
    x: bytes
    y: bytes


def audit_key_of(organisation_id: str, year: int) -> AuditKeyRow | None:
    """The organisation's audit key of a year, if it has one."""
    return keys_q.find_audit_key_of_year(organisation_id, year)


def find_audit_key(kid: bytes) -> AuditKeyRow | None:
    """The audit key of a key id; kept in memory once found: a key never changes."""
    known: dict[bytes, AuditKeyRow] = current_app.extensions.setdefault("audit_keys", {})
    if kid not in known:
        row = keys_q.find_audit_key(kid)
        if row is None:
            return None
        known[kid] = row
    return known[kid]


def make_audit_key(organisation_id: str, year: int) -> AuditKeyRow:
    """The organisation's audit key of a year; made, and its row written, when there is none."""
    known = keys_q.find_audit_key_of_year(organisation_id, year)
    if known is not None:
        return known
    x, y = cose.point(audit_private_key(organisation_id, year).public_key())
    row = AuditKeyRow(cose.device_kid(x, y)[:4], organisation_id, year, x, y)
    db.run(
        insert(AuditKey).values(
            kid=row.kid,
            organisation_id=organisation_id,
            year=year,
            x=x,
            y=y,
            created_at=clock.now(),
        )
    )
    return row


def audit_private_key(organisation_id: str, year: int) -> ec.EllipticCurvePrivateKey:
    """The private audit key, from the instance folder."""
    config, secrets = http.config(), http.secrets()
    return keyring.audit_private_key(config.instance_dir, secrets.passphrase, organisation_id, year)


def receipt_private_key() -> ec.EllipticCurvePrivateKey:
    """The key that signs receipts."""
    return keyring.receipt_private_key(http.config().instance_dir, http.secrets().passphrase)


def receipt_key() -> PublicKey:
    """The public half of the key that signs receipts; phones pin it."""
    known: PublicKey | None = current_app.extensions.get("receipt_key")
    if known is None:
        x, y = cose.point(receipt_private_key().public_key())
        known = current_app.extensions["receipt_key"] = PublicKey(cose.device_kid(x, y), x, y)
    return known


def make_due_audit_keys() -> int:
    """Make every organisation's audit key of this year and, in December, of the next; how many
    there are now."""
    today = clock.seoul_day(clock.now())
    years = (today.year, today.year + 1) if today.month == 12 else (today.year,)
    offices = people.list_offices()
    for office in offices:
        for year in years:
            make_audit_key(office.id, year)
    return len(offices) * len(years)
