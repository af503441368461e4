"""Which of an organisation's hits come first, and which letters of each say why it is there.

The index knows two characters of a word's beginning: 문화재 brings 문화재단 too. So the few
candidates of an organisation are scored on their text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.text import DROPPED, fold, segments, squeeze, unmasked
from app.directory.rules.tokens import Text

AT_WORD: Final = 30.0
AT_WORD_WHOLE: Final = 6.0  # the word ends where the term does: 문화재 보수, not 문화재단
IN_HEAD: Final = 10.0
SAME_NAME: Final = 100.0
PER_CHARACTER: Final = 0.1


@dataclass(frozen=True)
class Span:
    """Letters of a field from `start` to before `end`."""

    start: int
    end: int


def score(entry: Text, terms: Sequence[str]) -> float:
    """How well an entry answers some terms; more is better.

    The terms together at a word's beginning in the duty count most, then each alone; a hit in the
    department or the name adds to it; later in the text is worth less.
    """
    joined = "".join(terms)
    together = _in_duty(entry.duty, joined) * 2 if len(terms) > 1 else 0.0
    return (
        together
        + sum(_in_duty(entry.duty, term) for term in terms)
        + sum(IN_HEAD for term in terms if _in_head(entry, term))
        + (SAME_NAME if squeeze(unmasked(entry.name)) == joined else 0.0)
    )


def _in_duty(duty: str, term: str) -> float:
    """The worth of a term's first place at a word's beginning, or else anywhere."""
    before, best = 0, 0.0
    for segment in segments(duty):
        text = segment.text
        for start in segment.starts:
            if _fits(text, start, term):
                whole = start + len(term) in (*segment.starts, len(text))
                found = AT_WORD + AT_WORD_WHOLE * whole - PER_CHARACTER * (before + start)
                best = max(best, found, 0.1)
        if not best and any(_fits(text, at, term) for at in range(len(text))):
            best = 0.1
        before += len(text)
    return best


def _in_head(entry: Text, term: str) -> bool:
    fields = (unmasked(entry.name), entry.department, entry.team)
    return any(
        _fits(segment.text, start, term)
        for field in fields
        for segment in segments(field)
        for start in segment.starts
    )


def _fits(text: str, start: int, term: str) -> bool:
    """Whether a term stands at a place; a lone consonant fits each syllable with that initial."""
    part = text[start : start + len(term)]
    return len(part) == len(term) and all(map(_same, part, term))


def _same(char: str, wanted: str) -> bool:
    return char == wanted or (hangul.is_consonant(wanted) and hangul.initial(char) == wanted)


def spans(text: str, terms: Sequence[str]) -> list[Span]:
    """Where the terms stand in a text as it is shown, spaces and signs inside them included; the
    longest terms first, none in another."""
    letters = list(_letters(text))
    plain = "".join(char for char, _ in letters)
    taken = [False] * len(text)
    for term in sorted(terms, key=len, reverse=True):
        for at in range(len(plain) - len(term) + 1):
            if _fits(plain, at, term):
                first, last = letters[at][1], letters[at + len(term) - 1][1]
                taken[first : last + 1] = [True] * (last + 1 - first)
    return list(_runs(taken))


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """Each letter as it is compared, and its place in the text."""
    for place, char in enumerate(text):
        for folded in DROPPED.sub("", fold(char)):
            if not folded.isspace():
                yield folded, place


def _runs(taken: Sequence[bool]) -> Iterator[Span]:
    start = None
    for place, one in enumerate([*taken, False]):
        if one and start is None:
            start = place
        elif not one and start is not None:
            yield Span(start, place)
            start = None
