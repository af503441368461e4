"""Reads about the index: its version, its dictionary, the synonyms."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from app.core import db
from app.directory.models import Count, Pair, Synonym

_STATE = "SELECT value FROM directory_state WHERE name = ?"
_HAS = "SELECT 1 FROM directory_index WHERE directory_index MATCH ? LIMIT 1"
_COUNTS = "SELECT counts FROM directory_counts WHERE token = ?"
_COUNTS_OF = select(Count.token, Count.counts).where(
    Count.token.in_(bindparam("tokens", expanding=True)), Count.counts.is_not(None)
)


def find_state(name: str) -> int | None:
    """A fact about the index, or None when nothing was indexed yet."""
    found = db.quick(_STATE, (name,))
    return found[0][0] if found else None


def list_pairs() -> list[str]:
    """The dictionary: every pair of neighbours that stands somewhere, sorted."""
    return db.values(select(Pair.pair).order_by(Pair.pair))


def count_pairs() -> int:
    """How many pairs the dictionary holds."""
    return int(db.value(select(func.count()).select_from(Pair)))


def has_token(token: str) -> bool:
    """Whether a row of the index has a pair."""
    return bool(db.quick(_HAS, (f'"{token}"',)))


def list_synonyms() -> list[tuple[str, ...]]:
    """The groups of terms that mean the same."""
    groups = db.values(select(Synonym.words).order_by(Synonym.words))
    return [tuple(part.strip() for part in words.split(",") if part.strip()) for words in groups]


def find_counts(token: str) -> dict[int, int] | None:
    """The kept counts of a common pair by office; None when they are not kept."""
    found = db.quick(_COUNTS, (token,))
    return _unpack(found[0][0]) if found and found[0][0] is not None else None


def list_counts(tokens: Sequence[str]) -> dict[str, dict[int, int]]:
    """The kept counts by office of those of some terms that have them."""
    found = db.rows(_COUNTS_OF, {"tokens": tokens}) if tokens else ()
    return {token: _unpack(blob) for token, blob in found}


def _unpack(blob: bytes) -> dict[int, int]:
    numbers = struct.unpack(f">{len(blob) // 4}I", blob)
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def list_counted() -> list[str]:
    """The terms whose counts are kept."""
    return db.values(select(Count.token).where(Count.counts.is_not(None)))


def list_uncounted(most: int) -> list[str]:
    """Terms whose counts are to be kept and are not counted yet."""
    return db.values(select(Count.token).where(Count.counts.is_(None)).limit(most))


def list_synonym_groups() -> list[tuple[str, str]]:
    """The groups with their ids, by their words."""
    found = db.rows(select(Synonym.id, Synonym.words).order_by(Synonym.words))
    return [(str(one), str(words)) for one, words in found]
