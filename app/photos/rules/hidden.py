"""Whether readers of archives or documents would take a picture's bytes for one of theirs.

The danger removed here: a polyglot, a picture that is another file for whoever opens it next. Such
readers look for a beginning anywhere (RAR, 7z, CAB), or begin at the end of the file (ZIP, disk
images), and each forgives other faults: a wrong length, a second end behind the true one. So it is
not asked whether an archive is sound, only whether the marks that every reader needs are there.

How often chance writes such marks into the compressed data of a harmless photo, at 40 MiB, the
most that is taken:

    ZIP: an end's 4 bytes within the last 128 KiB (3.1e-5), and a directory's anywhere (9.8e-3)
                                                                                     3.0e-7
    RAR, 7z: 6 bytes anywhere, each                                                  1.5e-7
    ZIP without an end: 53 bits of a member's head anywhere                          4e-9
    CAB, PDF, ZIP64, disk images: 8 bytes and more, or at one place alone            1e-9

Together 6e-7 for the largest photo, and 2e-8 for one of 4 MiB.
"""

from __future__ import annotations

import re
from typing import Final

PDF_HEAD: Final = 1024
MARKS: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\0\0\0\0")
# What the tolerant look through: a comment has at most 65,535 bytes, and more may follow it.
ZIP_TAIL: Final = 128 * 1024
ZIP_END, ZIP_DIRECTORY, ZIP64_PLACE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x06\x07"
NOTHING: Final = bytes(12)  # of an end: counts, size and place of a directory that holds nothing
# The head of a ZIP's member: a version up to 6.3, any flags, a method that readers know.
MEMBER: Final = re.compile(
    rb"PK\x03\x04[\x0a-\x3f]\0..[\0-\x0c\x0e\x10\x12-\x14\x5d-\x63]\0", re.DOTALL
)
# Marks at one place, from the beginning or from the end: tar, ISO 9660, DMG, VHD.
PLACES: Final = (
    (257, b"ustar"), (0x8000, b"\x01CD001"), (0x8800, b"\x01CD001"), (0x9000, b"\x01CD001"),
    (-512, b"koly\0\0\0\x04"), (-512, b"conectix"), (-511, b"conectix"),
)  # fmt: skip


def hides_a_file(data: bytes) -> bool:
    """Whether readers of ZIP, PDF, RAR, 7z, CAB, tar or disk images would take the bytes for one
    of theirs."""
    if any(mark in data for mark in MARKS) or _is_pdf(data):
        return True
    if any(_stands(data, place, mark) for place, mark in PLACES):
        return True
    return _is_zip(data) or MEMBER.search(data) is not None


def _stands(data: bytes, place: int, mark: bytes) -> bool:
    start = place if place >= 0 else max(0, len(data) + place)
    return data.startswith(mark, start)


def _is_pdf(data: bytes) -> bool:
    """Its head stands near the beginning; or anywhere, when its end leads to its table."""
    if b"%PDF-" in data[:PDF_HEAD]:
        return True
    return b"startxref" in data[-ZIP_TAIL:] and (b"%PDF-1." in data or b"%PDF-2." in data)


def _is_zip(data: bytes) -> bool:
    """An end in the last part, and a directory anywhere, or none at all for an empty one, or one
    that is named in 64 bits and may be encrypted."""
    tail = data[-ZIP_TAIL:]
    at = tail.find(ZIP_END)
    if at < 0:
        return False
    if ZIP_DIRECTORY in data or ZIP64_PLACE in tail:
        return True
    return any(
        tail[found.end() + 4 : found.end() + 16] == NOTHING
        for found in re.finditer(re.escape(ZIP_END), tail)
    )
