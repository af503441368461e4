"""The code of a picture on a sheet: which photo it is, and the beginning of its hash.

The danger removed here: a sheet in which a picture was exchanged. The QR beside each picture names
the photo and 80 bits of the hash that the phone signed, so whoever reads it can ask the office
whether it keeps exactly that picture. Upper-case base32 keeps the QR in its compact mode.
"""

from __future__ import annotations

import base64
import re
import uuid
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

PATH: Final = "/P/"
HASH_BYTES: Final = 10
LENGTH: Final = 42  # 26 bytes are 208 bits: 42 characters, the last two bits zero
MAX_TEXT: Final = 1024
CODE: Final = re.compile(r"[A-Z2-7]{41}[AEIMQUY4]")
TAIL: Final = re.compile(r"[?#].*", re.DOTALL)


@dataclass(frozen=True)
class Claimed:
    """What a code claims: there is a photo of this id whose SHA-256 begins so."""

    photo_id: str
    beginning: bytes


def code_of(photo_id: str, sha256: bytes) -> str:
    """The code of a photo, 42 characters."""
    raw = uuid.UUID(photo_id).bytes + sha256[:HASH_BYTES]
    return base64.b32encode(raw).decode("ascii").rstrip("=")


def url_of(public_url: str, photo_id: str, sha256: bytes) -> str:
    """The address that the QR of a photo opens, all upper case."""
    return public_url.rstrip("/").upper() + PATH + code_of(photo_id, sha256)


def find_claim(text: str) -> Claimed | None:
    """Read a code from an address, a path or by itself, in any case; None when it is damaged."""
    if len(text) > MAX_TEXT:
        return None
    plain = TAIL.sub("", unquote(text.strip())).strip()
    if not plain.isascii():
        return None
    code = plain.upper().rpartition(PATH)[2].rstrip("/")
    if not CODE.fullmatch(code):
        return None
    raw = base64.b32decode(code + "=" * (-LENGTH % 8))
    return Claimed(str(uuid.UUID(bytes=raw[:16])), raw[16:])
