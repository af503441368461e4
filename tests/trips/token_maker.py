"""Stamps for tests: the golden one, and any bytes signed and sealed as a forger could."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from app.trips.rules import claims, cose, token

VECTOR = json.loads((Path(__file__).parent / "vectors" / "golden_token.json").read_bytes())


def golden(name: str) -> bytes:
    """A byte string of the golden vector, without the `_hex` of its name."""
    return bytes.fromhex(VECTOR[f"{name}_hex"] if f"{name}_hex" in VECTOR else VECTOR[name])


def key(name: str) -> ec.EllipticCurvePrivateKey:
    """One of the golden vector's private keys: device, audit, ephemeral."""
    return ec.derive_private_key(int(VECTOR[f"{name}_d"], 16), ec.SECP256R1())


DEVICE, AUDIT, EPHEMERAL = key("device"), key("audit"), key("ephemeral")
KID, AUDIT_KID, IV = golden("device_kid"), golden("audit_kid"), golden("iv")
CLAIMS, SIGN1, TOKEN = golden("claims"), golden("sign1"), golden("token")
X, Y = golden("ephemeral_pub_x"), golden("ephemeral_pub_y")


def sealed(sign1: bytes) -> bytes:
    """Seal anything to the golden audit key, as anybody can."""
    return cose.seal(sign1, AUDIT_KID, AUDIT.public_key(), EPHEMERAL, IV)


def signed(payload: bytes) -> bytes:
    """Sign anything with the golden device key, as a rooted phone can."""
    return cose.sign(KID, payload, DEVICE)


def read(data: bytes) -> claims.Claims:
    """Everything that happens to a token between the scan and the verdict."""
    message = cose.parse_sign1(cose.open_token(data, AUDIT))
    cose.verify(message, DEVICE.public_key())
    return claims.decode_claims(message.payload)


def read_text(text: str) -> claims.Claims:
    """The same from a text."""
    return read(token.token_from_text(text))


def swap(data: bytes, old: str, new: str) -> bytes:
    """Replace hex in bytes; the old must be there exactly once, or the test tests nothing."""
    before = bytes.fromhex(old)
    assert data.count(before) == 1, f"{old} stands {data.count(before)} times"
    return data.replace(before, bytes.fromhex(new))
