"""누고?: who is in charge of what somebody typed, grouped by office.

The danger removed here: ranking everything. A query of one word has 300,000 hits; only the first
of each tier, and the few candidates of the ten offices on the page, are ever looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.directory.queries import entries as entries_q
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.queries.matches import OFFICE_BITS
from app.directory.rules import plan
from app.directory.rules.ranking import Scorer
from app.directory.service import library, totals
from app.directory.service.candidates import pick
from app.directory.service.library import Library
from app.directory.service.reading import Asked, Reading, read

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
    more: bool = False  # the page has offices that were not wanted yet

    @property
    def total(self) -> int:
        """How many entries there are on all pages."""
        return sum(self.counts.values())


def ask(
    query: str,
    where: Where = Where(),
    page: int = 1,
    kept: Library | None = None,
    most: int = GROUPS,
) -> Answer:
    """One page of what a query finds.

    Args:
        query: as typed.
        where: of which province or office, and which province comes first.
        page: from 1; ten offices each, or fifty entries of the one office.
        kept: the library to ask, for who keeps what it makes of the answer there too.
        most: how many of the page's offices are wanted; the first ones.
    """
    kept = kept or library.get()
    query = query[: 4 * plan.LONGEST]
    key = ("answer", query, where, page, most)
    return kept.answers.take(key, lambda: _ask(query, where, page, kept, most))


def _ask(query: str, where: Where, page: int, kept: Library, most: int) -> Answer:
    hits: _Hits = kept.answers.take(("hits", query, where), lambda: _find(query, where, kept))
    reading, here = hits.reading, hits.here
    if not reading.ids:
        return Answer(query, reading, where)
    if where.office:
        pages = max(1, -(-here.get(where.office, 0) // OF_ONE_OFFICE))
        page = min(page, pages)
        groups = _one_office(reading, kept, where.office, here, page)
        return Answer(query, reading, where, groups, here, hits.sidos, page, pages)
    pages = max(1, -(-len(hits.order) // GROUPS))
    page = min(page, pages)
    shown = hits.order[(page - 1) * GROUPS : page * GROUPS]
    groups = _groups(reading, kept, shown[:most], here, hits.total)
    more = len(shown) > most
    return Answer(query, reading, where, groups, here, hits.sidos, page, pages, more)


@dataclass(frozen=True)
class _Hits:
    """What is the same on all pages of an answer: how many hits each office has, those of the
    place that was chosen; how many each province has; the offices in their order."""

    reading: Reading
    here: Mapping[int, int]
    sidos: Mapping[str, int]
    order: Sequence[int]
    total: int


def _find(query: str, where: Where, kept: Library) -> _Hits:
    reading = read(query, kept, Asked(places=_places(where, kept)))
    everywhere = totals.by_office(reading, kept) if reading.ids else {}
    sidos = Counter[str]()
    for number, count in everywhere.items():
        sidos[kept.offices[number].sido] += count
    here = everywhere
    if where.office or where.sido:
        here = {one: count for one, count in everywhere.items() if _is_in(kept.offices[one], where)}
    order = _order(reading, kept, where, here)
    return _Hits(reading, here, sidos, order, sum(everywhere.values()))


def _is_in(office: OfficeRow, where: Where) -> bool:
    return where.office in {0, office.number} and where.sido in {"", office.sido}


def _places(where: Where, kept: Library) -> tuple[frozenset[int] | None, ...]:
    """In which offices rows are looked at first: those of the place, or those near and all."""
    if where.office or where.sido:
        return (frozenset(one.number for one in kept.offices.values() if _is_in(one, where)),)
    near = frozenset(one.number for one in kept.offices.values() if one.sido == where.near)
    return (near, None) if near else (None,)


def _order(
    reading: Reading, kept: Library, where: Where, number_of: Mapping[int, int]
) -> list[int]:
    """Offices as they are shown: those near first, then those of the best hits, then by number."""
    best = [one for one in _offices_of(reading.ids) if one in number_of]
    found = [*best, *sorted(number_of.keys() - set(best))]
    near = [one for one in found if kept.offices[one].sido == where.near] if where.near else []
    return list(dict.fromkeys((*near, *found)))


def _offices_of(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(one >> OFFICE_BITS for one in ids))


def _groups(
    reading: Reading, kept: Library, shown: Sequence[int], number_of: Mapping[int, int], total: int
) -> tuple[Group, ...]:
    """Each office with its best hits, scored on their text."""
    candidates = pick(reading, shown, CANDIDATES, total)
    rows = entries_q.list_entries(one for ids in candidates.values() for one in ids)
    scorer = Scorer(reading.terms, reading.also, reading.topic)
    return tuple(
        Group(
            kept.offices[number],
            number_of[number],
            tuple(_best(candidates[number], rows, scorer)[:SHOWN]),
        )
        for number in shown
    )


def _one_office(
    reading: Reading, kept: Library, number: int, number_of: Mapping[int, int], page: int
) -> tuple[Group, ...]:
    if number not in number_of:
        return ()
    wanted = pick(reading, [number], page * OF_ONE_OFFICE, number_of[number])[number]
    shown = wanted[(page - 1) * OF_ONE_OFFICE :]
    rows = entries_q.list_entries(shown)
    best = _best(shown, rows, Scorer(reading.terms, reading.also, reading.topic))
    return (Group(kept.offices[number], number_of[number], tuple(best)),)


def _best(ids: Sequence[int], rows: Mapping[int, EntryRow], scorer: Scorer) -> list[EntryRow]:
    """The entries of some ids, the best first; of the same worth, in the order of the ids."""
    found = [rows[one] for one in ids if one in rows]
    return sorted(found, key=scorer.score, reverse=True)


@dataclass(frozen=True)
class Nation:
    """One group for each office, also for those without a hit; why each is a hit; and whether there
    may be more hits than were looked at."""

    rows: tuple[Group, ...]
    reasons: tuple[str, ...]
    partly: bool


def one_each(query: str, where: Where = Where()) -> Nation:
    """The best entry of every office that has any entries; the province that is near first."""
    kept = library.get()
    reading = read(query, kept, Asked(places=_places(where, kept)))
    number_of = totals.by_office(reading, kept) if reading.ids else {}
    total = sum(number_of.values())
    offices = [one for one in kept.offices.values() if one.entries and _is_in(one, where)]
    offices.sort(key=lambda one: (one.sido != where.near, one.number))
    hit = [one.number for one in offices if one.number in number_of]
    found = {one.office.number: one for one in _groups(reading, kept, hit, number_of, total)}
    rows = tuple(found.get(one.number, Group(one, 0, ())) for one in offices)
    return Nation(rows, reading.reasons, reading.partly)
