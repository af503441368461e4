"""200 photos through 100 kills of the browser, 20 of the server, a bad line and two bad spells.

The page takes photos by the product's own modules over its own IndexedDB; what it says is saved is
written down. At the end every one of them stands in the server's rows and store exactly once, in
the very bytes, with a receipt that verifies. `python -m tests.bench.drills.photo_drill 12 6 2`
runs a short one: photos, kills of the browser, kills of the server.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, sync_playwright
from sqlalchemy import text

from app.core import db
from app.core.errors import Refusal
from app.photos.rules.receipt import read_receipt
from app.photos.service import verify
from app.trips.service import signing
from tests.bench.drills import spells
from tests.bench.drills.killable import Killable
from tests.bench.drills.uplink import Uplink
from tests.bench.officer import Officer
from tests.bench.stage import NotReadyError, Server, application, folder, free_port, settings
from tools.bench import Report

FIGURES = (
    "photo_drill_lost", "photo_drill_doubled", "photo_drill_corrupt", "photo_resent_chunks",
    "photo_resent_most",
)  # fmt: skip
PHOTOS, BROWSER_KILLS, SERVER_KILLS, DROPPED = 200, 100, 20, 0.05
SEED, DISK_MB, LEAST = 20261126, 512, 300_000
DRAIN_WITHIN, RELOAD_EVERY = 900.0, 15.0
MODULES = "/static/pwa/src/js"
SHOOT = """async ([modules, end]) => {
  const { addShot, finish, listRecords, openDraft } = await import(`${modules}/photo_queue.js`);
  const { getIdentity } = await import(`${modules}/identity.js`);
  const wide = 800 + Math.floor(Math.random() * 700);
  const canvas = new OffscreenCanvas(wide, 700);
  const pen = canvas.getContext('2d');
  const noise = pen.createImageData(wide, 700);
  for (let at = 0; at < noise.data.length; at += 65536) {
    crypto.getRandomValues(noise.data.subarray(at, at + 65536));
  }
  for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
  pen.putImageData(noise, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 });
  const bytes = await blob.arrayBuffer();
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = Array.from(sum, (one) => one.toString(16).padStart(2, '0')).join('');
  const known = (await listRecords()).find(({ state }) => state === 'draft');
  const board = [['공사명', '시험']];
  const draft = known ?? (await openDraft({ identity: await getIdentity(), board }));
  const picture = { bytes, thumb: new ArrayBuffer(10), capturedAt: Date.now() / 1000 };
  const { id } = await addShot(draft.id, picture);
  if (end) setTimeout(() => finish(draft.id).catch(() => {}));
  return { id, sha256, size: bytes.byteLength };
}"""
KEPT = """async (modules) => {
  const { listRecords } = await import(`${modules}/photo_queue.js`);
  const two = (one) => one.toString(16).padStart(2, '0');
  const hex = (bytes) => Array.from(bytes ?? [], two).join('');
  return (await listRecords()).flatMap(({ state, shots, lastError }) => shots.map((shot) => ({
    id: shot.id, sha256: shot.sha256, size: shot.size, state: shot.state, record: state,
    receipt: hex(shot.receipt), error: (shot.lastError ?? lastError)?.code ?? '',
  })));
}"""
GO_ON = """async (modules) => {
  const { listRecords, finish, start } = await import(`${modules}/photo_queue.js`);
  start();
  for (const { id, state } of await listRecords()) if (state === 'draft') await finish(id);
}"""


@dataclass(frozen=True)
class Size:
    """How much of it."""

    photos: int = PHOTOS
    browser: int = BROWSER_KILLS
    server: int = SERVER_KILLS


@dataclass
class Drill:
    """The parts of the drill and what has happened."""

    size: Size
    home: Path
    server: Server
    line: Uplink
    phone: Killable
    chance: random.Random
    officer: Officer | None = None
    said: dict[str, str] = field(default_factory=dict)
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    server_kills: int = 0
    closings: int = 0
    spells: list[str] = field(default_factory=list)
    trouble: BaseException | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def at_work(self) -> Officer:
        """The officer at a page of the app, in a new browser when the last one was killed."""
        end = time.monotonic() + 90
        while time.monotonic() < end and self.trouble is None:
            with contextlib.suppress(Error, NotReadyError):
                if self.officer is None or not self.phone.alive:
                    self.officer = None
                    self.officer = self.phone.start()
                page = self.officer.page
                if "/history" not in page.url:
                    page.goto(f"{self.phone.url}/history", timeout=15_000)
                self.look(self.officer)
                return self.officer
            time.sleep(0.3)
        raise RuntimeError("the page does not come back") from self.trouble

    def look(self, officer: Officer) -> None:
        """What lies on the phone; also starts to send, as the page does when something waits."""
        found = officer.page.evaluate(KEPT, MODULES)
        self.kept |= {one["id"]: one for one in found}

    def shoot(self, officer: Officer) -> None:
        """One photo; what the page says of it is written down."""
        end = self.chance.random() < 0.5
        one = officer.page.evaluate(SHOOT, [MODULES, end])
        self.said[one["id"]] = one["sha256"]
        self.sizes.append(one["size"])

    def play(self) -> None:
        """One life of the browser: some photos, some time to send, and a kill in the midst."""
        officer = self.at_work()
        spell = self.line.tally.spell  # the page itself is to meet what a bad spell answers
        if self.phone.kills < self.size.browser and not spell:
            timer = self.phone.kill_in(self.chance.uniform(0.05, 4.0))
        else:
            timer = None
        with contextlib.suppress(Error):
            officer.page.evaluate(GO_ON, MODULES)
            for _ in range(self.chance.randint(1, 4)):
                if len(self.said) < self.share():
                    self.shoot(officer)
            officer.page.wait_for_timeout(4000)
        if timer is not None:
            timer.join()

    def share(self) -> float:
        """How many photos there may be by now, so that no kill or spell comes to an idle phone."""
        part = (self.phone.kills + 1) / self.size.browser
        extra = 4 * (len(self.spells) + self.line.tally.spell)
        return min(self.size.photos, self.size.photos * part + 2 + extra)

    def happened(self) -> int:
        """Kills and drops so far."""
        return self.phone.kills + self.server_kills + sum(self.line.dropped.values())

    def interrupted(self) -> int:
        """What may have cut a piece off so far: kills, drops, and pages closed by this drill."""
        return self.happened() + self.closings

    def done(self) -> bool:
        """Whether every photo is taken and every kill and spell has taken place."""
        world = self.server_kills >= self.size.server and len(self.spells) == 2
        killed = self.phone.kills >= self.size.browser
        return killed and world and len(self.said) >= self.size.photos

    def world(self) -> None:
        """What happens to the server: kills spread over those of the browser, and two spells."""
        try:
            while not self.over.wait(0.1):
                share = self.phone.kills / self.size.browser
                if share >= 0.35 and not self.spells:
                    self.spell("disk full", spells.fill)
                elif share >= 0.7 and len(self.spells) == 1:
                    self.spell("database locked", spells.lock)
                elif (self.server_kills + 0.5) / self.size.server <= share:
                    self.over.wait(self.chance.uniform(0, 3))
                    self.server.kill()
                    self.server_kills += 1
                    self.over.wait(self.chance.uniform(0, 3))
                    self.server.start()
        except BaseException as error:  # told by the thread that waits for the page
            self.trouble = error

    def spell(self, name: str, work: Any) -> None:
        """A bad time for the server."""
        self.line.tally.spell = True
        try:
            work(self.home)
        finally:
            self.over.wait(2)
            self.line.tally.spell = False
        self.spells.append(name)


def drain(drill: Drill) -> None:
    """Wait until the phone has a receipt for all; the app is opened anew from time to time."""
    end = time.monotonic() + DRAIN_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(Error):
            officer = drill.at_work()
            officer.page.evaluate(GO_ON, MODULES)
            again = time.monotonic() + RELOAD_EVERY
            while time.monotonic() < again:
                drill.look(officer)
                if all(one["state"] == "received" for one in drill.kept.values()):
                    return
                officer.page.wait_for_timeout(500)
            drill.closings += 1
            officer.page.goto("about:blank")


def stored(home: Path) -> dict[str, list[str]]:
    """The originals in the store: id → hashes of what lies under it."""
    found: dict[str, list[str]] = {}
    for path in (home / "files").rglob("original"):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.setdefault(path.parent.name, []).append(digest)
    return found


def judge(drill: Drill, before: set[str]) -> tuple[int, int, int, list[str]]:
    """Lost, doubled, corrupt, and each fault in words."""
    wanted = {one["id"]: one["sha256"] for one in drill.kept.values()} | drill.said
    files = {name: sums for name, sums in stored(drill.home).items() if name not in before}
    with application(drill.home).app_context():
        query = "SELECT id, lower(hex(sha256)), receipt FROM photos"
        rows = [row for row in db.rows(text(query)) if row[0] not in before]
        arrived = {row[0]: row for row in rows if row[2] is not None}
        lost = [one for one in wanted if one not in arrived or one not in files]
        faults = [f"{one} is lost: {drill.kept.get(one)}" for one in lost]
        corrupt = [
            fault
            for one in wanted
            if one in arrived and one in files
            for fault in faults_of(one, wanted[one], arrived[one], files[one], drill)
        ]
    sums = Counter(total for many in files.values() for total in many)
    sums_of_rows = Counter(row[1] for row in rows)
    doubled = sum((sums - Counter(set(sums))).values())
    doubled += sum((sums_of_rows - Counter(set(sums_of_rows))).values())
    strangers = (set(files) | {row[0] for row in rows}) - set(wanted)
    faults += [*corrupt, *(f"{one} is on the server only" for one in strangers)]
    return len(lost), doubled + len(strangers), len(corrupt), faults


def faults_of(
    one: str, sha256: str, row: tuple[Any, ...], sums: list[str], drill: Drill
) -> list[str]:
    """What is wrong with a photo that has arrived, at most one thing, in words."""
    if row[1] != sha256 or sums != [sha256] or drill.kept[one]["sha256"] != sha256:
        return [f"{one}: {sha256} was taken, {row[1]} is its row and {sums} in the store"]
    if drill.kept[one]["receipt"] != row[2].hex():
        return [f"{one}: phone and server have different receipts"]
    try:
        said = read_receipt(signing.read_statement(row[2]))
    except Refusal as error:
        return [f"{one}: its receipt does not verify: {error.code}"]
    if said.sha256.hex() != sha256 or said.id != one:
        return [f"{one}: its receipt is of another photo"]
    examined = verify.examine(one)
    return [] if examined.verdict == "genuine" else [f"{one}: {examined.wrong}"]


def known(home: Path) -> set[str]:
    """The photos of the demonstration, which are none of ours."""
    with application(home).app_context():
        return set(db.values(text("SELECT id FROM photos"))) | set(stored(home))


def tell(drill: Drill, report: Report, size: Size) -> float:
    """Say what happened; pieces sent again for each kill and drop."""
    tally, line = drill.line.tally, drill.line
    kills = drill.phone.kills + drill.server_kills
    report.note(f"{len(drill.said)} photos said to be saved, {sum(drill.sizes) / 1e6:.1f} MB; "
                f"{len(drill.kept)} on the phone at the end")  # fmt: skip
    report.note(f"killed: browser {drill.phone.kills}, server {drill.server_kills}")
    report.note(f"of {line.exchanges} requests lost {line.dropped}, {tally.cut} pieces")
    report.note(f"spells: {', '.join(drill.spells)}; answered in them: {dict(tally.answers)}; "
                f"sent again in them: {tally.refused} pieces")  # fmt: skip
    report.note(f"{tally.pieces} pieces sent; again after a kill or drop: {tally.again} pieces, "
                f"{tally.again_bytes / 1e3:.0f} kB")  # fmt: skip
    spare = tally.sent - sum(one["size"] for one in drill.kept.values())
    report.note(f"bytes beyond the photos' own: {spare / 1e3:.0f} kB; "
                f"pieces again for each kill alone: {tally.again / kills:.2f}")  # fmt: skip
    blamed = Counter(tally.blamed.values())
    told = ", ".join(f"{blamed[many]} x {many}" for many in sorted(blamed))
    report.note(f"kills and drops that made pieces go again, by how many pieces: {told or 'none'}")
    return tally.again / drill.happened()


def run(report: Report, size: Size = Size()) -> None:
    """The drill."""
    port, behind = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    line = Uplink(port, behind, SEED).start()
    with spells.small_disk(DISK_MB) as home, sync_playwright() as play:
        server = Server(settings(home, behind, PUBLIC_URL=url, FRONT="source")).start()
        chance = random.Random(SEED)  # noqa: S311  repeatable on purpose
        drill = Drill(size, home, server, line, Killable(play, folder(), url), chance)
        line.tally.happened = drill.interrupted
        before = known(home)
        world = threading.Thread(target=drill.world)
        try:
            prepare(drill)
            world.start()
            while not drill.done():
                drill.play()
            drain(drill)
        finally:
            drill.over.set()
            if world.ident:
                world.join()
            drill.phone.stop()
            server.kill()
            line.stop()
        lost, doubled, corrupt, faults = judge(drill, before)
    again = tell(drill, report, size)
    for fault in faults:
        report.note(f"FAULT: {fault}")
    report.figure("photo_drill_lost", lost)
    report.figure("photo_drill_doubled", doubled)
    report.figure("photo_drill_corrupt", corrupt)
    report.figure("photo_resent_chunks", again)
    report.figure("photo_resent_most", line.tally.most)


def prepare(drill: Drill) -> None:
    """Set the phone up in the office; from then on the line is bad."""
    drill.officer = drill.phone.start()
    drill.officer.enter(drill.phone.url)
    drill.line.share = DROPPED


if __name__ == "__main__":
    run(Report(), Size(*map(int, sys.argv[1:])))
