"""A phone's key: its identity, and the proof that the phone holds its private half."""

from __future__ import annotations

import hashlib
import re

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from app.accounts.rules.refusals import BadDeviceKey

SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Macintosh"),
    ("Linux", r"Linux"),
)
BROWSERS = (
    ("Samsung Internet", r"SamsungBrowser"),
    ("Edge", r"Edg"),
    ("Whale", r"Whale"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS"),
    ("Safari", r"Safari"),
)


def key_id(x: bytes, y: bytes) -> bytes:
    """The key's id: SHA-256 of its COSE_Key thumbprint input (RFC 9679), first 8 bytes."""
    return hashlib.sha256(cbor2.dumps({1: 2, -1: 1, -2: x, -3: y}, canonical=True)).digest()[:8]


def check_proof(x: bytes, y: bytes, person_id: str, proof: bytes) -> bytes:
    """Accept a new key.

    Args:
        x, y: coordinates of the public point, 32 bytes each.
        person_id: whom it is enrolled for; part of what was signed.
        proof: r||s (64 bytes, ES256) over "enrol-v1:" person id ":" hex key id.

    Returns:
        The key id, 8 bytes.

    Raises:
        BadDeviceKey: when the point is not on P-256 or the proof does not verify.
    """
    kid = key_id(x, y)
    message = f"enrol-v1:{person_id}:{kid.hex()}".encode()
    if len(proof) != 64:
        raise BadDeviceKey(reason="proof-length")
    der = encode_dss_signature(int.from_bytes(proof[:32]), int.from_bytes(proof[32:]))
    try:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(x), int.from_bytes(y), ec.SECP256R1()
        )
        numbers.public_key().verify(der, message, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise BadDeviceKey(reason="proof") from error
    return kid


def device_label(user_agent: str) -> str:
    """A short name for a browser, such as "Android · Chrome", for the list of sign-ins."""
    found = [
        next((name for name, pattern in table if re.search(pattern, user_agent)), "")
        for table in (SYSTEMS, BROWSERS)
    ]
    return " · ".join(part for part in found if part) or "기기"
