"""Pictures of the canteen for the documents: a practice lunch at its peak, what opens by a link."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

TO_PEAK_MS = 48_000  # sixty times as fast, until the longest wave has come
DRAWN_MS = 4000
Take = Callable[[Page, str], None]


def lunch(take: Take, phone: Page, desk: Page) -> None:
    """The live page, on both."""
    phone.goto("/canteen")
    phone.locator("#replay").wait_for()
    phone.locator("#replay label", has=phone.locator("[value='60']")).click()
    phone.click("#replay-anew")
    phone.wait_for_timeout(TO_PEAK_MS)
    phone.locator("#replay label", has=phone.locator("[value='1']")).click()
    for page, name in ((phone, "canteen"), (desk, "canteen-wide")):
        page.goto("/canteen")
        page.locator("#lines [data-mode=live]").first.wait_for()
        page.wait_for_load_state("networkidle")
        take(page, name)


def by_link(take: Take, administrator: Page, phone: Page, desk: Page) -> None:
    """The kitchen's buttons on an old phone, and the screen on a wall."""
    for words, page, name in (("주방 전화", phone, "kiosk"), ("벽 화면", desk, "wall-wide")):
        administrator.goto("/canteen/settings")
        administrator.locator("main a.item").first.click()
        administrator.locator("main a.item:has(.badge)", has_text=words).first.click()
        address = administrator.locator("#address").input_value().strip()
        page.goto(address[address.index("/canteen/") :])
        page.wait_for_timeout(DRAWN_MS)
        take(page, name)
