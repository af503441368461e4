"""The kitchen's buttons on its phone: no press is lost or doubled, whatever dies in between."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.accounts.queries import people
from app.cafeteria.queries import places
from app.cafeteria.service import canteens, links
from app.core import db
from tests.bench import axe, stage
from tests.journeys.conftest import Phones, Product
from tests.journeys.test_axe import Judge
from tests.journeys.test_without_server import DEAD, NOTICED_WITHIN_MS
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

CLOSE_MS = 3000  # the header of an answer says the time in whole seconds
KEPT = """async (path) => {
  await navigator.serviceWorker.ready;
  for (let left = 150; left > 0; left -= 1) {
    if (await caches.match(path, { ignoreVary: true })) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}"""
SMALL = """() => [...document.querySelectorAll('.kiosk button')]
  .filter((one) => one.offsetParent && Math.min(one.offsetHeight, one.offsetWidth) < 88)
  .map((one) => one.textContent)"""
OVER = "() => document.documentElement.scrollWidth - innerWidth"


@dataclass(frozen=True)
class Kitchen:
    """A canteen of the demonstration, and the link of its kitchen."""

    product: Product
    canteen_id: str
    line_ids: tuple[str, ...]
    link_id: str
    path: str

    def taps(self, what: str = "line_id, people, undone_ms IS NOT NULL") -> list[tuple[Any, ...]]:
        """What the server has, the oldest first."""
        connection = sqlite3.connect(self.product.home / "office.db")
        try:
            words = f"SELECT {what} FROM canteen_taps ORDER BY at_ms"  # noqa: S608
            return connection.execute(words).fetchall()
        finally:
            connection.close()

    def revoke(self) -> None:
        """Let the link open nothing any more."""
        with stage.application(self.product.home).app_context(), db.transaction():
            links.revoke_link(self.canteen_id, self.link_id)


def kitchen_of(product: Product) -> Kitchen:
    """Put up a canteen with two lines."""
    with stage.application(product.home).app_context():
        office = people.find_office(code=product.story.code)
        assert office is not None
        with db.transaction():
            lines = ["한식 줄", "일품 줄"]
            canteen_id = canteens.add_canteen(office.id, "별관 식당", 600, lines)
            link_id = links.make_link(canteen_id, "kiosk", "주방 전화")
        ids = tuple(one.id for one in places.list_lines(canteen_id))
        path = f"/canteen/kiosk/{links.text_of(link_id, 'kiosk')}"
    return Kitchen(product, canteen_id, ids, link_id, path)


def button(page: Page, words: str) -> Locator:
    """A button of the line that is shown."""
    return page.locator(".kiosk-line:not([hidden])").get_by_role("button", name=words)


def said(page: Page) -> Locator:
    """What is said of the last press of the line that is shown."""
    return page.locator(".kiosk-line:not([hidden]) [data-part=said]")


def waiting(page: Page) -> Locator:
    """What is said of presses that wait, on the line that is shown."""
    return page.locator(".kiosk-line:not([hidden]) [data-part=waiting]")


def state(page: Page) -> Locator:
    """How the line that is shown is."""
    return page.locator(".kiosk-line:not([hidden]) [data-part=state]")


def test_a_press_while_the_server_is_dead_is_sent_once_with_its_time(
    phones: Phones, mortal: Product, watch: Watch
) -> None:
    watch.expect(*DEAD, "status of 410")
    kitchen = kitchen_of(mortal)
    page = phones(mortal).page
    page.goto(kitchen.path)
    button(page, "30명").click()
    expect(said(page)).to_have_text(re.compile(r"보냈어요 \d\d:\d\d · 30명"))
    assert page.evaluate(KEPT, kitchen.path)
    mortal.server.kill()

    page.get_by_role("link", name="일품 줄").click()
    pressed_ms = time.time() * 1000
    button(page, "20명").click()
    expect(said(page)).to_contain_text("20명")
    expect(waiting(page)).to_contain_text("1개 보낼 것")
    expect(waiting(page)).to_contain_text(re.compile(r"다음 시도 \d\d:\d\d:\d\d"))
    expect(said(page)).to_contain_text("담아 두었어요")
    button(page, "10명").click()
    button(page, "되돌리기").click()
    expect(said(page)).to_contain_text("되돌렸어요")
    page.reload()
    expect(waiting(page)).to_contain_text("1개 보낼 것")
    expect(page.get_by_role("heading", level=2, name="일품 줄")).to_be_visible()
    page.wait_for_timeout(3000)

    mortal.server.start()
    expect(waiting(page)).to_be_hidden(timeout=2 * NOTICED_WITHIN_MS)
    first, second = kitchen.line_ids
    assert kitchen.taps() == [(first, 30, False), (second, 20, False)]
    [_, (at_ms, received_ms)] = kitchen.taps("at_ms, received_ms")
    assert abs(at_ms - pressed_ms) < CLOSE_MS
    assert received_ms - at_ms > CLOSE_MS
    page.reload()
    expect(said(page)).to_contain_text("20명")
    page.wait_for_timeout(500)
    assert len(kitchen.taps()) == 2

    kitchen.revoke()
    button(page, "40명").click()
    expect(page.get_by_role("alert")).to_contain_text("새 링크를 받아")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(said(page)).to_contain_text("보내지 못했어요")
    expect(waiting(page)).to_be_hidden()
    expect(button(page, "40명")).to_be_disabled()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("링크는 더 쓸 수 없")
    mortal.server.kill()
    page.goto(kitchen.path)
    expect(page.locator("#kiosk")).to_have_count(0)


def test_who_is_on_duty_presses_and_takes_it_back(phones: Phones, product: Product) -> None:
    kitchen = kitchen_of(product)
    phone = phones(product)
    number = next(n for n, (_, _, role) in story(product).items() if role == "canteen")
    phone.signed_in(product.story.code, number, product.password)
    page = phone.page
    page.goto(f"/canteen/duty?canteen={kitchen.canteen_id}")
    button(page, "마감").click()
    expect(said(page)).to_have_text(re.compile(r"보냈어요 \d\d:\d\d · 마감"))
    assert kitchen.taps("kind, source, undone_ms IS NULL") == [("closed", "duty", 1)]
    button(page, "되돌리기").click()
    expect(said(page)).to_contain_text("되돌렸어요")
    expect(waiting(page)).to_be_hidden()
    assert kitchen.taps("kind, source, undone_ms IS NULL") == [("closed", "duty", 0)]


def test_the_state_of_a_line_is_told_after_a_reload_and_when_a_mark_contradicts_it(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    kitchen = kitchen_of(product)
    page = phones(product).page
    page.goto(kitchen.path)
    expect(state(page)).to_contain_text("지금: ")
    page.route("**/api/canteen/taps/*", lambda route: route.abort())
    button(page, "품절").click()
    expect(state(page)).to_have_text("지금: 품절")
    expect(button(page, "품절")).to_have_attribute("aria-pressed", "true")
    button(page, "20명").click()
    still = page.locator(".kiosk-line:not([hidden]) [data-part=still]")
    expect(still).to_contain_text("다시 팔면 ‘열림’을 눌러")
    page.reload()
    expect(state(page)).to_have_text("지금: 품절")
    button(page, "열림").click()
    expect(state(page)).to_have_text("지금: 열림")
    expect(still).to_be_empty()


@pytest.mark.parametrize(
    ("width", "height", "duty"),
    [(360, 640, False), (320, 568, False), (640, 360, False), (390, 844, True), (640, 360, True)],
)
def test_what_was_pressed_and_taking_it_back_are_in_view(
    phones: Phones, product: Product, width: int, height: int, duty: bool
) -> None:
    kitchen = kitchen_of(product)
    phone = phones(product, viewport={"width": width, "height": height})
    page, path = phone.page, kitchen.path
    if duty:
        number = next(n for n, (_, _, role) in story(product).items() if role == "canteen")
        phone.signed_in(product.story.code, number, product.password)
        path = f"/canteen/duty?canteen={kitchen.canteen_id}"
    page.goto(path)
    button(page, "10명").click()
    expect(said(page)).to_contain_text("10명")
    for where in (0, 10_000):
        page.evaluate("(y) => scrollTo(0, y)", where)
        expect(said(page)).to_be_in_viewport(ratio=0.95)
        expect(button(page, "되돌리기")).to_be_in_viewport(ratio=0.95)
    for words in ("줄 없음", "40명", "열림", "품절"):
        button(page, words).click(trial=True)
        box = button(page, words).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 64, words


def story(product: Product) -> dict[str, tuple[str, str, str]]:
    """The demonstration's people by their staff numbers."""
    return {f"2026{n:04d}": one for n, one in enumerate(product.story.people, 1)}


@pytest.mark.parametrize(("width", "language"), [(320, "ko"), (390, "en"), (1280, "ko")])
def test_large_targets_without_a_fault(
    phones: Phones, product: Product, watch: Watch, width: int, language: str
) -> None:
    watch.expect("blocked by Playwright")
    kitchen = kitchen_of(product)
    size = {"width": width, "height": 700}
    phone = phones(product, viewport=size, locale=language, service_workers="block")
    page, judge = phone.page, Judge(phone.page)
    page.context.add_init_script(path=axe.AXE)
    page.goto(kitchen.path)
    button(page, "10").click()
    expect(said(page)).to_contain_text("10")
    assert page.evaluate(SMALL) == []
    assert page.evaluate(OVER) <= 0
    judge.look("kiosk")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVER) <= 0
    assert judge.faults == []
