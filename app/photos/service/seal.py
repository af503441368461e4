"""The server's seal over what it made of a photo: the hashes of the two copies, and what they show.

The danger removed here: copies of two photos that are exchanged in the store together with their
hashes in the database. The phone signs the original only; the copies are the server's own, so it
is the server that vouches for them, by a key that lies in no database. The seal names the
original's hash too: copies of another original cannot be laid under this photo.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from app.core import http
from app.core.keys import keyed_tag

SEALED: Final = ("kind", "width", "height", "ready_at", "large_sha256", "small_sha256")
PURPOSE: Final = b"photo copies"


def make(photo_id: str, sha256: bytes, made: Mapping[str, Any]) -> bytes:
    """The seal, 32 bytes.

    Args:
        photo_id: of the photo.
        sha256: of its original.
        made: the values of the columns SEALED, as a row holds them or is to hold them.
    """
    told = [photo_id, sha256.hex(), *(_plain(made[name]) for name in SEALED)]
    key = keyed_tag(http.secrets().rows, PURPOSE, 32)
    return keyed_tag(key, json.dumps(told).encode(), 32)


def holds(photo_id: str, sha256: bytes, row: Mapping[str, Any]) -> bool:
    """Whether a row's seal is that of its other columns; text may come as the bytes it lies in."""
    kind = row["kind"]
    plain = kind.decode("utf-8", "replace") if isinstance(kind, bytes) else kind
    return bool(row["seal"] == make(photo_id, sha256, {**row, "kind": plain}))


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
