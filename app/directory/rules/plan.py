"""The plan of a query: what to look for in some index of the analyzer's tokens.

A row matches when every term is part of one of its segments, spaces aside. A lone consonant stands
for each syllable that begins with it; one syllable, and initials alone, are looked for at the
beginnings of words only; digits are a telephone from the beginning of a group, or a number in a
text. A plan has tiers, the best first: a hit of one is a hit of all that follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.directory.rules import hangul, letters
from app.directory.rules.expr import Any, Expr, Nowhere, Phrase, Prefix, Rough, both, either
from app.directory.rules.text import DROPPED, digits, fold, squeeze
from app.directory.rules.tokens import MOST_INITIALS, pairs

MOST_TERMS: Final = 6
LONGEST: Final = 40
MOST_DIGITS: Final = 20
MOST_SAME: Final = 2  # times that a pair may stand in a term
MOST_GROWN: Final = 400
PHONE_DIGITS: Final = range(7, 13)

Pairs = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Words:
    """What the plan is made with: pairs that exist by their first character, sorted; the words of
    organisations' names; and which terms mean the same."""

    pairs: Pairs
    places: Collection[str]
    synonyms: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Plan:
    """One reading of a query: its terms; its tiers from the best to everything that matches; what
    else than the terms may stand in a hit, because it means the same or is still growing;
    terms for which each row that is found must be looked at, those of the first tier first; and the
    terms that name no place, together."""

    terms: tuple[str, ...]
    tiers: tuple[Expr, ...]
    also: tuple[str, ...] = ()
    rough: tuple[str, ...] = ()
    topic: str = ""

    @property
    def everything(self) -> Expr:
        """What every hit has."""
        return self.tiers[-1]


def terms_of(query: str) -> tuple[str, ...]:
    """The terms of what somebody typed, at most six, of 40 characters together. What a limit cuts
    in two is left out, as half a word is not what was typed, unless there is nothing before it."""
    found, room = list[str](), LONGEST
    words = _words(query)
    number = digits("".join(words)) if len(words) > 1 else ""
    if len(number) in PHONE_DIGITS and all(digits(word) == DROPPED.sub("", word) for word in words):
        return (number,)  # 055 211 1234
    for word in dict.fromkeys(words):
        term = _term(word)[:LONGEST]
        if term and term not in found and len(found) < MOST_TERMS and len(term) <= room:
            found.append(term)
            room -= len(term)
    return tuple(found)


def _words(query: str) -> list[str]:
    """The words of a query's beginning. One that reaches its end may be half a word."""
    most = 4 * LONGEST
    text = fold(query[:most])[:most]
    words = text.split()
    is_cut = len(text) == most and not text[-1].isspace()
    return words[:-1] if is_cut and len(words) > 1 else words


def _term(word: str) -> str:
    """A word without signs; a telephone keeps its digits only (055)211-1234."""
    plain = DROPPED.sub("", word)
    number = digits(plain)
    if len(number) >= 3 and plain == number:
        return number[:MOST_DIGITS]
    return _varied(squeeze(plain))


def _varied(text: str) -> str:
    """A text up to where a pair stands too often: 업무업무업무업무 is read again and again for
    nothing. Initials and digits may well be the same."""
    seen = Counter[str]()
    for at, pair in enumerate(pairs(text)):
        seen[pair] += any(map(str.isalpha, pair)) and not all(map(hangul.is_consonant, pair))
        if seen[pair] > MOST_SAME:
            return text[: at + 1]
    return text


