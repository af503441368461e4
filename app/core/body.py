"""Reading a large request body with a share of the server's threads.

The danger removed here: a slow phone holds a thread of the server while its body comes, and as
many phones as threads let nobody else in (seen: 20 phones, 16 threads, no answer). So large
bodies have half of the threads at most. A phone that has lost its network in the middle of a body
would hold its thread for hours, since the server has no time limit for bodies: the operating
system is told to ask such connections whether they live.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ClientDisconnected

from app.core.errors import Refusal

SLOTS = 8
SLOT_WITHIN_S = 0.2
AT_ONCE = 1 << 16
# A silent connection is asked after 20 s, then every 10 s, and given up after three questions.
ASK_AFTER_S, ASK_EVERY_S, QUESTIONS = 20, 10, 3


class ServerBusy(Refusal):
    """As many large bodies are being read as the server can."""

    status = 503
    code = "server-busy"
    title = _l("지금 사진을 보내는 사람이 많습니다")
    detail = _l("잠시 뒤 저절로 이어서 보냅니다.")
    retry_after = 2


def read_body(most: int) -> bytes | None:
    """The body, or as much of it as came before the connection broke.

    Args:
        most: bytes that it may have.

    Returns:
        None when it has more.

    Raises:
        ServerBusy: too many are being read.
    """
    wanted = request.content_length
    if wanted is not None and wanted > most:
        return None
    with _slot():
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
def _slot() -> Iterator[None]:
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
    """Set the share of threads."""
    app.extensions["body_slots"] = threading.Semaphore(SLOTS)
    app.extensions["body_asked"] = threading.Event()
