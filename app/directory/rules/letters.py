"""A term with lone consonants, each of which stands for every syllable that begins with it: ㅊ년.

What such a term may be is found pair by pair among the pairs that exist. ㅂ지ㄱ is 280 words of
which most stand nowhere, and an index would read its lists again for each; so only a term with few
ways is spelled out, and the rows of any other one are looked at.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.ranking import maybe
from app.directory.rules.text import segments, unmasked
from app.directory.rules.tokens import Text

MOST_LONE: Final = 3  # consonants among syllables: 창ㅇㅅ; nobody types more of them so
MOST_SPELLED: Final = 60  # pairs of all that a term may be
MOST_PAIRS: Final = 240
# Of each place of a term, the characters that may stand there and those that may follow each.
Steps = Sequence[Mapping[str, Sequence[str]]]


def has_lone(term: str) -> bool:
    """Whether there is a lone consonant in a term."""
    return any(map(hangul.is_consonant, term))


def steps(term: str, known: Mapping[str, Sequence[str]]) -> Steps:
    """What may stand at the places of a term; nothing when it has too many lone consonants, or
    when no pairs that exist spell it.

    Args:
        term: of two characters at least.
        known: pairs that exist by their first character, sorted.
    """
    if sum(map(hangul.is_consonant, term)) > MOST_LONE:
        return []
    low, high = _range(term[0])
    firsts = [char for char in known if low <= char <= high]
    found = list[dict[str, list[str]]]()
    for _, char in pairwise(term):
        found.append(_step(firsts, char, known))
        firsts = list(dict.fromkeys(char for after in found[-1].values() for char in after))
    for step, later in reversed(list(pairwise(found))):
        for first, after in list(step.items()):
            step[first] = [char for char in after if char in later]
            if not step[first]:
                del step[first]
    return found if found and all(found) else []


def _step(
    firsts: Sequence[str], char: str, known: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Which of a range of characters follow each of some others."""
    low, high = _range(char)
    found = dict[str, list[str]]()
    for first in firsts:
        pairs = known.get(first, ())
        ends = bisect_left(pairs, first + low), bisect_right(pairs, first + high)
        if ends[0] < ends[1]:
            found[first] = [pair[1] for pair in pairs[slice(*ends)]]
    return found


def _range(char: str) -> tuple[str, str]:
    """The first and the last character that one may stand for."""
    return hangul.still_composing(char)[0] if hangul.is_consonant(char) else (char, char)


def ways(found: Steps, most: int | None) -> list[str]:
    """What a term may be, at most that many; all of it for None."""
    starts = found[0] if found else ()
    return list(islice((way for first in starts for way in _grow(first, found)), most))


def _grow(way: str, left: Steps) -> Iterator[str]:
    if not left:
        yield way
        return
    for char in left[0][way[-1]]:
        yield from _grow(way + char, left[1:])


def narrowest(found: Steps) -> list[list[str]]:
    """The pairs that may stand at each place of a term, but for the places with the most of them
    when they are too many together."""
    pairs = (
        [first + char for first, after in step.items() for char in after] for step in found
    )  # fmt: skip
    chosen, room = list[list[str]](), MOST_PAIRS
    for some in sorted(pairs, key=len):
        if len(some) <= room or not chosen:
            chosen.append(some)
            room -= len(some)
    return chosen


def holds(entry: Text, terms: Sequence[str]) -> bool:
    """Whether each of some terms stands in a segment of an entry."""
    fields = (
        unmasked(entry.name), entry.bureau, entry.department, entry.team, entry.position,
        entry.duty, entry.organisation, *entry.aliases,
    )  # fmt: skip
    return all(any(_has(field, term) for field in fields) for term in terms)


def _has(field: str, term: str) -> bool:
    if not maybe(field, (term,)):
        return False
    pattern = _pattern(term)
    return any(pattern.search(piece) for piece in _pieces(field))


@lru_cache(maxsize=4096)
def _pieces(field: str) -> tuple[str, ...]:
    return tuple(one.text for one in segments(field))


@lru_cache(maxsize=256)
def _pattern(term: str) -> re.Pattern[str]:
    ranges = (_range(char) for char in term)
    return re.compile(
        "".join(re.escape(low) if low == high else f"[{low}-{high}]" for low, high in ranges)
    )
