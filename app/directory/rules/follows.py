"""Which changes somebody wants to be told of: a rule without an index, for there are few changes.

A duty's words fit when each of them is part of one of its squeezed segments, as in the search; of
a change, what was before and what is now both count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.directory.rules import hangul
from app.directory.rules.plan import terms_of
from app.directory.rules.text import segments, squeeze

ENTRY, DEPARTMENT, DUTY = "entry", "department", "duty"
WHATS: Final = (ENTRY, DEPARTMENT, DUTY)
MOST: Final = 200  # follows of one person
SHORTEST: Final = 2


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


def holds(found: Pieces, target: str) -> bool:
    """Whether a duty's words, from `duty_target`, fit before or after a change."""
    terms = target.split(" ")
    return any(_all_in(duty, terms) for duty in found.duties)


def _all_in(duty: Sequence[str], terms: Sequence[str]) -> bool:
    return all(any(term in piece for piece in duty) for term in terms)
