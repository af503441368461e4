"""How a query is read, and its first hits: the reading that finds something, tier by tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.directory.queries import matches
from app.directory.rules import fts5, plan
from app.directory.rules.plan import Expr, Plan
from app.directory.rules.readings import readings
from app.directory.service import library
from app.directory.service.library import Library

MOST = 50


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
