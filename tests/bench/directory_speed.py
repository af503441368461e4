"""How quickly 누고? answers 2,000 queries of every class in a process, and how its peers do.

One thread, everything read once before, no answer kept: `top` is the first 50 in the country,
`page` the whole answer of a page with all its counts and the best rows of ten offices. Each query
counts with the median of three rounds: one pause of the machine is no query's time.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from app.directory.service import library, search
from app.directory.service.reading import top
from tests.bench import directory_peers, nation, officials
from tests.bench.directory_queries import COUNT, Asked, queries
from tests.bench.stage import folder
from tools.bench import Report

FIGURES = (
    "dir_top50_p50_ms", "dir_top50_p95_ms", "dir_top50_p99_ms", "dir_top50_max_ms",
    "dir_page_p50_ms", "dir_page_p95_ms", "dir_page_p99_ms", "dir_vs_like", "dir_vs_tantivy",
)  # fmt: skip
LIKE_SAMPLE = 100
SLOWEST = 8
ROUNDS = 3


def percentile(times: Iterable[float], share: float) -> float:
    """What a share of the times does not pass."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass
class Times:
    """Milliseconds of a series by the clock on the wall and by the thread's processor."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        """Do something once and count it."""
        busy, began = time.thread_time(), time.perf_counter()
        work()
        self.wall.append((time.perf_counter() - began) * 1000)
        self.busy.append((time.thread_time() - busy) * 1000)

    def text(self) -> str:
        """Percentiles as a person reads them."""
        wall = [f"{percentile(self.wall, share):.2f}" for share in (0.5, 0.95, 0.99, 1)]
        busy = [f"{percentile(self.busy, share):.2f}" for share in (0.5, 0.95, 0.99, 1)]
        return f"p50/95/99/most {'/'.join(wall)} ms; of processor {'/'.join(busy)}"


def tops(asked: Sequence[str]) -> Times:
    """The first 50 of each."""
    times = Times()
    for query in asked:
        times.take(lambda query=query: top(query))  # type: ignore[misc]
    return times


def pages(asked: Sequence[str]) -> Times:
    """A whole page of each, none from memory."""
    times = Times()
    for query in asked:
        library.get().answers.clear()
        times.take(lambda query=query: search.ask(query))  # type: ignore[misc]
    return times


def median(rounds: Sequence[Times]) -> Times:
    """Each query's median of some rounds."""
    walls, busies = zip(*((one.wall, one.busy) for one in rounds), strict=True)
    return Times(*(list(map(statistics.median, zip(*all_of, strict=True)))
                   for all_of in (walls, busies)))  # fmt: skip


def explain(report: Report, asked: Sequence[Asked], top: Times, page: Times) -> None:
    """Say how each class does, and which queries take longest."""
    of_kind = defaultdict[str, list[int]](list)
    for place, one in enumerate(asked):
        of_kind[one.kind].append(place)
    for kind, places in of_kind.items():
        parts = (Times([of.wall[at] for at in places], [of.busy[at] for at in places])
                 for of in (top, page))  # fmt: skip
        report.note(f"{kind}: " + " | ".join(part.text() for part in parts))
    for name, times in (("top", top), ("page", page)):
        slow = sorted(range(len(asked)), key=lambda at: -times.busy[at])[:SLOWEST]
        said = ", ".join(f"{asked[at].query} {times.busy[at]:.0f}" for at in slow)
        report.note(f"{name}: most of processor: {said}")


def run(report: Report, people: int = officials.COUNT, count: int = COUNT) -> None:
    """Measure the product, then its peers on the same queries."""
    with nation.opened(people):
        asked = queries(count)
        words = [one.query for one in asked]
        pages(words)
        top = median([tops(words) for _ in range(ROUNDS)])
        page = median([pages(words) for _ in range(ROUNDS)])
        explain(report, asked, top, page)
        give(report, top, page)
        peers(report, words, top)


def give(report: Report, top: Times, page: Times) -> None:
    """The product's own figures."""
    report.note(f"top 50: {top.text()}")
    report.note(f"page: {page.text()}")
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)):
        report.figure(f"dir_top50_{name}_ms", percentile(top.wall, share))
    for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        report.figure(f"dir_page_{name}_ms", percentile(page.wall, share))


def peers(report: Report, words: Sequence[str], top: Times) -> None:
    """The same top 50 by tantivy, all of them, and by LIKE, a sample."""
    other = directory_peers.Tantivy(folder())
    with other.answering():
        tops(words)
        theirs = median([tops(words) for _ in range(ROUNDS)])
    again = median([tops(words) for _ in range(ROUNDS)])
    scan = Times()
    for query in random.Random(1).sample(words, min(LIKE_SAMPLE, len(words))):  # noqa: S311
        scan.take(lambda query=query: directory_peers.like(query))  # type: ignore[misc]
    report.note(f"tantivy: {theirs.text()}; index {other.mb:.0f} MB")
    report.note(f"ours again: {again.text()}")
    report.note(f"LIKE: {scan.text()}")
    ours = min(percentile(one.wall, 0.99) for one in (top, again))
    report.figure("dir_vs_tantivy", ours / percentile(theirs.wall, 0.99))
    report.figure("dir_vs_like", percentile(scan.wall, 0.99) / ours)
