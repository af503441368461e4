"""Telling followers what a run changed: each of them once, whoever is killed in between.

A run's changes are gone through in steps. A step's notices and how far it came are one
transaction; a notice has the change's id as its key, so even two workers at once tell nobody
twice. When a run was undone, whoever was told of it is told that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import update

from app.accounts.service import people
from app.core import db
from app.directory.models import Run
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
from app.directory.service.replace import TELL
from app.notices import service as notices
from app.notices.service import Line, Reader, Told

KIND = TELL  # of the task; its key is the run's id, what is given the run_id
STEP, MOST_AT_ONCE = 25, 2_000  # changes in a step, notices in a transaction (0.1 s)
Telling = tuple[Sequence[Reader], Told]


def tell_followers(run_id: str) -> int:
    """Tell whoever follows what a run changed, or that it was undone; in how many steps. May be
    killed at any moment and run again."""
    steps = 0
    while (run := history_q.find_telling(run_id)) is not None and run.state == "done":
        changes = history_q.list_changes_after(run_id, run.told, STEP)
        if not changes:
            return steps
        tellings = _tellings(entries_q.get_office(run.office), changes)
        _tell(run, changes, list(_portions(tellings)))
        steps += 1
    return steps + (_correct(run_id) if run is not None else 0)


def _tell(
    run: TellingRow, changes: Sequence[Happened], portions: Sequence[Sequence[Telling]]
) -> None:
    """Tell a step's notices; the last portion together with how far it came. What follows an
    undoing is left to the correction, which knows whom to tell by the notices that are there; and
    where somebody was hidden meanwhile, the changes are read anew."""
    *early, end = portions or [[]]
    for portion in early:
        with db.transaction():
            if not _stands(run, changes):
                return
            notices.tell_many(portion)
    with db.transaction():
        if _stands(run, changes) and _move_on(run.id, changes[-1].id):
            notices.tell_many(end)


def _stands(run: TellingRow, changes: Sequence[Happened]) -> bool:
    """Whether a run and its next changes are as they were read."""
    now = history_q.find_telling(run.id)
    return now == run and history_q.list_changes_after(run.id, run.told, STEP) == list(changes)


def _portions(tellings: Sequence[Telling]) -> Iterator[list[Telling]]:
    """Tellings in their order, so many at once that nobody else waits long for the database."""
    portion: list[Telling] = []
    for one in tellings:
        portion.append(one)
        if sum(len(readers) for readers, _ in portion) >= MOST_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _move_on(run_id: str, last: int) -> bool:
    """Note how far the telling came; not when the run was undone or another worker was faster."""
    own = (Run.id == run_id, Run.state == "done", Run.told < last)
    return bool(db.run(update(Run).where(*own).values(told=last)))


def _tellings(office: OfficeRow, changes: Sequence[Happened]) -> list[Telling]:
    read = {one.id: (told.read(one.before), told.read(one.after)) for one in changes}
    worth = [one for one in changes if told.lines(*read[one.id])]
    found = _followers(office, [(one, read[one.id]) for one in worth])
    return [(found[one.id], _told(office, one, *read[one.id])) for one in worth if found[one.id]]


def _told(office: OfficeRow, change: Happened, before: Facts | None, after: Facts | None) -> Told:
    facts = after or before or Facts()
    lines = tuple(Line(*vars(one).values()) for one in told.lines(before, after))
    about = f"{office.name} {told.unit(facts)}".strip()
    title = told.TITLES[change.kind]
    return Told("directory-change", key_of(change.id), title, about, lines, url_of(change.uid))


def key_of(change_id: int) -> str:
    """The key of the notices of a change."""
    return f"directory:{change_id}"


def url_of(uid: str) -> str:
    """The page of an entry."""
    return f"/directory/entry/{uid}"


def forget(uids: Iterable[str]) -> None:
    """Forget what people were told of some entries, in the open transaction: somebody asked not to
    be shown."""
    notices.forget_urls(map(url_of, uids))


Read = tuple[Happened, tuple[Facts | None, Facts | None]]


def _followers(office: OfficeRow, changes: Sequence[Read]) -> dict[int, list[Reader]]:
    """Who is told of each change; who follows it in three ways is there once."""
    of_entry = _by_target(
        follows_q.list_of_targets(follows_r.ENTRY, 0, {one.uid for one, _ in changes})
    )
    pieces = {one.id: _pieces(facts) for one, facts in changes}
    names = {name for one in pieces.values() for name in one.departments}
    of_department = _by_target(
        follows_q.list_of_targets(follows_r.DEPARTMENT, office.number, names)
    )
    of_duty = _by_target(follows_q.list_of_duties(office.number, office.sido))
    matched = {
        one.id: [
            *of_entry.get(one.uid, ()),
            *(row for name in pieces[one.id].departments for row in of_department.get(name, ())),
            *(
                row
                for target, rows in of_duty.items()
                if follows_r.holds(pieces[one.id], target)
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


def _readers(rows: Iterable[FollowRow], at: int, here: set[str]) -> list[Reader]:
    """Each of them once; who began to follow after the change has seen what is now."""
    told_now = {
        row.person_id: row.organisation_id
        for row in rows
        if row.created_at <= at and row.person_id in here
    }
    return [Reader(*one) for one in sorted(told_now.items())]


def _correct(run_id: str) -> int:
    """Tell whoever was told of a run that it was undone; in how many steps."""
    last = steps = 0
    while changes := history_q.list_changes_after(run_id, last, STEP):
        last = changes[-1].id
        readers = notices.list_told(map(key_of, (one.id for one in changes)))
        tellings = _corrections(changes, readers)
        with db.transaction():
            notices.tell_many(tellings)
        steps += 1
    return steps


def _corrections(changes: Sequence[Happened], readers: Mapping[str, list[Reader]]) -> list[Telling]:
    newest = history_q.list_newest({one.uid for one in changes})
    reached = [
        one
        for one in changes
        if key_of(one.id) in readers and newest.get(one.uid, 0) < one.id  # else a later run stands
    ]
    stands = entries_q.list_entries(history_q.list_ids({one.uid for one in reached}))
    now = {one.uid: told.facts_of(vars(one)) for one in stands.values()}
    offices = {one.number: one for one in entries_q.list_offices()} if reached else {}
    made: list[Telling] = []
    for one in reached:
        correction = _correction(one, offices[one.office], now.get(one.uid))
        if correction is not None:
            made.append((readers[key_of(one.id)], correction))
    return made


def _correction(change: Happened, office: OfficeRow, now: Facts | None) -> Told | None:
    """What is said of a change that was undone; None when things are as they were told."""
    wrong = told.read(change.after)
    lines = told.lines(wrong, now)
    if not lines:
        return None
    facts = now or wrong or Facts()
    about = f"{office.name} {told.unit(facts)}".strip()
    said = tuple(Line(*vars(one).values()) for one in lines)
    key = f"{key_of(change.id)}:undone"
    return Told("directory-undone", key, told.UNDONE, about, said, url_of(change.uid))
