"""The wire under our HTTP: names looked up once, addresses checked, every step within a deadline.

The dangers removed here: a name that passes the check and then resolves to another address (the
address that is checked is the one connected to), and a peer that sends a byte a minute.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import httpcore

from app.core.reach import Allowed, may_reach

Resolve = Callable[[str, int], list[str]]


class Closed(Exception):
    """The address, or one of a name's addresses, may not be reached."""


class Unnamed(Exception):
    """The name is not known now."""


@lru_cache(maxsize=1)
def trusted() -> ssl.SSLContext:
    """What certificates are checked against: the machine's own list, read once."""
    return ssl.create_default_context()


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, each once, as the machine knows them.

    Raises:
        Unnamed: it knows none.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unnamed from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class Checked(httpcore.NetworkBackend):
    """Connects to the address that it has checked; `reached` is which one that was."""

    def __init__(self, allowed: Allowed, until: float, by: Resolve = resolve) -> None:
        """Connects to nothing yet.

        Args:
            allowed: what may be reached.
            until: when everything must be over, in seconds of the monotonic clock.
            by: what looks names up.
        """
        self.allowed, self.until, self.by = allowed, until, by
        self.inner = httpcore.SyncBackend()
        self.reached = ""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that answers.

        Raises:
            Closed: one of them may not be reached; then none is asked.
            Unnamed: the name is not known.
        """
        last: Exception | None = None
        for address in self._look_up(host, port):
            left = left_of(timeout, self.until, httpcore.ConnectTimeout)
            try:
                found = self.inner.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
            else:
                self.reached = address
                return Timed(found, self.until)
        raise last or httpcore.ConnectError("no address")

    def _look_up(self, host: str, port: int) -> list[str]:
        found = self.by(host, port)
        if not all(may_reach(one, self.allowed) for one in found):
            raise Closed
        return found


class Timed(httpcore.NetworkStream):
    """A connection whose every step ends before the time of the whole."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        """Wrap a connection."""
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self.inner.read(max_bytes, left_of(timeout, self.until, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self.inner.write(buffer, left_of(timeout, self.until, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on in TLS."""
        left = left_of(timeout, self.until, httpcore.ConnectTimeout)
        return Timed(self.inner.start_tls(ssl_context, server_hostname, left), self.until)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self.inner.get_extra_info(info)


def left_of(wanted: float | None, until: float, over: type[Exception]) -> float:
    """Seconds that a step may take; `over` is raised when the time of the whole has passed."""
    left = until - time.monotonic()
    if left <= 0:
        raise over("the whole took too long")
    return left if wanted is None else min(wanted, left)