def plan(terms: Sequence[str], words: Words) -> Plan | None:
    """The plan of some terms; None for none."""
    if not terms:
        return None
    anywhere = [_anywhere(term, words.pairs) for term in terms]
    where = [expr for term, expr in zip(terms, anywhere, strict=True) if _is_place(term, words)]
    topic = [term for term in terms if not _is_place(term, words)] or list(terms)
    where = [] if topic == list(terms) else where
    parts = list(_with_synonyms(terms, anywhere, words))
    none = [part for part in parts if isinstance(part, Nowhere)]
    if none:
        return Plan(tuple(terms), tuple(none[:1]))
    joined = _joined("".join(topic), where, words)
    tiers = [*joined, *_at_word_starts(terms, anywhere)]
    everything, rough = both(parts), _rough(parts)
    if rough:
        tiers = [both([*parts, *map(_at_initials, rough)])]
    if joined and len(topic) > 1 and any(map(_is_short, topic)):
        # 도로 시: 도로시설 has them together, though no word of it begins with 시.
        everything = Any((everything, joined[-1]))
    also = tuple(
        dict.fromkeys(other for _, _, others in same_as(terms, words.synonyms) for other in others)
    )
    return Plan(tuple(terms), (*tiers, everything), also, rough, "".join(topic))


def _rough(parts: Sequence[Expr]) -> tuple[str, ...]:
    return tuple(part.term for part in parts if isinstance(part, Rough))


def _is_short(term: str) -> bool:
    """Whether a term is looked for at the beginnings of words only."""
    return len(term) == 1 or all(map(hangul.is_consonant, term))


def composing(terms: Sequence[str], words: Words) -> Plan | None:
    """The plan in which the last syllable of the last term is still being typed; None when it is
    whole in every way."""
    last = terms[-1] if terms else ""
    if not any(map(hangul.is_syllable, last)):
        return None
    if letters.has_lone(last[:-1]) or _missing(last[:-1], words.pairs):
        return None
    ways = list(islice(_grown(last, words.pairs), MOST_GROWN))
    if set(ways) <= {last}:
        return None  # it would be asked for what was asked before
    before = terms[:-1]
    rest = list(_with_synonyms(before, [_anywhere(term, words.pairs) for term in before], words))
    if any(isinstance(part, Nowhere) for part in rest):
        return None
    grown = Any(tuple(Phrase(tuple(pairs(way))) for way in ways))
    return Plan(tuple(terms), (both([*rest, grown]),), tuple(ways), _rough(rest))


def _grown(term: str, known: Pairs) -> Iterator[str]:
    """The term with its last syllable grown: 창우 → 창원, 상숟 → 상수도. The only syllable can but
    give its last consonant away: 젒 → 접수."""
    head, last = term[:-1], term[-1]
    for first, end in hangul.still_composing(last) if head else ():
        yield from (head + char for char in _following(head[-1], first, end, known))
    moved = hangul.moved_final(last)
    if moved is None:
        return
    rest, ranges = moved
    if not head or head[-1] + rest in known.get(head[-1], ()):
        for first, end in ranges:
            yield from (head + rest + char for char in _following(rest, first, end, known))


def _following(before: str, first: str, end: str, known: Pairs) -> Iterator[str]:
    """Characters of a range that follow another somewhere."""
    return (pair[1] for pair in known.get(before, ()) if first <= pair[1] <= end)


def _is_place(term: str, words: Words) -> bool:
    return term in words.places


def _with_synonyms(terms: Sequence[str], anywhere: Sequence[Expr], words: Words) -> Iterator[Expr]:
    """Where each term may stand, or what means the same as it and its neighbours together."""
    done = 0
    for start, end, others in same_as(terms, words.synonyms):
        yield from anywhere[done:start]
        same = (_exactly(_anywhere(other, words.pairs)) for other in others)
        yield either([both(list(map(_exactly, anywhere[start:end]))), *same])
        done = end
    yield from anywhere[done:]


