"""COSE around the claims: COSE_Sign1 by the phone, COSE_Encrypt to the audit key (RFC 9052, 9053).

The cryptography is that of `cryptography`; here stand only the few fixed structures, each read
strictly, so that a stamp has one spelling. ECDSA is malleable (with (r, s) also (r, n-s) verifies):
only the lower s is accepted, and a stamp is never identified by its signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.trips.rules import cbor
from app.trips.rules.claims import MAX_TOKEN_BYTES
from app.trips.rules.refusals import Damaged, TooLarge, WrongSignature

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
HALF_ORDER: Final = ORDER // 2
SIGN1_TAG, ENCRYPT_TAG = 18, 96
MAX_SIGN1_BYTES: Final = 1024
KID_BYTES: Final = 8
A128GCM: Final = bytes.fromhex("a10101")
ECDH_ES: Final = bytes.fromhex("a1013818")
AAD: Final = cbor.encode(["Encrypt", A128GCM, b""])
KDF_INFO: Final = cbor.encode([1, [None] * 3, [None] * 3, [128, ECDH_ES]])
# Key type and curve as they stand in a recipient's key: 2 is EC2, 1 is P-256.
EC2_P256: Final = cbor.encode([2, 1])
# How the protected header {1: -7, 4: kid} starts; the eight bytes of the kid follow.
ES256_KID: Final = bytes.fromhex("a201260448")
VERIFY: Final = ec.ECDSA(SHA256())
SIGN: Final = ec.ECDSA(SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True)
class Sign1:
    """A signed message, taken apart; `kid` is 8 bytes, `signature` r and s of 32 bytes each."""

    kid: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A token, taken apart; `x`, `y` are the ephemeral point of 32 bytes each, `iv` is 12 bytes."""

    audit_kid: bytes
    iv: bytes
    ciphertext: bytes
    x: bytes
    y: bytes


def device_kid(x: bytes, y: bytes) -> bytes:
    """Number a P-256 key: the first 8 bytes of its COSE key thumbprint (RFC 9679)."""
    return sha256(cbor.encode({1: 2, -1: 1, -2: x, -3: y})).digest()[:KID_BYTES]


def public_key(x: bytes, y: bytes) -> ec.EllipticCurvePublicKey:
    """Load a P-256 point of two 32-byte coordinates. Raises `Damaged` when it is none."""
    if len(x) != 32 or len(y) != 32:
        raise Damaged("bad-point")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, b"\x04" + x + y)
    except ValueError:
        raise Damaged("bad-point") from None


def point(key: ec.EllipticCurvePublicKey) -> tuple[bytes, bytes]:
    """Give a public key's coordinates, 32 bytes each."""
    numbers = key.public_numbers()
    return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")


def to_be_signed(kid: bytes, payload: bytes) -> bytes:
    """Give the bytes that ES256 signs: the Sig_structure of RFC 9052, section 4.4."""
    return cbor.encode(["Signature1", ES256_KID + kid, b"", payload])


def build_sign1(kid: bytes, payload: bytes, signature: bytes) -> bytes:
    """Put a tagged COSE_Sign1 together."""
    body = cbor.encode([ES256_KID + kid, {}, payload, signature])
    return bytes([0xC0 | SIGN1_TAG]) + body


