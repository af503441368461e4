"""What a file is that cannot be read as a menu: a code of `menu_problems.FAULTS`.

A name says little, so it goes by what is inside. Whoever brought a document of Hangul is told so,
and not that it is damaged.
"""

from __future__ import annotations

import io
import zipfile
from typing import Final

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Hangul, old office files, locked workbooks
HEADS: Final = (
    (b"HWP Document File", "hangul"),
    (b"\x9b DRMONE", "drm"), (b"DRMONE", "drm"), (b"SCDSA", "drm"), (b"<## NASCA DRM", "drm"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"),
    (b"II*\x00", "picture"), (b"MM\x00*", "picture"),
    (b"\x1f\x8b", "packed"), (b"Rar!", "packed"), (b"7z\xbc\xaf", "packed"), (b"EGGA", "packed"),
    (b"ALZ\x01", "packed"),
)  # fmt: skip
# Names inside an old office file, as they stand there.
STREAMS: Final = (
    (b"HWP Document File", "hangul"),
    ("EncryptedPackage".encode("utf-16-le"), "locked"),
    ("Workbook".encode("utf-16-le"), "old-excel"),
)
PARTS: Final = (
    ("xl/workbook.xml", ""), ("xl/workbook.bin", "other-book"), ("word/", "document"),
    ("ppt/", "document"), ("Contents/", "hangul"), ("content.xml", "other-book"),
)  # fmt: skip


def why_not(content: bytes) -> str:
    """Why a file cannot be read; "" when it may be one of those that can."""
    for head, code in HEADS:
        if content.startswith(head):
            return code
    if content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return "picture"
    if content.startswith(b"BM") and b"\x00" in content[:16]:
        return "picture"
    if content.startswith(COMPOUND):
        return next((code for name, code in STREAMS if name in content), "document")
    return _why_no_book(content) if content.startswith(b"PK") else ""


def _why_no_book(content: bytes) -> str:
    """The same of a ZIP, which a workbook is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            infos = parts.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return "damaged"
    if any(one.flag_bits & 1 for one in infos):
        return "locked"
    names = [one.filename for one in infos]
    for part, code in PARTS:
        if any(name.startswith(part) for name in names):
            return code
    return "packed"
