"""저장됨 means saved: the browser is killed in the moment in which the camera says it, 20 times.

The server is dead meanwhile, so nothing but the phone's own disk can keep a photo. Each time the
camera page counts in its live line; what it had counted must lie on the disk, bytes and hash, when
the app opens anew.
"""

from __future__ import annotations

import sys

from playwright.sync_api import sync_playwright

from tests.bench.drills.killable import Killable
from tests.bench.officer import Officer
from tests.bench.stage import Server, folder, free_port, instance, settings
from tools.bench import Report

FIGURES = ("saved_is_true",)
TIMES = 20
SAID = """() => new Promise((resolve, reject) => {
  const said = document.getElementById('said');
  const count = () => Number(/^사진 (\\d+)장 저장됨$/.exec(said.textContent)?.[1] ?? 0);
  const before = count();
  const look = new MutationObserver(() => count() > before && resolve(count()));
  look.observe(said, { childList: true, characterData: true, subtree: true });
  setTimeout(() => reject(new Error(`it says: ${said.textContent}`)), 30_000);
  document.getElementById('shutter').click();
})"""
STORED = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const names = ['records', 'shots', 'bytes'];
    const tx = db.transaction(names);
    const [records, shots, bytes] = names.map((name) => tx.objectStore(name).getAll());
    const keys = tx.objectStore('bytes').getAllKeys();
    tx.onabort = () => reject(tx.error);
    tx.oncomplete = async () => {
      db.close();
      const two = (one) => one.toString(16).padStart(2, '0');
      const listed = new Set(records.result.flatMap(({ photos }) => photos));
      const whole = [];
      for (const [at, id] of keys.result.entries()) {
        const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.result[at]));
        const shot = shots.result.find((one) => one.id === id);
        if (listed.has(id) && shot?.sha256 === Array.from(sum, two).join('')) whole.push(id);
      }
      resolve(whole);
    };
  };
})"""


def whole(officer: Officer) -> set[str]:
    """The photos on the disk whose bytes have the hash that was kept of them."""
    found: list[str] = officer.page.evaluate(STORED)
    return set(found)


def opened(phone: Killable) -> Officer:
    """The live camera in a new browser, the server being dead."""
    officer = phone.start()
    officer.page.goto(f"{phone.url}/photos/camera")
    officer.page.wait_for_selector("#camera[data-state=live]")
    return officer


def prepare(phone: Killable, server: Server) -> None:
    """Set up with the server, let the worker keep the app, then kill the server."""
    officer = phone.start()
    officer.enter(server.url)
    officer.kept()
    server.kill()


def run(report: Report, times: int = TIMES) -> None:
    """Kill TIMES times; count how often what was said to be saved was there again."""
    server = Server(settings(instance(), free_port())).start()
    true, missing = 0, 0
    with sync_playwright() as play:
        phone = Killable(play, folder(), server.url, "--accept-lang=ko-KR")
        try:
            prepare(phone, server)
            officer = opened(phone)
            for _ in range(times):
                before = whole(officer)
                officer.page.evaluate(SAID)
                phone.kill()
                officer = opened(phone)
                after = whole(officer)
                true += len(after - before) == 1 and before <= after
                missing += len(before - after)
            strip = officer.page.locator("#strip button").count()
        finally:
            phone.stop()
            server.kill()
    report.note(f"{phone.kills} kills; {missing} of older photos gone; {strip} of them shown again")
    report.figure("saved_is_true", true)


if __name__ == "__main__":
    run(Report(), int(sys.argv[1]))
