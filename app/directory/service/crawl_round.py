"""The beginning of a round of a source: its first pages as rows, and links as they are found."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db
from app.core.fetch import rules as fetch_rules
from app.core.fetch.rules import FetchFailed
from app.core.fetch.tables import FetchKey, FetchPage, FetchRound
from app.directory.models import Source
from app.directory.queries import sources as sources_q
from app.directory.queries.sources import SourceRow
from app.directory.rules import definition as definition_r
from app.directory.rules import health, links
from app.directory.rules.found import Wanted
from app.directory.service import alarms

TRIAL_PAGES: Final = 12
TRIAL_BREADTH: Final = 3
_ANY_PORT: Final = frozenset(range(65536))


def begin(source: SourceRow, trial: bool) -> int:
    """Begin a round in the open transaction, unless one of its kind is under way; its number.

    What pages gave in earlier rounds stays, with their ETags, unless the definition is another one
    since; a trial begins with nothing.
    """
    before = sources_q.find_round(source.id, trial)
    if before is not None and before.state == "running":
        return before.round
    made = definition_r.read(source.definition)
    number = before.round + 1 if before else 1
    if trial or before is None or before.digest != made.digest:
        forget(source.id, trial)
    row = {
        "owner": source.id, "trial": trial, "round": number, "state": "running",
        "digest": made.digest, "began_at": clock.now(), "ended_at": None, "leased_until": 0,
        "told": None,
    }  # fmt: skip
    change = {name: value for name, value in row.items() if name not in {"owner", "trial"}}
    written = insert(FetchRound).values(row)
    db.run(written.on_conflict_do_update(index_elements=["owner", "trial"], set_=change))
    add_pages((source.id, trial, number), links.first_pages(made)[: made.most_pages])
    return number


def forget(source_id: str, trial: bool, before_round: int | None = None) -> None:
    """Forget what pages gave, of all rounds or of those before one, in the open transaction."""
    mine = [FetchPage.owner == source_id, FetchPage.trial.is_(trial)]
    if before_round is not None:
        mine.append(FetchPage.round < before_round)
    db.run(delete(FetchPage).where(*mine))


def add_pages(of: tuple[str, bool, int], wanted: Iterable[Wanted]) -> int:
    """Put pages into a round, in the open transaction; those that it has already stay as they are.

    Args:
        of: owner, whether it is a trial, number of the round.
        wanted: the pages.

    Returns:
        How many were given.
    """
    given = [one for one in wanted if len(one.path) <= 120]
    for one in given:
        db.run(_written(_page(of, one)))
    return len(given)


def _page(of: tuple[str, bool, int], one: Wanted) -> dict[str, Any]:
    return {
        "owner": of[0], "trial": of[1], "round": of[2], "key": one.key, "path": one.path,
        "host": host_of(one.url), "wanted": one.to_json(), "state": "waiting", "tries": 0,
        "next_at": clock.now(), "leased_until": 0, "told": None, "etag": "", "last_modified": "",
        "digest": "",
    }  # fmt: skip


def _written(row: Mapping[str, Any]) -> Any:
    new = ("round", "path", "wanted", "state", "tries", "next_at", "leased_until", "told")
    statement = insert(FetchPage).values(row)
    return statement.on_conflict_do_update(
        index_elements=["owner", "trial", "key"],
        set_={name: row[name] for name in new},
        where=or_(FetchPage.round < row["round"]),
    )


def host_of(url: str) -> str:
    """What politeness counts an address to; "" when it is none."""
    try:
        return fetch_rules.target_of(url, _ANY_PORT).key
    except FetchFailed:
        return ""


def stop(source_id: str, reason: str) -> None:
    """End what is under way for a source, in the open transaction: its definition was changed, or
    it was switched off."""
    change = {"state": "failed", "told": reason, "ended_at": clock.now()}
    mine = (FetchRound.owner == source_id, FetchRound.state == "running")
    db.run(update(FetchRound).where(*mine).values(change))


def erase(source_id: str) -> None:
    """Delete everything that is kept for reading a source, in the open transaction."""
    for table in (FetchPage, FetchRound, FetchKey):
        db.run(delete(table).where(table.owner == source_id))


def trust_next(source_id: str) -> None:
    """Let the next round of a source be taken whatever it is like, in the open transaction: there
    is nothing any more that it is compared with."""
    mine = (FetchRound.owner == source_id, FetchRound.trial.is_(False))
    db.run(update(FetchRound).where(*mine).values(shape=json.dumps(health.TRUSTED)))


def give_up(source: SourceRow, reason: str) -> None:
    """Raise an alarm and switch a source off, in the open transaction: it cannot be read at all."""
    at = source.alarm_at or clock.now()
    change = {"state": "off", "next_at": None, "alarm": reason, "alarm_at": at}
    db.run(update(Source).where(Source.id == source.id).values(change))
    alarms.tell(source, reason, at)
