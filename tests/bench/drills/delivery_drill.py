"""Sixty photos to three work systems that are down for five minutes, half-write and hang up.

Each photo goes to a hand-over folder, a WebDAV server and a webhook, while the delivering worker
is killed 40 times. The other sides take everything away at once and take no notice of keys they
know, except the webhook, which answers 409 as its contract says: so what is handed over twice is
counted, not hidden.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.core import db
from tests.bench.stage import application, instance
from tests.factories import Office, make_office
from tests.photos import peers
from tests.photos.peers import ACCOUNT, PASSWORD, SECRET, Dav, Hook, Line, OtherSide
from tools.bench import Report

FIGURES = ("delivery_lost", "delivery_doubled")
PHOTOS, KILLS, DOWN_S, SEED = 60, 40, 300.0, 20261125
WITHIN_S = 600.0
MOODS = ("before", "half", "after", "after", "silent", "strange", "503", "slow", "", "", "", "")
POINTS = ("before", "request", "answer", "half")


@dataclass
class Drill:
    """The office, its work systems, and what has happened to them."""

    home: Path
    app: Flask
    office: Office
    chance: random.Random
    folder: OtherSide
    dav: Dav
    taken: OtherSide
    line: Line
    hook: Hook
    kills: int = 0
    photos: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def add_photos(self, count: int) -> None:
        """Photos that are ready, with a delivery for each connector."""
        with self.app.app_context():
            for _ in range(count):
                self.photos += 1
                peers.ready_photo(self.office, self.photos, 300_000)

    def left(self) -> int:
        """How many deliveries are still on their way."""
        with self.app.app_context():
            found = peers.states()
        return found["waiting"] + found["sent"]

    def take(self) -> None:
        """The other sides at work: they take what is whole at once; an answer may come twice."""
        while not self.over.wait(0.05):
            if self.folder.folder.exists():
                self.folder.take()
                for key in list(self.folder.keys)[-3:]:
                    if self.chance.random() < 0.02:
                        (self.folder.folder / f"{key}.ack").touch()
            self.taken.take(answer="")

    def trouble(self) -> None:
        """Lines that break, and a work system in every mood."""
        while not self.over.wait(1.0):
            self.line.break_at(self.chance.randrange(40), self.chance.choice(POINTS))
            if len(self.hook.moods) < 3:
                self.hook.moods.append(self.chance.choice(MOODS))

    def go_down(self) -> None:
        """Nobody is there any more: no mount, no WebDAV server, no webhook."""
        self.dav.stop()
        self.hook.shutdown()
        self.hook.server_close()
        self.folder.folder.rename(self.folder.folder.with_name("away"))

    def come_up(self) -> None:
        """All are back, with what they had."""
        before = self.hook
        self.hook = Hook(before.server_port)
        for name in ("keys", "hashes", "unsigned", "again", "slow_s"):
            setattr(self.hook, name, getattr(before, name))
        self.folder.folder.with_name("away").rename(self.folder.folder)
        self.dav.start()


def set_up() -> Drill:
    """A fresh product with an office and three connectors."""
    home = instance(demo=False)
    app = application(home)
    with app.app_context():
        office = make_office()
        out = peers.other_side(home / "handover" / office.code / "out")
        dav = Dav(home / "dav" / "files", peers.free_port()).start()
        taken = OtherSide(dav.folder / "in", home / "dav" / "taken")
        taken.taken.mkdir()
        line, hook = Line(dav.port), Hook()
        hook.slow_s = 0.2
        peers.connect(office, "folder", f"folder:{office.code}/out?ack=wait")
        peers.connect(office, "webdav", f"http://127.0.0.1:{line.port}/in", PASSWORD, ACCOUNT)
        peers.connect(office, "webhook", hook.url, SECRET)
    chance = random.Random(SEED)  # noqa: S311  repeatable on purpose
    return Drill(home, app, office, chance, out, dav, taken, line, hook)


def deliver(drill: Drill, most_kills: int, until: float) -> None:
    """Workers one after the other, each killed at a random moment, until nothing is left."""
    while drill.left() and time.monotonic() < until:
        process = peers.courier(drill.home, "20")
        lives = drill.chance.uniform(0.05, 1.5) if drill.kills < most_kills else 30.0
        try:
            process.wait(lives)
        except subprocess.TimeoutExpired:
            drill.kills += 1
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def play(drill: Drill) -> None:
    """Trouble, five minutes of nobody there, and trouble again."""
    threads = [threading.Thread(target=one) for one in (drill.take, drill.trouble)]
    for thread in threads:
        thread.start()
    try:
        drill.add_photos(PHOTOS // 3)
        deliver(drill, KILLS // 3, time.monotonic() + WITHIN_S)
        drill.add_photos(PHOTOS // 3)
        drill.go_down()
        deliver(drill, KILLS // 2, time.monotonic() + DOWN_S)
        drill.come_up()
        drill.add_photos(PHOTOS - drill.photos)
        deliver(drill, KILLS, time.monotonic() + WITHIN_S)
    finally:
        drill.over.set()
        for thread in threads:
            thread.join()
        drill.dav.stop()
        drill.line.close()
        drill.hook.shutdown()
        drill.hook.server_close()


def judge(drill: Drill) -> tuple[int, int, list[str]]:
    """Lost, doubled, and what stands where, in words."""
    lost, doubled, told = 0, 0, []
    sides = {
        "folder": (drill.folder.keys, drill.folder.hashes),
        "webdav": (drill.taken.keys, drill.taken.hashes),
        "webhook": (drill.hook.keys, drill.hook.hashes),
    }
    with drill.app.app_context():
        expected = peers.wanted(drill.office)
        query = "SELECT d.key FROM photo_deliveries d JOIN photo_connectors c ON c.id ="
        for kind, (keys, hashes) in sides.items():
            mine = db.values(text(f"{query} d.connector_id WHERE c.kind = :kind"), {"kind": kind})
            missing = [key for key in mine if hashes.get(key) != expected[key]]
            extra = sum(keys.values()) - len(set(mine) & set(keys))
            lost, doubled = lost + len(missing), doubled + extra
            told.append(f"{kind}: {len(mine)} wanted, {sum(keys.values())} taken")
        told.append(f"states: {dict(peers.states())}")
    lost += drill.left()
    told.append(f"{drill.kills} kills; {drill.hook.again} webhooks came again, answered 409")
    torn = drill.folder.torn + drill.taken.torn
    return lost + len(torn) + drill.hook.unsigned, doubled, told


def run(report: Report) -> None:
    """The drill."""
    drill = set_up()
    play(drill)
    lost, doubled, told = judge(drill)
    for line in told:
        report.note(line)
    report.note(f"all three were away for {DOWN_S:.0f} s")
    report.figure("delivery_lost", lost)
    report.figure("delivery_doubled", doubled)
