"""Which kind of picture bytes are, by their first bytes and never by a name or a claimed type.

The danger removed here: a file that says it is a picture and is something else for whoever opens
it next. What does not begin as one of four kinds is refused; SVG (a document with scripts), GIF
and AVIF are none of them.
"""

from __future__ import annotations

from typing import Final

JPEG, PNG, WEBP, HEIC = KINDS = ("jpeg", "png", "webp", "heic")
HEAD_BYTES: Final = 64
HEVC_BRANDS: Final = frozenset(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
)
ANY_CODEC: Final = frozenset((b"mif1", b"mif2", b"msf1"))  # a still or a sequence, of any codec
WEBP_FIRST: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X"))


def kind_of(head: bytes) -> str | None:
    """`jpeg`, `png`, `webp`, `heic`, or None.

    Args:
        head: the first HEAD_BYTES of a file, or all of a shorter one.
    """
    if head[:3] == b"\xff\xd8\xff":
        return JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n" and head[8:16] == b"\0\0\0\x0dIHDR":
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and head[12:16] in WEBP_FIRST:
        return WEBP
    return HEIC if _is_heic(head) else None


def _is_heic(head: bytes) -> bool:
    """A `ftyp` box whose major brand is HEVC's, or any codec's with HEVC among the others."""
    size = int.from_bytes(head[:4])
    if head[4:8] != b"ftyp" or size < 16 or size % 4:
        return False
    others = {head[at : at + 4] for at in range(16, min(size, len(head), HEAD_BYTES), 4)}
    major = head[8:12]
    return major in HEVC_BRANDS or (major in ANY_CODEC and bool(others & HEVC_BRANDS))
