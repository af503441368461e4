"""A server on loopback that answers as badly as it is told to, and keeps what it was asked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

Answer = Callable[[socket.socket, str], None]


def page(body: bytes = b"hello", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer; `_` in a header's name is a hyphen."""
    given = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@dataclass
class BadServer:
    """What it answers by path: bytes, or a function of the connection. The other paths are 404."""

    port: int = 0
    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], float]] = field(default_factory=list)
    active: int = 0
    most_active: int = 0

    @property
    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [one[0] for one in self.asked]

    def url(self, path: str = "/") -> str:
        """An address of it."""
        return f"http://127.0.0.1:{self.port}{path}"

    def headers(self, number: int = -1) -> dict[str, str]:
        """The headers of a request."""
        return self.asked[number][1]

    def serve(self, connection: socket.socket) -> None:
        """Answer one request."""
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            with connection:
                connection.settimeout(10)
                self._answer(connection)
        except OSError:
            pass  # whoever asked is gone
        finally:
            self.active -= 1

    def _answer(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        first, *lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        path = first.split(" ")[1]
        given = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        self.asked.append((path, given, time.monotonic()))
        answer = self.answers.get(path, page(b"", "404 Not Found"))
        if callable(answer):
            answer(connection, path)
        else:
            connection.sendall(answer)


@contextmanager
def serving() -> Iterator[BadServer]:
    """A server for the length of a `with` block."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = BadServer(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def drip(connection: socket.socket, _path: str) -> None:
    """A byte now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def endless(connection: socket.socket, _path: str) -> None:
    """As much as anybody reads."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"a" * 65536)


def bomb(connection: socket.socket, _path: str) -> None:
    """A few kilobytes that unpack to a hundred megabytes."""
    connection.sendall(page(packed_bomb(), Content_Encoding="gzip"))


@lru_cache(maxsize=1)
def packed_bomb() -> bytes:
    """The bomb."""
    return gzip.compress(b"\0" * 100_000_000, 9)


def silent(connection: socket.socket, _path: str) -> None:
    """Nothing at all."""
    connection.recv(1)


def hang_up(connection: socket.socket, _path: str) -> None:
    """The middle of an answer."""
    connection.sendall(page(b"x" * 1000)[:400])


def chunked(connection: socket.socket, _path: str) -> None:
    """In pieces, one of them slow."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n"
    )
    time.sleep(0.05)
    connection.sendall(b"6\r\n world\r\n0\r\n\r\n")
