"""Thousands of open pages of a canteen in one process, each of which asks as canteen_live.js does
over a connection of its own, and writes down when it saw which report.

    python -m tests.bench.canteen_pages   reads an order (JSON), prints what was seen

The page's rules: every 2.0 to 2.9 s, with the tag of what is known; after a first failure 1 to 5 s,
after a second 2.5 to 5 s, then twice as long each time, 15 s at most.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import asdict, dataclass, field

PERIOD_S, SLOWEST_S, TIMEOUT_S = 2.5, 15.0, 10.0
SEEN = re.compile(rb'"seen_ms":(\d+)')


@dataclass(frozen=True)
class Order:
    """Which addresses are asked at a port, one page each, until when (Unix seconds)."""

    port: int
    paths: list[str]
    until: float


@dataclass
class Watched:
    """What all pages saw: `first` is, by the moment of a report (`seen_ms`), when each page saw it
    or a later one (Unix seconds); `answers` by second; `failures` the moments of failed questions;
    `back` when each page was answered after failures."""

    first: list[list[tuple[int, float]]] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    fresh: int = 0
    failures: list[float] = field(default_factory=list)
    back: list[list[float]] = field(default_factory=list)


class Page(asyncio.Protocol):
    """One page and its connection."""

    def __init__(self, order: Order, path: str, watched: Watched) -> None:
        """Keep whom to ask for what."""
        self.order, self.path, self.watched = order, path, watched
        self.loop = asyncio.get_running_loop()
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.tag = b""
        self.failed = 0
        self.waiting = False
        self.late: asyncio.TimerHandle | None = None
        self.seen: list[tuple[int, float]] = []
        self.back: list[float] = []
        watched.first.append(self.seen)
        watched.back.append(self.back)

    def start(self, within: float) -> None:
        """Ask for the first time within so many seconds."""
        self.loop.call_later(random.uniform(0, within), self.ask)  # noqa: S311

    def ask(self) -> None:
        """Ask once."""
        if time.time() >= self.order.until:
            if self.transport is not None:
                self.transport.close()
            return
        self.waiting = True
        self.late = self.loop.call_later(TIMEOUT_S, self.fail)
        if self.transport is None or self.transport.is_closing():
            self.loop.create_task(self.connect())
        else:
            self.send()

    async def connect(self) -> None:
        """Open a connection."""
        try:
            await self.loop.create_connection(lambda: self, "127.0.0.1", self.order.port)
        except OSError:
            self.fail()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask over a new connection."""
        self.transport = transport  # type: ignore[assignment]
        self.buffer = b""
        if self.waiting:
            self.send()

    def send(self) -> None:
        """Write the question."""
        known = b"If-None-Match: " + self.tag + b"\r\n" if self.tag else b""
        assert self.transport is not None
        self.transport.write(
            b"GET " + self.path.encode() + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Accept: application/json\r\n" + known + b"\r\n"
        )

    def data_received(self, data: bytes) -> None:
        """Take an answer when it is whole."""
        self.buffer += data
        head, mark, body = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if found and len(body) < int(found[1]):
            return
        self.buffer = b""
        self.take(head, body)

    def take(self, head: bytes, body: bytes) -> None:
        """What an answer says."""
        status = head[9:12]
        if status not in {b"200", b"304"}:
            self.fail()
            return
        now = time.time()
        second = int(now)
        self.watched.answers[second] = self.watched.answers.get(second, 0) + 1
        if self.failed:
            self.back.append(now)
        if status == b"200":
            tag = re.search(rb'etag: ("[^"]+")', head, re.IGNORECASE)
            self.tag = tag[1] if tag else b""
            self.watched.fresh += 1
            told = [int(one) for one in SEEN.findall(body)]
            if told and (not self.seen or max(told) > self.seen[-1][0]):
                self.seen.append((max(told), now))
        self.end()
        self.failed = 0
        self.plan()

    def fail(self) -> None:
        """No answer, or none that helps."""
        if not self.waiting:
            return
        self.end()
        self.failed += 1
        self.watched.failures.append(time.time())
        if self.transport is not None:
            self.transport.abort()
            self.transport = None
        self.plan()

    def connection_lost(self, _error: Exception | None) -> None:
        """The server has gone."""
        self.transport = None
        self.fail()

    def end(self) -> None:
        """The question is answered, or given up."""
        self.waiting = False
        if self.late is not None:
            self.late.cancel()

    def plan(self) -> None:
        """Ask again when the page would."""
        chance = random.random()  # noqa: S311
        if not self.failed:
            pause = PERIOD_S * (0.8 + chance * 0.36)
        elif self.failed == 1:
            pause = PERIOD_S * (0.4 + chance * 1.6)
        else:
            pause = min(SLOWEST_S, PERIOD_S * 2 ** (self.failed - 1)) * (0.5 + chance * 0.5)
        self.loop.call_later(pause, self.ask)


async def watch(order: Order) -> Watched:
    """Open all pages and let them ask until the end."""
    watched = Watched()
    for path in order.paths:
        Page(order, path, watched).start(within=PERIOD_S * 2)
    await asyncio.sleep(order.until + 1 - time.time())
    return watched


if __name__ == "__main__":
    given = Order(**json.load(sys.stdin))
    json.dump(asdict(asyncio.run(watch(given))), sys.stdout)
