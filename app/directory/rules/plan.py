"""The plan of a query: what to look for in some index of the analyzer's tokens.

A row matches when every term is part of one of its segments, spaces aside. A lone consonant stands
for each syllable that begins with it; one syllable, and initials alone, are looked for at the
beginnings of words only; digits are a telephone from the beginning of a group, or a number in a
text. A plan has tiers, the best first: a hit of one is a hit of all that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from app.directory.rules import hangul
from app.directory.rules.text import DROPPED, digits, fold, squeeze
from app.directory.rules.tokens import MOST_INITIALS, pairs

T = TypeVar("T")
MOST_TERMS: Final = 6
LONGEST: Final = 40
MOST_WAYS: Final = 400
MOST_STEPS: Final = 2_000
MOST_LONE: Final = 3  # consonants among syllables: 창ㅇㅅ; nobody types more of them so
PHONE_DIGITS: Final = range(7, 13)


@dataclass(frozen=True)
class Phrase:
    """Tokens one directly after the other."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Prefix:
    """Any token that begins so."""

    start: str


@dataclass(frozen=True)
class All:
    """Every part is in the row."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Any:
    """At least one part is in the row."""

    parts: tuple[Expr, ...]


Expr = Phrase | Prefix | All | Any
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
    """One reading of a query: its terms; its tiers from the best to everything that matches; and
    what else than the terms may stand in a hit, because it means the same or is still growing."""

    terms: tuple[str, ...]
    tiers: tuple[Expr, ...]
    also: tuple[str, ...] = ()

    @property
    def everything(self) -> Expr:
        """What every hit has."""
        return self.tiers[-1]


def terms_of(query: str) -> tuple[str, ...]:
    """The terms of what somebody typed, at most six, of 40 characters together."""
    found, room = list[str](), LONGEST
    words = fold(query[: 4 * LONGEST]).split()
    number = digits("".join(words)) if len(words) > 1 else ""
    if len(number) in PHONE_DIGITS and all(digits(word) == DROPPED.sub("", word) for word in words):
        return (number,)  # 055 211 1234
    for word in words:
        term = _term(word)[:room]
        if term and term not in found and len(found) < MOST_TERMS:
            found.append(term)
            room -= len(term)
    return tuple(found)


def _term(word: str) -> str:
    """A word without signs; a telephone keeps its digits only (055)211-1234."""
    plain = DROPPED.sub("", word)
    number = digits(plain)
    return number if len(number) >= 3 and plain == number else squeeze(plain)


def plan(terms: Sequence[str], words: Words) -> Plan | None:
    """The plan of some terms; None for none."""
    if not terms:
        return None
    anywhere = [_anywhere(term, words.pairs) for term in terms]
    where = [expr for term, expr in zip(terms, anywhere, strict=True) if _is_place(term, words)]
    topic = [term for term in terms if not _is_place(term, words)] or list(terms)
    where = [] if topic == list(terms) else where
    joined = _joined("".join(topic), where, words)
    tiers = [*joined, *_at_word_starts(terms, anywhere)]
    everything = _all(list(_with_synonyms(terms, anywhere, words)))
    if joined and len(topic) > 1 and any(map(_is_short, topic)):
        # 도로 시: 도로시설 has them together, though no word of it begins with 시.
        everything = Any((everything, joined[-1]))
    also = tuple(
        dict.fromkeys(other for _, _, others in same_as(terms, words.synonyms) for other in others)
    )
    return Plan(tuple(terms), (*tiers, everything), also)


def _is_short(term: str) -> bool:
    """Whether a term is looked for at the beginnings of words only."""
    return len(term) == 1 or all(map(hangul.is_consonant, term))


def composing(terms: Sequence[str], words: Words) -> Plan | None:
    """The plan in which the last syllable of the last term is still being typed; None when it is
    whole in every way."""
    last = terms[-1] if terms else ""
    if not any(map(hangul.is_syllable, last)):
        return None
    ways = list(islice(_grown(last, words.pairs), MOST_WAYS))
    if not ways:
        return None
    grown = Any(tuple(Phrase(tuple(pairs(way))) for way in ways))
    before = terms[:-1]
    rest = _with_synonyms(before, [_anywhere(term, words.pairs) for term in before], words)
    return Plan(tuple(terms), (_all([*rest, grown]),), tuple(ways))


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
        same = (_anywhere(other, words.pairs) for other in others)
        yield _any([_all(anywhere[start:end]), *same])
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
        return _any([_begins(mark, term) for mark in ("^", "@")])
    if term.isdecimal() and len(term) >= 3:
        return Any((Prefix(f"#{term}"), Phrase(tuple(pairs(term)))))
    if any(map(hangul.is_consonant, term)):
        ways = _filled(term, known)
        # Nothing that exists fits: then the letters themselves are looked for, and found nowhere.
        return _any([Phrase(tuple(pairs(way))) for way in ways or [term]])
    return Phrase(tuple(pairs(term)))


def _filled(term: str, known: Pairs) -> list[str]:
    """The term with each lone consonant replaced by syllables that exist at its place; those that
    begin alike are bounded at every letter, so that no mixture of letters takes long."""
    ways = [""] if sum(map(hangul.is_consonant, term)) <= MOST_LONE else []
    for char in term:
        longer = (way + one for way in ways for one in _candidates(char, way[-1:], known))
        ways = list(islice(longer, MOST_STEPS))
    return ways[:MOST_WAYS]


def _candidates(char: str, before: str, known: Pairs) -> Iterator[str]:
    if not hangul.is_consonant(char):
        return iter((char,) if not before or before + char in known.get(before, ()) else ())
    [(first, end)] = hangul.still_composing(char)
    if before:
        return _following(before, first, end, known)
    return (one for one in known if first <= one <= end)


def _joined(joined: str, where: list[Expr], words: Words) -> list[Expr]:
    """The two tiers in which all terms stand together at a duty's word; the better one has the
    same in the head."""
    if all(map(hangul.is_consonant, joined)):
        duty, head = (_begins(mark, joined) for mark in ("^", "@"))
        return [_all([*where, duty, head]), _all([*where, duty])]
    if any(map(hangul.is_consonant, joined)) or joined.isdecimal():
        return []
    together = [_anywhere(joined, words.pairs)] if len(joined) > 1 else []
    duty, head = (_begins(mark, joined) for mark in ("^", "@"))
    return [_all([*where, *together, duty, head]), _all([*where, *together, duty])]


def _at_word_starts(terms: Sequence[str], anywhere: list[Expr]) -> list[Expr]:
    """The tier in which each term begins a word anywhere; a single one does so in the head."""
    if any(hangul.is_consonant(char) for term in terms for char in term):
        return []
    marks = ("@",) if len(terms) == 1 else ("^", "@")
    starts = [_any([_begins(mark, term) for mark in marks]) for term in terms]
    return [_all([*anywhere, *starts])]


def _begins(mark: str, term: str) -> Expr:
    """A word of the duty (^) or the head (@) that begins as the term does: by its first two
    characters; initials by up to six."""
    if not hangul.is_consonant(term[0]):
        return Phrase((mark + term[:2],))
    before = "@" if mark == "@" else ""
    start = before + term[:MOST_INITIALS]
    return Phrase((start,)) if len(term) <= 2 else Prefix(start)


def _all(parts: Sequence[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _any(parts: Sequence[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def visit(expr: Expr, leaf: Callable[[Phrase | Prefix], T], join: Callable[[str, list[T]], T]) -> T:
    """Fold a plan from its leaves: how a gateway writes it in its index's own language."""
    if isinstance(expr, Phrase | Prefix):
        return leaf(expr)
    word = "AND" if isinstance(expr, All) else "OR"
    return join(word, [visit(part, leaf, join) for part in expr.parts])


def has_prefix(expr: Expr) -> bool:
    """Whether an index must merge the lists of many tokens for it."""
    if isinstance(expr, Phrase | Prefix):
        return isinstance(expr, Prefix)
    return any(map(has_prefix, expr.parts))
