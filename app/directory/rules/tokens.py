"""The analyzer: one entry becomes one stream of tokens, the same for every index.

| token | what | answers |
| --- | --- | --- |
| `XY` | each pair of neighbours of a segment, in order | two syllables and more, as a phrase |
| `^X`, `^XY` | one and two characters from each word's beginning (duty) | one syllable; ranking |
| `@X`, `@XY` | the same of name, bureau, department, team (the head) | the same |
| `ㅊ`, `ㅊㄴ`, `ㅊㄴㅊㅇ` | one, two, up to six initials from a word's start (duty) | initials |
| `@ㅊ`, `@ㅊㄴ` | the same of the head | initials, more than two as a prefix |
| `#0552111234`, `#1234` | a telephone from each of its groups | telephone, as a prefix |
| `#055` | three digits of a group of more than four that begins with 0 | an area code |

One syllable and one or two initials have tokens of their own: as prefixes they would be merged
from thousands of lists at every stroke (35 ms for 400,000 entries, and again for each office). So
would all telephones of a province.

Pairs of one segment stand side by side, and no pair of the next one follows at once: a phrase of
pairs never runs across a comma. `VERSION` goes up when the stream of any entry changes: an index
without its own text can forget a row only by the very tokens that it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.text import Segment, digits, fold, segments, unmasked

VERSION: Final = 4
MOST_INITIALS: Final = 6
GAP: Final = "_"
PHONES: Final = re.compile(r"[,/;~\n]|\s{2,}|(?<=\d)\s+(?=0\d)")


@dataclass(frozen=True)
class Text:
    """The fields of an entry that can be searched; all as published, any may be empty."""

    name: str
    bureau: str
    department: str
    team: str
    position: str
    duty: str
    phone: str
    organisation: str
    aliases: tuple[str, ...] = ()
    area_code: str = ""


def stream(entry: Text) -> list[str]:
    """All tokens of an entry, in order."""
    found = list[str]()
    for field in (unmasked(entry.name), entry.bureau, entry.department, entry.team):
        found += _head(field)
    for segment in segments(entry.duty):
        found += _marked(segment, "^")
    for field in (entry.position, entry.organisation, *entry.aliases):
        found += _plain(field)
    found += phone_tokens(entry.phone, entry.area_code)
    return found


@lru_cache(maxsize=4096)
def _head(field: str) -> tuple[str, ...]:
    """A field of the head; colleagues share most of it."""
    return tuple(token for segment in segments(field) for token in _marked(segment, "@"))


@lru_cache(maxsize=1024)
def _plain(field: str) -> tuple[str, ...]:
    return tuple(token for segment in segments(field) for token in (*pairs(segment.text), GAP))


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring characters."""
    return list(map("".join, pairwise(text)))


@lru_cache(maxsize=16384)
def _marked(segment: Segment, mark: str) -> tuple[str, ...]:
    """Pairs of a segment, then its words' beginnings and their initials. Offices write the same
    duties again and again."""
    text = segment.text
    found = pairs(text)
    before, all_initials = ("@" if mark == "@" else ""), hangul.initials(text)
    for start in segment.starts:
        left = len(text) - start
        found.append(mark + text[start])
        if left > 1:
            found.append(mark + text[start : start + 2])
        if all_initials[start] in hangul.INITIALS:
            ends = (1, 2, MOST_INITIALS)[: min(left, 3)]
            found += [before + all_initials[start : start + end] for end in ends]
    return tuple(found)


def phone_tokens(phone: str, area_code: str) -> list[str]:
    """A token for each group from which a number may be typed.

    Args:
        phone: as published: 055)211-1234, 211-1234, 1234, several with commas.
        area_code: of the organisation; put before a number that has none.
    """
    parts = PHONES.split(fold(phone))
    groups = [token for part in parts for token in _groups(digits(part), area_code)]
    codes = (one[:3] for one in groups if len(one) > 4 and one[0] == "0")
    return list(dict.fromkeys(f"#{token}" for token in (*groups, *codes)))


def _groups(number: str, area_code: str) -> list[str]:
    """The number from its beginning, from its exchange, and its last four digits."""
    if len(number) < 3:
        return []
    area = next((code for code in (area_code, "02") if code and number.startswith(code)), "")
    if not area and number.startswith("0"):
        area = number[:3]
    local = number[len(area) :]
    whole = [number if area else area_code + number] if len(local) > 4 else []
    middle = [local] if len(local) > 4 else []
    return [*whole, *middle, local[-4:]]


def dictionary(tokens: Iterable[str]) -> set[str]:
    """The pairs among some tokens: what a half-composed syllable is looked up in."""
    return {
        token
        for token in tokens
        if len(token) == 2 and token[0] not in "#_@^" and token[0] not in hangul.INITIALS
    }
