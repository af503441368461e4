"""The fetcher: a page of a public host, asked for in turn, by its rules, and nowhere else.

The dangers removed here: a host that we wear out (turns, pauses, robots.txt, ETag), and a page
that leads us into our own network: each redirect is checked as the first address was, and one
that began outside never ends inside.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from app.core import clock, wire
from app.core.config import Config
from app.core.fetch import hosts, line, rules, text
from app.core.fetch.hosts import Turn
from app.core.fetch.line import Raw, Sent
from app.core.fetch.rules import Busy, FetchFailed, Target
from app.core.reach import Allowed, is_public

LOG = logging.getLogger("app.fetch")
VERSION = "0.1"
MARGIN_S = 15.0  # a turn outlives every request by this
PAGES = ("text/html", "application/xhtml+xml", "text/plain")
DATA = ("application/json", "+json", "application/xml", "text/xml", "+xml")


Delay = Callable[[Raw | None], float]  # seconds of pause after an answer, or after none


@dataclass(frozen=True)
class Settings:
    """What the operator lets the fetcher do: addresses, ports beside 80 and 443, seconds between
    two requests to a host, and who we say that we are."""

    allowed: Allowed
    ports: frozenset[int]
    least_delay_s: float
    agent: str


def settings_of(config: Config) -> Settings:
    """The operator's choices; this machine itself is reached in a demonstration only."""
    allowed = Allowed(private=config.private_networks, loopback=config.demo)
    contact = config.fetch_contact or f"{config.public_url}/"
    return Settings(
        allowed, config.fetch_ports, config.fetch_delay_ms / 1000,
        f"{rules.AGENT}/{VERSION} (+{contact})",
    )  # fmt: skip


class Session:
    """Cookies for pages that give them out before they answer; gone when the caller lets go."""

    def __init__(self) -> None:
        """Without cookies."""
        self.jar = httpx.Cookies()

    @property
    def empty(self) -> bool:
        """Whether nobody gave any yet."""
        return not len(self.jar)


@dataclass(frozen=True)
class Ask:
    """A page that is wanted: a form makes it a POST; `etag` and `last_modified` are those of the
    copy we have; `kinds` are media types that are of use, all when empty."""

    url: str
    form: bytes | None = None
    etag: str = ""
    last_modified: str = ""
    kinds: tuple[str, ...] = (*PAGES, *DATA)
    delay_s: float = 0.0
    largest: int = line.LARGEST
    session: Session | None = field(default=None, compare=False)

    def headers(self, agent: str, form: bytes | None) -> dict[str, str]:
        """What is sent along, to here or to where it leads."""
        given = {"User-Agent": agent, "Accept": "*/*", "Accept-Language": "ko"}
        if form is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        if self.etag:
            given["If-None-Match"] = self.etag
        if self.last_modified:
            given["If-Modified-Since"] = self.last_modified
        return given


@dataclass(frozen=True)
class Page:
    """What was got; `url` is where it was in the end. Unchanged pages come without content."""

    url: str
    unchanged: bool
    content: bytes
    content_type: str
    etag: str
    last_modified: str

    def text(self, encoding: str = "") -> str:
        """Its text, in an encoding that is known or in the one it seems to be in."""
        return text.decode(self.content, self.content_type, encoding)[0]


