"""Texts cut where the search's words stand in them, so that a page can mark why a hit is one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.ranking import Span, any_of, spans
from app.directory.rules.text import PLAIN

LONGEST: Final = 140
BEFORE: Final = 30
OPEN, CLOSE = "\x02", "\x03"  # control characters, which no page holds (core/filters.py)
EDGE = "\N{HANGUL FILLER}"  # a letter that stands in no plain text and in no term
Parts = tuple[tuple[str, bool], ...]


def marked(text: str, terms: Sequence[str]) -> Parts:
    """A text in parts, each with whether it is marked."""
    return _cut(text, spans(text, terms))


def _cut(text: str, found: Sequence[Span]) -> Parts:
    parts, end = list[tuple[str, bool]](), 0
    for span in found:
        parts += [(text[end : span.start], False), (text[span.start : span.end], True)]
        end = span.end
    return tuple((part, one) for part, one in (*parts, (text[end:], False)) if part)


def mark_all(texts: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Many short texts at once, OPEN and CLOSE around what is marked of each; they hold neither.

    Danger removed here: looking for the terms in each of the 250 texts of a list on its own, at
    every stroke of everybody who types.
    """
    if not texts or _overlap(terms):
        return [_written(marked(one, terms)) for one in texts]
    plain = [one for one in texts if PLAIN.fullmatch(one)]
    found = any_of(tuple(terms)).sub(rf"{OPEN}\g<0>{CLOSE}", EDGE.join(plain))
    done = iter(found.replace(CLOSE + OPEN, "").split(EDGE))
    if len(plain) == len(texts):
        return list(done)
    return [next(done) if PLAIN.fullmatch(one) else _written(marked(one, terms)) for one in texts]


def _written(parts: Parts) -> str:
    return "".join(f"{OPEN}{text}{CLOSE}" if one else text for text, one in parts)


def _overlap(terms: Sequence[str]) -> bool:
    """Whether one term may begin in the middle of another and go on behind it: 청년창, 창업."""
    if len(terms) < 2:
        return False
    if any(hangul.is_consonant(char) for term in terms for char in term):
        return True
    starts = {term[:end] for term in terms for end in range(1, len(term))}
    return any(term[at:] in starts for term in terms for at in range(1, len(term)))


def cut(text: str, terms: Sequence[str]) -> str:
    """The part of a long text that says why it was found: at most 140 characters around the first
    mark, line breaks and bullets as middle dots."""
    plain = _one_line(text)
    if len(plain) <= LONGEST:
        return plain
    first = _first(plain, terms)
    start = 0 if first < LONGEST - BEFORE else plain.rfind(" ", 0, first - BEFORE) + 1
    start = max(start, first - LONGEST + BEFORE)  # a list without spaces begins in its middle
    before, after = "…" if start else "", "…" if start + LONGEST < len(plain) else ""
    return f"{before}{plain[start : start + LONGEST]}{after}"


def _first(text: str, terms: Sequence[str]) -> int:
    """Where the first mark of a text is; 0 for none."""
    if not PLAIN.fullmatch(text):
        return next((one.start for one in spans(text, terms)), 0)
    found = any_of(tuple(terms)).search(text)
    return found.start() if found else 0


@lru_cache(maxsize=8192)
def _one_line(text: str) -> str:
    return " · ".join(filter(None, (line.strip(" -·○●□■▶•\t") for line in text.splitlines())))
