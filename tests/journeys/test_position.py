"""Where am I? Each way in which a phone fails to know has its own words and its own way on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Geolocation, Locator, Page, expect

from tests.bench.chromium import HERE, protocol
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone

pytestmark = pytest.mark.browser

PLACE: Geolocation = {
    "latitude": HERE["latitude"],
    "longitude": HERE["longitude"],
    "accuracy": HERE["accuracy"],
}
COUNT_WATCHES = """
(() => {
  const open = new Set();
  const { geolocation } = navigator;
  const own = (name) => geolocation[name].bind(geolocation);
  const [watch, clear] = [own('watchPosition'), own('clearWatch')];
  window.watches = { open, made: 0, told: 0 };
  geolocation.watchPosition = (take, ...rest) => {
    const id = watch((position) => { window.watches.told += 1; take(position); }, ...rest);
    open.add(id);
    window.watches.made += 1;
    return id;
  };
  geolocation.clearWatch = (id) => { open.delete(id); clear(id); };
})();
"""
SILENT = """
navigator.geolocation.watchPosition = () => 1;
navigator.geolocation.getCurrentPosition = () => {};
navigator.geolocation.clearWatch = () => {};
"""
SLOW_PERMISSION = """
(() => {
  const query = navigator.permissions.query.bind(navigator.permissions);
  window.asked = [];
  navigator.permissions.query = async (what) => {
    await new Promise((go) => window.asked.push(go));
    return query(what);
  };
})();
"""
HIDE = """() => {
  Object.defineProperty(document, 'hidden', { value: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
TOLD = """(before) => window.watches.told > before || document.querySelector('#sheet[open]')"""
LIMIT_MS = 12_500
WANTED = 5
METRE = 1e-5


def open_watches(page: Page) -> int:
    """How many watches of the position are open now."""
    found: int = page.evaluate("() => window.watches.open.size")
    return found


def move_and_wait(phone: Phone, place: Geolocation) -> None:
    """Walk on, and wait until the page was told: of moves in a row the browser tells the last."""
    before: int = phone.page.evaluate("() => window.watches.told")
    phone.page.context.set_geolocation(place)
    phone.page.wait_for_function(TOLD, arg=before)


def expect_problem(phone: Phone, name: str, words: str) -> None:
    """One card explains, and its heading has the focus."""
    card = phone.today.problem(name)
    expect(card).to_be_visible()
    expect(card.get_by_role("heading")).to_contain_text(words)
    expect(card.get_by_role("heading")).to_be_focused()
    expect(phone.page.locator("[data-problem]:not([hidden])")).to_have_count(1)
    expect(phone.today.stamp).to_have_attribute("data-state", "failed")


def test_a_good_position_and_nothing_is_watched_afterwards(
    phones: Phones, product: Product
) -> None:
    phone = phones.ready(product)
    phone.page.add_init_script(COUNT_WATCHES)
    item = phone.stamp_now()
    assert (item["coarse"], item["accuracy"]) == (False, HERE["accuracy"])
    assert phone.page.evaluate("() => window.watches.made") >= 1
    expect(phone.today.stamp).to_have_attribute("data-state", "ready")
    assert open_watches(phone.page) == 0
    phone.sheet.close()
    phone.page.wait_for_function("() => window.watches.open.size === 1")
    phone.page.evaluate(HIDE)
    phone.page.wait_for_function("() => window.watches.open.size === 0")


def test_nothing_is_watched_while_a_qr_of_the_list_is_shown(
    phones: Phones, product: Product
) -> None:
    phone = phones.ready(product)
    phone.page.add_init_script(COUNT_WATCHES)
    phone.stamp_now()
    phone.sheet.close()
    phone.page.wait_for_function("() => window.watches.open.size === 1")
    phone.today.trip.get_by_role("button").click()
    expect(phone.sheet.qr).to_be_visible()
    phone.page.wait_for_function("() => window.watches.open.size === 0")
    phone.sheet.close()
    phone.page.wait_for_function("() => window.watches.open.size === 1")


def test_a_qr_that_opens_while_listening_begins_ends_it(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.page.add_init_script(COUNT_WATCHES)
    phone.page.add_init_script(SLOW_PERMISSION)
    phone.stamp_now()
    phone.sheet.close()
    phone.page.wait_for_function("() => window.asked.length > 0")
    phone.today.trip.get_by_role("button").click()
    expect(phone.sheet.qr).to_be_visible()
    phone.page.evaluate("() => window.asked.splice(0).forEach((go) => go())")
    phone.page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    assert open_watches(phone.page) == 0


def test_denied_then_allowed(phones: Phones, product: Product) -> None:
    phone = phones.ready(product, permissions=["background-sync"])
    phone.ready()
    phone.today.press()
    expect_problem(phone, "denied", "위치가 막혀")
    expect(phone.today.problem("denied").locator("details[open]")).to_have_count(1)
    phone.page.context.grant_permissions(["geolocation", "background-sync"])
    phone.today.problem("denied").locator("[data-do=again]").click()
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.today.problem("denied")).to_be_hidden()


def test_denied_while_setting_up_says_so_and_goes_on(phones: Phones, product: Product) -> None:
    phone = phones(product, permissions=[])
    phone.sign_in(product.next_officer(), product.password)
    phone.agree()
    step = phone.page.locator("[data-step=permission]")
    expect(step).to_contain_text("막혀")
    phone.tap("#practice")
    expect(phone.sheet.qr).to_be_visible()


def test_a_position_that_never_comes(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.page.add_init_script(SILENT)
    phone.page.clock.install()
    phone.ready()
    phone.today.press()
    expect(phone.page.locator("#stop")).to_be_visible()
    phone.page.clock.run_for(LIMIT_MS)
    expect_problem(phone, "timeout", "제때")
    phone.today.problem("timeout").locator("[data-do=again]").click()
    expect(phone.today.stamp).to_have_attribute("data-state", "locating")
    phone.page.locator("#stop").click()
    expect(phone.today.hint).to_contain_text("그만")
    assert phone.items() == []


def test_a_position_that_is_not_to_be_had(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    protocol(phone.page).send("Emulation.setGeolocationOverride", {})
    phone.ready()
    phone.today.press()
    expect_problem(phone, "unavailable", "위치를 알 수 없")
    phone.page.context.set_geolocation({**PLACE})
    phone.today.problem("unavailable").locator("[data-do=again]").click()
    expect(phone.sheet.qr).to_be_visible()


def test_no_position_at_all(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.page.add_init_script(
        "Object.defineProperty(navigator, 'geolocation', { value: undefined });"
    )
    phone.ready()
    phone.today.press()
    expect_problem(phone, "unsupported", "위치 기능이 없")
    phone.today.choose_place("34.8424,128.4246")
    phone.today.press()
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("practice")).to_be_visible()
    assert phone.newest()["practice"] is True


def test_a_coarse_position_is_stamped_and_flagged(phones: Phones, product: Product) -> None:
    coarse: Geolocation = {**PLACE, "accuracy": 1500}
    phone = phones.ready(product, geolocation=coarse)
    phone.page.add_init_script(COUNT_WATCHES)
    phone.ready()
    phone.today.press()
    for step in range(1, WANTED + 1):
        move_and_wait(phone, {**coarse, "latitude": HERE["latitude"] + step * METRE})
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("accuracy")).to_contain_text("1.5 km")
    expect(phone.sheet.part("accuracy")).to_contain_text("부정확")
    assert phone.newest()["coarse"] is True
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    verdict = phones(product).scan(phone.newest()["url"])
    expect(verdict.page.locator("main")).to_contain_text("위치 부정확")
    phone.page.bring_to_front()
    expect(phone.sheet.part("coarse")).to_contain_text("1 km 넘게 부정확")
    phone.page.context.set_geolocation(PLACE)
    phone.sheet.part("coarse").get_by_role("button", name="다시 찍기").click()
    expect(phone.sheet.dialog).to_be_hidden()
    expect(phone.today.seal).to_be_focused()
    expect(phone.today.stamp).to_have_attribute("data-state", "ready")
    phone.today.press()
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("accuracy")).to_contain_text("12")
    expect(phone.sheet.part("coarse")).to_be_hidden()
    assert [item["coarse"] for item in phone.items()].count(False) == 1


def test_a_coarse_stamp_offers_another_only_where_one_can_be_made(
    phones: Phones, product: Product
) -> None:
    coarse: Geolocation = {**PLACE, "accuracy": 1500}
    phone = phones.ready(product, geolocation=coarse)
    phone.page.add_init_script(COUNT_WATCHES)
    phone.page.goto("/start")
    expect(phone.page.locator("#practice")).to_be_enabled()
    make_coarse(phone, "#practice", coarse)
    assert phone.newest()["practice"] is True
    expect(phone.sheet.part("coarse")).to_be_hidden()
    phone.ready()
    open_the_row(phone, phone.today.trip)
    expect(phone.sheet.part("coarse")).to_be_hidden()
    phone.sheet.close()
    make_coarse(phone, "#seal", coarse)
    expect(phone.sheet.part("coarse")).to_be_visible()
    coarse_ones = phone.history.open().rows.filter(has_text="부정확")
    open_the_row(phone, coarse_ones.filter(has_not_text="연습"))
    expect(phone.sheet.part("coarse")).to_be_hidden()


def make_coarse(phone: Phone, button: str, coarse: Geolocation) -> None:
    """Press, and walk until there are enough positions, all of them coarse."""
    phone.tap(button)
    for step in range(1, WANTED + 1):
        move_and_wait(phone, {**coarse, "latitude": HERE["latitude"] + step * METRE})
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("accuracy")).to_contain_text("부정확")


def open_the_row(phone: Phone, rows: Locator) -> None:
    """Open the one coarse stamp of a list."""
    rows.get_by_role("button").click()
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("accuracy")).to_contain_text("부정확")


def test_a_page_without_a_secure_connection_says_so(phones: Phones, product: Product) -> None:
    phone = phones(product)
    insecure = "Object.defineProperty(window, 'isSecureContext', { value: false });"
    phone.page.add_init_script(insecure)
    phone.page.goto("/today")
    expect(phone.page.locator("#insecure")).to_be_visible()
    expect(phone.page.locator("#insecure")).to_contain_text("https://")
