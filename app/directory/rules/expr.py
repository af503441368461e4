"""What is looked for in an index of tokens, in no index's own language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")
MOST_CHEAP: Final = 12  # lists of an index
LONG: Final = 5  # tokens


@dataclass(frozen=True)
class Phrase:
    """Tokens one directly after the other."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Nowhere(Phrase):
    """Tokens that no row has."""


@dataclass(frozen=True)
class Prefix:
    """Any token that begins so."""

    start: str


@dataclass(frozen=True)
class All:
    """Every part is in the row."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True)
class Rough(All):
    """Every part is in each row that has the term, but in others too; and the first of what the
    term may be."""

    term: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Any:
    """At least one part is in the row."""

    parts: tuple[Expr, ...]


Expr = Phrase | Prefix | All | Any


def both(parts: Sequence[Expr]) -> Expr:
    """All of some parts; a single one is itself."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def either(parts: Sequence[Expr]) -> Expr:
    """Any of some parts; a single one is itself."""
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def visit(expr: Expr, leaf: Callable[[Phrase | Prefix], T], join: Callable[[str, list[T]], T]) -> T:
    """Fold a plan from its leaves: how a gateway writes it in its index's own language."""
    if isinstance(expr, Phrase | Prefix):
        return leaf(expr)
    word = "AND" if isinstance(expr, All) else "OR"
    return join(word, [visit(part, leaf, join) for part in expr.parts])


def is_costly(expr: Expr) -> bool:
    """Whether asking an index for it once more costs more than reading a thousand hits at once."""
    return has_prefix(expr) or visit(expr, lambda _: 1, lambda _, parts: sum(parts)) > MOST_CHEAP


def is_long(expr: Expr) -> bool:
    """Whether so many tokens must be in a row that few rows have them all, and an index reads
    many lists to find these."""
    return visit(expr, _length, _length_of) >= LONG


def _length(one: Phrase | Prefix) -> int:
    return len(one.tokens) if isinstance(one, Phrase) else 1


def _length_of(word: str, lengths: list[int]) -> int:
    return sum(lengths) if word == "AND" else min(lengths)


def has_prefix(expr: Expr) -> bool:
    """Whether an index must merge the lists of many tokens for it."""
    if isinstance(expr, Phrase | Prefix):
        return isinstance(expr, Prefix)
    return any(map(has_prefix, expr.parts))
