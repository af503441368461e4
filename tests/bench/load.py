"""The load generator: one process, non-blocking sockets with keep-alive, canned requests.

The danger removed here: a client that is the bottleneck. Requests are made before, answers are
read to their Content-Length only, and `python -m tests.bench.load` runs beside the server.

Input on stdin, pickled: (port, for each connection its list of requests as bytes). Output on
stdout, pickled: `Burst`.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tools.setup import ROOT

CHUNK = 65536


@dataclass
class Burst:
    """What came of a burst: milliseconds a request in order of their answers, statuses, seconds."""

    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rps(self) -> float:
        """Answers a second."""
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds that a share of the requests (0.99: 99 %) did not pass."""
        return sorted(self.waits)[min(len(self.waits) - 1, int(len(self.waits) * share))]

    def check(self) -> Burst:
        """Itself; raises RuntimeError when any answer was not 200."""
        if set(self.statuses) != {200}:
            raise RuntimeError(f"answers other than 200: {self.statuses} {self.bodies[:2]}")
        return self


class Line:
    """One connection that sends its requests one after the other."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        """Connect at once."""
        self.requests = iter(requests)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.buffer = b""

    def next(self) -> bool:
        """Send the next request; False when there is none."""
        request = next(self.requests, None)
        if request is None:
            self.socket.close()
            return False
        self.buffer = b""
        self.began = time.perf_counter()
        self.socket.sendall(request)
        return True

    def read(self) -> tuple[int, bytes] | None:
        """The answer's status and body, when it is whole.

        Raises ConnectionError when the server hangs up in the middle.
        """
        got = self.socket.recv(CHUNK)
        if not got:
            raise ConnectionError("the server closed the connection")
        self.buffer += got
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        return (int(head[9:12]), body) if len(body) >= length else None


def fire(port: int, lines: Sequence[list[bytes]]) -> Burst:
    """Send every line's requests over a connection of its own, all at once."""
    burst, chooser = Burst(), selectors.DefaultSelector()
    open_lines = [Line(port, requests) for requests in lines]
    began = time.perf_counter()
    for line in open_lines:
        if line.next():
            chooser.register(line.socket, selectors.EVENT_READ, line)
    while chooser.get_map():
        for key, _mask in chooser.select(30):
            take(key.data, chooser, burst)
    burst.seconds = time.perf_counter() - began
    return burst


def take(line: Line, chooser: selectors.BaseSelector, burst: Burst) -> None:
    """Read what a line has got; go on to its next request when the answer is whole."""
    answer = line.read()
    if answer is None:
        return
    status, body = answer
    burst.waits.append((time.perf_counter() - line.began) * 1000)
    burst.statuses[status] += 1
    if status != 200:
        burst.bodies.append(body[:300])
    held = line.socket
    if not line.next():
        chooser.unregister(held)


def run(port: int, lines: Sequence[list[bytes]]) -> Burst:
    """`fire`, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=pickle.dumps((port, list(lines))),
        stdout=subprocess.PIPE,
        cwd=ROOT,
        check=True,
    )
    burst: Burst = pickle.loads(done.stdout)  # noqa: S301  from our own child
    return burst


def get(path: str, **headers: str) -> bytes:
    """A GET request as bytes; header names with _ for -."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes) -> bytes:
    """A POST of JSON as bytes, as our own page sends it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    given_port, given_lines = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own parent
    result = fire(given_port, given_lines)
    sys.modules["tests.bench.load"] = sys.modules["__main__"]
    Burst.__module__ = "tests.bench.load"
    sys.stdout.buffer.write(pickle.dumps(result))
