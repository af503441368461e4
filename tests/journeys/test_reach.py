"""Within everybody's reach: by keyboard alone, on a small screen, in large letters, by thumb."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.bench.chromium import HERE
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone

pytestmark = pytest.mark.browser

MOST_TABS = 60
PAGES = ("/", "/login", "/today", "/history", "/start", "/offline", "/me", "sample")
WIDER = """() => {
  const room = document.documentElement.clientWidth;
  const contained = (node) => node.closest('.scroll, pre, svg, .sr');
  const wide = [...document.querySelectorAll('body *')].filter((node) =>
    node.getBoundingClientRect().right > room + 1 && !contained(node) && node.checkVisibility());
  const over = document.documentElement.scrollWidth > room;
  return over ? wide.slice(0, 5).map((node) => node.outerHTML.slice(0, 90)).concat('scrolls') : [];
}"""
SMALL = """() => {
  const wanted = 'button, select, textarea, summary, label.chip, nav a, a.btn, a.tool, a.item, '
    + 'a.brand, a.card, input:not([type=hidden], [type=radio], [type=checkbox])';
  return [...document.querySelectorAll(wanted)].filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return node.checkVisibility({ visibilityProperty: true }) && (width < 47.5 || height < 47.5);
  }).map((node) => {
    const { width, height } = node.getBoundingClientRect();
    return `${Math.round(width)}x${Math.round(height)} ${node.outerHTML.slice(0, 80)}`;
  });
}"""
COVERED = """() => {
  const node = document.activeElement;
  const tabs = document.querySelector('nav.tabs');
  if (!tabs || node === document.body || tabs.contains(node)) return '';
  const [own, bar] = [node.getBoundingClientRect(), tabs.getBoundingClientRect()];
  const hidden = own.bottom > bar.top + 1 && own.height < bar.top;
  return hidden ? node.outerHTML.slice(0, 100) : '';
}"""
NOTE_MOVES = """
window.moved = [];
addEventListener('transitionrun', ({ propertyName }) => window.moved.push(propertyName), true);
"""
MOVING = """() => document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime > 50)
  .map((one) => one.animationName ?? one.transitionProperty)
  .concat(window.moved)"""
LARGE = "() => { document.documentElement.style.fontSize = '200%'; }"


def tab_to(page: Page, selector: str) -> None:
    """Go on with the tab key until this is reached, and see that its focus shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            break
    focused = page.locator(selector)
    expect(focused).to_be_focused()
    style = focused.evaluate("node => getComputedStyle(node).outlineStyle")
    assert style != "none", f"{selector} shows no focus"


def paths(page: Page) -> list[str]:
    """The pages, with a verdict in place of its name."""
    page.goto("/")
    sample = str(page.locator("a.sample").first.get_attribute("href"))
    return [sample if path == "sample" else path for path in PAGES]


def test_the_first_stamp_by_keyboard_alone(phones: Phones, product: Product) -> None:
    desk = phones.desk(product)
    page = desk.page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    tab_to(page, "button[name=role][value=officer]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    expect(desk.today.problem("setup")).to_be_visible()
    tab_to(page, "[data-problem=setup] a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    expect(page.locator("#go")).to_be_enabled()
    tab_to(page, "#go")
    page.keyboard.press("Enter")
    expect(page.locator("#practice")).to_be_focused()
    page.keyboard.press("Enter")
    expect(desk.sheet.qr).to_be_visible()
    expect(desk.sheet.title).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    expect(desk.today.stamp).to_have_attribute("data-state", "ready")
    tab_to(page, "#seal")
    page.keyboard.press("Space")
    expect(desk.sheet.qr).to_be_visible()
    tab_to(page, "[data-do=link]")
    page.keyboard.press("Escape")
    expect(desk.today.seal).to_be_focused()


def test_small_screens_and_large_letters_scroll_one_way_only(
    phones: Phones, product: Product
) -> None:
    phone = phones.ready(product, viewport={"width": 320, "height": 640})
    found: list[str] = []
    for path in paths(phones(product).page):
        phone.page.set_viewport_size({"width": 320, "height": 640})
        phone.page.goto(path)
        found += [f"{path[:9]} at 320: {one}" for one in phone.page.evaluate(WIDER)]
        phone.page.set_viewport_size({"width": 390, "height": 844})
        phone.page.evaluate(LARGE)
        found += [f"{path[:9]} at 200 %: {one}" for one in phone.page.evaluate(WIDER)]
    phone.page.set_viewport_size({"width": 320, "height": 640})
    phone.stamp_now()
    found += [f"sheet at 320: {one}" for one in phone.page.evaluate(WIDER)]
    phone.page.evaluate(LARGE)
    found += [f"sheet at 200 %: {one}" for one in phone.page.evaluate(WIDER)]
    assert found == []


def test_everything_to_be_touched_is_large_enough(phones: Phones, product: Product) -> None:
    stranger, phone = phones(product), phones.ready(product)
    found: list[str] = []
    for path in paths(stranger.page):
        page = stranger.page if path in {"/", "/login"} else phone.page
        page.goto(path)
        found += [f"{path[:9]}: {one}" for one in page.evaluate(SMALL)]
    phone.stamp_now()
    phone.page.locator("[data-do=ask-void]").click()
    found += [f"sheet: {one}" for one in phone.page.evaluate(SMALL)]
    assert found == []


def test_the_focus_is_never_under_the_tab_bar(phones: Phones, product: Product) -> None:
    phone = phones.ready(product, viewport={"width": 390, "height": 500})
    phone.stamp_now()
    found: list[str] = []
    for path in ("/today", "/history", "/me"):
        phone.page.goto(path)
        expect(phone.page.get_by_role("heading", level=1)).to_be_visible()
        for _ in range(20):
            phone.page.keyboard.press("Tab")
            found += [f"{path}: {one}" for one in [phone.page.evaluate(COVERED)] if one]
    assert found == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_those_who_asked(phones: Phones, product: Product, motion: str) -> None:
    phone: Phone = phones.ready(product, reduced_motion=motion, geolocation=HERE | {"accuracy": 90})
    phone.page.add_init_script(NOTE_MOVES)
    phone.ready()
    phone.today.press()
    expect(phone.today.stamp).to_have_attribute("data-state", "locating")
    moving = phone.page.evaluate(MOVING)
    assert bool(moving) is (motion == "no-preference"), moving
