"""The few hits of an office that are looked at: what else is found is only counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from app.directory.queries import matches
from app.directory.queries.matches import OFFICE_BITS
from app.directory.rules import fts5
from app.directory.rules.expr import Expr, has_prefix
from app.directory.service.reading import Reading

# So many ids are read faster than ten offices are asked.
FEW = 5_000


def pick(reading: Reading, offices: Sequence[int], most: int, total: int) -> dict[int, list[int]]:
    """The first hits of each office, the best tier first; at most that many of each.

    Args:
        reading: of the query.
        offices: their numbers.
        most: of each office.
        total: hits of the query in all offices.
    """
    found: dict[int, dict[int, None]] = {number: {} for number in offices}
    if reading.complete:
        return {number: ids[:most] for number, ids in _sorted(reading.ids, offices).items()}
    for tier, few in zip(reading.tiers, reading.few, strict=True):
        wanted = [number for number, known in found.items() if len(known) < most]
        ids_of = _of_offices(tier, wanted, most, total) if few is None else _sorted(few, wanted)
        for number, ids in ids_of.items():
            found[number].update(dict.fromkeys(ids))
    return {number: list(known)[:most] for number, known in found.items()}


def _sorted(ids: Sequence[int], offices: Sequence[int]) -> dict[int, list[int]]:
    """Some ids by office."""
    found: dict[int, list[int]] = {number: [] for number in offices}
    for one in ids:
        found.get(one >> OFFICE_BITS, []).append(one)
    return found


def _of_offices(tier: Expr, offices: Sequence[int], most: int, total: int) -> dict[int, list[int]]:
    """The first hits of a tier in each office. Where there are few in all, and where prefixes must
    be merged first, the index is asked once for all offices, and not once for each."""
    match = fts5.match(tier)
    if not offices or (total > FEW and not has_prefix(tier)):
        return {one: matches.list_ids_in(match, one, one, most) for one in offices}
    ids = matches.list_ids_in(match, min(offices), max(offices))
    ends = {
        one: (bisect_left(ids, one << OFFICE_BITS), (one + 1) << OFFICE_BITS) for one in offices
    }
    return {
        one: ids[low : min(bisect_left(ids, high, low), low + most)]
        for one, (low, high) in ends.items()
    }
