"""Which of an organisation's hits come first, and which letters of each say why it is there.

The index knows two characters of a word's beginning: 문화재 brings 문화재단 too. So the few
candidates of an organisation are scored on their text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.text import DROPPED, PLAIN, Segment, fold, segments, squeeze, unmasked
from app.directory.rules.tokens import Text

AT_WORD: Final = 30.0
AT_WORD_WHOLE: Final = 6.0  # the word ends where the term does: 문화재 보수, not 문화재단
IN_HEAD: Final = 10.0
ANYWHERE: Final = 0.1
SAME_NAME: Final = 100.0
PER_CHARACTER: Final = 0.1


@dataclass(frozen=True)
class Span:
    """Letters of a field from `start` to before `end`."""

    start: int
    end: int


def score(entry: Text, terms: Sequence[str], also: Sequence[str] = ()) -> float:
    """How well an entry answers some terms, or what means the same; more is better.

    The terms together at a word's beginning in the duty count most, then each alone; a hit in the
    department or the name adds to it; later in the text is worth less.
    """
    joined = "".join(terms)
    duty = _duty_segments(entry.duty)
    name, letters = _named(entry.name)
    head = (*name, *_segments(entry.department), *_segments(entry.team))
    together = _in_duty(duty, joined) * 2 if len(terms) > 1 else 0.0
    return (
        together
        + sum(_in_duty(duty, term) for term in terms)
        + sum(IN_HEAD for term in terms if any(_begins(one, term) for one in head))
        + (SAME_NAME if letters == joined else 0.0)
        + max((_in_duty(duty, other) for other in also), default=0.0)
    )


@lru_cache(maxsize=8192)
def _named(name: str) -> tuple[tuple[Segment, ...], str]:
    """The segments of a name without its mask, and its letters."""
    plain = unmasked(name)
    return tuple(segments(plain)), squeeze(plain)


@lru_cache(maxsize=4096)
def _segments(field: str) -> tuple[Segment, ...]:
    """The segments of a field that colleagues share."""
    return tuple(segments(field))


@lru_cache(maxsize=8192)
def _duty_segments(duty: str) -> tuple[Segment, ...]:
    """The segments of a duty: who types on sees mostly the rows of the letter before."""
    return tuple(segments(duty))


def _in_duty(duty: Sequence[Segment], term: str) -> float:
    """The worth of a term's first place at a word's beginning, or else anywhere."""
    before, best = 0, 0.0
    for segment in duty:
        if _holds(segment.text, term):
            worth = AT_WORD - PER_CHARACTER * before
            best = max(best, ANYWHERE, worth + _in_segment(segment, term))
        before += len(segment.text)
    return best


def _in_segment(segment: Segment, term: str) -> float:
    """What is added for a term's first place at a word's beginning of a segment that has it."""
    text, starts = segment.text, segment.starts
    start = next((one for one in starts if _stands(text, term, one)), None)
    if start is None:
        return -math.inf
    whole = start + len(term) in (*starts, len(text))
    return AT_WORD_WHOLE * whole - PER_CHARACTER * start


def _begins(segment: Segment, term: str) -> bool:
    text = segment.text
    return _holds(text, term) and any(_stands(text, term, start) for start in segment.starts)


def _holds(text: str, term: str) -> bool:
    """Whether a term is in a segment's text."""
    there = _pattern(term)
    return term in text if there is None else there.search(text) is not None


def _stands(text: str, term: str, start: int) -> bool:
    """Whether a term is at a place of a segment's text."""
    there = _pattern(term)
    return text.startswith(term, start) if there is None else there.match(text, start) is not None


@lru_cache(maxsize=1024)
def _pattern(term: str) -> re.Pattern[str] | None:
    """A term with a lone consonant, which fits each syllable with that initial; None for others."""
    lone = any(map(hangul.is_consonant, term))
    return re.compile("".join(map(_one, term))) if lone else None


def _one(char: str) -> str:
    if not hangul.is_consonant(char):
        return re.escape(char)
    [(first, last)] = hangul.still_composing(char)
    return f"[{char}{first}-{last}]"


def spans(text: str, terms: Sequence[str]) -> list[Span]:
    """Where the terms stand in a text as it is shown, spaces and signs inside them included."""
    if not maybe(text, terms):
        return []
    if PLAIN.fullmatch(text):
        found = sorted(one.span() for term in terms if term for one in _loose(term).finditer(text))
    else:
        found = sorted(_folded(text, terms))
    return list(_joined(found))


def maybe(text: str, terms: Sequence[str]) -> bool:
    """Whether a text may hold any of some terms; asked of several fields at once, it spares most
    of the work."""
    return not PLAIN.fullmatch(text) or _any_of(tuple(terms)).search(text) is not None


@lru_cache(maxsize=1024)
def _loose(term: str) -> re.Pattern[str]:
    """A term in a text of plain characters as it is shown: with spaces and signs between."""
    return re.compile(r"[\W_]*".join(map(_one, term)), re.IGNORECASE)


@lru_cache(maxsize=1024)
def _any_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some terms in such a text."""
    ways = (_loose(term).pattern for term in terms if term)
    return re.compile("|".join(ways) or "(?!)", re.IGNORECASE)


def _folded(text: str, terms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The same in a text with characters that are compared as others, letter by letter."""
    letters = [
        (folded, place)
        for place, char in enumerate(text)
        for folded in DROPPED.sub("", fold(char))
        if not folded.isspace()
    ]
    plain = "".join(char for char, _ in letters)
    for term in filter(None, terms):
        for one in _exact(term).finditer(plain):
            yield letters[one.start()][1], letters[one.end() - 1][1] + 1


@lru_cache(maxsize=1024)
def _exact(term: str) -> re.Pattern[str]:
    return re.compile("".join(map(_one, term)))


def _joined(found: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Places that touch or lie in one another are one."""
    start = end = -1
    for first, last in found:
        if first > end:
            if end > 0:
                yield Span(start, end)
            start = first
        end = max(end, last)
    if end > 0:
        yield Span(start, end)
