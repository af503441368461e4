"""A hundred stamps through 30 kills of the browser, 10 of the server, 5 % lost connections.

At the end every stamp that the phone says it has stands on the server exactly once, the chain is
whole, and the phone holds a receipt that verifies for each.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright
from sqlalchemy import select

from app.core import db
from app.trips.models import Fork, Stamp
from app.trips.rules import receipt
from app.trips.rules.claims import NO_HASH
from app.trips.rules.verdict import short_code
from app.trips.service import keys
from tests.bench.drills.chaos import Chaos
from tests.bench.drills.killable import Killable
from tests.bench.officer import Officer
from tests.bench.stage import (
    NotReadyError,
    Server,
    application,
    folder,
    free_port,
    instance,
    settings,
)
from tools.bench import Report

FIGURES = ("stamp_drill_lost", "stamp_drill_doubled")
STAMPS, BROWSER_KILLS, SERVER_KILLS, DROPPED = 100, 30, 10, 0.05
SEED = 20261122
DRAIN_WITHIN = 240.0
CODE = "() => document.getElementById('sheet').querySelector('[data-part=code]').textContent"


@dataclass
class Drill:
    """The parts of the drill and what has happened."""

    server: Server
    chaos: Chaos
    phone: Killable
    chance: random.Random
    officer: Officer | None = None
    shown: set[str] = field(default_factory=set)
    made: int = 0
    server_kills: int = 0

    def at_work(self) -> Officer:
        """The officer before the stamp screen, in a new browser when the last one was killed."""
        for _ in range(5):
            try:
                if self.officer is None:
                    self.officer = self.phone.start()
                if "/today" not in self.officer.page.url:
                    self.officer.page.goto(f"{self.phone.url}/today")
                self.officer.page.wait_for_selector("#stamp[data-state=ready]")
                return self.officer
            except (Error, NotReadyError):  # a kill may also meet a browser that is starting
                self.officer = None
        raise RuntimeError("the stamp screen does not come back")

    def stamp(self) -> None:
        """One stamp; what the screen shows is written down. A kill may come in the middle."""
        officer = self.at_work()
        with contextlib.suppress(Error):
            officer.stamp()
            self.shown.add(officer.page.evaluate(CODE))
            officer.put_away()
            return
        self.officer = None

    def toggle_server(self) -> None:
        """Kill the server, or start it when it is dead."""
        if self.server.process is None:
            self.server.start()
        else:
            self.server.kill()
            self.server_kills += 1

    def count(self) -> int:
        """How many stamps the phone has stored."""
        try:
            self.made = len(self.at_work().items())
        except Error:
            self.officer = None
        return self.made


def plan(chance: random.Random) -> dict[int, list[str]]:
    """At which stamps what is killed; a server that is killed stays dead for some stamps."""
    events: dict[int, list[str]] = {}
    for at in sorted(chance.sample(range(2, STAMPS - 2), BROWSER_KILLS)):
        events.setdefault(at, []).append("browser")
    step = STAMPS // SERVER_KILLS
    for turn in range(SERVER_KILLS):
        dead = turn * step + chance.randrange(1, 3)
        events.setdefault(dead, []).append("server")
        events.setdefault(dead + chance.randrange(3, step - 2), []).append("server")
    return events


def make_stamps(drill: Drill) -> None:
    """Stamp until the phone has STAMPS, with kills at random moments on the way."""
    events, at = plan(drill.chance), 0
    while drill.count() < STAMPS:
        at = max(at, drill.made)
        for event in events.pop(at, []):
            if event == "server":
                drill.toggle_server()
            else:
                drill.phone.kill_in(drill.chance.uniform(0, 1.2))
        drill.stamp()
        time.sleep(drill.chance.uniform(0, 0.5))
        at += 1
    if drill.server.process is None:
        drill.server.start()


def drain(drill: Drill) -> list[dict[str, Any]]:
    """Wait until the phone has a receipt for all; kills that are left come while it sends."""
    end = time.monotonic() + DRAIN_WITHIN
    items: list[dict[str, Any]] = []
    while time.monotonic() < end:
        with contextlib.suppress(Error):
            items = drill.at_work().items()
            if all(item["state"] == "received" for item in items) and done(drill):
                return items
            if drill.phone.kills < BROWSER_KILLS:
                drill.phone.kill_in(drill.chance.uniform(0, 1.0)).join()
            elif drill.server_kills < SERVER_KILLS:
                drill.toggle_server()
                drill.toggle_server()
            time.sleep(1)
            continue
        drill.officer = None
    return items


def done(drill: Drill) -> bool:
    """Whether every kill has taken place."""
    return drill.phone.kills >= BROWSER_KILLS and drill.server_kills >= SERVER_KILLS


def judge(home: Path, items: list[dict[str, Any]], shown: set[str]) -> tuple[int, int, list[str]]:
    """Lost, doubled, and each fault in words, by what the server has stored."""
    app = application(home)
    with app.app_context():
        table = select(Stamp.token_sha256, Stamp.seq, Stamp.prev, Stamp.chain, Stamp.device_kid)
        kid = bytes.fromhex(items[0]["kid"])
        rows = [tuple(row) for row in db.rows(table) if row[4] == kid]
        forks = db.rows(select(Fork.token_sha256))
        public = keys.receipt_private_key().public_key()
    told = {hashlib.sha256(bytes.fromhex(item["token"])).digest() for item in items}
    stored = Counter(row[0] for row in rows)
    faults = chain_faults(rows) + receipt_faults(items, public)
    codes = {short_code(sha256) for sha256 in stored}
    lost = len(told - set(stored)) + len(shown - codes)
    doubled = sum(stored.values()) - len(stored) + len(forks) + len(set(stored) - told)
    return lost, doubled, faults


def chain_faults(rows: list[tuple[Any, ...]]) -> list[str]:
    """What is not whole in the chain, in words."""
    ordered = sorted(rows, key=lambda row: row[1])
    whole = [row[1] for row in ordered] == list(range(1, len(rows) + 1))
    faults = [] if whole else ["seq has gaps"]
    prev = NO_HASH
    for sha256, seq, named, state, _kid in ordered:
        if named != prev:
            faults.append(f"stamp {seq} names another one before it")
        if state not in {"first", "follows"}:
            faults.append(f"stamp {seq} is marked {state}")
        prev = sha256[:8]
    return faults


def receipt_faults(items: list[dict[str, Any]], public: Any) -> list[str]:
    """Receipts that do not verify or are of another token, in words."""
    faults = []
    for item in items:
        if item["state"] != "received":
            faults.append(f"stamp {item['seq']} is {item['state']}: {item['lastError']}")
            continue
        signed = receipt.read_receipt(bytes.fromhex(item["receipt"]), public)
        if signed.sha256.hex() != item["sha256"]:
            faults.append(f"the receipt of stamp {item['seq']} is of another token")
    return faults


def run(report: Report) -> None:
    """The drill."""
    home, port, behind = instance(), free_port(), free_port()
    env = settings(home, behind, PUBLIC_URL=f"http://127.0.0.1:{port}")
    chaos = Chaos(port, behind, 0.0, SEED).start()
    chance = random.Random(SEED)  # noqa: S311  repeatable on purpose
    with sync_playwright() as play:
        phone = Killable(play, folder(), f"http://127.0.0.1:{port}")
        drill = Drill(Server(env).start(), chaos, phone, chance)
        try:
            prepare(drill)
            chaos.share = DROPPED
            make_stamps(drill)
            items = drain(drill)
        finally:
            phone.stop()
            drill.server.kill()
            chaos.stop()
    lost, doubled, faults = judge(home, items, drill.shown)
    report.note(f"{len(items)} stamps, {len(drill.shown)} seen on the screen before a kill")
    killed = f"killed: browser {phone.kills}, server {drill.server_kills}"
    report.note(f"{killed}; of {chaos.exchanges} exchanges lost {chaos.dropped}")
    for fault in faults:
        report.note(f"FAULT: {fault}")
    if faults or not done(drill) or len(items) < STAMPS:
        raise RuntimeError(f"the drill did not end well: {len(faults)} faults, see above")
    report.figure("stamp_drill_lost", lost)
    report.figure("stamp_drill_doubled", doubled)


def prepare(drill: Drill) -> None:
    """Set the phone up in the office, with the whole app kept by the service worker."""
    officer = drill.phone.start()
    officer.enter(drill.phone.url)
    officer.kept()
    drill.officer = officer
