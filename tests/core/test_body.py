"""Large bodies have a share of the threads, and dead connections are found."""

from __future__ import annotations

import fcntl
import http.client
import io
import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask

from app.core import body
from tests import factories
from tests.bench import stage
from tests.factories import SentRecord
from tests.photos.sender import PIECE, UPLOADS, Sender, metadata, refusal
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


@contextmanager
def hurried(**changes: str) -> Iterator[tuple[stage.Server, SentRecord]]:
    """The product as it is served, whose bodies have a second, and a record sent to it."""
    instance = stage.instance(demo=False)
    with stage.application(instance).app_context():
        sent = factories.photo_record(factories.make_office().phone)
    env = stage.settings(instance, stage.free_port(), **changes)
    command = [*stage.Server(env).command[:-1], "tests.core.hurried:app"]
    server = stage.Server(env, command).start()
    try:
        yield server, sent
    finally:
        server.kill()


def ask(server: stage.Server, method: str, path: str, sent: bytes = b"", /, **headers: str) -> Any:
    """One request: the answer with its body read."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    link.request(method, path, sent, named)
    answer = link.getresponse()
    content = answer.read()
    link.close()
    return answer.status, dict(answer.getheaders()), content


def trickle(server: stage.Server, head: str, step_s: float) -> tuple[int, bytes]:
    """Send a request whose body never ends, a byte now and then; the answer's status and body."""
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(f"{head}Host: 127.0.0.1\r\nContent-Length: 60000\r\n\r\n".encode())
        while not select.select([line], [], [], step_s)[0]:
            line.sendall(b"x")
        line.settimeout(20)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        return answer.status, answer.read()


def test_bodies_that_trickle_in_are_answered_in_time_and_nothing_is_lost() -> None:
    with hurried() as (server, sent):
        signed = json.dumps(sent.body).encode()
        answer = ask(server, "POST", "/api/photos/records", signed, Content_Type="application/json")
        ticket = json.loads(answer[2])["ticket"]
        whole = sent.pictures[sent.photo_ids[0]]
        own = {"Tus_Resumable": "1.0.0", "Authorization": f"Bearer {ticket}"}
        made = {"Upload_Length": str(len(whole)), "Upload_Metadata": metadata(sent.photo_ids[0])}
        url = ask(server, "POST", UPLOADS, **own, **made)[1]["location"]
        piece = {"Content_Type": PIECE, **own}
        assert ask(server, "PATCH", url, whole[:100], Upload_Offset="0", **piece)[0] == 204
        slow = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in piece.items())
        slow = f"PATCH {url} HTTP/1.1\r\nUpload-Offset: 100\r\n{slow}"
        small = "POST /api/photos/records HTTP/1.1\r\nContent-Type: application/json\r\n"
        heads = [slow] * body.SLOTS + [small] * 16
        with ThreadPoolExecutor(len(heads)) as phones:
            steps = [0.1, 30.0] * (len(heads) // 2)  # some bytes, or none at all
            answers = list(phones.map(partial(trickle, server), heads, steps))
        assert {status for status, _ in answers} == {408}
        assert {json.loads(content)["code"] for _, content in answers} == {"too-slow"}
        assert ask(server, "HEAD", url, **own)[1]["upload-offset"] == "100"
        assert ask(server, "PATCH", url, whole[100:], Upload_Offset="100", **piece)[0] == 204
        assert ask(server, "HEAD", url, **own)[1]["upload-offset"] == str(len(whole))


def test_a_body_has_a_least_rate_and_an_end() -> None:
    pace = body.Pace(whole_s=90, grace_s=30, least_rate=1024)
    assert [pace.until(kib * 1024) for kib in (0, 10, 59, 60, 1000)] == [30, 40, 89, 90, 90]


def test_what_the_server_says_of_a_body_is_passed_on() -> None:
    class Broken:
        """A stream that breaks at its second read."""

        left: ClassVar = [b"one"]

        def read(self, _size: int) -> bytes:
            """What is left."""
            if not self.left:
                raise OSError("broken")
            return self.left.pop()

    timed = body.Timed(Broken(), body.Pace())
    assert timed.read(10) == b"one"
    with pytest.raises(OSError, match="broken"):
        timed.read(10)
    timed.close()
    late = body.Timed(io.BytesIO(b"x"), body.Pace(0, 0, 1))
    late.inner.read = lambda _size: time.sleep(0.3)
    for _ in range(2):
        with pytest.raises(body.TooSlow):
            late.read()


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
