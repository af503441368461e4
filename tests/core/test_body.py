"""Large bodies have a share of the threads, and dead connections are found."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
import threading
from pathlib import Path

from flask import Flask

from app.core import body
from tests.photos.sender import Sender, refusal
from tests.scene import Scene


def test_beyond_their_share_large_bodies_wait_outside(app: Flask) -> None:
    sender = Sender(Scene(app))
    sender.create()
    slots: threading.Semaphore = app.extensions["body_slots"]
    for _ in range(body.SLOTS):
        assert slots.acquire(blocking=False)
    answer = sender.patch(0, sender.whole)
    assert refusal(answer)[:2] == (503, "server-busy")
    assert answer.headers["Retry-After"] == "2"
    assert sender.offset == 0  # asking needs no share
    slots.release()
    assert sender.patch(0, sender.whole[:-1]).status_code == 204
    assert sender.patch(len(sender.whole) - 1, sender.whole[-1:]).status_code == 204


def test_a_share_is_given_back_whatever_happens(app: Flask) -> None:
    sender = Sender(Scene(app))
    sender.create()
    for _ in range(3 * body.SLOTS):
        assert sender.patch(5, b"x").status_code == 409
    slots: threading.Semaphore = app.extensions["body_slots"]
    assert all(slots.acquire(blocking=False) for _ in range(body.SLOTS))
    assert not slots.acquire(blocking=False)


def test_connections_of_a_server_are_asked_whether_they_live() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert body.ask_for_life() >= 1
        with socket.create_connection(server.getsockname()), server.accept()[0] as taken:
            assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == body.ASK_AFTER_S
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == body.QUESTIONS
    assert len(list(Path("/proc/self/fd").iterdir())) == before


TRY_LOCK = """
import fcntl, sys
try:
    fcntl.lockf(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("held")
else:
    print("free")
"""


def lock_of(path: Path) -> str:
    """Whether another process may lock a file: `held` or `free`."""
    command = [sys.executable, "-c", TRY_LOCK, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_locks_of_files_are_left_alone(tmp_path: Path) -> None:
    """SQLite's locks are POSIX locks: without them another process deletes its log."""
    path = tmp_path / "office.db"
    path.write_bytes(b"x")
    with path.open("r+b") as file, socket.create_server(("127.0.0.1", 0)) as listening:
        fcntl.lockf(file, fcntl.LOCK_SH)
        assert lock_of(path) == "held"
        assert body.ask_for_life() >= 1
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert lock_of(path) == "held"
    assert lock_of(path) == "free"
