"""How many hits of a query each office has.

The danger removed here: counting a common term again at each keystroke. What `counts` keeps is
taken; of a syllable that is still growing (행저), the commonest of what it may become is (행정),
and only the hits of the others that lack it are counted: 1 ms instead of 20.
"""

from __future__ import annotations

from collections import Counter

from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.rules import fts5, hangul
from app.directory.rules.expr import Any, Expr, Phrase
from app.directory.rules.tokens import pairs
from app.directory.service import counts
from app.directory.service.library import Library
from app.directory.service.reading import Reading


def by_office(reading: Reading, kept: Library) -> dict[int, int]:
    """How many hits each office has; offices without any are not named."""
    if reading.complete:
        return dict(matches.by_office(reading.ids))
    known = _known(reading, kept)
    return known if known is not None else matches.count_by_office(fts5.match(reading.everything))


def _known(reading: Reading, kept: Library) -> dict[int, int] | None:
    """The counts of one term by what is kept; None when nothing is."""
    [term, *others] = reading.terms
    if others or term in kept.words.synonyms:
        return None
    if reading.grown:
        return _with_the_rest(reading, term)
    return index_q.find_counts(term) if counts.is_kept(term) else None


def _with_the_rest(reading: Reading, term: str) -> dict[int, int] | None:
    """The kept counts of the most of a growing term, and what else it finds."""
    typed, grown = reading.tiers[-2:]
    start = _consonant_moved(term)
    if start:
        known, most, others = index_q.find_counts(start), grown, [typed]
    else:
        way, known = _commonest(reading.also)
        most = Phrase(tuple(pairs(way)))
        others = [typed, *(one for one in _parts(grown) if one != most)]
    if known is None:
        return None
    rest = matches.count_by_office(fts5.match_but(Any(tuple(others)), most))
    return dict(Counter(known) + Counter(rest))


def _parts(grown: Expr) -> tuple[Expr, ...]:
    return grown.parts if isinstance(grown, Any) else (grown,)


def _consonant_moved(term: str) -> str:
    """A lone syllable whose last consonant begins the next: 돗 → 도ㅅ; else nothing."""
    moved = hangul.moved_final(term) if len(term) == 1 else None
    return moved[0] + hangul.initial(moved[1][0][0]) if moved else ""


def _commonest(ways: tuple[str, ...]) -> tuple[str, dict[int, int] | None]:
    """The pair with the most hits among those whose counts are kept, and these."""
    kept = index_q.list_counts([way for way in ways if counts.is_kept(way)])
    return max(kept.items(), key=lambda one: sum(one[1].values()), default=("", None))
