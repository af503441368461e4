"""Fifty people type into 누고? at once over the whole country, a stroke every 250 ms.

The product as `make run` serves it, with its default number of web processes. The page asks one
question at a time: a stroke waits for the answer to the one before. While somebody types it asks
for the first offices, behind each word for the whole list. The typists sit in a process of their
own.
"""

from __future__ import annotations

import pickle
import subprocess
import sys

from app.core.config import Config
from tests.bench import directory_crowd, nation, officials
from tests.bench.load import Burst
from tests.bench.stage import served
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("dir_http_p99_ms",)
TYPISTS = 50


def beside(port: int, lines: list[list[bytes]]) -> Burst:
    """`type_all` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.directory_http"], input=pickle.dumps((port, lines)),
        stdout=subprocess.PIPE, cwd=ROOT, check=True,
    )  # fmt: skip
    burst: Burst = pickle.loads(done.stdout)  # noqa: S301  from our own child
    return burst


def run(report: Report, people: int = officials.COUNT, typists: int = TYPISTS) -> None:
    """Type twice, the first time to warm up."""
    processes = Config.from_env({"INSTANCE_DIR": "."}).web_processes
    with nation.opened(people) as app:
        cookies = directory_crowd.cookies(app, typists)
        warm = directory_crowd.typists(cookies, 1)
        lines = directory_crowd.typists(cookies)
    home = nation.built(people).home
    with served(home, DEMO="0", WEB_PROCESSES=str(processes)) as server:
        beside(server.port, warm).check()
        burst = beside(server.port, lines).check()
    parts = [f"{burst.percentile(share):.0f}" for share in (0.5, 0.95, 0.99)]
    report.note(
        f"{typists} typists, {processes} processes: {len(burst.waits)} strokes,"
        f" {burst.rps:.0f} answers a second, p50/95/99 {'/'.join(parts)} ms"
    )
    report.figure("dir_http_p99_ms", burst.percentile(0.99))


if __name__ == "__main__":
    given_port, given_lines = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own parent
    sys.stdout.buffer.write(pickle.dumps(directory_crowd.type_all(given_port, given_lines)))
