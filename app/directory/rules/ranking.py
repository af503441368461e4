"""Which of an organisation's hits come first, and which letters of each say why it is there.

The index knows two characters of a word's beginning: 문화재 brings 문화재단 too. So the few
candidates of an organisation are scored on their text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from app.directory.rules import hangul
from app.directory.rules.text import DROPPED, PLAIN, fold, segments, squeeze, unmasked

AT_WORD: Final = 30.0
AT_WORD_WHOLE: Final = 6.0  # the word ends where the term does: 문화재 보수, not 문화재단
IN_HEAD: Final = 10.0
ANYWHERE: Final = 0.1
SAME_NAME: Final = 100.0
PER_CHARACTER: Final = 0.1
BETWEEN: Final = r"[\W_]*"  # spaces and signs between the letters of a term


@dataclass(frozen=True)
class Span:
    """Letters of a field from `start` to before `end`."""

    start: int
    end: int


class Scorer:
    """How well entries answer some terms, or what means the same; more is better.

    The terms together at a word's beginning in the duty count most, more than all of them apart;
    then each alone; a hit in the department or the name adds to it; later in the text is worth
    less.
    """

    def __init__(self, terms: Sequence[str], also: Sequence[str] = (), topic: str = "") -> None:
        """Prepare what is the same for all entries of an answer.

        Args:
            terms: what is looked for.
            also: what means the same.
            topic: the terms that name no place, together; all of them when it is left out.
        """
        self._terms = [_Wanted(one) for one in terms]
        self._joined = "".join(terms)
        self._together = _Wanted(topic or self._joined)
        self._also: dict[int, set[str]] = {}
        for one in also:
            self._also.setdefault(len(one), set()).add(one)

    def score(self, entry: Searched) -> float:
        """The worth of an entry."""
        duty = _field(entry.duty)
        name, letters = _named(entry.name)
        head = (name, _field(entry.department), _field(entry.team))
        worth = sum(_in_duty(duty, one) for one in self._terms)
        if len(self._terms) > 1:
            worth += _in_duty(duty, self._together) * (len(self._terms) + 1)
        for one in self._terms:
            if any(_begins(field, one) for field in head):
                worth += IN_HEAD
        if letters == self._joined:
            worth += SAME_NAME
        return worth + self._same(duty)

    def _same(self, duty: _Field) -> float:
        """The worth of the best of what means the same."""
        best, text = 0.0, duty.text
        for length, wanted in self._also.items():
            for start in duty.starts:
                if text[start : start + length] in wanted:
                    best = max(best, _at_word(duty, start, length))
            if not best and any(text[at : at + length] in wanted for at in range(len(text))):
                best = ANYWHERE
        return best


class Searched(Protocol):
    """What of an entry is compared with the terms."""

    @property
    def name(self) -> str:
        """As published, with its mask."""

    @property
    def department(self) -> str:
        """As published."""

    @property
    def team(self) -> str:
        """As published."""

    @property
    def duty(self) -> str:
        """As published."""


class _Wanted:
    """A term, how long it is, and what finds it when it has a lone consonant."""

    __slots__ = ("length", "pattern", "term")

    def __init__(self, term: str) -> None:
        self.term, self.length, self.pattern = term, len(term), _pattern(term)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field's segments, one a line; where words begin, and where they begin or end."""

    text: str
    starts: tuple[int, ...]
    edges: frozenset[int]


@lru_cache(maxsize=8192)
def _field(field: str) -> _Field:
    """A field as it is compared: colleagues share most, and who types on sees mostly the rows of
    the letter before."""
    lines, starts, ends, at = list[str](), list[int](), list[int](), 0
    for one in segments(field):
        lines.append(one.text)
        starts += [at + start for start in one.starts]
        ends.append(at + len(one.text))
        at += len(one.text) + 1
    return _Field("\n".join(lines), tuple(starts), frozenset((*starts, *ends)))


