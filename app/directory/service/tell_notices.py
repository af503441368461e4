"""The notices of what runs changed: one for each follower, and what becomes of it when a run is
undone.

The danger removed here: a bell that shows 89 after one import. Runs of one import are told together
(a batch, queries/tellings.py): the first of them that is told begins a follower's notice, each
other one adds to it and makes it unread again. Nobody waits for the end of an import that was
killed, and whoever adds counts anew what stands behind the notice, so nothing is added twice. Each
change that is told is marked so in the same transaction (`Telling.told_at`): what was undone before
is never told of, and an undoing hides nothing that is still to be told. Who is told of one change
is told of that; who is told of more is told how many stand, and the page behind the notice shows
each, with those that were undone. Whatever a notice says is read in the transaction that writes it:
nobody is named who was hidden meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

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

STEP, PEOPLE = 25, 50  # changes in a step, people in a transaction (0.4 s of 2,000 each)
# Then the notices before it are gone as well, which are told a while after their run.
KEEP_S = notices.KEEP_UNREAD_S + notices.DAY
PORTION = 5000  # tellings that are deleted in a transaction
Said = tuple[Sequence[Reader], Told]


def key_of(batch: str) -> str:
    """The key of the notices of a batch."""
    return f"directory:told:{batch}"


def url_of(uid: str) -> str:
    """The page of an entry."""
    return f"/directory/entry/{uid}"


def url_of_batch(batch: str) -> str:
    """The page of what a batch changed for whoever asks."""
    return f"/directory/told/{batch}"


def deliver(run_id: str) -> None:
    """Give each follower who is told of a run their one notice of its batch, or add to it; not when
    the run was undone. May be killed at any moment and run again."""
    after = ""
    while people := tellings_q.list_people(run_id, after, PEOPLE):
        with db.transaction():
            run = history_q.find_telling(run_id)
            if run is None or run.state != "done":
                return
            sums = tellings_q.list_sums(run.batch, people, told=False)
            notices.tell_many(_said(run.batch, [one for one in sums if one.standing]))
            now_told = update(Telling).where(*tellings_q.is_next(run.batch, people))
            db.run(now_told.values(told_at=clock.now()))
        after = people[-1]


def _said(batch: str, sums: Iterable[Sum]) -> list[Said]:
    """What people are told of a batch; who is told the same stand together."""
    alike: dict[Sum, list[Reader]] = {}
    for one in sums:
        first = one.first if one.total == 1 else 0
        same = replace(one, person_id="", organisation_id="", first=first)
        alike.setdefault(same, []).append(Reader(one.person_id, one.organisation_id))
    changes = {one.id: one for one in history_q.list_changes({one.first for one in alike})}
    found: list[Said] = []
    for one, readers in alike.items():
        office, alone = entries_q.get_office(one.office), changes.get(one.first)
        news = _many(batch, office, one) if alone is None else _single(batch, office, alone)
        found += [] if news is None else [(readers, news)]
    return found


def _many(batch: str, office: OfficeRow, one: Sum) -> Told:
    """Of how many changes that stand somebody is told, and where; of all when none stands."""
    places, name = (one.offices, "") if one.offices > 1 else (0, office.name)
    title = told.MANY_PLACES if places else told.MANY
    url = url_of_batch(batch)
    return Told(
        "directory-changes", key_of(batch), title, name, (), url, one.count, places, one.total
    )


def _single(batch: str, office: OfficeRow, change: Happened) -> Told | None:
    """A change that is told alone; None when nothing is left to say of it."""
    before, after = told.read(change.before), told.read(change.after)
    lines = tuple(Line(*vars(one).values()) for one in told.lines_of(change.kind, before, after))
    if not lines:
        return None
    about = f"{office.name} {told.unit(after or before or Facts())}".strip()
    title = told.TITLES[change.kind]
    return Told("directory-change", key_of(batch), title, about, lines, url_of(change.uid))


def withdraw(run_id: str) -> int:
    """Take back what was told of a run that was undone: the list behind a notice marks each change
    that is void, and the notice says how much is left, nobody being called again. Where nothing is
    left, an unread notice goes and a read one says it. What a later run holds stays told. In how
    many steps; may be killed at any moment and run again."""
    last = steps = 0
    while changes := history_q.list_changes_after(run_id, last, STEP):
        last, steps = changes[-1].id, steps + 1
        own = (Telling.change_id.in_(_void(changes)), Telling.undone_at.is_(None))
        with db.transaction():
            db.run(update(Telling).where(*own).values(undone_at=clock.now()))
    run, after = history_q.find_telling(run_id), ""
    while run is not None and (people := tellings_q.list_people(run_id, after, PEOPLE)):
        after = people[-1]
        with db.transaction():
            sums = tellings_q.list_sums(run.batch, people, told=True)
            notices.say_anew(_said(run.batch, sums))
            void = [one.person_id for one in sums if not one.standing]
            notices.withdraw((one, key_of(run.batch)) for one in void)
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
    """Forget what people were told of some runs, in the open transaction: their notices, or what of
    them is of these runs."""
    batches = tellings_q.list_batches(run_ids)
    db.run(delete(Telling).where(Telling.run_id.in_(run_ids)))
    for batch, people in batches.items():
        left = tellings_q.list_sums(batch, people, told=True)
        others = {one.person_id for one in left}
        notices.forget_of((one, key_of(batch)) for one in people if one not in others)
        notices.say_anew(_said(batch, left))


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
