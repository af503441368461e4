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
from app.directory.rules import plan, ranking
from app.directory.service import library, totals
from app.directory.service.candidates import pick
from app.directory.service.index import text_of
from app.directory.service.library import Library
from app.directory.service.reading import Reading, read

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

    @property
    def total(self) -> int:
        """How many entries there are on all pages."""
        return sum(self.counts.values())


def ask(query: str, where: Where = Where(), page: int = 1, kept: Library | None = None) -> Answer:
    """One page of what a query finds.

    Args:
        query: as typed.
        where: of which province or office, and which province comes first.
        page: from 1; ten offices each, or fifty entries of the one office.
        kept: the library to ask, for who keeps what it makes of the answer there too.
    """
    kept = kept or library.get()
    key = (query[: 4 * plan.LONGEST], where, page)
    return kept.answer(key, lambda: _ask(query, where, page, kept))


def _ask(query: str, where: Where, page: int, kept: Library) -> Answer:
    reading = read(query, kept)
    if not reading.ids:
        return Answer(query, reading, where)
    everywhere = totals.by_office(reading, kept)
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
        groups = _groups(reading, kept, shown, here, sum(everywhere.values()))
    return Answer(query, reading, where, groups, here, sidos, page, pages)


def _is_in(office: OfficeRow, where: Where) -> bool:
    return where.office in {0, office.number} and where.sido in {"", office.sido}


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
    reading: Reading, kept: Library, shown: Sequence[int], number_of: Mapping[int, int], total: int
) -> tuple[Group, ...]:
    """Each office with its best hits, scored on their text."""
    candidates = pick(reading, shown, CANDIDATES, total)
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
    wanted = pick(reading, [number], page * OF_ONE_OFFICE, number_of[number])[number]
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


def one_each(query: str, where: Where = Where()) -> tuple[tuple[str, ...], list[Group]]:
    """The best entry of every office that has any entries, also of those that have no hit; the
    province that is near first. The terms that were looked for come with it."""
    kept = library.get()
    reading = read(query, kept)
    number_of = totals.by_office(reading, kept) if reading.ids else {}
    total = sum(number_of.values())
    offices = [one for one in kept.offices.values() if one.entries and _is_in(one, where)]
    offices.sort(key=lambda one: (one.sido != where.near, one.number))
    hit = [one.number for one in offices if one.number in number_of]
    found = {one.office.number: one for one in _groups(reading, kept, hit, number_of, total)}
    return reading.reasons, [found.get(one.number, Group(one, 0, ())) for one in offices]
