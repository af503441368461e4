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

    uid: str
    title: Any
    unit: str
    lines: tuple[told.Said, ...]
    undone: bool


def describe(viewer: Viewer, run_id: str, page: int) -> dict[str, Any]:
    """What a run changed of which a person was told: a page of it (from 1; after the last comes the
    last again), and how many in all.

    Raises:
        NotFound: it told this person nothing, or that is long ago.
    """
    run = tellings_q.get_run(viewer.person_id, run_id)
    total, standing = tellings_q.count_told(viewer.person_id, run_id)
    pages = max(1, -(-total // tellings_q.PAGE))
    page = min(page, pages)
    found, _ = tellings_q.list_page(viewer.person_id, run_id, page)
    stands = entries_q.list_entries(history_q.list_ids({one.change.uid for one in found}))
    hides = {one.uid for one in stands.values() if told.hides(told.facts_of(vars(one)))}
    items = [_item(one, hide=one.change.uid in hides) for one in found]
    shown = [one for one in items if one.lines]
    return {
        "office": entries_q.get_office(run.office), "at": run.at, "total": total, "items": shown,
        "left_out": len(items) - len(shown), "undone": standing == 0,
        "page": page, "pages": pages,
    }  # fmt: skip


def _item(one: ToldChange, *, hide: bool) -> Item:
    """A change; without names when the office hides them today, whatever it published before."""
    before, after = told.read(one.change.before), told.read(one.change.after)
    both = (told.hidden(facts) if facts and hide else facts for facts in (before, after))
    facts = after or before or told.Facts()
    lines = told.lines_of(one.change.kind, *both)
    return Item(one.change.uid, told.TITLES[one.change.kind], told.unit(facts), lines, one.undone)
