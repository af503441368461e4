"""A loopback proxy that loses connections: 5 % of them, at every point where it can hurt.

Each exchange over a connection is a new chance: the connection is reset before the request
arrives, in the middle of it, after the server has it but before the answer, or in the middle of
the answer. While the server is down, connections are refused as they would be without us.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from typing import Self

CHUNK = 65536
POINTS = ("before", "in request", "before answer", "in answer")


class Chaos:
    """The proxy, in a thread of its own; `dropped` counts what it lost, by point."""

    def __init__(self, port: int, target: int, share: float, seed: int) -> None:
        """Listen on `port`, forward to `target`, drop `share` of the exchanges."""
        self.port, self.target, self.share = port, target, share
        self.chance = random.Random(seed)  # noqa: S311  repeatable on purpose
        self.dropped = dict.fromkeys(POINTS, 0)
        self.exchanges = 0
        self.open: set[asyncio.StreamWriter] = set()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> Self:
        """Begin to listen."""
        listening = threading.Event()
        self.loop.call_soon(listening.set)
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port)
        )
        self.thread.start()
        listening.wait(5)
        return self

    def stop(self) -> None:
        """Close every connection, wait until nothing is under way, and end."""
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    async def _end(self) -> None:
        self.server.close()
        for writer in self.open:
            writer.transport.abort()
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*under_way, return_exceptions=True)

    def _live(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        try:
            await self._carry(reader, writer)
        finally:
            self.open.discard(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        plan = Plan()
        ways = (self._requests(reader, forth, plan), self._answers(back, writer, plan))
        tasks = [asyncio.ensure_future(way) for way in ways]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for end in (writer, forth):
            with contextlib.suppress(OSError):
                end.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _requests(
        self, reader: asyncio.StreamReader, forth: asyncio.StreamWriter, plan: Plan
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                self.exchanges += 1
                plan.point = self.chance.choice(POINTS) if self._unlucky() else ""
                if plan.point == "before":
                    return self._drop(plan)
                if plan.point == "in request":
                    forth.write(data[: len(data) // 2])
                    await forth.drain()
                    return self._drop(plan)
                forth.write(data)
                await forth.drain()
        return None

    async def _answers(
        self, back: asyncio.StreamReader, writer: asyncio.StreamWriter, plan: Plan
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await back.read(CHUNK):
                if plan.point == "in answer":
                    writer.write(data[: len(data) // 2])
                    await writer.drain()
                if plan.point:
                    return self._drop(plan)
                writer.write(data)
                await writer.drain()
        return None

    def _unlucky(self) -> bool:
        return self.chance.random() < self.share

    def _drop(self, plan: Plan) -> None:
        self.dropped[plan.point] += 1


class Plan:
    """Where the exchange under way is to be lost; "" when it is not."""

    point = ""