@lru_cache(maxsize=8192)
def _named(name: str) -> tuple[_Field, str]:
    """A name without its mask, as a field and as letters."""
    plain = unmasked(name)
    return _field(plain), squeeze(plain)


def _in_duty(duty: _Field, wanted: _Wanted) -> float:
    """The worth of a term's best place at a word's beginning, or else anywhere."""
    if not _holds(duty.text, wanted):
        return 0.0
    places = _places(duty, wanted)
    return max((_at_word(duty, at, wanted.length) for at in places), default=ANYWHERE)


def _at_word(duty: _Field, at: int, length: int) -> float:
    """The worth of so many letters that stand at a word's beginning."""
    before = at - duty.text.count("\n", 0, at)
    return AT_WORD - PER_CHARACTER * before + AT_WORD_WHOLE * (at + length in duty.edges)


def _begins(field: _Field, wanted: _Wanted) -> bool:
    return _holds(field.text, wanted) and bool(_places(field, wanted))


def _holds(text: str, wanted: _Wanted) -> bool:
    there = wanted.pattern
    return wanted.term in text if there is None else there.search(text) is not None


def _places(field: _Field, wanted: _Wanted) -> list[int]:
    """Where words begin as a term does."""
    text, term = field.text, wanted.term
    if wanted.pattern is None:
        return [start for start in field.starts if text.startswith(term, start)]
    match = wanted.pattern.match
    return [start for start in field.starts if match(text, start)]


@lru_cache(maxsize=1024)
def _pattern(term: str) -> re.Pattern[str] | None:
    """A term with a lone consonant, which fits each syllable with that initial; None for others."""
    lone = any(map(hangul.is_consonant, term))
    return re.compile("".join(map(_one, term))) if lone else None


def _one(char: str) -> str:
    """What matches a character of a term."""
    return f"[{_in_set(char)}]" if hangul.is_consonant(char) else re.escape(char)


def _in_set(char: str) -> str:
    """The same inside brackets."""
    if not hangul.is_consonant(char):
        return re.escape(char)
    [(first, last)] = hangul.still_composing(char)
    return f"{char}{first}-{last}"


def spans(text: str, terms: Sequence[str]) -> list[Span]:
    """Where the terms stand in a text as it is shown, spaces and signs inside them included."""
    if not maybe(text, terms):
        return []
    if PLAIN.fullmatch(text):
        found = sorted(one.span() for term in terms if term for one in _found(term).finditer(text))
    else:
        found = sorted(_folded(text, terms))
    return list(_joined(found))


def maybe(text: str, terms: Sequence[str]) -> bool:
    """Whether a text may hold any of some terms; asked of several fields at once, it spares most
    of the work."""
    return not PLAIN.fullmatch(text) or any_of(tuple(terms)).search(text) is not None


def _loose(term: str) -> str:
    """A term in a text of plain characters as it is shown: with spaces and signs between."""
    return BETWEEN.join(map(_one, term))


@lru_cache(maxsize=1024)
def _found(term: str) -> re.Pattern[str]:
    return re.compile(_loose(term), re.IGNORECASE)


@lru_cache(maxsize=1024)
def any_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    """Any of some terms in such a text, the longest that fits. Those that differ in their last
    letter only, as the four hundred that 창ㅇ may become do, are one set of letters: ten times
    faster to prepare than as many ways."""
    lasts = defaultdict[str, list[str]](list)
    for term in filter(None, terms):
        lasts[term[:-1]].append(_in_set(term[-1]))
    ways = (
        f"{_loose(head)}{BETWEEN if head else ''}[{''.join(lasts[head])}]"
        for head in sorted(lasts, key=len, reverse=True)
    )
    latin = any(
        char.isascii() for term in terms for char in term
    )  # letters that are written in two ways
    return re.compile("|".join(ways) or "(?!)", re.IGNORECASE if latin else 0)


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
