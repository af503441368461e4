"""Work that must happen once a transaction is committed, whoever is killed in between.

The danger removed here: a job that a request hands to a queue is lost when the process dies before
the hand-over, or done for nothing when the transaction rolls back. A task is a row written in the
same transaction as what it follows from; the worker claims it by a lease, and what a killed worker
held is claimed again when the lease is over. A verb may therefore run twice: it does only what is
still to be done.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Index, String, Text, UniqueConstraint, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, db
from app.core.errors import Refusal
from app.core.ids import new_id

LOG = logging.getLogger("app.outbox")
LEASE_S = 120
FIRST_S, LONGEST_S = 5, 3600
MOST_TRIES = 20
Verb = Callable[[Mapping[str, Any]], object]
Choice = Callable[[], str | None]


class NotYet(Refusal):
    """What the task needs is still being made: it comes again soon, and this was no try."""

    status = 503
    code = "not-yet"
    title = _l("아직 준비하는 중입니다")
    detail = _l("필요한 것을 새로 만들고 있습니다. 잠시 뒤 다시 해 주세요.")
    retry_after = 30


class Task(db.Base):
    """One task; `key` makes it one of its kind, so that asking twice adds nothing."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_tasks_dead_at_next_at", "dead_at", "next_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    given: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[int]
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[int]
    dead_at: Mapped[int | None]


@dataclass(frozen=True)
class Claimed:
    """A task that this worker holds until its lease is over."""

    id: str
    kind: str
    given: dict[str, Any]
    tries: int


def add(kind: str, key: str, **given: Any) -> None:
    """Write a task in the open transaction; the same kind and key again changes nothing.

    Args:
        kind: which verb of the worker's table does it.
        key: what it is about, at most 80 characters.
        given: JSON values for the verb.
    """
    row = _row(kind, key, given)
    db.run(insert(Task).values(row).on_conflict_do_nothing(index_elements=["kind", "key"]))


def _row(kind: str, key: str, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(), "kind": kind, "key": key, "given": json.dumps(given), "tries": 0,
        "next_at": clock.now(), "created_at": clock.now(),
    }  # fmt: skip


def revive(kind: str, key: str, **given: Any) -> bool:
    """Write a task in the open transaction, or bring back the one that rests for good.

    Returns:
        Whether there is more to do now than before.
    """
    written = insert(Task).values(_row(kind, key, given))
    anew = {"tries": 0, "next_at": clock.now(), "dead_at": None}
    dead = Task.dead_at.is_not(None)
    change = written.on_conflict_do_update(index_elements=["kind", "key"], set_=anew, where=dead)
    return bool(db.run(change))


def count_dead() -> dict[str, int]:
    """How many tasks of each kind rest for good: somebody has to look at the log."""
    dead = select(Task.kind, func.count()).where(Task.dead_at.is_not(None))
    return dict(db.rows(dead.group_by(Task.kind).order_by(Task.kind)))


def claim(
    kinds: tuple[str, ...], lease_s: int = LEASE_S, chosen: str | None = None
) -> Claimed | None:
    """Take the task that is due longest, or the one chosen, in a transaction of its own; None when
    nothing is due, or when the one chosen has just been taken by another worker."""
    now = clock.now()
    own = () if chosen is None else (Task.id == chosen,)
    due = (
        select(Task.id)
        .where(Task.dead_at.is_(None), Task.next_at <= now, Task.kind.in_(kinds), *own)
        .order_by(Task.next_at, Task.id)
        .limit(1)
        .scalar_subquery()
    )
    if db.value(select(due)) is None:
        return None
    with db.transaction():
        row = db.first(
            update(Task)
            .where(Task.id == due)
            .values(next_at=now + lease_s, tries=Task.tries + 1)
            .returning(Task.id, Task.kind, Task.given, Task.tries)
        )
    return None if row is None else Claimed(row[0], row[1], json.loads(row[2]), row[3])


def finish(task: Claimed) -> None:
    """The task is done: its row goes, in a transaction of its own."""
    with db.transaction():
        db.run(delete(Task).where(Task.id == task.id))


def fail(task: Claimed, error: Exception) -> None:
    """The task failed: it comes again after a growing pause, and rests for good after many."""
    pause = min(LONGEST_S, FIRST_S * 2 ** min(task.tries - 1, 12))
    dead = clock.now() if task.tries >= MOST_TRIES else None
    change = {
        "next_at": clock.now() + pause, "error": type(error).__name__[:200], "dead_at": dead,
    }  # fmt: skip
    with db.transaction():
        db.run(update(Task).where(Task.id == task.id).values(change))


def postpone(task: Claimed) -> None:
    """The task came too early: it comes again in a moment, with as many tries as before."""
    change = {"next_at": clock.now() + FIRST_S, "tries": task.tries - 1}
    with db.transaction():
        db.run(update(Task).where(Task.id == task.id).values(change))


def work_off(verbs: Mapping[str, Verb], most: int = 100, choose: Choice | None = None) -> int:
    """Do what is due, one task after the other; how many were done well.

    Args:
        verbs: what to do, by kind.
        most: how many to do before it returns.
        choose: says whose turn it is, by the id of a due task; without it, or when it says None,
            the task that is due longest is done first.
    """
    done = 0
    for _ in range(most):
        task = claim(tuple(verbs), chosen=choose() if choose else None)
        if task is None:
            break
        try:
            verbs[task.kind](task.given)
        except NotYet:
            postpone(task)
        except Exception as error:
            LOG.error("task failed", exc_info=error, extra={"facts": {"task": task.kind}})
            fail(task, error)
        else:
            finish(task)
            done += 1
    return done
