"""Identifiers: UUIDs outside, hex for hashes and key ids, base64url for bytes in JSON."""

from __future__ import annotations

import base64
import binascii
import secrets
import time
import uuid


def new_id() -> str:
    """A new UUID of version 7 (RFC 9562, section 5.7) in its 36-character form: 48 bits of time in
    milliseconds, then 74 random bits. Rows made one after the other lie side by side on disk."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(secrets.token_bytes(10))
    high, low = random >> 68 & 0xFFF, random & (1 << 62) - 1
    number = milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low
    return str(uuid.UUID(int=number))


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """The bytes of unpadded base64url; ValueError when the text is not that."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
