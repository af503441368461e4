"""From the last byte of a photo to its picture in the office's open inbox, the real worker running.

An officer's phone and the office's desk are two profiles of one browser. Both note times by the
same clock: the phone when it begins to send a photo's last piece, the desk when the card's picture
is drawn, so that sending, examining, processing, polling and loading are all within.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import Server, instance, kill_group, served
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("photo_inbox_s",)
PHOTOS = 20
SENT = """
window.lastPiece = 0;
const real = window.fetch;
window.fetch = (url, options) => {
  if (options?.method === 'PATCH') window.lastPiece = Date.now();
  return real(url, options);
};
"""
SEEN = """
window.drawn = new Map();
document.addEventListener('load', ({ target }) => {
  const id = target.tagName === 'IMG' && target.closest('.shot')?.dataset.id;
  if (id && !window.old?.has(id) && !window.drawn.has(id)) window.drawn.set(id, Date.now());
}, true);
"""
# What the page began with may be drawn late: it is scrolled into view by what arrives.
BEGIN = """() => {
  window.old = new Set([...document.querySelectorAll('.shot')].map((shot) => shot.dataset.id));
  window.drawn.clear();
}"""
COUNT = "() => window.drawn.size"
NEWEST = "() => Math.max(...window.drawn.values())"
MORE = "(before) => window.drawn.size > before"


@contextmanager
def worker(server: Server) -> Iterator[None]:
    """The product's worker beside a server."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.worker"], cwd=ROOT, env=server.env,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield
        finally:
            kill_group(process)


def phone(browser: Browser, server: Server) -> Page:
    """An officer before the live camera; the page itself sends, so that it can tell when."""
    allowed = ["geolocation", "camera"]
    context = chromium.phone(browser, server.url, permissions=allowed, service_workers="block")
    context.add_init_script(SENT)
    officer = Officer(context.new_page())
    officer.try_out()
    officer.set_up()
    officer.page.goto("/photos/camera")
    officer.page.wait_for_selector("#camera[data-state=live]")
    return officer.page


def desk(browser: Browser, server: Server) -> Page:
    """The inbox, open at the desk of who looks after the office's photos."""
    wide: dict[str, Any] = {"viewport": chromium.DESK}
    context = browser.new_context(base_url=server.url, locale="ko-KR", **wide)
    context.add_init_script(SEEN)
    page = context.new_page()
    page.goto("/")
    page.locator("button[name=role][value=administrator]").click()
    page.wait_for_load_state()
    page.goto("/photos")
    page.wait_for_selector("#live:not([hidden])")
    page.evaluate(BEGIN)
    return page


def send_one(camera: Page, inbox: Page) -> float:
    """Take one photo and let it go; seconds from its last piece to its picture in the inbox."""
    before = inbox.evaluate(COUNT)
    camera.locator("#shutter").click()
    camera.wait_for_selector("#finish:not([disabled])")
    camera.locator("#finish").click()
    inbox.wait_for_function(MORE, arg=before)
    seen, sent = inbox.evaluate(NEWEST), camera.evaluate("() => window.lastPiece")
    return (float(seen) - float(sent)) / 1000


def run(report: Report, photos: int = PHOTOS) -> None:
    """Send one photo after the other; the worst counts."""
    with served(instance()) as server, worker(server), chromium.launched() as browser:
        inbox, camera = desk(browser, server), phone(browser, server)
        took = [send_one(camera, inbox) for _ in range(photos)]
    middle = statistics.median(took)
    report.note(f"{photos} photos: median {middle:.1f} s, least {min(took):.1f} s")
    report.figure("photo_inbox_s", max(took))


if __name__ == "__main__":
    run(Report(), int(sys.argv[1]))