def sign(kid: bytes, payload: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    """Sign deterministically (RFC 6979) with the lower s; gives the tagged COSE_Sign1."""
    r, s = decode_dss_signature(key.sign(to_be_signed(kid, payload), SIGN))
    s = min(s, ORDER - s)
    return build_sign1(kid, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def parse_sign1(data: bytes, limit: int = MAX_SIGN1_BYTES) -> Sign1:
    """Take a tagged COSE_Sign1 apart without checking its signature. Raises `Damaged`."""
    if len(data) > limit:
        raise TooLarge("too-long")
    protected, unprotected, payload, signature = _array(cbor.decode_tagged(data, SIGN1_TAG), 4)
    protected = _bytes(protected)
    if len(protected) != len(ES256_KID) + KID_BYTES or not protected.startswith(ES256_KID):
        raise Damaged(_why_not_es256(protected))
    if unprotected != {}:
        raise Damaged("not-cose", found="unprotected header")
    if len(_bytes(signature)) != 64:
        raise Damaged("wrong-length", found="signature")
    return Sign1(protected[len(ES256_KID) :], _bytes(payload), signature)


def verify(message: Sign1, key: ec.EllipticCurvePublicKey) -> None:
    """Check a message's signature. Raises `WrongSignature`: signature-range, high-s, mismatch."""
    r = int.from_bytes(message.signature[:32], "big")
    s = int.from_bytes(message.signature[32:], "big")
    if not (0 < r < ORDER and 0 < s < ORDER):
        raise WrongSignature("signature-range")
    if s > HALF_ORDER:
        raise WrongSignature("high-s")
    try:
        key.verify(encode_dss_signature(r, s), to_be_signed(message.kid, message.payload), VERIFY)
    except InvalidSignature:
        raise WrongSignature("signature-mismatch") from None


def parse_token(data: bytes) -> Sealed:
    """Take a sealed token apart without opening it. Raises `Damaged`, `TooLarge`."""
    if len(data) > MAX_TOKEN_BYTES:
        raise TooLarge("too-long")
    protected, header, ciphertext, recipients = _array(cbor.decode_tagged(data, ENCRYPT_TAG), 4)
    if protected != A128GCM:
        raise Damaged("wrong-algorithm")
    iv = _bytes(_members(header, {5})[5], 12)
    (recipient,) = _array(recipients, 1)
    protected, header, wrapped = _array(recipient, 3)
    if protected != ECDH_ES:
        raise Damaged("wrong-algorithm")
    members = _members(header, {4, -1})
    key = _members(members[-1], {1, -1, -2, -3})
    if wrapped != b"" or cbor.encode([key[1], key[-1]]) != EC2_P256:
        raise Damaged("not-cose", found="recipient")
    audit_kid = _bytes(members[4])
    if not 1 <= len(audit_kid) <= 4:
        raise Damaged("wrong-length", found="audit kid")
    return Sealed(audit_kid, iv, _bytes(ciphertext), _bytes(key[-2], 32), _bytes(key[-3], 32))


def seal(
    sign1: bytes,
    audit_kid: bytes,
    audit: ec.EllipticCurvePublicKey,
    ephemeral: ec.EllipticCurvePrivateKey,
    iv: bytes,
) -> bytes:
    """Seal a signed message to the audit key; never use `ephemeral` (or `iv` with it) again."""
    cek = _content_key(ephemeral, audit)
    ciphertext = AESGCM(cek).encrypt(iv, sign1, AAD)
    x, y = point(ephemeral.public_key())
    header = {4: audit_kid, -1: {1: 2, -1: 1, -2: x, -3: y}}
    body = cbor.encode([A128GCM, {5: iv}, ciphertext, [[ECDH_ES, header, b""]]])
    return bytes([0xD8, ENCRYPT_TAG]) + body


def open_sealed(sealed: Sealed, audit: ec.EllipticCurvePrivateKey) -> bytes:
    """Give the COSE_Sign1 bytes inside. Raises `Damaged` (bad-point, cannot-open)."""
    cek = _content_key(audit, public_key(sealed.x, sealed.y))
    try:
        return AESGCM(cek).decrypt(sealed.iv, sealed.ciphertext, AAD)
    except InvalidTag:
        raise Damaged("cannot-open") from None


def open_token(token: bytes, audit: ec.EllipticCurvePrivateKey) -> bytes:
    """Parse and open a token: one function of (token, key), wherever the key may be."""
    return open_sealed(parse_token(token), audit)


def _content_key(private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> bytes:
    shared = private.exchange(ec.ECDH(), public)
    return HKDF(algorithm=SHA256(), length=16, salt=None, info=KDF_INFO).derive(shared)


def _why_not_es256(protected: bytes) -> str:
    """Name what is wrong with a protected header that is not {1: -7, 4: kid}."""
    header = cbor.decode(protected)
    if type(header) is not dict or header.keys() != {1, 4}:
        return "not-cose"
    return "wrong-algorithm" if header[1] != -7 else "wrong-length"


def _array(value: Any, length: int) -> list[Any]:
    if type(value) is not list or len(value) != length:
        raise Damaged("not-cose", found="array")
    return value


def _members(value: Any, labels: set[int]) -> dict[int, Any]:
    if type(value) is not dict or value.keys() != labels:
        raise Damaged("not-cose", found="header")
    return value


def _bytes(value: Any, length: int | None = None) -> bytes:
    if type(value) is not bytes:
        raise Damaged("wrong-type", found="bytes")
    if length is not None and len(value) != length:
        raise Damaged("wrong-length", found="bytes")
    return value
