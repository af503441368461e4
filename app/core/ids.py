"""Identifiers: UUIDs outside, hex for hashes and key ids, base64url for bytes in JSON."""

from __future__ import annotations

import base64
import binascii
import uuid


def new_id() -> str:
    """A new random UUID (RFC 9562 version 4) in its 36-character form."""
    return str(uuid.uuid4())


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """The bytes of unpadded base64url; ValueError when the text is not that."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
