"""A phone's uplink: slow, it loses 5 % of the requests, and counts the pieces that go twice.

Unlike the stamps' proxy the chance is taken once a request, because a piece of a photo is many
reads; the un-built front end's files are spared, so that a page loads at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.drills.chaos import CHUNK, POINTS, Chaos, Plan

RATE = 250_000
SPARED = "/static/"
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")
PIECE = "application/offset+octet-stream"


@dataclass
class Tally:
    """What went over the wire: how far each upload was sent, and what of it was sent again.

    `happened` tells how many kills and drops there were so far. A piece that goes again is the
    fault of the first one after its bytes were begun before: `begun` holds from where to where each
    piece of an upload went, how large the whole piece was, and how many there were then. By that
    number: `blamed`, how many pieces went again; `bytes_again`, how many bytes; and `lost`, the
    largest piece of those whose bytes they were. A phone sends smaller pieces after a failure, so
    one large piece that was lost may go again in several.
    """

    furthest: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    again: int = 0
    again_bytes: int = 0
    spell: bool = False
    answers: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    refused_bytes: int = 0
    pieces: int = 0
    cut: int = 0
    happened: Callable[[], int] = lambda: 0
    begun: dict[str, list[tuple[int, int, int, int, bool]]] = field(default_factory=dict)
    blamed: Counter[int] = field(default_factory=Counter)
    bytes_again: Counter[int] = field(default_factory=Counter)
    lost: dict[int, int] = field(default_factory=dict)

    def note(self, path: str, begin: int, end: int) -> int:
        """Bytes of an upload passed; how many of them had passed before."""
        known = self.furthest.get(path, 0)
        double = max(0, min(known, end) - begin)
        self.furthest[path] = max(known, end)
        self.sent += end - begin
        return double

    def remember(self, path: str, begin: int, end: int, when: int, size: int) -> None:
        """Another stretch of a piece of a size passed that was begun when so many had happened."""
        self.begun.setdefault(path, []).append((begin, end, when, size, self.spell))

    def blame(self, path: str, begin: int, end: int, first: bool) -> None:
        """Bytes that passed before go again, the first of their piece or not: what made it so."""
        for start, stop, when, size, in_spell in reversed(self.begun[path]):
            if start < end and begin < stop:
                if in_spell:  # a full disk or a locked database refused it: no kill's fault
                    return
                self.blamed[when] += first
                self.bytes_again[when] += end - begin
                self.lost[when] = max(size, self.lost.get(when, 0))
                return

    def double(self, number: int, first: bool) -> None:
        """Bytes that went again; those that a full disk or a locked database refused lie apart."""
        if self.spell:
            self.refused += first
            self.refused_bytes += number
        else:
            self.again += first
            self.again_bytes += number

    @property
    def most(self) -> float:
        """The most that one kill or drop made go again, in pieces of the size that was lost."""
        shares = (number / self.lost[when] for when, number in self.bytes_again.items())
        return max(shares, default=0.0)


class Meter:
    """Reads the requests of one connection as they pass."""

    def __init__(self, tally: Tally) -> None:
        """Count into `tally`."""
        self.tally = tally
        self.head = b""
        self.left = 0
        self.path, self.at, self.piece, self.doubled = "", 0, False, False
        self.begun = self.size = 0

    def feed(self, data: bytes) -> bool:
        """Take what passed; whether a request began in it."""
        began = False
        while data:
            if self.left:
                body, data = data[: self.left], data[self.left :]
                self._body(len(body))
                continue
            self.head, began = self.head + data, began or not self.head
            head, mark, data = self.head.partition(b"\r\n\r\n")
            if not mark:
                return began
            self.head = b""
            self._begin(head.decode("latin-1"))
        return began

    def _begin(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        fields = {name.lower(): text.strip() for name, _, text in (x.partition(":") for x in lines)}
        self.path = first.split(" ")[1] if first.count(" ") > 1 else ""
        self.size = self.left = int(fields.get("content-length", 0))
        self.piece = fields.get("content-type") == PIECE
        self.at, self.doubled = int(fields.get("upload-offset", 0)), False
        self.tally.pieces += self.piece
        self.begun = self.tally.happened()

    def _body(self, number: int) -> None:
        self.left -= number
        if not self.piece:
            return
        begin, self.at = self.at, self.at + number
        double = self.tally.note(self.path, begin, self.at)
        if double:
            if not self.tally.spell:
                self.tally.blame(self.path, begin, begin + double, not self.doubled)
            self.tally.double(double, not self.doubled)
            self.doubled = True
        self.tally.remember(self.path, begin, self.at, self.begun, self.size)


class Listening(asyncio.StreamReader):
    """The answers of a server as they are read; in a bad spell their status is counted."""

    def __init__(self, inner: asyncio.StreamReader, tally: Tally) -> None:
        """Read from `inner`."""
        super().__init__()
        self.inner, self.tally = inner, tally

    async def read(self, n: int = -1) -> bytes:
        """The next bytes."""
        data = await self.inner.read(n)
        found = ANSWER.match(data)
        if found and self.tally.spell:
            self.tally.answers[int(found[1])] += 1
        return data


class Uplink(Chaos):
    """The proxy with one chance a request, at the speed of a phone's network."""

    def __init__(self, port: int, target: int, seed: int) -> None:
        """Listen on `port`, forward to `target`; drops nothing until `share` is set."""
        super().__init__(port, target, 0.0, seed)
        self.tally = Tally()

    async def _requests(
        self, reader: asyncio.StreamReader, forth: asyncio.StreamWriter, plan: Plan
    ) -> None:
        meter = Meter(self.tally)
        drop_at = 0
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if meter.feed(data):
                    plan.point, drop_at = self._draw(meter)
                if plan.point == "before" or (plan.point == "in request" and meter.left <= drop_at):
                    forth.write(data[: len(data) // 2] if plan.point != "before" else b"")
                    await forth.drain()
                    self.tally.cut += meter.piece
                    return self._drop(plan)
                forth.write(data)
                await forth.drain()
                await asyncio.sleep(len(data) / RATE)
        return None

    async def _answers(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, plan: Plan
    ) -> None:
        await super()._answers(Listening(back, self.tally), writer, plan)

    def _draw(self, meter: Meter) -> tuple[str, int]:
        """Where this request is lost, "" for nowhere; in its body: with how many bytes to go."""
        if meter.path.startswith(SPARED):
            return "", 0
        self.exchanges += 1
        if not self._unlucky():
            return "", 0
        return self.chance.choice(POINTS), self.chance.randrange(meter.left + 1)

    def _drop(self, plan: Plan) -> None:
        super()._drop(plan)
        plan.point = ""

    def stop(self) -> None:
        """End every connection before the loop."""
        self.loop.call_soon_threadsafe(lambda: [one.cancel() for one in asyncio.all_tasks()])
        self.loop.call_soon_threadsafe(self.loop.call_later, 0.2, self.loop.stop)
        self.thread.join(5)
