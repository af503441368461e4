"""Bytes of a page into text, as browsers do, with Korea's old encodings in mind.

The danger removed here: pages that say EUC-KR and hold CP949 (뷁, 똠 …), pages that say UTF-8 and
are not, and pages that say nothing.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_META: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([0-9A-Za-z_.:-]{2,40})", re.IGNORECASE
)
_XML: Final = re.compile(
    rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([0-9A-Za-z_.:-]{2,40})", re.IGNORECASE
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([0-9A-Za-z_.:-]{2,40})", re.IGNORECASE)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_KOREAN: Final = frozenset(
    {"euc-kr", "euc_kr", "euckr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "ks_c_5601-1989",
     "iso-ir-149", "korean", "windows-949", "ms949", "cp949", "uhc", "x-windows-949", "ksc_5601"}
)  # fmt: skip
_WIDE: Final = (["utf-16-le"], ["utf-16-be"])
LOOKED_AT: Final = 4096
# More signs that could not be read than one in so many: the encoding that was told is wrong.
FEW: Final = 200


def named(label: str) -> str:
    """Python's name of an encoding as pages label it; "" when nobody knows it."""
    lower = label.strip().lower()
    if lower in _KOREAN:
        return "cp949"
    try:
        found = codecs.lookup(lower)
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding else ""  # noqa: SLF001  bytes to bytes are none


def told(content: bytes, content_type: str) -> list[str]:
    """The encodings that a page claims, the strongest claim first: its byte order mark, the
    answer's header, its own meta element or XML declaration."""
    head = content[:LOOKED_AT]
    claims = [name for mark, name in _MARKS if content.startswith(mark)]
    header = _HEADER.search(content_type)
    claims += [named(header[1])] if header else []
    claims += [named(found[1].decode()) for shape in (_XML, _META) if (found := shape.search(head))]
    return list(dict.fromkeys(name for name in claims if name))


def decode(content: bytes, content_type: str = "", override: str = "") -> tuple[str, str]:
    """The text of a page and the encoding it was read in.

    Args:
        content: the bytes.
        content_type: the answer's header.
        override: an encoding that is known better than the page knows it.
    """
    chosen = named(override)
    if chosen:
        return _read(content, chosen), chosen
    best = ("", "", len(content) + 1)
    claims = told(content, content_type)
    sure = ["utf-8"] if _is_utf8(content) and claims[:1] not in _WIDE else []
    for name in (*sure, *claims, "utf-8", "cp949"):
        text = _read(content, name)
        bad = text.count("\ufffd")
        if bad * FEW <= len(text):
            return text, name
        if bad < best[2]:
            best = (text, name, bad)
    return best[0], best[1]


def _is_utf8(content: bytes) -> bool:
    """Whether bytes are UTF-8 throughout, which Korean in CP949 never is but by chance."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(content: bytes, name: str) -> str:
    for mark, own in _MARKS:
        if own == name and content.startswith(mark):
            content = content[len(mark) :]
    return content.decode(name, errors="replace")
