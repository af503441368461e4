"""How a query is read, and its first hits: the reading that finds something, tier by tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product

from app.directory.queries import entries as entries_q
from app.directory.queries import matches
from app.directory.queries.matches import OFFICE_BITS
from app.directory.rules import fts5, letters, plan
from app.directory.rules.expr import Any, Expr, is_costly, is_long
from app.directory.rules.plan import Plan
from app.directory.rules.ranking import Scorer
from app.directory.rules.readings import readings
from app.directory.service import library
from app.directory.service.index import text_of
from app.directory.service.library import Library

MOST = 50
AT_ONCE = 1_000  # hits of what is costly to ask for again
LOOKED_AT = 150


@dataclass(frozen=True)
class Reading:
    """How a query was read: its terms; its tiers from the best to everything, and all hits of those
    that have few; the first hits, and whether these are all; whether it is another reading than
    the one typed; whether the last tier lets the last syllable grow; what else than the terms may
    stand in a hit; whether there may be more hits than all that were looked for; and the terms that
    name no place, together."""

    terms: tuple[str, ...] = ()
    tiers: tuple[Expr, ...] = ()
    few: tuple[tuple[int, ...] | None, ...] = ()
    ids: tuple[int, ...] = ()
    complete: bool = True
    other: bool = False
    grown: bool = False
    also: tuple[str, ...] = ()
    partly: bool = False
    topic: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What may stand in a hit and say why it is one, whole words before halves of them."""
        return (*self.also, *self.terms)

    @property
    def everything(self) -> Expr:
        """What every hit has: the last tier, or the one of a syllable that is still being typed."""
        return Any(self.tiers[-2:]) if self.grown else self.tiers[-1]


@dataclass(frozen=True)
class Asked:
    """How a reading is asked for: how many first hits; how many of what is costly to ask for
    again; and in which offices rows are looked at where that must be done, one group of them after
    the other, None for all of the country."""

    most: int = MOST
    at_once: int = AT_ONCE
    places: tuple[frozenset[int] | None, ...] = (None,)


def top(query: str, most: int = MOST) -> list[int]:
    """The ids of the best hits in the whole country, the best tier first."""
    return list(read(query, library.get(), Asked(most, most)).ids[:most])


def read(query: str, kept: Library, asked: Asked = Asked()) -> Reading:
    """The reading of a query that finds something: as typed; on the other keyboard; without words
    of asking; without particles. When it finds little, its last syllable may still grow."""
    terms = plan.terms_of(query)
    found = _try(terms, kept, asked)
    if not found.ids:
        others = (_try(other, kept, asked, other=True) for other in readings(query))
        found = next(
            (replace(one, partly=one.partly or found.partly) for one in others if one.ids), found
        )
    if len(found.ids) >= asked.most or not found.terms:
        return found
    grown = plan.composing(found.terms, kept.words)
    if grown is None:
        return found
    more = _read(grown, kept, asked, other=found.other)
    return found if set(more.ids) <= set(found.ids) else _together(found, more, asked.most)


def _together(found: Reading, more: Reading, most: int) -> Reading:
    """A reading with few hits, and what its last syllable may become."""
    ids = tuple(dict.fromkeys((*found.ids, *more.ids)))
    return Reading(
        found.terms, (*found.tiers, *more.tiers), (*found.few, *more.few),
        ids if more.complete else ids[:most], more.complete, found.other, grown=True,
        also=(*found.also, *more.also), partly=found.partly or more.partly, topic=found.topic,
    )  # fmt: skip


def _try(terms: Sequence[str], kept: Library, asked: Asked, *, other: bool = False) -> Reading:
    made: Plan | None = plan.plan(terms, kept.words)
    return Reading() if made is None else _read(made, kept, asked, other=other)


def _read(made: Plan, kept: Library, asked: Asked, *, other: bool) -> Reading:
    """The first hits of each tier in turn, none twice, until there are enough. Where the best one
    has none, mostly nothing has any: then everything is asked for next."""
    if made.rough:
        return _looked_at(made, kept, asked, other=other)

    @cache
    def hits(place: int) -> tuple[tuple[int, ...], bool]:
        return _first(made.tiers[place], asked)

    last = len(made.tiers) - 1
    if last and is_long(made.everything) and len(hits(last)[0]) < asked.most:
        return _best_first(made, hits(last)[0], other=other)
    if not hits(0)[0] and not hits(last)[0]:
        return _reading(made, made.tiers, ((),) * (last + 1), (), other=other)
    found, few = dict[int, None](), list[tuple[int, ...] | None]()
    for place in range(last + 1):
        ids, are_all = hits(place) if len(found) < asked.most else ((), False)
        few.append(ids if are_all else None)
        found.update(dict.fromkeys(ids))
    complete = few[-1] is not None
    ids = tuple(found) if complete else tuple(found)[: asked.most]
    return replace(_reading(made, made.tiers, few, ids, other=other), complete=complete)


def _reading(
    made: Plan,
    tiers: tuple[Expr, ...],
    few: Sequence[tuple[int, ...] | None],
    ids: tuple[int, ...],
    *,
    other: bool,
) -> Reading:
    """A plan with what was found by it: all that there is, unless its tiers say otherwise."""
    return Reading(
        made.terms, tiers, tuple(few), ids, other=other, also=made.also, topic=made.topic
    )


def _best_first(made: Plan, ids: tuple[int, ...], *, other: bool) -> Reading:
    """All hits of a reading in one tier: their texts say sooner which are the best than the index,
    which would read the same long lists again for each tier."""
    if len(ids) > 1:
        rows, scorer = entries_q.list_entries(ids), Scorer(made.terms, made.also, made.topic)
        worth = {one: scorer.score(row) for one, row in rows.items()}
        ids = tuple(sorted(ids, key=lambda one: -worth.get(one, 0.0)))
    return _reading(made, (made.everything,), (ids,), ids, other=other)


def _first(tier: Expr, asked: Asked) -> tuple[tuple[int, ...], bool]:
    """The first hits of a tier, and whether these are all."""
    limit = max(asked.most, asked.at_once) if is_costly(tier) else asked.most
    ids = tuple(matches.list_ids(fts5.match(tier), limit))
    return ids, len(ids) < limit


def _looked_at(made: Plan, kept: Library, asked: Asked, *, other: bool) -> Reading:
    """The hits among the first rows that the index finds: it knows only about where they are."""
    found = dict[int, None]()
    for place, tier in product(asked.places, made.tiers):
        if len(found) <= LOOKED_AT:
            match = fts5.match(tier)
            rows_of = matches.list_ids if place is None else partial(matches.list_ids_of, place)
            found.update(dict.fromkeys(rows_of(match, LOOKED_AT + 1)))
    ids = list(found)[:LOOKED_AT]
    rows = entries_q.list_entries(ids)
    texts = {one: text_of(row, kept.offices[one >> OFFICE_BITS]) for one, row in rows.items()}
    right = tuple(one for one in ids if one in texts and letters.holds(texts[one], made.rough))
    few, partly = (right,) * len(made.tiers), len(found) > LOOKED_AT
    return replace(_reading(made, made.tiers, few, right, other=other), partly=partly)
