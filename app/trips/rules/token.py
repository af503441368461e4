"""A token as text: the upper-case URL that a QR carries, and reading it back however it arrives."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote

from app.trips.rules.claims import MAX_TOKEN_BYTES
from app.trips.rules.refusals import Damaged, TooLarge

PATH: Final = "/S/"
ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
MAX_TEXT: Final = 4096
MAX_CODE: Final = (MAX_TOKEN_BYTES * 8 + 4) // 5
TAIL: Final = re.compile(r"[?#].*", re.DOTALL)


def token_text(token: bytes) -> str:
    """Write a token in upper-case base32 without padding (RFC 4648)."""
    return base64.b32encode(token).decode("ascii").rstrip("=")


def url_for_token(public_url: str, token: bytes) -> str:
    """Give the URL of a token, all upper case so that a QR needs its alphanumeric mode only."""
    return public_url.rstrip("/").upper() + PATH + token_text(token)


def token_from_text(text: str) -> bytes:
    """Read a token from a whole URL, a path or bare base32, in any case, percent-encoded or not.

    Raises `Damaged` (empty, bad-base32) and `TooLarge`. A token has one text: unused bits of the
    last character must be zero.
    """
    if len(text) > MAX_TEXT:
        raise TooLarge("too-long")
    plain = TAIL.sub("", unquote(text.strip())).strip()
    if not plain.isascii():
        raise Damaged("bad-base32")
    code = plain.upper().rpartition("/S/")[2].rstrip("/")
    if not code:
        raise Damaged("empty")
    if len(code) > MAX_CODE:
        raise TooLarge("too-long")
    unused = len(code) * 5 % 8
    if "=" in code or ALPHABET.find(code[-1]) & ((1 << unused) - 1):
        raise Damaged("bad-base32")
    try:
        return base64.b32decode(code + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError):
        raise Damaged("bad-base32") from None
