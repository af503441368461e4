"""HTTP to addresses that somebody else has typed: looked up once, checked, bounded.

The dangers removed here: a name that passes the check and then resolves to another address (the
address that is checked is the one connected to), a redirect that leads elsewhere, an answer that
never ends or unpacks to gigabytes, and a peer that sends a byte a minute and holds the worker.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, cast

import httpcore
import httpx

from app.photos.rules.delivery import Astray, Damaged, Failure, Unreachable
from app.photos.rules.target import Allowed, may_reach

CONNECT_S, STEP_S, WHOLE_S = 10.0, 30.0, 120.0
SMALL_ANSWER = 256 * 1024  # an XML parser takes some twenty times as much memory
AGENT = "office-photos/1"


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()  # the machine's own list of authorities


class Careful(httpx.HTTPTransport):
    """A transport that reaches allowed addresses only, follows nothing, and reads little."""

    def __init__(self, allowed: Allowed, largest: int, whole_s: float = WHOLE_S) -> None:
        """Begin the time that everything sent through this has together.

        Args:
            allowed: what may be reached.
            largest: bytes of an answer to GET that are read at most; to anything else, which is
                read for what it says, SMALL_ANSWER.
            whole_s: seconds for everything together.
        """
        super().__init__(verify=_trusted(), trust_env=False)  # else it reads the whole list anew
        self.largest = largest
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(),
            max_connections=2,
            network_backend=_Checked(allowed, time.monotonic() + whole_s),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        answer = super().handle_request(request)
        if 300 <= answer.status_code < 400:
            answer.close()
            raise Astray("redirect")
        largest = self.largest if request.method == "GET" else min(self.largest, SMALL_ANSWER)
        names = [pair for pair in answer.headers.raw if pair[0].lower() != b"content-encoding"]
        return httpx.Response(
            answer.status_code,
            headers=names,
            stream=_Capped(cast("httpx.SyncByteStream", answer.stream), largest),
            extensions=answer.extensions,
        )


class _Capped(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, largest: int) -> None:
        self.inner, self.largest = inner, largest

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for piece in self.inner:
            read += len(piece)
            if read > self.largest:
                raise Astray("long-answer").after_sending()
            yield piece

    def close(self) -> None:
        self.inner.close()


class _Checked(httpcore.NetworkBackend):
    """Connects to the address that it has checked."""

    def __init__(self, allowed: Allowed, until: float) -> None:
        self.allowed, self.until = allowed, until
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in look_up(host, port, self.allowed):
            left = _left(timeout, self.until, httpcore.ConnectTimeout)
            try:
                found = self.inner.connect_tcp(address, port, left, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
            else:
                return _Timed(found, self.until)
        raise last or httpcore.ConnectError("no address")


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends before the time of the whole."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, _left(timeout, self.until, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, _left(timeout, self.until, httpcore.WriteTimeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, self.until, httpcore.ConnectTimeout)
        return _Timed(self.inner.start_tls(ssl_context, server_hostname, left), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


def _left(wanted: float | None, until: float, over: type[Exception]) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise over("the whole took too long")
    return left if wanted is None else min(wanted, left)


def look_up(host: str, port: int, allowed: Allowed) -> list[str]:
    """The addresses of a host, every one of which may be reached.

    Raises:
        Unreachable: the name is not known now.
        Astray: one of its addresses is closed.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name") from error
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not all(may_reach(one, allowed) for one in found):
        raise Astray("address-closed")
    return found


def options(allowed: Allowed, largest: int) -> dict[str, Any]:
    """What every client of ours is made with."""
    return {
        "transport": Careful(allowed, largest),
        "timeout": httpx.Timeout(STEP_S, connect=CONNECT_S),
        "trust_env": False,
        "follow_redirects": False,
        "headers": {"User-Agent": AGENT, "Accept-Encoding": "identity"},
    }


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Turn what httpx raises into failures with a reason."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unreachable("timeout") from error  # nothing was sent
    except httpx.TimeoutException as error:
        raise Unreachable("timeout").after_sending() from error
    except httpx.ConnectError as error:
        trusted = "CERTIFICATE_VERIFY_FAILED" not in str(error)
        raise Unreachable("unreachable" if trusted else "certificate") from error
    except httpx.HTTPError as error:
        # Of this one; the next may get through.
        raise Damaged("broke-off").after_sending() from error


def as_failure(error: Exception) -> Failure:
    """A failure of its own for what nobody foresaw."""
    return error if isinstance(error, Failure) else Failure("fault")
