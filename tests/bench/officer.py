"""What an officer does in the app, by taps that are counted: signs in, sets up, stamps."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

WAIT = 30_000
QR = "#sheet[open] [data-part=paper] svg"
ITEMS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const db = opening.result;
    const hex = (bytes) => Array.from(bytes ?? [], (b) => b.toString(16).padStart(2, '0')).join('');
    const all = db.transaction('items').objectStore('items').getAll();
    all.onerror = () => reject(all.error);
    all.onsuccess = () => {
      db.close();
      resolve(all.result.map((one) => ({ ...one, token: hex(one.token), cose: hex(one.cose),
        receipt: hex(one.receipt) })));
    };
  };
})"""


class Officer:
    """One officer at one page; `taps` counts every touch."""

    def __init__(self, page: Page) -> None:
        """Take a page of a context that is signed out."""
        self.page = page
        self.taps = 0
        page.set_default_timeout(WAIT)

    def tap(self, what: str | Locator) -> None:
        """Touch one thing."""
        found = self.page.locator(what) if isinstance(what, str) else what
        found.click()
        self.taps += 1

    def try_out(self, url: str = "") -> None:
        """Enter as the demonstration's officer; ends on the stamp screen. `url` is needed where
        the context has no base URL."""
        self.page.goto(f"{url}/")
        self.tap("button[name=role][value=officer]")
        self.page.wait_for_url("**/today")

    def set_up(self, url: str = "") -> None:
        """Agree, let the browser give its position, enrol the key."""
        self.page.goto(f"{url}/start")
        self.agree()

    def enter(self, url: str = "") -> None:
        """From the first page to the stamp screen, set up."""
        self.try_out(url)
        self.set_up(url)
        self.page.goto(f"{url}/today")
        self.page.wait_for_selector("#stamp[data-state=ready]")

    def agree(self) -> None:
        """One tap on the set-up screen; waits until a practice stamp is possible."""
        expect(self.page.locator("#go")).to_be_enabled(timeout=WAIT)
        self.tap("#go")
        expect(self.page.locator("#practice")).to_be_enabled(timeout=WAIT)

    def ready(self) -> None:
        """Open the stamp screen and wait until the seal can be pressed."""
        self.page.goto("/today")
        self.page.wait_for_selector("#stamp[data-state=ready]")

    def kept(self) -> None:
        """Wait until the service worker has kept the app and serves this page."""
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        self.page.reload()
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def stamp(self) -> None:
        """Press the seal and wait for the QR."""
        self.tap("#seal")
        self.page.wait_for_selector(QR)

    def put_away(self) -> None:
        """Close the sheet with the QR."""
        self.page.evaluate("() => document.getElementById('sheet').close()")

    def items(self) -> list[dict[str, Any]]:
        """What the phone has stored; bytes as hex."""
        found: list[dict[str, Any]] = self.page.evaluate(ITEMS)
        return found
