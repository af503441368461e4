"""The real browser of the measurements: contexts of a phone, and raw figures from its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.bench.stage import NotReadyError, need_front
from tools import browser as chromium

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
HERE = {"latitude": 35.2383, "longitude": 128.6922, "accuracy": 12}
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}


def program() -> str:
    """The path of Chromium.

    Raises:
        NotReadyError: it is not installed.
    """
    found = chromium.program()
    if found is None:
        raise NotReadyError("no Chromium here: apt-get install chromium, or CHROMIUM=/path")
    need_front()
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium for the length of a `with` block."""
    path = program()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def phone(browser: Browser, url: str, **changes: Any) -> BrowserContext:
    """A fresh profile of a touch phone in Korean, at Changwon, which it tells the page."""
    given: dict[str, Any] = {
        "base_url": url, "viewport": PHONE, "has_touch": True, "is_mobile": True,
        "locale": "ko-KR", "timezone_id": "Asia/Seoul", "geolocation": HERE,
        "permissions": ["geolocation", "background-sync"],
    }  # fmt: skip
    return browser.new_context(**given | changes)


def protocol(page: Page, *domains: str) -> CDPSession:
    """A session of Chromium's own protocol with a page, with domains enabled."""
    session = page.context.new_cdp_session(page)
    for domain in domains:
        session.send(f"{domain}.enable")
    return session


def throttle(session: CDPSession, rate: float) -> None:
    """Slow the page's processor down by a factor."""
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
