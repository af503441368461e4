"""Undoing a run: entries become again what they were before it.

What a later run changed stays as that one left it, because it is newer than what would come back;
the answer says how many. What somebody asked not to be shown stays hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import func, select, update

from app.core import db
from app.directory.models import Entry, Office, Run
from app.directory.queries import entries as entries_q
from app.directory.queries import runs as runs_q
from app.directory.queries.entries import OFFICE_BITS, EntryRow
from app.directory.queries.runs import ChangeRow, RunRow
from app.directory.service import index
from app.directory.service.replace import add_entries, drop_entries, set_entries
from app.directory.service.replacement import Hide, entry_of, free_ids, hiding_entries, row_of


@dataclass(frozen=True)
class Undone:
    """How many entries were put back, and how many stay because a later run changed them."""

    restored: int
    kept: int


@dataclass
class _Steps:
    """What undoing has to do to the entries of one office."""

    back: list[EntryRow] = field(default_factory=list)  # with the text from before
    again: list[tuple[EntryRow, str]] = field(default_factory=list)  # there again, by which run
    gone: list[EntryRow] = field(default_factory=list)
    kept: int = 0


def undo(run_id: str) -> Undone:
    """Put back what a run replaced, in one transaction; a run that was undone, or that was refused,
    changes nothing.

    Raises:
        NotFound: there is no such run.
        NotYet: the index is being built anew; come again.
    """
    with db.transaction():
        run = runs_q.get_run(run_id)
        if run.state != "done":
            return Undone(0, 0)
        now = {one.uid: one for one in entries_q.list_entries_of(run.office)}
        steps = _steps(run, now)
        _carry_out(run, steps, now)
    return Undone(len(steps.back) + len(steps.again) + len(steps.gone), steps.kept)


def _steps(run: RunRow, now: dict[str, EntryRow]) -> _Steps:
    later, made, hide = runs_q.list_changed_later(run), _Steps(), hiding_entries(run.office)
    changes = runs_q.list_changes(run.id)
    added = {one.uid for one in changes if one.kind == "added"}
    for uid in {*added, *runs_q.list_added_by(run.id)}:
        if uid in later or uid not in now:
            made.kept += uid in later
        else:
            made.gone.append(now[uid])
    for one in changes:
        if one.kind != "added":
            _take_back(one, later, now, made, hide)
    return made


def _take_back(
    one: ChangeRow, later: set[str], now: dict[str, EntryRow], made: _Steps, hide: Hide
) -> None:
    facts = json.loads(one.before or "null")
    origin = facts and facts.pop("added_run", one.run_id)
    before = facts and hide(EntryRow(**facts))
    if one.uid in later:
        made.kept += 1
    elif before is not None and one.uid in now:
        made.back.append(before)
    elif before is not None and one.kind == "removed":
        made.again.append((before, origin))


def _carry_out(run: RunRow, steps: _Steps, now: dict[str, EntryRow]) -> None:
    office = entries_q.get_office(run.office)
    taken = {one.id for one in now.values()} - {one.id for one in steps.gone}
    again = _with_ids(run.office, steps.again, taken)
    old = [now[one.uid] for one in (*steps.back, *steps.gone)]
    index.change(
        index.analyse((*steps.back, *(one for one, _ in again)), office),
        index.analyse(old, office),
    )  # the stored text is what the index knows
    drop_entries(steps.gone)
    set_entries(steps.back)
    add_entries(again)
    db.run(update(Run).where(Run.id == run.id).values(state="undone"))
    _restore_freshness(run)


def _with_ids(
    office: int, again: Iterable[tuple[EntryRow, str]], taken: set[int]
) -> list[tuple[EntryRow, str]]:
    """Entries with the ids they had, or new ones where those belong to others now."""
    kept: list[tuple[EntryRow, str]] = []
    others: list[tuple[EntryRow, str]] = []
    for one, run_id in again:
        (others if one.id in taken else kept).append((one, run_id))
        taken.add(one.id)
    free = free_ids(office, taken, len(others))
    new = [(entry_of(row_of(one), next(free), one.uid), run_id) for one, run_id in others]
    return [*kept, *new]


def _restore_freshness(run: RunRow) -> None:
    low = run.office << OFFICE_BITS
    count = select(func.count()).where(Entry.id.between(low, low | 0xFFFF)).scalar_subquery()
    news: dict[str, object] = {"entries": count}
    if not runs_q.has_later(run):
        news |= {"source_id": run.before_source_id, "seen_at": run.before_seen_at}
    db.run(update(Office).where(Office.number == run.office).values(news))