def same_as(
    terms: Sequence[str], synonyms: Mapping[str, Sequence[str]]
) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Runs of terms that together mean the same as others, the longest first: 양육 지원, as
    양육지원 is a synonym of 아동수당."""
    start = 0
    while start < len(terms):
        ends = range(len(terms), start, -1)
        end = next((one for one in ends if "".join(terms[start:one]) in synonyms), start)
        if end > start:
            yield start, end, synonyms["".join(terms[start:end])]
        start = max(end, start + 1)


def _anywhere(term: str, known: Pairs) -> Expr:
    """Where a term may stand in a row."""
    if _is_short(term):
        return either([_begins(mark, term) for mark in ("^", "@")])
    phone = _phone(term) if term.isdecimal() and len(term) >= 3 else ()
    if letters.has_lone(term):
        return _mixed(term, known)
    missing = _missing(term, known)
    if missing and not phone:
        return Nowhere((missing,))
    return either([*phone, *(() if missing else [_spelled([term])])])


def _phone(number: str) -> tuple[Expr, ...]:
    """A telephone from the beginning of a group. Those of a province (055) have a token of their
    own; other groups of four that begin so are at most ten."""
    if len(number) > 3 or number[0] != "0":
        return (Prefix(f"#{number}"),)
    return (Phrase((f"#{number}",)), *(Phrase((f"#{number}{last}",)) for last in range(10)))


def _missing(text: str, known: Pairs) -> str:
    """The first pair of a text that stands nowhere; "" when each does somewhere."""
    return next((pair for pair in pairs(text) if pair not in known.get(pair[0], ())), "")


def _mixed(term: str, known: Pairs) -> Expr:
    """A term with lone consonants: what it may be, as long as this is little or only its end is
    open; else rows that have pairs for all its places, in any order."""
    steps = letters.steps(term, known)
    if not steps:
        # Nothing that exists fits: then the letters themselves are looked for, and found nowhere.
        return Phrase(tuple(pairs(term)))
    is_plain = len(steps) == 1 or not letters.has_lone(term[:-1])
    most = letters.MOST_SPELLED // len(steps)
    ways = letters.ways(steps, None if is_plain else most + 1)
    if is_plain or len(ways) <= most:
        return _spelled(ways)
    parts = [_spelled(some) for some in letters.narrowest(steps)]
    return Rough(tuple(parts), term, tuple(ways[:-1]))


def _exactly(expr: Expr) -> Expr:
    """The first of what a term may be, where its rows cannot be looked at."""
    return _spelled(expr.ways) if isinstance(expr, Rough) else expr


def _spelled(ways: Sequence[str]) -> Expr:
    return either([Phrase(tuple(pairs(way))) for way in ways])


def _joined(joined: str, where: list[Expr], words: Words) -> list[Expr]:
    """The two tiers in which all terms stand together at a duty's word; the better one has the
    same in the head."""
    if all(map(hangul.is_consonant, joined)):
        duty, head = (_begins(mark, joined) for mark in ("^", "@"))
        return [both([*where, duty, head]), both([*where, duty])]
    if any(map(hangul.is_consonant, joined)) or joined.isdecimal():
        return []
    together = [_anywhere(joined, words.pairs)] if len(joined) > 1 else []
    if any(isinstance(one, Nowhere) for one in together):
        return []
    duty, head = (_begins(mark, joined) for mark in ("^", "@"))
    return [both([*where, *together, duty, head]), both([*where, *together, duty])]


def _at_word_starts(terms: Sequence[str], anywhere: list[Expr]) -> list[Expr]:
    """The tier in which each term begins a word anywhere; a single one does so in the head."""
    if any(hangul.is_consonant(char) for term in terms for char in term):
        return []
    marks = ("@",) if len(terms) == 1 else ("^", "@")
    starts = [either([_begins(mark, term) for mark in marks]) for term in terms]
    return [both([*anywhere, *starts])]


def _at_initials(term: str) -> Expr:
    """Words that begin with the initials of a term."""
    return either([_begins(mark, hangul.initials(term)) for mark in ("^", "@")])


def _begins(mark: str, term: str) -> Expr:
    """A word of the duty (^) or the head (@) that begins as the term does: by its first two
    characters; initials by up to six."""
    if not hangul.is_consonant(term[0]):
        return Phrase((mark + term[:2],))
    before = "@" if mark == "@" else ""
    start = before + term[:MOST_INITIALS]
    return Phrase((start,)) if len(term) <= 2 else Prefix(start)
