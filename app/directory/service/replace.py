"""Replacing what one office has in the directory, so that lines keep their identity and what
changed becomes history.

Everything slow (recognising lines, analysing text) is done before the one transaction, which then
looks whether the office is still as it was read; so nobody sees an office half empty, and nobody
waits long. Whoever was killed before its end has changed nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, update

from app.core import clock, db, outbox
from app.core.ids import new_id
from app.directory.models import Change, Entry, Office, Run
from app.directory.queries import entries as entries_q
from app.directory.queries import runs as runs_q
from app.directory.queries.entries import EntryRow
from app.directory.rules.refusals import OfficeBusy
from app.directory.rules.row import FIELDS, Row
from app.directory.service import index
from app.directory.service.replacement import Plan, plan

TRIES = 3
TELL = "directory-tell"
ENTRIES: Table = Entry.__table__  # type: ignore[assignment]
_ADD = insert(ENTRIES)
_DROP = delete(ENTRIES).where(ENTRIES.c.id == bindparam("entry"))
_SET = update(ENTRIES).where(ENTRIES.c.id == bindparam("entry"))


@dataclass(frozen=True)
class Outcome:
    """How a replacement went, in entries; state done or refused. `handover` is the part of
    `changed` in which somebody else is in charge now."""

    run_id: str
    added: int
    changed: int
    removed: int
    same: int
    state: str
    handover: int = 0


def replace(
    office: int, source_id: str, rows: Sequence[Row], *, import_id: str | None = None,
    only: frozenset[str] | None = None, must_keep: float = 0.0,
) -> Outcome:  # fmt: skip
    """Replace all entries of an office, in one transaction of its own.

    Args:
        office: its number.
        source_id: where the rows come from (directory_sources).
        rows: all of its rows, as published.
        import_id: of the file they come from.
        only: replace the entries of these departments only; rows of others are left out.
        must_keep: the smallest part (0 to 1) of the present number of entries that must come; with
            fewer rows the old entries stay, and the state is refused.

    Raises:
        NotFound: there is no such office.
        NotYet: the index is being built anew; come again.
        OfficeBusy: others kept changing the office meanwhile.
        TooManyEntries: there are more rows than an office can hold.
    """
    for _ in range(TRIES):
        made = plan(office, rows, only)
        run = _run(made, source_id, import_id)
        if made.given < must_keep * made.old:
            return _refuse(run)
        if _carry_out(made, run):
            return _outcome(run, made.handover)
    raise OfficeBusy


def _run(made: Plan, source_id: str, import_id: str | None) -> dict[str, Any]:
    return {
        "id": new_id(), "office": made.office.number, "source_id": source_id,
        "import_id": import_id, "batch": import_id, "at": clock.now(), "state": "done",
        "added": len(made.added), "changed": len(made.changed), "removed": len(made.removed),
        "same": made.same,
        "before_source_id": made.office.source_id, "before_seen_at": made.office.seen_at,
    }  # fmt: skip


def _outcome(run: dict[str, Any], handover: int) -> Outcome:
    return Outcome(
        run["id"], run["added"], run["changed"], run["removed"], run["same"], run["state"], handover
    )


def _refuse(run: dict[str, Any]) -> Outcome:
    refused = run | {"state": "refused"}
    with db.transaction():
        db.run(insert(Run).values(refused))
    return _outcome(refused, 0)


def _carry_out(made: Plan, run: dict[str, Any]) -> bool:
    """Do what was planned; False, and nothing is done, when the office is not as it was read."""
    number, touched = made.office.number, [pair.before for pair in made.changed]
    gone = index.analyse((*touched, *made.removed), made.office)
    words = index.analyse((*(pair.after for pair in made.changed), *made.added), made.office)
    with db.transaction():
        if entries_q.get_office(number) != made.office:
            return False
        if entries_q.list_entries_of(number) != made.stored:
            return False
        run["at"] = clock.now()  # who followed while it was planned is told
        changes = list(_changes(made, run)) if runs_q.has_run(number) else []
        index.change(words, gone)
        db.run(insert(Run).values(run))
        drop_entries(made.removed)
        set_entries((*(pair.after for pair in made.changed), *made.moved))
        add_entries((one, run["id"]) for one in made.added)
        db.run_many(insert(Change), changes)
        if changes:
            outbox.add(TELL, run["id"], run_id=run["id"])
        count = len(made.stored) + len(made.added) - len(made.removed)
        _seen(number, run["source_id"], run["at"], count)
    return True


def add_entries(added: Iterable[tuple[EntryRow, str]]) -> None:
    """Write new entries, each with the run that brings it in, in the open transaction."""
    db.run_many(_ADD, [vars(one) | {"added_run": run_id} for one, run_id in added])


def set_entries(changed: Iterable[EntryRow]) -> None:
    """Write the text of entries that are there, in the open transaction."""
    values = [{"entry": one.id} | {key: getattr(one, key) for key in FIELDS} for one in changed]
    db.run_many(_SET, values)


def drop_entries(gone: Iterable[EntryRow]) -> None:
    """Take entries out in the open transaction."""
    db.run_many(_DROP, [{"entry": one.id} for one in gone])


def _seen(office: int, source_id: str | None, at: int | None, count: int) -> None:
    news = {"source_id": source_id, "seen_at": at, "entries": count}
    db.run(update(Office).where(Office.number == office).values(news))


def _changes(made: Plan, run: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The history of a run: changes first, then what is gone, then what is new."""
    said = {"run_id": run["id"], "office": made.office.number, "at": run["at"]}
    for pair in made.changed:
        facts = {"before": as_json(pair.before), "after": as_json(pair.after)}
        yield said | {"uid": pair.after.uid, "kind": pair.kind} | facts
    origins = runs_q.list_added_runs(made.office.number) if made.removed else {}
    for one in made.removed:
        before = as_json(one, added_run=origins[one.uid])
        yield said | {"uid": one.uid, "kind": "removed", "before": before, "after": None}
    for one in made.added:
        yield said | {"uid": one.uid, "kind": "added", "before": None, "after": as_json(one)}


def as_json(entry: EntryRow, **more: str) -> str:
    """An entry as history keeps it: its fields and its id; of what is gone also the run that had
    brought it in (`added_run`)."""
    return json.dumps(vars(entry) | more, ensure_ascii=False, separators=(",", ":"))
