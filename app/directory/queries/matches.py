"""What an expression of SQLite's FTS5 finds (rules/fts5.py writes it). Another database needs these
two, service/index.py and the list of common terms in service/counts.py once more, and nothing else.

Dangers removed here: ranking every hit (`ORDER BY rank` scores them all: 99 % within 380 ms), and
a prefix merged again for each office (579 ms); see docs/adr on the index.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence

from app.core import db

# An entry's id is its office's number << 16 and its own.
OFFICE_BITS = 16
_FIRST = "SELECT rowid FROM directory_index WHERE directory_index MATCH ? LIMIT ?"
_WITHIN = (
    "SELECT rowid FROM directory_index WHERE directory_index MATCH ?"
    " AND rowid BETWEEN ? AND ? LIMIT ?"
)
_OF = (
    "SELECT rowid FROM directory_index WHERE directory_index MATCH ?"
    " AND rowid >> 16 IN (SELECT value FROM json_each(?)) LIMIT ?"
)
_COUNTS = (
    "SELECT rowid >> 16, count(*) FROM directory_index WHERE directory_index MATCH ? GROUP BY 1"
)


def list_ids(match: str, most: int) -> list[int]:
    """The ids of the first entries that match, in their order; at most that many."""
    return [one for (one,) in db.quick(_FIRST, (match, most))]


def list_ids_in(match: str, low: int, high: int, most: int = -1) -> list[int]:
    """The same in the offices from number `low` to `high`; all of them unless told how many."""
    given = (match, low << OFFICE_BITS, high << OFFICE_BITS | 0xFFFF, most)
    return [one for (one,) in db.quick(_WITHIN, given)]


def list_ids_of(offices: Collection[int], match: str, most: int) -> list[int]:
    """The ids of the first entries of some offices that match, in their order; each match is read
    until there are enough."""
    given = (match, json.dumps(sorted(offices)), most)
    return [one for (one,) in db.quick(_OF, given)]


def count_by_office(match: str) -> dict[int, int]:
    """How many entries match, by office; offices without any are not named."""
    return dict(db.quick(_COUNTS, (match,)))


def by_office(ids: Sequence[int]) -> Counter[int]:
    """How many of some ids each office has."""
    return Counter(one >> OFFICE_BITS for one in ids)
