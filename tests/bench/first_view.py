"""What a first and a repeated view cost: bytes over the network, and the largest paint.

Slow 4G (1.6 Mbit/s, 150 ms) and a quarter of the processor's speed, through Chromium's own
protocol; a fresh profile each time. The service worker's own fetches come after the page and are
noted apart.
"""

from __future__ import annotations

import json
import statistics
import time
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import Server, instance, served
from tools.bench import Report
from tools.setup import ROOT

FIGURES = (
    "first_view_kb",
    "first_view_lcp_ms",
    "today_view_kb",
    "today_view_lcp_ms",
    "repeat_view_bytes",
)
REPEATS = 5
SLOWER = 4
SETTLE_MS = 1500
KB = 1024
LCP = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true });
  setTimeout(() => resolve(NaN), 3000);
})"""


@dataclass
class Traffic:
    """What a page fetched: URL and whether a worker or cache gave it, bytes by request."""

    session: CDPSession
    urls: dict[str, str] = field(default_factory=dict)
    local: set[str] = field(default_factory=set)
    sizes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Listen from now on."""
        self.session.on("Network.requestWillBeSent", self._sent)
        self.session.on("Network.requestServedFromCache", self._cached)
        self.session.on("Network.responseReceived", self._got)
        self.session.on("Network.loadingFinished", self._done)

    def _sent(self, event: dict[str, Any]) -> None:
        self.urls[event["requestId"]] = event["request"]["url"]

    def _cached(self, event: dict[str, Any]) -> None:
        self.local.add(event["requestId"])

    def _got(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        if answer.get("fromServiceWorker") or answer.get("fromDiskCache"):
            self.local.add(event["requestId"])

    def _done(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def fetched(self) -> dict[str, float]:
        """Bytes over the network by URL, response headers included."""
        found: dict[str, float] = {}
        for one, size in self.sizes.items():
            if one not in self.local and self.urls[one].startswith("http"):
                found[self.urls[one]] = found.get(self.urls[one], 0) + size
        return found


def slow(page: Page) -> Traffic:
    """Slow network and processor for a page; its traffic."""
    session = chromium.protocol(page, "Network")
    session.send("Network.emulateNetworkConditions", chromium.SLOW_4G)
    chromium.throttle(session, SLOWER)
    return Traffic(session)


def view(browser: Browser, server: Server, path: str) -> tuple[dict[str, float], float]:
    """A first view in a fresh profile: bytes by URL, and milliseconds to the largest paint."""
    context = chromium.phone(browser, server.url)
    page = context.new_page()
    traffic = slow(page)
    page.goto(path, wait_until="load")
    lcp = float(page.evaluate(LCP))
    page.wait_for_timeout(SETTLE_MS)
    context.close()
    return traffic.fetched(), lcp


def first(report: Report, browser: Browser, server: Server, path: str, names: str) -> None:
    """Measure a first view REPEATS times: the most bytes, the median paint."""
    seen = [view(browser, server, path) for _ in range(REPEATS)]
    heaviest = max((fetched for fetched, _ in seen), key=lambda one: sum(one.values()))
    report.figure(f"{names}_kb", sum(heaviest.values()) / KB)
    report.figure(f"{names}_lcp_ms", statistics.median(lcp for _, lcp in seen))
    parts = ", ".join(
        f"{url.partition(server.url)[2][:40]} {size / KB:.1f}" for url, size in heaviest.items()
    )
    report.note(f"{path}: {len(heaviest)} requests: {parts}")
    report.note(f"{path}: paints {', '.join(f'{lcp:.0f}' for _, lcp in seen)} ms")


def repeat(browser: Browser, server: Server) -> dict[str, float]:
    """A repeated view of the stamp screen by an officer: bytes of the shell by URL."""
    officer = Officer(chromium.phone(browser, server.url).new_page())
    officer.try_out()
    officer.set_up()
    officer.kept()
    officer.ready()
    time.sleep(2)
    traffic = Traffic(chromium.protocol(officer.page, "Network"))
    officer.ready()
    officer.page.wait_for_timeout(SETTLE_MS)
    officer.page.context.close()
    return {url: size for url, size in traffic.fetched().items() if "/api/" not in url}


def shell_kb() -> float:
    """What the service worker fetches to keep the whole app, gzip, from the build's own list."""
    built = json.loads((ROOT / "static/pwa/dist/build.json").read_text(encoding="utf-8"))
    total = 0
    for url in built["precache"]["assets"] if "assets" in built.get("precache", {}) else []:
        path = ROOT / url.lstrip("/")
        packed = path.with_name(path.name + ".gz")
        total += (packed if packed.exists() else path).stat().st_size
    return total / KB


def run(report: Report) -> None:
    """Measure first views, then a repeated one."""
    with served(instance()) as server, chromium.launched() as browser:
        urllib.request.urlopen(f"{server.url}/today").read()  # the server itself is warm
        first(report, browser, server, "/", "first_view")
        first(report, browser, server, "/today", "today_view")
        again = repeat(browser, server)
    report.figure("repeat_view_bytes", sum(again.values()))
    report.note(f"fetched again: {again or 'nothing'}; kept by the worker: {shell_kb():.0f} KB gz")
