"""Ten shots as fast as the shutter can be touched: seconds until all lie durable on the disk.

Chromium's own false camera at a phone's size; a page counts a shot as saved only when the strict
transaction with its bytes has ended, and the disk is read afterwards to see that it is so.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

from playwright.sync_api import Page

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import instance, served
from tools.bench import Report

FIGURES = ("photo_burst_s",)
SHOTS = 10
ROUNDS = 5
BURST = """(shots) => new Promise((resolve) => {
  const [said, shutter] = ['said', 'shutter'].map((id) => document.getElementById(id));
  const begun = performance.now();
  let last = 0;
  const watch = new MutationObserver(() => {
    if (said.textContent !== `사진 ${shots}장 저장됨`) return;
    watch.disconnect();
    resolve({ taken: last - begun, stored: performance.now() - begun });
  });
  watch.observe(said, { childList: true, characterData: true, subtree: true });
  let count = 0;
  const touch = () => {
    shutter.click();
    last = performance.now();
    count += 1;
    if (count < shots) setTimeout(touch, 100); // as fast as a finger
  };
  touch();
})"""
DRAFT = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const tx = db.transaction(['records', 'bytes']);
    const records = tx.objectStore('records').getAll();
    const [keys, bytes] = ['getAllKeys', 'getAll'].map((how) => tx.objectStore('bytes')[how]());
    tx.onabort = () => reject(tx.error);
    tx.oncomplete = async () => {
      db.close();
      const kept = new Map(keys.result.map((key, index) => [key, bytes.result[index]]));
      const draft = records.result.find(({ state }) => state === 'draft');
      const own = draft.photos.map((id) => kept.get(id)).filter((one) => one?.byteLength);
      const { width, height } = await createImageBitmap(new Blob([own[0]]));
      resolve({ count: own.length, width, height });
    };
  };
})"""


def burst(page: Page, report: Report) -> float:
    """One burst and the look at the disk; then the set is sent, for the next one to be its own."""
    took: dict[str, float] = page.evaluate(BURST, SHOTS)
    found: dict[str, Any] = page.evaluate(DRAFT)
    if found["count"] != SHOTS:
        raise AssertionError(f"{found['count']} of {SHOTS} shots are on the disk")
    size = f"{found['width']} × {found['height']}"
    stored, taken = took["stored"] / 1000, took["taken"] / 1000
    report.note(f"{SHOTS} shots of {size} touched in {taken:.1f} s, durable in {stored:.1f} s")
    page.locator("#finish").click()
    page.wait_for_selector("#strip", state="hidden")
    return stored


def run(report: Report, rounds: int = ROUNDS) -> None:
    """Several bursts on one page; the slowest counts."""
    allowed = ["geolocation", "camera"]
    with served(instance()) as server, chromium.launched() as browser:
        context = chromium.phone(browser, server.url, permissions=allowed, service_workers="block")
        officer = Officer(context.new_page())
        officer.try_out()
        officer.set_up()
        officer.page.goto("/photos/camera")
        officer.page.wait_for_selector("#camera[data-state=live]")
        took = [burst(officer.page, report) for _ in range(rounds)]
    report.note(f"{rounds} bursts: median {statistics.median(took):.1f} s")
    report.figure("photo_burst_s", max(took))


if __name__ == "__main__":
    run(Report(), int(sys.argv[1]))
