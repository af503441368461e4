"""Where a photo's files lie in the store: by organisation and hash, never by what somebody sent."""

from __future__ import annotations

SMALL, LARGE = 320, 2016
SIZES = (SMALL, LARGE)
# The columns that keep the hash of each derivative.
HASHES = {SMALL: "small_sha256", LARGE: "large_sha256"}


def original(organisation_id: str, sha256: bytes, photo_id: str) -> str:
    """The untouched bytes, as the phone signed them."""
    return f"{_folder(organisation_id, sha256)}/{photo_id}/original"


def derivative(organisation_id: str, sha256: bytes, photo_id: str, side: int) -> str:
    """A re-encoded JPEG without metadata whose longer side is at most `side` pixels."""
    return f"{_folder(organisation_id, sha256)}/{photo_id}/{side}.jpg"


def export(organisation_id: str, export_id: str, ending: str) -> str:
    """A sheet or an archive."""
    return f"{organisation_id}/exports/{export_id}.{ending}"


def _folder(organisation_id: str, sha256: bytes) -> str:
    return f"{organisation_id}/{sha256[:1].hex()}"
