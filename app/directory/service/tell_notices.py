"""The notices of a run: one for each follower, and what becomes of it when the run is undone.

The danger removed here: a bell that shows 89 after one import. Who is told of one change is told
of that; who is told of more is told how many, and the page behind the notice shows each. Whatever
a notice says is read in the transaction that writes it: nobody is named who was hidden meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, tuple_, update

from app.core import clock, db
from app.directory.models import Run, Telling
from app.directory.queries import entries as entries_q
from app.directory.queries import history as history_q
from app.directory.queries import tellings as tellings_q
from app.directory.queries.entries import OfficeRow
from app.directory.queries.history import Happened
from app.directory.queries.tellings import Sum
from app.directory.rules import told
from app.directory.rules.told import Facts
from app.notices import service as notices
from app.notices.service import Line, Reader, Told

STEP, PEOPLE = 25, 500  # changes in a step, people in a transaction
# Then the notices before it are gone as well, which are told a while after their run.
KEEP_S = notices.KEEP_UNREAD_S + notices.DAY
PORTION = 5000  # tellings that are deleted in a transaction
Said = tuple[Sequence[Reader], Told]


def key_of(change_id: int) -> str:
    """The key of the notices of a change that is told alone."""
    return f"directory:{change_id}"


def key_of_run(run_id: str) -> str:
    """The key of the notices of several changes of a run."""
    return f"directory:run:{run_id}"


def url_of(uid: str) -> str:
    """The page of an entry."""
    return f"/directory/entry/{uid}"


def url_of_run(run_id: str) -> str:
    """The page of what a run changed for whoever asks."""
    return f"/directory/told/{run_id}"


def deliver(run_id: str) -> None:
    """Give each follower who is told of a run their one notice; not when it was undone. May be
    killed at any moment and run again."""
    after = ""
    while people := tellings_q.list_people(run_id, after, PEOPLE):
        with db.transaction():
            run = history_q.find_telling(run_id)
            if run is None or run.state != "done":
                return
            office = entries_q.get_office(run.office)
            notices.tell_many(_said(office, run_id, tellings_q.list_sums(run_id, people)))
        after = people[-1]


def _said(office: OfficeRow, run_id: str, sums: Iterable[Sum]) -> list[Said]:
    alone: dict[int, list[Reader]] = {}
    many: dict[int, list[Reader]] = {}
    for one in sums:
        by, at = (alone, one.first) if one.count == 1 else (many, one.count)
        by.setdefault(at, []).append(Reader(one.person_id, one.organisation_id))
    changes = {one.id: one for one in history_q.list_changes(alone)}
    singles = ((readers, _single(office, changes[at])) for at, readers in alone.items())
    found: list[Said] = [(readers, single) for readers, single in singles if single is not None]
    return [*found, *((readers, _many(office, run_id, count)) for count, readers in many.items())]


def _many(office: OfficeRow, run_id: str, count: int) -> Told:
    key, url = key_of_run(run_id), url_of_run(run_id)
    return Told("directory-changes", key, told.MANY, office.name, (), url, count)


def _single(office: OfficeRow, change: Happened) -> Told | None:
    """A change that is told alone; None when nothing is left to say of it."""
    before, after = told.read(change.before), told.read(change.after)
    lines = tuple(Line(*vars(one).values()) for one in told.lines_of(change.kind, before, after))
    if not lines:
        return None
    about = f"{office.name} {told.unit(after or before or Facts())}".strip()
    title = told.TITLES[change.kind]
    return Told("directory-change", key_of(change.id), title, about, lines, url_of(change.uid))


def withdraw(run_id: str) -> int:
    """Take back what was told of a run that was undone: unread notices go, read ones say it, and
    the list behind one marks each change that is void. What a later run holds stays told. In how
    many steps; may be killed at any moment and run again."""
    last = steps = 0
    while changes := history_q.list_changes_after(run_id, last, STEP):
        last, steps = changes[-1].id, steps + 1
        void = (Telling.change_id.in_(_void(changes)), Telling.undone_at.is_(None))
        with db.transaction():
            db.run(update(Telling).where(*void).values(undone_at=clock.now()))
    after = ""
    while people := tellings_q.list_people(run_id, after, PEOPLE):
        after = people[-1]
        with db.transaction():
            left = {one.person_id for one in tellings_q.list_sums(run_id, people)}
            lone = tellings_q.list_lone(run_id, people)
            told_all = [(one, key_of_run(run_id)) for one in people if one not in left]
            told_one = [(one, key_of(at)) for one, at in lone if one not in left]
            notices.withdraw((*told_all, *told_one))
    return steps


def _void(changes: Sequence[Happened]) -> list[int]:
    """Those of a run's changes that were put back: no later run stands over them, and things are
    not as they were told."""
    newest = history_q.list_newest({one.uid for one in changes})
    reached = [one for one in changes if newest.get(one.uid, 0) < one.id]
    stands = entries_q.list_entries(history_q.list_ids({one.uid for one in reached}))
    now = {one.uid: told.facts_of(vars(one)) for one in stands.values()}
    return [one.id for one in reached if told.lines(told.read(one.after), now.get(one.uid))]


def forget(uids: Iterable[str]) -> None:
    """Forget what people were told of some entries, in the open transaction: somebody asked not to
    be shown. The list behind a notice of several changes shows the history, which is hidden too."""
    notices.forget_urls(map(url_of, uids))


def forget_runs(run_ids: Sequence[str]) -> None:
    """Forget what people were told of some runs, notices and all, in the open transaction."""
    own = Telling.run_id.in_(run_ids)
    alone = db.values(select(Telling.change_id).where(own).distinct())
    notices.forget_keys((*map(key_of_run, run_ids), *map(key_of, alone)))
    db.run(delete(Telling).where(own))


def forget_old() -> int:
    """Delete what stands behind notices that are forgotten by now, a portion in each transaction,
    so that nobody waits long; how many tellings."""
    old = select(Run.id).where(Run.at < clock.now() - KEEP_S)
    which = (Telling.change_id, Telling.person_id)
    some = select(*which).where(Telling.run_id.in_(old)).limit(PORTION)
    done, gone = 0, PORTION
    while gone == PORTION:
        with db.transaction():
            gone = db.run(delete(Telling).where(tuple_(*which).in_(some)))
        done += gone
    return done
