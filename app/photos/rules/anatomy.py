"""The build of a picture file, read before any codec sees it: where it ends, how large it is.

The dangers removed here: a few kilobytes that unfold to gigabytes (pixels and the memory that
decoding them takes are known before decoding), a picture cut short that decodes to half grey,
and a second file carried along behind a picture or inside it (a polyglot).

Phones append things of their own behind a picture: a second JPEG (the gain map of HDR), a motion
photo's MP4, Samsung's SEF block, zeros. Those are accounted for to the last byte and let through,
because the derivatives are made of the picture alone; anything else behind the end is refused.
What hides inside a picture's own parts is looked for by rules/hidden.py.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.photos.rules import hidden, names, sniff

MOST_BYTES: Final = 40 * 1024 * 1024
# The largest frame of cameras that are sold as 50 megapixels, 50.3 million pixels.
MOST_PIXELS: Final = 8192 * 6144
# What decoding may take of the decoder's 300 MB. The estimates are low, so that nothing is refused
# for nothing; the kernel holds the rest (gateways/decoder.py).
MOST_MEMORY: Final = 250 * 10**6
MOST_PARTS: Final = 20_000
# Each scan of a progressive picture goes over all of it. libjpeg writes 10, and 18 for CMYK.
MOST_SCANS: Final = 20
# Bytes a pixel that a whole decoded picture takes, measured with tests/bench/derivatives.py.
PNG_PIXEL: Final = {0: 1, 2: 4, 3: 1, 4: 4, 6: 4}
WEBP_PIXEL = 16
JPEG_PIXEL = 8
MOST_APPENDED: Final = 20

MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
ZEROS: Final = re.compile(rb"\0*")
ISPE: Final = re.compile(rb"\0\0\0\x14ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
BOXES: Final = frozenset(
    b"ftyp meta mdat free skip wide uuid mpvd sefd moov moof mfra udta styp sidx pdin".split()
)


class Refused(Exception):
    """These bytes do not become a picture here; `reason` is one of rules/reasons.py."""

    def __init__(self, reason: str, peak_kb: int = 0) -> None:
        """Keep the reason, and the memory that decoding took (0: refused before it)."""
        super().__init__(reason)
        self.reason = reason
        self.peak_kb = peak_kb


@dataclass(frozen=True)
class Anatomy:
    """A picture as its headers tell: kind, pixels before turning, bytes that decoding takes, and
    what a JPEG's decoder may divide its sides by."""

    kind: str
    width: int
    height: int
    memory: int
    shrink: int = 1


