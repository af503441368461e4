"""Telling followers what a run changed: each of them once, whoever is killed in between.

A run's changes are gone through in steps: who is told of which is written down, together with how
far it came. When that is whole, each follower gets one notice of the run, or has it added to the
one of its import (service/tell_notices.py). Everything that is written has a key, so even two
workers at once tell nobody twice. When a run was undone, what was told of it is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.sqlite import insert

from app.accounts.service import people
from app.core import db
from app.directory.models import Run, Telling
from app.directory.queries import entries as entries_q
from app.directory.queries import follows as follows_q
from app.directory.queries import history as history_q
from app.directory.queries.entries import OfficeRow
from app.directory.queries.follows import FollowRow
from app.directory.queries.history import Happened
from app.directory.queries.history import Telling as TellingRow
from app.directory.rules import follows as follows_r
from app.directory.rules import told
from app.directory.rules.told import Facts
from app.directory.service import library, tell_notices
from app.directory.service.replace import TELL

KIND = TELL  # of the task; its key is the run's id, what is given the run_id
STEP, MOST_AT_ONCE = 25, 2_000  # changes in a step, rows in a transaction (0.1 s)
_NOTE = insert(Telling).on_conflict_do_nothing()


def tell_followers(run_id: str) -> int:
    """Tell whoever follows what a run changed, or take it back when it was undone; in how many
    steps. May be killed at any moment and run again."""
    steps = 0
    while (run := history_q.find_telling(run_id)) is not None and run.state == "done":
        changes = history_q.list_changes_after(run_id, run.told, STEP)
        if not changes:
            tell_notices.deliver(run_id)
            break
        rows = _rows(run, entries_q.get_office(run.office), changes)
        _note(run, changes, list(_portions(rows)))
        steps += 1
    undone = run is not None and run.state != "done"
    return steps + (tell_notices.withdraw(run_id) if undone else 0)


def _note(
    run: TellingRow, changes: Sequence[Happened], portions: Sequence[Sequence[dict[str, Any]]]
) -> None:
    """Write down who is told in a step; the last portion together with how far it came. Nothing
    more is written of a run that was undone, and where somebody was hidden meanwhile, the changes
    are read anew."""
    *early, end = portions or [[]]
    for portion in early:
        with db.transaction():
            if not _stands(run, changes):
                return
            db.run_many(_NOTE, portion)
    with db.transaction():
        if _stands(run, changes) and _move_on(run.id, changes[-1].id):
            db.run_many(_NOTE, end)


def _stands(run: TellingRow, changes: Sequence[Happened]) -> bool:
    """Whether a run and its next changes are as they were read."""
    now = history_q.find_telling(run.id)
    return now == run and history_q.list_changes_after(run.id, run.told, STEP) == list(changes)


def _portions(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Rows in their order, so many at once that nobody else waits long for the database."""
    return (rows[at : at + MOST_AT_ONCE] for at in range(0, len(rows), MOST_AT_ONCE))


def _move_on(run_id: str, last: int) -> bool:
    """Note how far the telling came; not when the run was undone or another worker was faster."""
    own = (Run.id == run_id, Run.state == "done", Run.told < last)
    return bool(db.run(update(Run).where(*own).values(told=last)))


def _rows(run: TellingRow, office: OfficeRow, changes: Sequence[Happened]) -> list[dict[str, Any]]:
    """Who is told of which of some changes."""
    read = {one.id: (told.read(one.before), told.read(one.after)) for one in changes}
    worth = [one for one in changes if told.lines(*read[one.id])]
    found = _followers(office, [(one, read[one.id]) for one in worth])
    return [
        {"change_id": one.id, "person_id": person, "organisation_id": organisation}
        | {"run_id": run.id}
        for one in worth
        for person, organisation in found[one.id]
    ]


Read = tuple[Happened, tuple[Facts | None, Facts | None]]


def _followers(office: OfficeRow, changes: Sequence[Read]) -> dict[int, list[tuple[str, str]]]:
    """Who is told of each change (person, organisation): each once, in however many ways."""
    of_entry = _by_target(
        follows_q.list_of_targets(follows_r.ENTRY, 0, {one.uid for one, _ in changes})
    )
    pieces = {one.id: _pieces(facts) for one, facts in changes}
    names = {name for one in pieces.values() for name in one.departments}
    of_department = _by_target(
        follows_q.list_of_targets(follows_r.DEPARTMENT, office.number, names)
    )
    of_duty = _by_target(follows_q.list_of_duties(office.number, office.sido))
    synonyms = library.synonyms() if of_duty else {}
    wanted = {target: follows_r.ways(target, synonyms) for target in of_duty}
    matched = {
        one.id: [
            *of_entry.get(one.uid, ()),
            *(row for name in pieces[one.id].departments for row in of_department.get(name, ())),
            *(
                row
                for target, rows in of_duty.items()
                if follows_r.holds(pieces[one.id], wanted[target])
                for row in rows
            ),
        ]
        for one, _ in changes
    }
    here = people.list_here({row.person_id for rows in matched.values() for row in rows})
    return {one.id: _readers(matched[one.id], one.at, here) for one, _ in changes}


def _pieces(facts: Iterable[Facts | None]) -> follows_r.Pieces:
    known = [one for one in facts if one is not None]
    return follows_r.pieces((one.department for one in known), (one.duty for one in known))


def _by_target(rows: Iterable[FollowRow]) -> Mapping[str, list[FollowRow]]:
    found: dict[str, list[FollowRow]] = {}
    for row in rows:
        found.setdefault(row.target, []).append(row)
    return found


def _readers(rows: Iterable[FollowRow], at: int, here: set[str]) -> list[tuple[str, str]]:
    """Each of them once; who began to follow after the change has seen what is now."""
    told_now = {
        row.person_id: row.organisation_id
        for row in rows
        if row.created_at <= at and row.person_id in here
    }
    return sorted(told_now.items())
