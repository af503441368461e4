"""누고?: who is in charge of what somebody typed, grouped by office.

The danger removed here: ranking everything. A query of one word has 300,000 hits; only the first
of each tier, and the few candidates of the ten offices on the page, are ever looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.queries.matches import OFFICE_BITS
from app.directory.rules import fts5, plan, ranking
from app.directory.rules.plan import Expr, Plan
from app.directory.rules.readings import readings
from app.directory.service import counts, library
from app.directory.service.index import text_of
from app.directory.service.library import Library

MOST = 50
GROUPS = 10
SHOWN = 5
CANDIDATES = 8
OF_ONE_OFFICE = 50


@dataclass(frozen=True)
class Where:
    """Of which province or office somebody wants to see entries, and what comes first."""

    sido: str = ""
    office: int = 0
    near: str = ""


@dataclass(frozen=True)
class Reading:
    """How a query was read: its terms; its tiers from the best to everything, and all hits of those
    that have few; the first hits; whether it is another reading than the one typed; whether the
    last tier lets the last syllable grow; and what else than the terms may stand in a hit."""

    terms: tuple[str, ...] = ()
    tiers: tuple[Expr, ...] = ()
    few: tuple[tuple[int, ...] | None, ...] = ()
    ids: tuple[int, ...] = ()
    other: bool = False
    grown: bool = False
    also: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """What may stand in a hit and say why it is one, whole words before halves of them."""
        return (*self.also, *self.terms)

    @property
    def everything(self) -> Expr:
        """What every hit has: the last tier, or the one of a syllable that is still being typed."""
        return plan.Any(self.tiers[-2:]) if self.grown else self.tiers[-1]

    @property
    def complete(self) -> bool:
        """Whether the first hits are all."""
        return len(self.ids) < MOST


@dataclass(frozen=True)
class Group:
    """An office with hits: how many, and the best of them."""

    office: OfficeRow
    count: int
    hits: tuple[EntryRow, ...]


@dataclass(frozen=True)
class Answer:
    """One page of what was found."""

    query: str
    reading: Reading
    where: Where
    groups: tuple[Group, ...] = ()
    counts: Mapping[int, int] = field(default_factory=dict)
    sidos: Mapping[str, int] = field(default_factory=dict)
    page: int = 1
    pages: int = 1

    @property
    def total(self) -> int:
        """How many entries there are on all pages."""
        return sum(self.counts.values())


def top(query: str, most: int = MOST) -> list[int]:
    """The ids of the best hits in the whole country, the best tier first."""
    return list(read(query, library.get(), most).ids)


def read(query: str, kept: Library, most: int = MOST) -> Reading:
    """The reading of a query that finds something: as typed; on the other keyboard; without words
    of asking; without particles. When it finds little, its last syllable may still grow."""
    terms = plan.terms_of(query)
    found = _try(terms, kept, most)
    if not found.ids:
        others = (_try(other, kept, most, other=True) for other in readings(query))
        found = next((one for one in others if one.ids), found)
    if len(found.ids) >= most or not found.terms:
        return found
    grown = plan.composing(found.terms, kept.words)
    if grown is None:
        return found
    more = _read(grown, most, other=found.other)
    if set(more.ids) <= set(found.ids):
        return found
    ids = tuple(dict.fromkeys((*found.ids, *more.ids)))[:most]
    tiers, few = (*found.tiers, *more.tiers), (*found.few, *more.few)
    also = (*found.also, *more.also)
    return Reading(found.terms, tiers, few, ids, found.other, grown=True, also=also)


def _try(terms: Sequence[str], kept: Library, most: int, *, other: bool = False) -> Reading:
    made: Plan | None = plan.plan(terms, kept.words)
    return Reading() if made is None else _read(made, most, other=other)


def _read(made: Plan, most: int, *, other: bool) -> Reading:
    """The first hits of each tier in turn, none twice, until there are enough."""
    found, few = dict[int, None](), list[tuple[int, ...] | None]()
    for tier in made.tiers:
        ids = tuple(matches.list_ids(fts5.match(tier), most)) if len(found) < most else None
        few.append(ids if ids is not None and len(ids) < most else None)
        found.update(dict.fromkeys(ids or ()))
    ids = tuple(found)[:most]
    return Reading(made.terms, made.tiers, tuple(few), ids, other, also=made.also)


def ask(query: str, where: Where = Where(), page: int = 1) -> Answer:
    """One page of what a query finds.

    Args:
        query: as typed.
        where: of which province or office, and which province comes first.
        page: from 1; ten offices each, or fifty entries of the one office.
    """
    kept = library.get()
    key = (query[: 4 * plan.LONGEST], where, page)
    return kept.answer(key, lambda: _ask(query, where, page, kept))


def _ask(query: str, where: Where, page: int, kept: Library) -> Answer:
    reading = read(query, kept)
    if not reading.ids:
        return Answer(query, reading, where)
    everywhere = _count(reading, kept)
    sidos = Counter[str]()
    for number, count in everywhere.items():
        sidos[kept.offices[number].sido] += count
    here = {one: count for one, count in everywhere.items() if _is_in(kept.offices[one], where)}
    if where.office:
        pages = max(1, -(-here.get(where.office, 0) // OF_ONE_OFFICE))
        page = min(page, pages)
        groups = _one_office(reading, kept, where.office, here, page)
    else:
        order = _order(reading, kept, where, here)
        pages = max(1, -(-len(order) // GROUPS))
        page = min(page, pages)
        shown = order[(page - 1) * GROUPS : page * GROUPS]
        groups = _groups(reading, kept, shown, here)
    return Answer(query, reading, where, groups, here, sidos, page, pages)


def _is_in(office: OfficeRow, where: Where) -> bool:
    return where.office in {0, office.number} and where.sido in {"", office.sido}


def _count(reading: Reading, kept: Library) -> dict[int, int]:
    """How many hits each office has."""
    if reading.complete:
        return dict(matches.by_office(reading.ids))
    known = index_q.find_counts(reading.terms[0]) if _is_kept(reading, kept) else None
    return known if known is not None else matches.count_by_office(fts5.match(reading.everything))


def _is_kept(reading: Reading, kept: Library) -> bool:
    """Whether a reading is of a kind whose counts are kept."""
    [first, *others] = reading.terms
    plain = not others and not reading.grown
    return plain and counts.is_kept(first) and first not in kept.words.synonyms


def _order(
    reading: Reading, kept: Library, where: Where, number_of: Mapping[int, int]
) -> list[int]:
    """Offices as they are shown: those near first, then those of the best hits, then by number."""
    best = {number: place for place, number in enumerate(_offices_of(reading.ids))}
    last = len(best)

    def rank(number: int) -> tuple[bool, int, int]:
        return kept.offices[number].sido != where.near, best.get(number, last), number

    return sorted(number_of, key=rank)


def _offices_of(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(one >> OFFICE_BITS for one in ids))


def _groups(
    reading: Reading, kept: Library, shown: Sequence[int], number_of: Mapping[int, int]
) -> tuple[Group, ...]:
    """Each office with its best hits, scored on their text."""
    candidates = _candidates(reading, shown, CANDIDATES)
    rows = entries_q.list_entries(one for ids in candidates.values() for one in ids)
    return tuple(
        Group(
            kept.offices[number],
            number_of[number],
            tuple(_best(candidates[number], rows, kept.offices[number], reading)[:SHOWN]),
        )
        for number in shown
    )


def _one_office(
    reading: Reading, kept: Library, number: int, number_of: Mapping[int, int], page: int
) -> tuple[Group, ...]:
    if number not in number_of:
        return ()
    wanted = _candidates(reading, [number], page * OF_ONE_OFFICE)[number]
    shown = wanted[(page - 1) * OF_ONE_OFFICE :]
    rows = entries_q.list_entries(shown)
    office = kept.offices[number]
    return (Group(office, number_of[number], tuple(_best(shown, rows, office, reading))),)


def _best(
    ids: Sequence[int], rows: Mapping[int, EntryRow], office: OfficeRow, reading: Reading
) -> list[EntryRow]:
    found = [rows[one] for one in ids if one in rows]
    terms, also = reading.terms, reading.also
    return sorted(found, key=lambda row: -ranking.score(text_of(row, office), terms, also))


def _candidates(reading: Reading, offices: Sequence[int], most: int) -> dict[int, list[int]]:
    """The first hits of each office, the best tier first; at most that many of each."""
    found: dict[int, dict[int, None]] = {number: {} for number in offices}
    if reading.complete:
        return {number: ids[:most] for number, ids in _sorted(reading.ids, offices).items()}
    for tier, few in zip(reading.tiers, reading.few, strict=True):
        wanted = [number for number, known in found.items() if len(known) < most]
        ids_of = _of_offices(tier, wanted, most) if few is None else _sorted(few, wanted)
        for number, ids in ids_of.items():
            found[number].update(dict.fromkeys(ids))
    return {number: list(known)[:most] for number, known in found.items()}


def _sorted(ids: Sequence[int], offices: Sequence[int]) -> dict[int, list[int]]:
    """Some ids by office."""
    found: dict[int, list[int]] = {number: [] for number in offices}
    for one in ids:
        found.get(one >> OFFICE_BITS, []).append(one)
    return found


def _of_offices(tier: Expr, offices: Sequence[int], most: int) -> dict[int, list[int]]:
    """The first hits of a tier in each office. What has prefixes is merged once for all of them,
    and not once for each."""
    match = fts5.match(tier)
    if not offices or not plan.has_prefix(tier):
        return {one: matches.list_ids_in(match, one, one, most) for one in offices}
    ids = matches.list_ids_in(match, min(offices), max(offices))
    ends = {
        one: (bisect_left(ids, one << OFFICE_BITS), (one + 1) << OFFICE_BITS) for one in offices
    }
    return {
        one: ids[low : min(bisect_left(ids, high, low), low + most)]
        for one, (low, high) in ends.items()
    }


def one_each(query: str, where: Where = Where()) -> tuple[tuple[str, ...], list[Group]]:
    """The best entry of every office that has any entries, also of those that have no hit; the
    province that is near first. The terms that were looked for come with it."""
    kept = library.get()
    reading = read(query, kept)
    number_of = _count(reading, kept) if reading.ids else {}
    offices = [one for one in kept.offices.values() if one.entries and _is_in(one, where)]
    offices.sort(key=lambda one: (one.sido != where.near, one.number))
    hit = [one.number for one in offices if one.number in number_of]
    found = {one.office.number: one for one in _groups(reading, kept, hit, number_of)}
    return reading.reasons, [found.get(one.number, Group(one, 0, ())) for one in offices]
