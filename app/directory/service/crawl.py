"""Reading staff pages, a page a step; runs in the worker only.

The danger removed here: a worker that is killed, or two that do the same. A page is claimed by a
lease and kept with the links that it gave in one small transaction; asking a page twice changes
nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import update

from app.core import clock, db, http
from app.core.fetch import fetcher, hosts
from app.core.fetch.fetcher import Ask, Fetcher, Page, Session
from app.core.fetch.rules import Busy, FetchFailed
from app.core.fetch.tables import FetchPage
from app.directory.queries import crawl_pages as pages_q
from app.directory.queries import sources as sources_q
from app.directory.queries.crawl_pages import PageRow
from app.directory.queries.sources import SourceRow
from app.directory.rules import definition as definition_r
from app.directory.rules import health
from app.directory.rules.definition import KEY_HOLE, Definition
from app.directory.rules.extract import extract
from app.directory.rules.found import (
    Found,
    Wanted,
    encoded_form,
    found_of,
    found_to_json,
    wanted_of,
)
from app.directory.service import crawl_end, crawl_round, source_key

LOG = logging.getLogger("app.directory.crawl")
PATIENT_S: Final = 60.0
LEASE_S = 300  # longer than robots.txt, five redirects and their pauses
MOST_TRIES, TRIAL_TRIES = 4, 2  # somebody waits for a trial
# Addresses that may be gone without anything being wrong with the others.
GONE: Final = frozenset({"robots", "status:404", "status:410", "kind"})
_sessions: dict[str, Session] = {}


@dataclass(frozen=True)
class Step:
    """A page in hand, and by what it is read."""

    page: PageRow
    until: int
    source: SourceRow
    definition: Definition
    wanted: Wanted


def crawl_due(most: int = 20) -> int:
    """Begin what is due, ask for some pages, end what is at its end; how much was done."""
    done = _begin_due() + crawl_end.end_due()
    for _ in range(most):
        step = _claim()
        if step is None:
            break
        done += _do(step)
    return done + crawl_end.end_due()


def _begin_due() -> int:
    due = sources_q.list_due(clock.now())
    for source in due:
        try:
            _while_on(source.id, partial(crawl_round.begin, trial=False))
        except ValidationError as error:  # of an older version: it must not hold up the others
            LOG.error("definition", exc_info=error, extra={"facts": {"source": source.id}})
            _while_on(source.id, partial(crawl_round.give_up, reason="definition"))
    return len(due)


def _while_on(source_id: str, act: Callable[[SourceRow], object]) -> None:
    """Do something for a source in a transaction, unless it was removed or switched off by now."""
    with db.transaction():
        source = sources_q.find_source(source_id)
        if source is not None and source.state == "on":
            act(source)


def _claim() -> Step | None:
    """Take the page that is to be asked for next, in a transaction of its own."""
    now = clock.now()
    page = pages_q.find_due(now, hosts.busy_hosts())
    if page is None:
        return None
    free = (FetchPage.id == page.id, FetchPage.state == "waiting", FetchPage.leased_until <= now)
    until = now + LEASE_S
    with db.transaction():
        mine = db.run(update(FetchPage).where(*free).values(leased_until=until))
    source = sources_q.find_source(page.owner)
    if not mine or source is None:
        return None
    made = definition_r.read(source.definition)
    return Step(page, until, source, made, wanted_of(page.wanted))


def _do(step: Step) -> int:
    """Ask for a page, and keep what it gave; 1, or 0 when its host has no time."""
    try:
        page = _fetch(step)
        found = _read(step, page)
    except Busy:
        _keep(step, {"leased_until": 0})
        return 0
    except FetchFailed as error:
        _failed(step, error.reason, error.wait)
        return 1
    except Exception as error:  # a page that nobody foresaw must not hold up the others
        LOG.error("page failed", exc_info=error, extra={"facts": {"source": step.source.id}})
        _failed(step, "fault", 0)
        return 1
    problem = found.fatal
    if problem is not None:
        _failed(step, f"{problem.code} {problem.detail}".strip(), 0)
    else:
        _done(step, page, found)
    return 1


def _fetch(step: Step) -> Page:
    made, page, wanted = step.definition, step.page, step.wanted
    key = source_key.open_key(step.source) if made.needs_key else ""
    if made.needs_key and not key:
        raise FetchFailed("no-key")
    client = Fetcher(fetcher.settings_of(http.config()))
    session = _session(step, client)
    known = page.found is not None
    return client.get(
        Ask(
            wanted.url.replace(KEY_HOLE, key),
            None if wanted.form is None else encoded_form(wanted.form, made.encoding),
            page.etag if known else "", page.last_modified if known else "",
            delay_s=made.delay_s, session=session,
        )
    )  # fmt: skip


def _session(step: Step, client: Fetcher) -> Session | None:
    """The cookies of this process for a source that wants them: its first page is asked first."""
    first = step.definition.session
    if first is None:
        return None
    session = _sessions.setdefault(f"{step.source.id} {step.page.round}", Session())
    if session.empty:
        if len(_sessions) > 100:
            _sessions.clear()
        client.patience_s = PATIENT_S
        client.get(Ask(first, delay_s=step.definition.delay_s, session=session))
        if session.empty:
            raise FetchFailed("no-cookie")
    return session


def _read(step: Step, page: Page) -> Found:
    if page.unchanged and step.page.found is not None:
        return found_of(step.page.found)
    url = page.url if step.definition.kind == "pages" else step.wanted.url
    return extract(step.definition, step.wanted, url, page.text(step.definition.encoding))


def _done(step: Step, page: Page, found: Found) -> None:
    text = found_to_json(found)
    digest = _digest(found)
    following = list(found.wanted)
    if pages_q.is_repeated(step.page, digest):
        following = []
    change = {
        "state": "done", "told": None, "etag": page.etag[:300], "digest": digest,
        "last_modified": page.last_modified[:60], "found": zlib.compress(text.encode()),
        "fetched_at": clock.now(), "leased_until": 0,
    }  # fmt: skip
    _keep(step, change, following)


def _digest(found: Found) -> str:
    """A hash of a page's people, wherever they stood; "" of nobody."""
    plain = [[value for name, value in vars(one).items() if name != "place"] for one in found.rows]
    text = json.dumps(plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest() if plain else ""


def _failed(step: Step, reason: str, wait: float) -> None:
    """Ask again later, leave the page out, or give the round up."""
    tries = step.page.tries + 1
    is_linked = step.wanted.level > 0 or step.wanted.number > 1
    told = health.more_telling(step.page.told or "", reason)
    change: dict[str, Any] = {"tries": tries, "told": told[:120], "leased_until": 0}
    if reason in GONE and is_linked and (tries > 1 or reason == "robots"):
        change |= {"state": "skipped", "found": None}
    elif tries >= (TRIAL_TRIES if step.page.trial else MOST_TRIES) or reason in {
        "robots",
        "no-key",
    }:
        change |= {"state": "failed"}
    else:
        change |= {"next_at": clock.now() + max(round(wait), health.page_pause(tries))}
    facts = {"source": step.source.id, "reason": reason[:40], "tries": tries}
    LOG.warning("page not read", extra={"facts": facts})
    _keep(step, change)


def _keep(step: Step, change: dict[str, Any], following: list[Wanted] | None = None) -> None:
    """Write what is known now, unless another worker has taken the page over."""
    page = step.page
    mine = (FetchPage.id == page.id, FetchPage.leased_until == step.until)
    of = (page.owner, page.trial, page.round)
    limit = crawl_round.TRIAL_PAGES if page.trial else step.definition.most_pages
    with db.transaction():
        kept = db.run(update(FetchPage).where(*mine).values(change))
        if not kept or not following:
            return
        room = limit - pages_q.count_pages(*of)
        few = crawl_round.TRIAL_BREADTH if page.trial else len(following)
        crawl_round.add_pages(of, following[: min(few, max(0, room))])
        if len(following) > room and not page.trial:
            full = {"state": "failed", "told": "too-many-pages"}
            db.run(update(FetchPage).where(FetchPage.id == page.id).values(full))
