"""From a counter's report to five thousand open pages, and the same pages after a restart.

The product as `make run` serves it: web processes and the worker. A counter reports every ten
seconds, as counters do, to a canteen that is open; each page asks by the rules of the real one
(canteen_pages.py) from a process of its own on the same machine. A report counts as seen by a page
when the page's document tells of it or of a later one. Then the web server is killed with all its
processes and started again: how long until every page was answered, counted from when the server
answers at all, and how many questions came in the busiest second.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update

from app.accounts.service import people
from app.cafeteria.models import Canteen as Canteens
from app.cafeteria.models import Hours
from app.cafeteria.queries import places
from app.cafeteria.service import addresses, canteens, devices
from app.cafeteria.service.devices import NewDevice
from app.core import clock, db
from app.core.config import Config
from app.core.db import transaction
from app.core.guard import Viewer
from tests.bench import stage
from tests.bench.canteen_pages import Order, Watched
from tests.bench.stage import Server
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("live_p95_ms", "live_back_s")
PAGES, REPORTS, EVERY_S = 5000, 12, 10.0
WARM_S, DOWN_S, BACK_S = 12.0, 1.0, 30.0
TICKS = 100  # of /proc a second


class Canteen:
    """A canteen that is open now, with a counter."""

    def __init__(self, app: Flask) -> None:
        """Make it."""
        self.app = app
        with app.app_context():
            with transaction():
                office = people.add_organisation("LUNCH", "많은시청", (35.2, 128.6), False)
                self.id = canteens.add_canteen(office, "본관 식당", 1500, ("한식",))
                self._open()
            line = places.list_lines(self.id)[0].id
            viewer = Viewer("", "", office, "", "", "", "", "", "administrator")
            with transaction():
                given = NewDevice(line, "입구", "both", 10)
                self.device, self.secret = devices.add(viewer, given)
        self.seq = 0

    def _open(self) -> None:
        """Serve from twenty minutes ago for two hours, whatever day it is."""
        now = clock.in_seoul(clock.now())
        minute = now.hour * 60 + now.minute
        db.run(delete(Hours).where(Hours.canteen_id == self.id))
        opens, closes = max(0, minute - 20), min(1440, minute + 120)
        row = {"canteen_id": self.id, "meal": "lunch", "opens": opens, "closes": closes}
        db.run_many(insert(Hours), [row | {"weekday": weekday} for weekday in range(7)])
        db.run(update(Canteens).values(rests_on_holidays=False))

    def paths(self, count: int) -> list[str]:
        """So many different addresses of its document."""
        found, now = [], clock.now()
        with self.app.app_context(), pytest.MonkeyPatch.context() as patch:
            for number in range(count):
                patch.setattr(clock, "now", lambda at=now - number: at)
                found.append(f"/api/canteen/live/{addresses.live_token(self.id)}")
        return found

    def report(self, url: str) -> tuple[int, float]:
        """Report as a counter does: the moment of the report (ms), and when it was answered."""
        self.seq += 1
        at = time.time()
        passed = {"in": 2 + self.seq % 5, "out": 1 + self.seq % 3}  # not frozen
        told = {"device": self.device, "seq": self.seq, "ts": at, "sent": at, **passed}
        body = json.dumps(told).encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json", "X-Canteen-Signature": f"v1={signature}",
        }  # fmt: skip
        asked = urllib.request.Request(f"{url}/api/canteen/readings", body, headers)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            answer.read()
        return int(at * 1000), at


def latencies(watched: Watched, reports: list[tuple[int, float]]) -> list[float]:
    """Milliseconds from each report to when each page saw it; pages that never did count as ten
    seconds."""
    found = []
    for at_ms, sent in reports:
        for page in watched.first:
            saw = next((when for told, when in page if told >= at_ms - 50), sent + 10)
            found.append((saw - sent) * 1000)
    return sorted(found)


def used(pids: list[int]) -> tuple[float, float]:
    """Seconds of processor and megabytes of some processes."""
    seconds = memory = 0.0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICKS
        status = Path(f"/proc/{pid}/status").read_text()
        memory += int(status.split("VmRSS:")[1].split()[0]) / 1024
    return seconds, memory


def ended(pages: subprocess.Popen[str]) -> Watched:
    """What the pages saw, once they are closed."""
    out, _ = pages.communicate(timeout=300)
    found = json.loads(out)
    found["answers"] = {int(second): many for second, many in found["answers"].items()}
    return Watched(**found)


def opened(order: Order) -> subprocess.Popen[str]:
    """Open the pages in a process of their own."""
    pages = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.canteen_pages"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert pages.stdin is not None
    pages.stdin.write(json.dumps(asdict(order)))
    pages.stdin.close()
    pages.stdin = None
    return pages


def live(report: Report, canteen: Canteen, server: Server, worker: int, count: int) -> None:
    """Report every ten seconds, and see when each page knows."""
    length = WARM_S + REPORTS * EVERY_S + 6
    pages = opened(Order(server.port, canteen.paths(count), time.time() + length))
    time.sleep(WARM_S)
    pids = [*server.workers(), worker]
    before, began = used(pids), time.monotonic()
    reports = []
    for number in range(REPORTS):
        reports.append(canteen.report(server.url))
        time.sleep(max(0.0, began + (number + 1) * EVERY_S - time.monotonic()))
    after, took = used(pids), time.monotonic() - began
    watched = ended(pages)
    waits = latencies(watched, reports)
    p50, p95, p99 = (waits[int(len(waits) * share) - 1] for share in (0.5, 0.95, 0.99))
    rate = statistics.median(watched.answers.values())
    report.note(
        f"{count} pages: {rate:.0f} answers a second, {watched.fresh} new documents, "
        f"{len(watched.failures)} failures; report to page p50/95/99/max "
        f"{p50:.0f}/{p95:.0f}/{p99:.0f}/{waits[-1]:.0f} ms; web processes and worker: "
        f"{100 * (after[0] - before[0]) / took:.0f} % of a core, {after[1]:.0f} MB"
    )
    report.figure("live_p95_ms", p95)


def back(report: Report, canteen: Canteen, server: Server, count: int) -> None:
    """Kill the web server, start it again, and see when every page is back."""
    length = WARM_S + DOWN_S + BACK_S
    pages = opened(Order(server.port, canteen.paths(count), time.time() + length))
    time.sleep(WARM_S)
    killed = time.time()
    server.kill()
    time.sleep(DOWN_S)
    server.start()
    up = time.time()
    watched = ended(pages)
    last = [max((at for at in page if at > killed), default=up + BACK_S) for page in watched.back]
    busiest = max(many for second, many in watched.answers.items() if second >= int(up))
    report.note(
        f"{count} pages, the server killed and answering again after {up - killed:.1f} s: the last "
        f"page back {max(last) - up:.1f} s later, half of them after "
        f"{statistics.median(last) - up:.1f} s; {busiest} answers in the busiest second, "
        f"{len(watched.failures)} questions without an answer"
    )
    report.figure("live_back_s", max(last) - up)


def run(report: Report, count: int = PAGES) -> None:
    """Measure both."""
    home = stage.instance(demo=False)
    canteen = Canteen(stage.application(home, DEMO="0"))
    processes = Config.from_env({"INSTANCE_DIR": "."}).web_processes
    with stage.served(home, DEMO="0", WEB_PROCESSES=str(processes)) as server:
        worker = subprocess.Popen(
            [sys.executable, "-m", "app.worker"], cwd=ROOT, env=server.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            canteen.report(server.url)
            time.sleep(5)
            live(report, canteen, server, worker.pid, count)
            back(report, canteen, server, count)
        finally:
            stage.kill_group(worker)
