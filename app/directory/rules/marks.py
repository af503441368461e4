"""Texts cut where the search's words stand in them, so that a page can mark why a hit is one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from app.directory.rules.ranking import Span, spans

LONGEST: Final = 140
BEFORE: Final = 30
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


def excerpt(text: str, terms: Sequence[str]) -> Parts:
    """The part of a long text that says why it was found: at most 140 characters around the first
    mark, line breaks and bullets as commas."""
    plain = _one_line(text)
    found = spans(plain, terms)
    if len(plain) <= LONGEST:
        return _cut(plain, found)
    first = found[0].start if found else 0
    start = 0 if first < LONGEST - BEFORE else plain.rfind(" ", 0, first - BEFORE) + 1
    cut = plain[start : start + LONGEST]
    before, after = "…" if start else "", "…" if start + LONGEST < len(plain) else ""
    return marked(f"{before}{cut}{after}", terms)


@lru_cache(maxsize=8192)
def _one_line(text: str) -> str:
    return " · ".join(filter(None, (line.strip(" -·○●□■▶•\t") for line in text.splitlines())))
