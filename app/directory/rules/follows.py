"""Which changes somebody wants to be told of: a rule without an index, for there are few changes.

A duty's words fit when each of them is part of one of its squeezed segments, as in the search; of
a change, what was before and what is now both count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.plan import same_as, terms_of
from app.directory.rules.text import segments, squeeze

ENTRY, DEPARTMENT, DUTY = "entry", "department", "duty"
WHATS: Final = (ENTRY, DEPARTMENT, DUTY)
MOST: Final = 200  # follows of one person
SHORTEST: Final = 2
Synonyms = Mapping[str, Sequence[str]]
Ways = tuple[tuple[tuple[str, ...], ...], ...]  # all of these, each in any of its ways


@dataclass(frozen=True)
class Pieces:
    """What of a change is compared: the squeezed departments and segments of the duties, before
    and after."""

    departments: frozenset[str]
    duties: tuple[tuple[str, ...], ...]


def department_target(name: str) -> str:
    """How a department is kept in a follow: squeezed, at most 80 characters."""
    return squeeze(name)[:80]


def duty_target(words: str) -> str:
    """How a duty is kept in a follow: its terms with spaces between; "" when the words are too
    short to mean anything, or are letters that make no syllable."""
    terms = terms_of(words)
    whole = max(map(len, terms), default=0) >= SHORTEST
    loose = any(hangul.is_consonant(char) for term in terms for char in term)
    return " ".join(terms) if whole and not loose else ""


def pieces(departments: Iterable[str], duties: Iterable[str]) -> Pieces:
    """What is compared of some departments and duties."""
    names = frozenset(filter(None, map(department_target, departments)))
    return Pieces(names, tuple(tuple(one.text for one in segments(duty)) for duty in duties))


def ways(target: str, synonyms: Synonyms) -> Ways:
    """What fits a duty's words, from `duty_target`, as in the search: each part in one of its ways,
    as it stands or as what means the same."""
    terms, made, done = target.split(" "), list[tuple[tuple[str, ...], ...]](), 0
    for start, end, others in same_as(terms, synonyms):
        made += [((term,),) for term in terms[done:start]]
        made.append((tuple(terms[start:end]), *((other,) for other in others if _says(other))))
        done = end
    return (*made, *(((term,),) for term in terms[done:]))


def same_words(target: str, synonyms: Synonyms) -> tuple[str, ...]:
    """What means the same as a duty's words or a part of them."""
    others = (other for _, _, same in same_as(target.split(" "), synonyms) for other in same)
    return tuple(dict.fromkeys(filter(_says, others)))


def _says(other: str) -> bool:
    """Whether a synonym is one to be told by: 물, which is in 건축물 too, is only searched for."""
    return len(other) >= SHORTEST and not any(map(hangul.is_consonant, other))


def holds(found: Pieces, wanted: Ways) -> bool:
    """Whether a duty's words, by their ways, fit before or after a change."""
    return any(
        all(any(_all_in(duty, way) for way in part) for part in wanted) for duty in found.duties
    )


def _all_in(duty: Sequence[str], terms: Sequence[str]) -> bool:
    return all(any(term in piece for piece in duty) for term in terms)
