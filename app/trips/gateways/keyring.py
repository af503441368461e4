"""The private keys in the instance folder: the audit keys and the receipt key.

Embedded default: the server keeps an organisation's audit key, encrypted under a passphrase that
lies beside it; whoever runs the server can open tokens. README says so.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from app.core.keys import p256_key


@lru_cache(maxsize=64)
def audit_private_key(
    instance: Path, passphrase: bytes, organisation_id: str, year: int
) -> ec.EllipticCurvePrivateKey:
    """An organisation's audit key of a year; made when there is none yet."""
    return p256_key(instance / "keys" / f"audit-{organisation_id}-{year}.pem", passphrase)


@lru_cache(maxsize=2)
def receipt_private_key(instance: Path, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """The key that signs receipts; phones pin its public half when they enrol."""
    return p256_key(instance / "keys" / "receipt.pem", passphrase)
