"""Text as it is compared: one width, one composition, no spaces, cut where a thought ends.

A staff page writes 청년 창업 지원, 청년창업지원 and 청년·창업 지원. Spaces inside a segment are
dropped and remembered as the beginnings of words; a segment never runs across a comma, a bullet, a
bracket or a line. A name's mask (김○○, 김**) is dropped, so that nobody finds 김○ by typing it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LETTERS: Final = re.compile("[\u3131-\u3163\u318d]+")
PLAIN: Final = re.compile(r"[\n -~가-힣·○●□■▶•]*")  # what folding leaves as it is, but for case
BREAKS: Final = re.compile(
    r"[,/·ㆍ;\n\r○●□■▶•()\[\]|:]+|(?:^|(?<=\n))\s*(?:-|\d{1,2}\.)\s", re.MULTILINE
)
MASK: Final = re.compile(r"(?<=[가-힣])[○〇OoXx*＊]{1,3}(?=$|\s)|[○〇*＊]+")
DROPPED: Final = re.compile(r"[^\w\s]|_")
LONGEST: Final = 4_000


@dataclass(frozen=True)
class Segment:
    """A piece of text without spaces, and where its words begin (0 is always among them)."""

    text: str
    starts: tuple[int, ...]


def fold(text: str) -> str:
    """One way to write each character: full-width and compatibility forms folded (NFKC) except the
    letters of the keyboard, composed (NFC), lower case; control characters become spaces."""
    if PLAIN.fullmatch(text):
        return text.lower()
    parts, end = [], 0
    for found in LETTERS.finditer(text):
        parts += [unicodedata.normalize("NFKC", text[end : found.start()]), found.group()]
        end = found.end()
    parts.append(unicodedata.normalize("NFKC", text[end:]))
    plain = unicodedata.normalize("NFC", "".join(parts)).lower()
    return "".join(" " if _is_control(char) else char for char in plain)


def _is_control(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def segments(text: str) -> list[Segment]:
    """The segments of a field, in their order."""
    parts = BREAKS.split(fold(text[:LONGEST]))
    return [made for part in parts if part and (made := _segment(part)) is not None]


def _segment(part: str) -> Segment | None:
    words = DROPPED.sub("", part).split()
    if not words:
        return None
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word)
    return Segment("".join(words), tuple(starts))


def unmasked(name: str) -> str:
    """A name without what hides the rest of it: 김○○ → 김."""
    return MASK.sub("", name.strip())


def squeeze(text: str) -> str:
    """A text without spaces and signs, as a query's words are compared."""
    return "".join(DROPPED.sub("", fold(text)).split())


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char in "0123456789")
