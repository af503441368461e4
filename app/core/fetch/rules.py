"""What may be asked, when, and what an answer means: pure decisions of the fetcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

from protego import Protego

AGENT: Final = "Peotteuk"
MOST_REDIRECTS: Final = 5
LONGEST_URL: Final = 2000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 10.0, 3600.0
RESTS_AFTER, REST_S = 6, 1800.0
LONGEST_DELAY_S: Final = 60.0
LONGEST_WISH_S: Final = 24 * 3600.0
ROBOTS_KEPT_S, ROBOTS_TRUSTED_S, ROBOTS_AGAIN_S = 24 * 3600, 30 * 24 * 3600, 600
LARGEST_ROBOTS: Final = 500 * 1024  # RFC 9309, section 2.5
UNPACKED: Final = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


class FetchFailed(Exception):
    """A page could not be had. `reason` is a code: an address of ours that cannot be used
    (`address`, `address-closed`, `port`, `credentials`), a rule of the host (`robots`, `resting`),
    or how the try ended (`timeout`, `status:503` …). `wait` is for how many seconds the same is
    not worth asking again."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        """Keep the code and the wait."""
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class Busy(Exception):
    """Another process or an earlier request has the host's turn; it comes in `wait` seconds."""

    def __init__(self, wait: float) -> None:
        """Keep the seconds."""
        super().__init__("busy")
        self.wait = wait


@dataclass(frozen=True)
class Target:
    """An address that may be asked, as far as can be told without asking."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def key(self) -> str:
        """What politeness counts: the host; on an unusual port, that server of it."""
        return self.host if self.port in {80, 443} else f"{self.host}:{self.port}"

    @property
    def robots(self) -> str:
        """Where the host says what may be asked."""
        return urljoin(self.url, "/robots.txt")


def target_of(url: str, ports: frozenset[int]) -> Target:
    """Check an address.

    Args:
        url: an absolute http or https address; signs outside ASCII in its path are fine.
        ports: what may be asked beside 80 and 443.

    Raises:
        FetchFailed: with `address`, `credentials` or `port`.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise FetchFailed("address") from error
    if parts.scheme not in {"http", "https"} or not host or len(url) > LONGEST_URL:
        raise FetchFailed("address")
    if any(sign in '\\<>"' or sign <= " " or sign == "\x7f" for sign in url):
        raise FetchFailed("address")
    if parts.username is not None or parts.password is not None:
        raise FetchFailed("credentials")
    if port not in {80, 443, *ports}:
        raise FetchFailed("port")
    return Target(parts._replace(fragment="").geturl(), parts.scheme, host, port)


def is_redirect(status: int) -> bool:
    """Whether an answer leads elsewhere."""
    return status in {301, 302, 303, 307, 308}


def led_to(at: Target, location: str, hops: int, ports: frozenset[int]) -> Target:
    """Where a redirect leads.

    Raises:
        FetchFailed: `redirects` when there were too many, `downgrade` when it leads from https to
            http on another host, or what `target_of` says.
    """
    if not location or hops >= MOST_REDIRECTS:
        raise FetchFailed("redirects")
    there = target_of(urljoin(at.url, location.strip()), ports)
    if at.scheme == "https" and there.scheme == "http":
        raise FetchFailed("downgrade")
    return there


def keeps_method(status: int) -> bool:
    """Whether a form is sent again to where an answer leads (RFC 9110, section 15.4)."""
    return status in {307, 308}


def delay_s(robots: str | None, least: float, wanted: float = 0.0) -> float:
    """Seconds between two requests to a host: its own wish up to a minute, never under `least`."""
    asked = float(_robots(robots).crawl_delay(AGENT) or 0.0)
    return min(max(least, wanted, asked), max(LONGEST_DELAY_S, least))


@dataclass(frozen=True)
class Robots:
    """What is kept of a host's robots.txt: the text (None before it was read, "" when there is
    none), when it was read, and when reading it failed last; Unix seconds, 0 for never."""

    text: str | None = None
    at: int = 0
    failed_at: int = 0


def robots_are_known(kept: Robots, now: int) -> bool:
    """Whether a robots.txt need not be read now.

    Raises:
        FetchFailed: it could not be read a moment ago, and no older one may still be trusted.
    """
    if kept.text is not None and now - kept.at < ROBOTS_KEPT_S:
        return True
    left = kept.failed_at + ROBOTS_AGAIN_S - now
    if left <= 0:
        return False
    if kept.text is not None and now - kept.at < ROBOTS_TRUSTED_S:
        return True
    raise FetchFailed("robots-unknown", left)


def robots_text(status: int, content: bytes) -> str:
    """A robots.txt as it is kept: what is refused (4xx) is none."""
    if status != 200:
        return ""
    return content[:LARGEST_ROBOTS].decode("utf-8-sig", errors="replace")


def may_ask(robots: str | None, url: str) -> bool:
    """Whether the host's robots.txt lets us ask for an address; no file lets us."""
    return bool(_robots(robots).can_fetch(url, AGENT))


def _robots(text: str | None) -> Protego:
    return Protego.parse((text or "").replace("\x00", ""))


def pause_s(failures: int, wish: float = 0.0) -> float:
    """Seconds for which a host is left alone after so many failures in a row: doubling, then a
    rest; never less than it wished for."""
    grown = FIRST_PAUSE_S * 2.0 ** min(max(failures - 1, 0), 12)
    rest = REST_S if failures >= RESTS_AFTER else 0.0
    return max(min(grown, LONGEST_PAUSE_S), rest, min(wish, LONGEST_WISH_S))


def wish_of(value: str, now: float) -> float:
    """Seconds that a Retry-After header asks for, given as seconds or as a date; 0 for none."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WISH_S)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return 0.0
    return min(max(0.0, until - now), LONGEST_WISH_S)


def is_hosts_fault(status: int) -> bool:
    """Whether a status says that the host is to be left alone, not only this address."""
    return status in {408, 429} or status >= 500


def is_against_the_host(reason: str) -> bool:
    """Whether the way in which a request ended is a reason to leave its host alone."""
    status = reason.removeprefix("status:")
    if status.isdecimal():
        return is_hosts_fault(int(status))
    return reason in {"timeout", "unreachable", "broke-off", "certificate", "name"}


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of an answer without its parameters, in lower case; "" when not told."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def is_wanted(kind: str, wanted: tuple[str, ...]) -> bool:
    """Whether a media type is one that was asked for; what does not say its type is looked at."""
    return not wanted or not kind or any(kind == one or kind.endswith(one) for one in wanted)
