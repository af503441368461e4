"""Reading request bodies in time, and large ones with a share of the server's threads.

The danger removed here: a slow phone holds a thread of the server while its body comes, and as
many phones as threads let nobody else in (seen: 20 phones, 16 threads, no answer). So large
bodies have half of the threads at most, and every body has a deadline and a least rate; what does
not keep to them is answered 408. The server (granian) has no such limits, and a read from it cannot
be broken off: so each body is read in a thread of its own, which is left behind when the time is
over and ends with its connection. A phone that has lost its network in the middle of a body
would hold that for hours: the operating system is told to ask such connections whether they live.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ClientDisconnected

from app.core.errors import Refusal

SLOTS = 8
SLOT_WITHIN_S = 0.2
AT_ONCE = 1 << 14
# The phones' own client gives a piece up after 60 s.
WHOLE_S, GRACE_S, LEAST_RATE = 90.0, 30.0, 1024
# A silent connection is asked after 20 s, then every 10 s, and given up after three questions.
ASK_AFTER_S, ASK_EVERY_S, QUESTIONS = 20, 10, 3


class ServerBusy(Refusal):
    """As many large bodies are being read as the server can."""

    status = 503
    code = "server-busy"
    title = _l("지금 사진을 보내는 사람이 많습니다")
    detail = _l("잠시 뒤 저절로 이어서 보냅니다.")
    retry_after = 2


class TooSlow(Refusal):
    """The body of a request did not come in time; nothing of it is kept, form or piece."""

    status = 408
    code = "too-slow"
    title = _l("보내는 속도가 너무 느립니다")
    detail = _l(
        "이번에 보내던 것은 받지 못했고, 앞서 받은 것은 그대로 있습니다. "
        "통신이 나아지면 다시 보내 주세요."
    )


@dataclass(frozen=True)
class Pace:
    """How long a body may take: `whole_s` seconds in all, and after `grace_s` never fewer bytes
    than `least_rate` for each further second."""

    whole_s: float = WHOLE_S
    grace_s: float = GRACE_S
    least_rate: float = LEAST_RATE

    def until(self, read: int) -> float:
        """How many seconds after the beginning the next bytes must be there, when some are."""
        return min(self.whole_s, self.grace_s + read / self.least_rate)


class Timed:
    """A request's body, to be read in time. What reads from the server is a thread of its own."""

    def __init__(self, inner: Any, pace: Pace) -> None:
        """Begin with nothing; the time counts from the first read."""
        self.inner, self.pace = inner, pace
        self.wanted = SimpleQueue[int]()
        self.found = SimpleQueue[bytes | BaseException]()
        self.began: float | None = None
        self.count = 0
        self.late = False

    def read(self, size: int = -1) -> bytes:
        """Up to that many bytes; all that is left when negative.

        Raises:
            TooSlow: they do not come in time.
            Exception: whatever the server's stream raises.
        """
        if size < 0:
            return b"".join(iter(lambda: self.read(AT_ONCE), b""))
        if self.late:
            raise TooSlow
        if self.began is None:
            self.began = time.monotonic()
            threading.Thread(target=self._work, name="body", daemon=True).start()
        self.wanted.put(min(size, AT_ONCE))
        return self._next(self.began + self.pace.until(self.count) - time.monotonic())

    def _next(self, left: float) -> bytes:
        try:
            found = self.found.get(timeout=max(0.0, left))
        except Empty:
            self.close()
            self.late = True
            raise TooSlow from None
        if isinstance(found, BaseException):
            raise found
        self.count += len(found)
        return found

    def readline(self, _size: int = -1) -> bytes:
        """WSGI asks for it; nobody reads lines here."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the thread end, as soon as the server lets it go."""
        if self.began is not None:
            self.wanted.put(-1)

    def _work(self) -> None:
        while (size := self.wanted.get()) >= 0:
            try:
                self.found.put(self.inner.read(size))
            except BaseException as error:  # it is raised where it was asked for
                self.found.put(error)


def read_body(most: int) -> bytes | None:
    """The body, or as much of it as came before the connection broke.

    Args:
        most: bytes that it may have.

    Returns:
        None when it has more.

    Raises:
        ServerBusy: too many are being read. TooSlow: it does not come in time.
    """
    wanted = request.content_length
    if wanted is not None and wanted > most:
        return None
    with slot():
        piece = _read(most + 1 if wanted is None else wanted)
    return None if len(piece) > most else piece


def _read(wanted: int) -> bytes:
    request.max_content_length = wanted + 1  # the stream itself is never exhausted
    piece = bytearray()
    with contextlib.suppress(ClientDisconnected, OSError):  # what came counts
        while len(piece) < wanted:
            some = request.stream.read(min(AT_ONCE, wanted - len(piece)))
            if not some:
                break
            piece += some
    return bytes(piece)


@contextlib.contextmanager
def slot() -> Iterator[None]:
    """A share of the threads for a large body, while it is read.

    Raises:
        ServerBusy: too many are being read.
    """
    slots: threading.Semaphore = current_app.extensions["body_slots"]
    if not slots.acquire(timeout=SLOT_WITHIN_S):
        raise ServerBusy
    try:
        if not current_app.extensions["body_asked"].is_set():
            current_app.extensions["body_asked"].set()
            ask_for_life()
        yield
    finally:
        slots.release()


def ask_for_life() -> int:
    """Let the operating system find dead connections of this process's servers; how many servers.

    What accepts connections hands its options down to them (Linux); elsewhere nothing happens.
    """
    found = 0
    for name in Path("/proc/self/fd").glob("*"):
        with contextlib.suppress(OSError, ValueError):  # no socket, or closed meanwhile
            found += _ask(int(name.name))
    return found


def _ask(number: int) -> int:
    # Only sockets are touched: to close a copy of a file's descriptor drops every POSIX lock that
    # the process holds on that file, and with its locks SQLite loses its write-ahead log.
    if not stat.S_ISSOCK(os.fstat(number).st_mode):
        return 0
    copy = os.dup(number)
    try:
        one = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return 0
    with one:
        listens = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if not listens or one.family not in {socket.AF_INET, socket.AF_INET6}:
            return 0
        one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, ASK_AFTER_S)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, ASK_EVERY_S)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, QUESTIONS)
    return 1


def init_app(app: Flask) -> None:
    """Set the share of threads, and the time that bodies have."""
    app.extensions["body_slots"] = threading.Semaphore(SLOTS)
    app.extensions["body_asked"] = threading.Event()
    app.extensions["body_pace"] = Pace()
    inner = app.wsgi_app

    def timed(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Hand a body on as one that is read in time."""
        body = Timed(environ["wsgi.input"], app.extensions["body_pace"])
        environ["wsgi.input"] = body
        try:
            return inner(environ, start)
        finally:
            body.close()

    app.wsgi_app = timed  # type: ignore[assignment,method-assign]