def shrink_of(longer: int) -> int:
    """What JPEG's decoder divides by at once: 1, 2, 4 or 8. A derivative may be a tenth smaller
    than its side allows, so that 4,000 pixels become 2,000 without being resampled."""
    return next((by for by in (8, 4, 2) if longer >= by * names.LARGE * 9 // 10), 1)


def examine(data: bytes) -> Anatomy:
    """Read the build of a file.

    Raises:
        Refused: it is no picture, not whole, not alone, or too large to decode.
    """
    if not data:
        raise Refused("empty")
    if len(data) > MOST_BYTES:
        raise Refused("too-many-bytes")
    kind = sniff.kind_of(data[: sniff.HEAD_BYTES])
    if kind is None:
        raise Refused("not-a-picture")
    found, end = READERS[kind](data)
    if min(found.width, found.height) < 1:
        raise Refused("damaged")
    if found.width * found.height > MOST_PIXELS:
        raise Refused("too-many-pixels")
    if found.memory > MOST_MEMORY:
        raise Refused("too-much-memory")
    if hidden.hides_a_file(data):
        raise Refused("hidden-file")
    check_rest(data, end)
    return found


def check_rest(data: bytes, at: int) -> None:
    """Account for what stands behind the picture's end.

    Raises:
        Refused: something is there that no phone appends.
    """
    for _ in range(MOST_APPENDED):
        start = _past_zeros(data, at)
        if start == len(data):
            return
        if data[start : start + 3] == b"\xff\xd8\xff":
            at = _jpeg(data, start)[1]
            continue
        box = data.find(b"ftyp", start, start + 8) - 4  # its length may begin with zeros
        if box < at:
            break
        at = _boxes_end(data, box)
    if not _is_sef(data, at):
        raise Refused("trailing-data")


def _past_zeros(data: bytes, at: int) -> int:
    found = ZEROS.match(data, at)
    return found.end() if found else at


def _is_sef(data: bytes, at: int) -> bool:
    """Whether the rest is Samsung's block: it ends with its directory's length and SEFT."""
    start = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return start >= at and data[-4:] == b"SEFT" and data[start : start + 4] == b"SEFH"


def _jpeg(data: bytes, start: int = 0) -> tuple[Anatomy, int]:
    """Read marker by marker to the end of the image."""
    frame, scans, at = b"", 0, start + 2
    in_first = 0
    for _ in range(MOST_PARTS):
        found = MARKER.search(data, at)
        if found is None:
            break
        code, at = found[0][1], found.end()
        if code == 0xD9:
            return _jpeg_anatomy(frame, scans, in_first), at
        length = int.from_bytes(data[at : at + 2])
        body = data[at + 2 : at + length]
        if code in range(0xC0, 0xD0) and code not in {0xC4, 0xC8, 0xCC}:
            frame = frame or bytes([code]) + body
        if code == 0xDA:
            scans, in_first = scans + 1, in_first or body[0] if body else 0
        if length < 2 or code in {0x01, 0xD8}:
            raise Refused("damaged")
        at += length
    else:
        raise Refused("damaged")
    raise Refused("truncated")


def _jpeg_anatomy(frame: bytes, scans: int, in_first: int) -> Anatomy:
    """What a frame header says; coefficients of a progressive picture stay in memory whole."""
    parts = frame[6] if len(frame) >= 7 else 0
    sampling = [(byte >> 4, byte & 15) for byte in frame[8 : 7 + parts * 3 : 3]]
    if not scans or not parts or len(sampling) != parts or not all(map(all, sampling)):
        raise Refused("damaged")
    if frame[0] not in {0xC0, 0xC1, 0xC2} or frame[1] != 8 or parts not in {1, 3, 4}:
        raise Refused("unsupported")
    if scans > MOST_SCANS:
        raise Refused("too-slow")
    height, width = struct.unpack(">HH", frame[2:6])
    most = max(h for h, _ in sampling) * max(v for _, v in sampling)
    share = sum(h * v for h, v in sampling) / most
    whole = frame[0] == 0xC2 or in_first < parts
    kept = int(width * height * share * 2) if whole else 0
    shrink = shrink_of(max(width, height))
    drawn = width * height * JPEG_PIXEL // shrink**2
    return Anatomy(sniff.JPEG, width, height, kept + drawn, shrink)


def _png(data: bytes) -> tuple[Anatomy, int]:
    """Read chunk by chunk to IEND."""
    width, height, depth, colour = struct.unpack_from(">IIBB", data[:26].ljust(26, b"\0"), 16)
    at = 8
    for _ in range(MOST_PARTS):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + length
        if kind == b"acTL":
            raise Refused("animated")
        if at > len(data):
            raise Refused("truncated")
        if kind == b"IEND":
            each = PNG_PIXEL.get(colour, 4) * (2 if depth == 16 and colour == 0 else 1)
            return Anatomy(sniff.PNG, width, height, width * height * each), at
    raise Refused("damaged")


def _webp(data: bytes) -> tuple[Anatomy, int]:
    """Read chunk by chunk to the end that the RIFF header names."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise Refused("truncated")
    at = 12
    for _ in range(MOST_PARTS):
        if at >= end:
            width, height = _webp_size(data)
            memory = width * height * WEBP_PIXEL + len(data) * 3
            return Anatomy(sniff.WEBP, width, height, memory), end
        if data[at : at + 4] in {b"ANIM", b"ANMF"}:
            raise Refused("animated")
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    raise Refused("damaged")


def _webp_size(data: bytes) -> tuple[int, int]:
    """The canvas, as the first chunk says; 0 x 0 when it does not."""
    head = data[:30].ljust(30, b"\0")
    if head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[23:26] != b"\x9d\x01\x2a":
        return 0, 0
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def _heic(data: bytes) -> tuple[Anatomy, int]:
    """Read box by box; the largest extent that any picture in it claims counts."""
    end = _boxes_end(data, 0)
    names = {kind for kind, _, _ in _boxes(data, 0)}
    if names & {b"moov", b"moof"}:
        raise Refused("animated")
    if b"meta" not in names or b"mdat" not in names:
        raise Refused("truncated")
    found = [
        one
        for kind, start, stop in _boxes(data, 0)
        if kind == b"meta"
        for one in islice(ISPE.finditer(data, start, stop), MOST_PARTS)
    ]
    if len(found) >= MOST_PARTS:
        raise Refused("damaged")
    extents = [(int.from_bytes(one[1]), int.from_bytes(one[2])) for one in found]
    width, height = max(extents, key=lambda one: one[0] * one[1], default=(0, 0))
    memory = len(data) * 3  # a grid's tiles are decoded one by one; the rest the kernel holds
    return Anatomy(sniff.HEIC, width, height, memory), end


def _boxes_end(data: bytes, at: int) -> int:
    """Where the boxes of an ISO media file end: at what is no box of ours, or at the file's end."""
    end = max((stop for _, _, stop in _boxes(data, at)), default=at)
    if end > len(data):
        raise Refused("truncated")
    return end


def _boxes(data: bytes, at: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each box of a known name."""
    for _ in range(MOST_PARTS):
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16])
        size = size or len(data) - at
        if kind not in BOXES or size < 8:
            return
        yield kind, at, at + size
        at += size
    raise Refused("damaged")


READERS: Final = {sniff.JPEG: _jpeg, sniff.PNG: _png, sniff.WEBP: _webp, sniff.HEIC: _heic}