class Fetcher:
    """Fetches for one caller; needs the application's context for its turns."""

    def __init__(
        self, settings: Settings, patience_s: float = 0.0, by: wire.Resolve = wire.resolve
    ) -> None:
        """Asks nobody yet.

        Args:
            settings: what the operator allows.
            patience_s: how long to wait for a host's turn before `Busy`.
            by: what looks names up.
        """
        self.settings, self.patience_s, self.by = settings, patience_s, by

    def get(self, ask: Ask) -> Page:
        """Get a page, following at most five redirects.

        Raises:
            FetchFailed: it could not be had.
            Busy: the host's turn did not come in time; nothing was asked.
        """
        at, allowed, given = self._target(ask.url), self.settings.allowed, ask.form
        jar = None if ask.session is None else ask.session.jar
        for hops in range(rules.MOST_REDIRECTS + 1):
            asked = self._obey(at, allowed)
            turn = self._taken(at, rules.LONGEST_DELAY_S if hops or asked else self.patience_s)
            sent = Sent(at, ask.headers(self.settings.agent, given), given)
            raw = self._hop(turn, sent, allowed, self._delay(at, ask), jar, ask.largest)
            if not rules.is_redirect(raw.status):
                return _page(at, raw, ask)
            allowed = _onward(allowed, raw)
            at = rules.led_to(at, raw.headers.get("location", ""), hops, self.settings.ports)
            given = given if rules.keeps_method(raw.status) else None
        raise FetchFailed("redirects")

    def _target(self, url: str) -> Target:
        return rules.target_of(url, self.settings.ports)

    def _taken(self, at: Target, patience_s: float) -> Turn:
        """A host's turn, waited for.

        Raises:
            Busy: it did not come in time.
        """
        until = time.monotonic() + patience_s
        while True:
            try:
                return hosts.take(at.key, line.WHOLE_S + MARGIN_S)
            except Busy as busy:
                if time.monotonic() + busy.wait > until:
                    raise
                time.sleep(busy.wait)

    def _hop(
        self, turn: Turn, sent: Sent, allowed: Allowed, delay: Delay,
        jar: httpx.Cookies | None = None, largest: int = line.LARGEST,
    ) -> Raw:  # fmt: skip
        """Use a turn for one request, and end it with the pause that its end calls for."""
        failures, pause_s, began = turn.failures, delay(None), time.monotonic()
        reason = "killed"
        try:
            raw = line.send(sent, allowed, jar, largest, self.by)
            reason = f"status:{raw.status}"
            if rules.is_hosts_fault(raw.status):
                wish = rules.wish_of(raw.headers.get("retry-after", ""), time.time())
                raise FetchFailed(reason, wish)
            failures, pause_s = 0, delay(raw)
            return raw
        except FetchFailed as error:
            reason = error.reason
            if rules.is_against_the_host(reason):
                failures += 1
                pause_s = max(pause_s, rules.pause_s(failures, error.wait))
                error.wait = pause_s
            raise
        finally:
            hosts.give_back(turn, pause_s, failures)
            _note(sent.target, reason, began)

    def _obey(self, at: Target, allowed: Allowed) -> bool:
        """Hold when the host's robots.txt does not let us ask; whether it was read just now.

        Raises:
            FetchFailed: it does not, or is not known.
        """
        kept, asks = hosts.find_robots(at.key), False
        if not rules.robots_are_known(kept, clock.now()):
            self._read_robots(at, allowed)
            kept, asks = hosts.find_robots(at.key), True
        if not rules.may_ask(kept.text, at.url):
            raise FetchFailed("robots")
        return asks

    def _delay(self, at: Target, ask: Ask) -> Delay:
        text = hosts.find_robots(at.key).text
        return lambda _raw: rules.delay_s(text, self.settings.least_delay_s, ask.delay_s)

    def _delay_of_robots(self, raw: Raw | None) -> float:
        """The pause after robots.txt was read is the one that it asks for."""
        text = rules.robots_text(raw.status, raw.content) if raw is not None else ""
        return rules.delay_s(text, self.settings.least_delay_s)

    def _read_robots(self, at: Target, allowed: Allowed) -> None:
        """Read a host's robots.txt and keep it: none (4xx) lets us ask for everything, one that
        cannot be read now for nothing (RFC 9309, section 2.3.1).

        Raises:
            FetchFailed: it cannot be read now.
        """
        try:
            found = self._robots_of(at, allowed)
        except FetchFailed as error:
            if rules.is_against_the_host(error.reason):
                hosts.keep_robots(at.key, None, clock.now())
            answered = error.reason.startswith("status:")
            raise FetchFailed("robots-unknown" if answered else error.reason, error.wait) from error
        hosts.keep_robots(at.key, found, clock.now())

    def _robots_of(self, at: Target, allowed: Allowed) -> str:
        there, patience_s = self._target(at.robots), self.patience_s
        for hops in range(rules.MOST_REDIRECTS):
            turn = self._taken(there, patience_s)
            sent = Sent(there, Ask(there.url).headers(self.settings.agent, None))
            raw = self._hop(turn, sent, allowed, self._delay_of_robots)
            if not rules.is_redirect(raw.status):
                return rules.robots_text(raw.status, raw.content)
            allowed, patience_s = _onward(allowed, raw), rules.LONGEST_DELAY_S
            where = raw.headers.get("location", "")
            there = rules.led_to(there, where, hops, self.settings.ports)
        return ""


def _onward(allowed: Allowed, raw: Raw) -> Allowed:
    """What a redirect may lead to: what began outside never ends inside."""
    return Allowed(private=False, loopback=False) if is_public(raw.reached) else allowed


def _page(at: Target, raw: Raw, ask: Ask) -> Page:
    kind = rules.media_type(raw.headers)
    if raw.status not in {200, 304} or (raw.status == 304 and not (ask.etag or ask.last_modified)):
        raise FetchFailed(f"status:{raw.status}")
    if raw.status == 200 and not rules.is_wanted(kind, ask.kinds):
        raise FetchFailed("kind")
    unchanged = raw.status == 304
    etag, modified = raw.headers.get("etag", ""), raw.headers.get("last-modified", "")
    return Page(
        at.url, unchanged, raw.content, raw.headers.get("content-type", ""),
        etag or (ask.etag if unchanged else ""),
        modified or (ask.last_modified if unchanged else ""),
    )  # fmt: skip


def _note(at: Target, reason: str, began: float) -> None:
    """A line in the log: the host alone, for addresses may carry keys."""
    facts = {"host": at.key, "end": reason, "ms": round((time.monotonic() - began) * 1000)}
    LOG.info("fetched", extra={"facts": facts})
