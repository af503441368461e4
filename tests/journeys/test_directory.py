"""누고?: the list follows the typing, keys and back button work, a syllable may be half done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

EMPTIED = """() => {
  window.emptied = 0;
  const look = () => {
    if (!document.querySelector('#found .office')) window.emptied += 1;
  };
  new MutationObserver(look).observe(document.getElementById('found'), { childList: true });
}"""


@pytest.fixture
def page(phones: Phones, product: Product) -> Page:
    """The search on an officer's computer."""
    desk = phones.desk(product)
    desk.signed_in(product.story.code, product.next_officer(), product.password)
    desk.page.goto("/directory")
    return desk.page


def test_the_list_follows_what_is_typed_and_the_address_can_be_passed_on(page: Page) -> None:
    box = page.get_by_role("searchbox", name="업무, 부서, 이름, 전화번호")
    expect(box).to_be_focused()
    box.press_sequentially("청년 창업", delay=30)
    status = page.get_by_role("status").filter(has_text="개 기관")
    expect(status).to_be_visible()
    expect(page.locator(".hit mark").first).to_have_text(re.compile("청년"))
    expect(page).to_have_url(re.compile(r"/directory\?q=%EC%B2%AD%EB%85%84\+%EC%B0%BD%EC%97%85$"))
    expect(page).to_have_title(re.compile("^청년 창업 · 누고"))
    expect(page.locator(".office")).to_have_count(10)  # the rest is there when the typing pauses
    typed = page.locator(".hit .duty").all_text_contents()
    page.reload()
    assert page.locator(".hit .duty").all_text_contents() == typed
    assert page.locator(".hit a.call").first.get_attribute("href", timeout=5000) is not None


def test_keys_lead_into_the_list_to_an_entry_and_back(page: Page) -> None:
    page.keyboard.type("상수도")
    first = page.locator("a.what").first
    expect(first).to_contain_text("상수도")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/directory/entry/"))
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("상수도")
    expect(page.locator("a.what").first).to_contain_text("상수도")
    expect(page.locator("a.what").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(page.locator(".office")).to_have_count(0)


def test_the_list_is_never_empty_while_a_syllable_is_composed(page: Page) -> None:
    page.keyboard.type("창업")
    expect(page.locator(".office").first).to_be_visible()
    page.evaluate(EMPTIED)
    protocol = page.context.new_cdp_session(page)
    for text in ("ㅈ", "지", "짖", "지워", "지원"):
        both = {"selectionStart": len(text), "selectionEnd": len(text)}
        protocol.send("Input.imeSetComposition", {"text": text, **both})
        page.wait_for_timeout(60)
    protocol.send("Input.insertText", {"text": "지원"})
    expect(page.get_by_role("searchbox")).to_have_value("창업지원")
    expect(page).to_have_url(re.compile("q=%EC%B0%BD%EC%97%85%EC%A7%80%EC%9B%90"))
    assert page.evaluate("window.emptied") == 0
    for text in ("ㅂ", "부", "붸", "뷀", "뷁"):
        both = {"selectionStart": len(text), "selectionEnd": len(text)}
        protocol.send("Input.imeSetComposition", {"text": text, **both})
        page.wait_for_timeout(60)
    expect(page.locator(".office").first).to_be_visible()
    protocol.send("Input.insertText", {"text": "뷁"})
    expect(page.locator(".office")).to_have_count(0)  # whole now, and nobody has it
    expect(page.get_by_role("status").filter(has_text="찾은 것이 없습니다")).to_be_visible()


def test_what_fits_a_screen_comes_first_and_the_rest_when_the_typing_pauses(page: Page) -> None:
    held = list[Route]()

    def hold(route: Route) -> None:
        """Keep the rest back, however slow the machine is."""
        held.append(route)

    page.route("**/directory/found?q=*", hold)
    page.keyboard.type("상수도")
    expect(page.locator(".office")).to_have_count(3)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    third = page.locator("a.what").nth(2)
    expect(third).to_be_focused()
    while not held:
        page.wait_for_timeout(50)
    for route in held:
        route.continue_()
    expect(page.locator(".office")).to_have_count(10)
    expect(third).to_be_focused()  # the rest came behind it
    expect(page.get_by_role("link", name="다음")).to_be_visible()
    headings = page.locator(".office h2").all_text_contents()
    assert len(set(headings)) == len(headings)


def test_a_rest_that_comes_late_is_shown_under_no_other_list(page: Page) -> None:
    late = list[Route]()

    def first_is_late(route: Route) -> None:
        """Hold the first rest back."""
        if late:
            route.continue_()
        else:
            late.append(route)

    page.route("**/directory/found?q=*", first_is_late)
    page.keyboard.type("상수도")
    expect(page.locator(".office")).to_have_count(3)
    page.wait_for_timeout(500)
    assert len(late) == 1
    page.get_by_role("searchbox").fill("청년")
    expect(page.locator("a.what").first).to_contain_text("청년")
    late[0].continue_()
    expect(page.locator(".office")).to_have_count(10)
    page.wait_for_timeout(300)
    assert page.locator("#found #said").count() == 1
    assert page.locator("#found nav.pages").count() == 1
    assert page.locator("#found .rest").count() == 0


def test_a_rest_that_is_lost_can_be_opened_and_comes_with_the_line(
    page: Page, watch: Watch
) -> None:
    watch.expect("net::ERR_FAILED")
    page.route("**/directory/found?q=*", lambda route: route.abort())
    page.keyboard.type("상수도")
    link = page.get_by_role("link", name="나머지 기관 보기")
    expect(link).to_be_visible()
    page.wait_for_timeout(600)
    expect(link).to_be_visible()
    page.unroute("**/directory/found?q=*")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".office")).to_have_count(10)
    expect(link).to_have_count(0)


def test_the_list_that_came_with_the_page_stays(page: Page) -> None:
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/directory/found" in one.url else None)
    page.goto("/directory?q=상수도&page=2")
    before = page.locator(".office h2").all_text_contents()
    assert len(before) > 3
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert asked == []
    page.get_by_role("searchbox").fill("청년")
    expect(page.locator("a.what").first).to_contain_text("청년")
    page.go_back()
    expect(page.locator("a.what").first).to_contain_text("상수도")
    expect(page).to_have_url(re.compile("page=2"))
    assert page.locator(".office h2").all_text_contents() == before


def test_marks_of_the_table_stay_in_their_line(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/directory/table?q=상수도")
    expect(page.locator(".nation mark").first).to_be_visible()
    shown = "marks => [...new Set(marks.map((one) => getComputedStyle(one).display))]"
    assert page.locator(".nation mark").evaluate_all(shown) == ["inline"]


def test_back_leads_through_the_searches_that_were_meant(page: Page) -> None:
    box = page.get_by_role("searchbox")
    for words in ("상수도", "청년"):
        box.fill(words)
        box.press("Enter")
        expect(page.locator("a.what").first).to_contain_text(words)
    page.go_back()
    expect(box).to_have_value("상수도")
    expect(page.locator("a.what").first).to_contain_text("상수도")


def test_it_works_without_javascript(phones: Phones, product: Product) -> None:
    desk = phones.desk(product, java_script_enabled=False)
    desk.signed_in(product.story.code, product.next_officer(), product.password)
    desk.page.goto("/directory")
    desk.page.get_by_role("searchbox").fill("상수도")
    desk.page.get_by_role("button", name="찾기").click()
    expect(desk.page.locator(".hit").first).to_contain_text("상수도")
    desk.page.get_by_role("link", name=re.compile("^경상남도 \\d")).click()
    expect(desk.page.locator(".office h2").first).to_contain_text("경상남도")
