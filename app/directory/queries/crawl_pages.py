"""Reads of the pages of a round, and of rounds that are at their end."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, select

from app.core import db
from app.core.fetch.tables import FetchPage, FetchRound


@dataclass(frozen=True)
class PageRow:
    """A page of a round; `found` is what it gave last, as JSON."""

    id: int
    owner: str
    trial: bool
    round: int
    path: str
    wanted: str
    state: str
    tries: int
    told: str | None
    etag: str
    last_modified: str
    digest: str
    found: str | None


_PAGE = select(
    FetchPage.id, FetchPage.owner, FetchPage.trial, FetchPage.round, FetchPage.path,
    FetchPage.wanted, FetchPage.state, FetchPage.tries, FetchPage.told, FetchPage.etag,
    FetchPage.last_modified, FetchPage.digest, FetchPage.found,
)  # fmt: skip
_RUNS = (
    FetchRound.owner == FetchPage.owner, FetchRound.trial == FetchPage.trial,
    FetchRound.round == FetchPage.round, FetchRound.state == "running",
)  # fmt: skip


def _row(row: tuple[Any, ...]) -> PageRow:
    packed = row[-1]
    found = None if packed is None else zlib.decompress(packed).decode()
    return PageRow(*(*row[:-1], found))


def find_due(now: int, busy: list[str]) -> PageRow | None:
    """The page that is to be asked for next, of hosts that may be asked now; trials first, because
    somebody waits for them."""
    due = (
        FetchPage.state == "waiting", FetchPage.next_at <= now, FetchPage.leased_until <= now,
        FetchPage.host.not_in(busy),
    )  # fmt: skip
    chosen = _PAGE.join(FetchRound, and_(*_RUNS)).where(*due)
    row = db.first(
        chosen.order_by(FetchPage.trial.desc(), FetchPage.next_at, FetchPage.id).limit(1)
    )
    return None if row is None else _row(row)


def list_pages(owner: str, trial: bool, number: int) -> list[PageRow]:
    """The pages of a round, in the order of the site."""
    mine = (FetchPage.owner == owner, FetchPage.trial.is_(trial), FetchPage.round == number)
    return [_row(row) for row in db.rows(_PAGE.where(*mine).order_by(FetchPage.path, FetchPage.id))]


def count_pages(owner: str, trial: bool, number: int) -> int:
    """How many pages a round has, asked for or not."""
    mine = (FetchPage.owner == owner, FetchPage.trial.is_(trial), FetchPage.round == number)
    found: int = db.value(select(func.count()).where(*mine))
    return found


def find_fetched_at(owner: str, trial: bool, number: int) -> int | None:
    """When a page of a round was fetched last in that round (Unix seconds); None when none was."""
    mine = (FetchPage.owner == owner, FetchPage.trial.is_(trial), FetchPage.round == number)
    last = select(func.max(FetchPage.fetched_at)).where(*mine, FetchPage.state == "done")
    found: int | None = db.value(last)
    return found


def is_repeated(page: PageRow, digest: str) -> bool:
    """Whether an earlier page of the same list gave the same people in this round: sites show the
    last page again when one asks for the next."""
    start = page.path.partition("+")[0] + "+"
    earlier = select(FetchPage.id).where(
        FetchPage.owner == page.owner, FetchPage.trial.is_(page.trial),
        FetchPage.round == page.round, FetchPage.state == "done", FetchPage.digest == digest,
        FetchPage.path.startswith(start, autoescape=True), FetchPage.path < page.path,
    )  # fmt: skip
    return bool(digest) and db.first(earlier.limit(1)) is not None


def list_finished(now: int) -> list[tuple[str, bool]]:
    """Rounds that are under way and have no page left to ask for, or one that has failed."""
    left = exists().where(*_RUNS[:3], FetchPage.state == "waiting").correlate(FetchRound)
    failed = exists().where(*_RUNS[:3], FetchPage.state == "failed").correlate(FetchRound)
    over = (FetchRound.state == "running", FetchRound.leased_until <= now, ~left | failed)
    found = select(FetchRound.owner, FetchRound.trial).where(*over).limit(20)
    return [(row[0], row[1]) for row in db.rows(found)]
