"""The list behind a notice of several changes: each of them, with before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.guard import Viewer
from app.directory.queries import entries as entries_q
from app.directory.queries import history as history_q
from app.directory.queries import tellings as tellings_q
from app.directory.queries.tellings import ToldChange
from app.directory.rules import told


@dataclass(frozen=True)
class Item:
    """A change as it is shown: what happened, where, and lines with before and after; none when
    somebody asked not to be shown."""

    office: int
    uid: str
    title: Any
    unit: str
    lines: tuple[told.Said, ...]
    undone: bool


def describe(viewer: Viewer, batch: str, page: int) -> dict[str, Any]:
    """What an import, or a run that came by itself, changed of which a person was told: a page of
    it (from 1; after the last comes the last again) by office, how many in all and in each, and as
    their notice says it, how many stand in which offices.

    Raises:
        NotFound: it told this person nothing, or that is long ago.
    """
    whole = tellings_q.get_batch(viewer.person_id, batch)
    pages = max(1, -(-whole.total // tellings_q.PAGE))
    page = min(page, pages)
    found = tellings_q.list_page(viewer.person_id, batch, page)
    entries = entries_q.list_entries(history_q.list_ids({one.change.uid for one in found}))
    hides = {one.uid for one in entries.values() if told.hides(told.facts_of(vars(one)))}
    items = [_item(one, hide=one.change.uid in hides) for one in found]
    shown = [one for one in items if one.lines]
    stands = whole.stands or whole.counts  # of a batch that was undone, as it was
    here = {one.change.office for one in found} | stands.keys()
    return {
        "offices": {one: entries_q.get_office(one) for one in here}, "counts": whole.counts,
        "stands": stands, "at": whole.at, "total": whole.total, "items": shown,
        "left_out": len(items) - len(shown), "undone": whole.standing == 0,
        "page": page, "pages": pages,
    }  # fmt: skip


def _item(one: ToldChange, *, hide: bool) -> Item:
    """A change; without names when the office hides them today, whatever it published before."""
    before, after = told.read(one.change.before), told.read(one.change.after)
    both = (told.hidden(facts) if facts and hide else facts for facts in (before, after))
    facts = after or before or told.Facts()
    lines = told.lines_of(one.change.kind, *both)
    title, unit = told.TITLES[one.change.kind], told.unit(facts)
    return Item(one.change.office, one.change.uid, title, unit, lines, one.undone)
