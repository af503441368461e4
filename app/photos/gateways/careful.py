"""HTTP to addresses that somebody else has typed: looked up once, checked, bounded.

The dangers removed here, over those of core/wire.py: a redirect that leads elsewhere, and an answer
that never ends or unpacks to gigabytes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, cast

import httpcore
import httpx

from app.core import wire
from app.core.reach import Allowed
from app.photos.rules.delivery import Astray, Damaged, Failure, Unreachable

CONNECT_S, STEP_S, WHOLE_S = 10.0, 30.0, 120.0
SMALL_ANSWER = 256 * 1024  # an XML parser takes some twenty times as much memory
AGENT = "office-photos/1"


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
        super().__init__(verify=wire.trusted(), trust_env=False)  # else it reads all anew
        self.largest = largest
        self._pool = httpcore.ConnectionPool(
            ssl_context=wire.trusted(),
            max_connections=2,
            network_backend=wire.Checked(allowed, time.monotonic() + whole_s),
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
    except wire.Closed as error:
        raise Astray("address-closed") from error
    except wire.Unnamed as error:
        raise Unreachable("name") from error
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
