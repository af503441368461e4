"""One request over the wire: sent to a checked address, read up to a size, over by a deadline.

The dangers removed here: an answer that never ends or unpacks to gigabytes, and one that comes so
slowly that it holds a worker. Nothing is followed here, nothing is kept, and no proxy is asked.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from app.core import wire
from app.core.fetch import rules
from app.core.fetch.rules import FetchFailed, Target
from app.core.reach import Allowed

CONNECT_S, STEP_S, WHOLE_S = 10.0, 20.0, 45.0
LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """What goes out: a form makes it a POST."""

    target: Target
    headers: Mapping[str, str]
    form: bytes | None = None


@dataclass(frozen=True)
class Raw:
    """What came back; `reached` is the address that was asked."""

    status: int
    headers: httpx.Headers
    content: bytes
    reached: str


class _Transport(httpx.HTTPTransport):
    def __init__(self, backend: wire.Checked) -> None:
        super().__init__(verify=wire.trusted(), trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=wire.trusted(), max_connections=1, network_backend=backend
        )


def send(
    sent: Sent,
    allowed: Allowed,
    jar: httpx.Cookies | None = None,
    largest: int = LARGEST,
    by: wire.Resolve = wire.resolve,
) -> Raw:
    """Send one request and read its answer.

    Args:
        sent: what to send.
        allowed: which addresses may be connected to.
        jar: cookies to send and to fill; None keeps none.
        largest: bytes that are read at most, packed and unpacked.
        by: what looks names up.

    Raises:
        FetchFailed: with how it ended.
    """
    backend = wire.Checked(allowed, time.monotonic() + WHOLE_S, by)
    with told(), httpx.Client(
        transport=_Transport(backend), trust_env=False, follow_redirects=False, cookies=jar,
        timeout=httpx.Timeout(STEP_S, connect=CONNECT_S),
    ) as client:  # fmt: skip
        request = client.build_request(
            "GET" if sent.form is None else "POST", sent.target.url, content=sent.form,
            headers={**sent.headers, "Accept-Encoding": "gzip, deflate", "Connection": "close"},
        )  # fmt: skip
        answer = client.send(request, stream=True)
        try:
            content = b"" if rules.is_redirect(answer.status_code) else _read(answer, largest)
        finally:
            answer.close()
        if jar is not None:
            jar.update(client.cookies)
    return Raw(answer.status_code, answer.headers, content, backend.reached)


def _read(answer: httpx.Response, largest: int) -> bytes:
    told_length = answer.headers.get("content-length", "")
    if told_length.isdecimal() and int(told_length[:18]) > largest:
        raise FetchFailed("too-large")
    packing = answer.headers.get("content-encoding", "").strip().lower()
    if packing not in rules.UNPACKED:
        raise FetchFailed("encoding")
    packed = packing not in {"", "identity"}
    pieces, size = [], 0
    for piece in _unpacked(answer, largest) if packed else answer.iter_raw():
        size += len(piece)
        if size > largest:
            raise FetchFailed("too-large")
        pieces.append(piece)
    return b"".join(pieces)


def _unpacked(answer: httpx.Response, largest: int) -> Iterator[bytes]:
    """A gzip or zlib stream, never unpacked further than one byte beyond what is wanted."""
    machine, left = zlib.decompressobj(wbits=47), largest + 1
    try:
        for piece in answer.iter_raw():
            made = machine.decompress(piece, left)
            left -= len(made)
            yield made
            if left <= 0:
                return
        rest = machine.flush() if left > 0 and not machine.unconsumed_tail else b""
    except zlib.error as error:
        raise FetchFailed("encoding") from error
    if not machine.eof and not rest:
        raise FetchFailed("broke-off")
    yield rest


@contextmanager
def told() -> Iterator[None]:
    """Turn what a request raises into a failure with a reason."""
    try:
        yield
    except wire.Closed as error:
        raise FetchFailed("address-closed") from error
    except wire.Unnamed as error:
        raise FetchFailed("name") from error
    except httpx.TimeoutException as error:
        raise FetchFailed("timeout") from error
    except httpx.ConnectError as error:
        trusted = "CERTIFICATE_VERIFY_FAILED" not in str(error)
        raise FetchFailed("unreachable" if trusted else "certificate") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchFailed("broke-off") from error
