"""Saved means saved: the browser is killed in the moment in which the QR shows, again and again.

The server is dead meanwhile, so nothing but the phone's own disk can keep a stamp. Every stamp
whose code stood on the screen must be in the phone's store when the app opens anew.
"""

from __future__ import annotations

import hashlib

from playwright.sync_api import sync_playwright

from app.trips.rules.verdict import short_code
from tests.bench.drills.killable import Killable
from tests.bench.officer import Officer
from tests.bench.stage import Server, folder, free_port, instance, settings
from tools.bench import Report

FIGURES = ("stamp_saved_lost",)
TIMES = 20
SAID = """() => new Promise((resolve) => {
  const sheet = document.getElementById('sheet');
  const look = () => {
    const drawn = sheet.open && sheet.querySelector('[data-part=paper] svg');
    if (drawn) resolve(sheet.querySelector('[data-part=code]').textContent);
    else requestAnimationFrame(look);
  };
  document.getElementById('seal').click();
  look();
})"""


def codes(officer: Officer) -> set[str]:
    """The short codes of the stamps in the phone's store."""
    tokens = [bytes.fromhex(item["token"]) for item in officer.items()]
    return {short_code(hashlib.sha256(token).digest()) for token in tokens}


def run(report: Report) -> None:
    """Kill TIMES times; count what the screen had shown and the store does not have."""
    port = free_port()
    server = Server(settings(instance(), port)).start()
    shown: set[str] = set()
    with sync_playwright() as play:
        phone = Killable(play, folder(), server.url)
        try:
            prepare(phone.start(), server)
            for _ in range(TIMES):
                officer = opened(phone)
                shown.add(officer.page.evaluate(SAID))
                phone.kill()
            kept = codes(opened(phone))
        finally:
            phone.stop()
            server.kill()
    report.note(f"{len(shown)} stamps shown and killed at once, {len(kept)} in the store")
    report.figure("stamp_saved_lost", len(shown - kept))


def opened(phone: Killable) -> Officer:
    """The stamp screen in a new browser, the server being dead."""
    officer = phone.start()
    officer.page.goto(f"{phone.url}/today")
    officer.page.wait_for_selector("#stamp[data-state=ready]")
    return officer


def prepare(officer: Officer, server: Server) -> None:
    """Set up with the server, let the worker keep the app, then kill the server."""
    officer.enter(server.url)
    officer.kept()
    server.kill()
