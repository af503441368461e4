"""Stamps a second by 50 phones, beside a bare Flask route with one durable ORM write.

Both servers run as `make run` starts them, with one worker of sixteen threads; bursts alternate
A B A B in the same run, so that the machine's mood touches both. Every stamp is valid, distinct
and next in its phone's chain.
"""

from __future__ import annotations

import os
import statistics

from tests.bench import crowd, load
from tests.bench.stage import Server, application, folder, free_port, instance, served
from tools.bench import Report

FIGURES = ("stamp_rps", "stamp_ratio", "stamp_p99_ms")
ROUNDS = 5
EACH = 15


def yardstick() -> Server:
    """The bare application's server, with the very settings of the product's."""
    port = free_port()
    env = dict(os.environ) | crowd.bare_env(folder(), port)
    server = Server(env | {"WEB_PROCESSES": "1", "DEMO": "1"})
    server.command[-1:] = ["--factory", "tests.bench.bare:make"]
    return server.start()


def requests(path: str, bodies: list[list[bytes]], start: int, each: int) -> list[list[bytes]]:
    """One round of each phone's stamps as requests."""
    return [[load.post(path, body) for body in line[start : start + each]] for line in bodies]


def run(report: Report) -> None:
    """Measure; stamps are made before, so that only the server works."""
    home = instance(demo=False)
    app = application(home, DEMO="0")
    bodies = crowd.stamps(app, crowd.gather(app), (ROUNDS + 1) * EACH)
    bare = yardstick()
    try:
        with served(home, DEMO="0") as server:
            hello = load.run(bare.port, [[load.get("/hello")] * 100] * crowd.PHONES).check()
            ours, theirs = bursts(server, bare, bodies)
    finally:
        bare.kill()
    pairs = [one.rps / other.rps for one, other in zip(ours, theirs, strict=True)]
    report.note(f"client's ceiling, bare hello: {hello.rps:.0f} requests/s")
    report.note(f"stamps/s by burst: {', '.join(f'{one.rps:.0f}' for one in ours)}")
    report.note(f"bare writes/s by burst: {', '.join(f'{one.rps:.0f}' for one in theirs)}")
    report.figure("stamp_rps", statistics.median(one.rps for one in ours))
    report.figure("stamp_ratio", statistics.median(pairs))
    waits = load.Burst(waits=[wait for one in ours for wait in one.waits])
    report.figure("stamp_p99_ms", waits.percentile(0.99))
    report.note(f"p50 {waits.percentile(0.5):.0f} ms, slowest {max(waits.waits):.0f} ms")


def bursts(
    server: Server, bare: Server, bodies: list[list[bytes]]
) -> tuple[list[load.Burst], list[load.Burst]]:
    """A warm-up round, then alternating bursts at both."""
    ours, theirs = [], []
    for turn in range(ROUNDS + 1):
        here = requests("/api/stamps", bodies, turn * EACH, EACH)
        there = requests("/write", bodies, turn * EACH, EACH)
        ours.append(load.run(server.port, here).check())
        theirs.append(load.run(bare.port, there).check())
    return ours[1:], theirs[1:]
