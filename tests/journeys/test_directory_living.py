"""Living with the directory: told who is in charge now, and calling without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.test_shared_phone import IDENTITY
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

# A server that is killed refuses what comes, and cuts what is under way.
GONE = r"net::ERR_(CONNECTION_(REFUSED|RESET)|EMPTY_RESPONSE)"
FIRST_OFFICER = "20260001"


def told(page: Page) -> None:
    """From the bell to the entry of who came today."""
    bell = page.locator("#bell")
    expect(bell).to_have_accessible_name("읽지 않은 알림 1건")
    bell.click()
    page.get_by_role("button", name="열기").first.click()
    expect(page.locator("#bell")).to_have_accessible_name("알림")
    expect(page.get_by_role("heading", level=1)).to_contain_text("청년 창업")


def test_who_came_today_can_be_called_with_the_server_gone(
    phones: Phones, mortal: Product, watch: Watch
) -> None:
    watch.expect(GONE)
    phone = phones(mortal)
    phone.signed_in(mortal.story.code, FIRST_OFFICER, mortal.password)
    page = phone.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/today")
    phone.kept()
    told(page)
    number = page.locator("a.call").first.get_attribute("href")
    assert number is not None
    page.get_by_role("button", name="복사", exact=True).click()
    expect(page.locator("#toast")).to_have_text("복사했습니다.")
    assert "경상남도 창원시 청년정책과" in page.evaluate("navigator.clipboard.readText()")
    unstarred, entry = page.get_by_role("button", name="즐겨찾기에서 빼기"), page.url
    unstarred.click()
    expect(page.get_by_role("status").first).to_contain_text("뺐습니다")
    page.get_by_role("button", name="즐겨찾기", exact=True).click()
    expect(unstarred).to_have_attribute("aria-pressed", "true")
    page.goto("/directory/mine")
    expect(page.locator("#source")).to_contain_text("서버와 맞추었어요")
    expect(page.locator("#favourites .entry")).to_have_count(5)

    mortal.server.kill()
    page.goto("/directory/mine")
    expect(page.locator("#source")).to_contain_text("통신이 없어")
    for place in ("favourites", "recent"):
        expect(page.locator(f'#{place} a.call[href="{number}"]')).to_be_visible()
    page.goto(entry)
    expect(page.get_by_role("heading", level=1)).to_contain_text("담당자를 찾을 수 없")
    page.get_by_role("link", name="이 기기에 있는 담당자 보기").click()
    expect(page.locator("#favourites .entry")).to_have_count(5)
    page.locator("#forget").click()
    expect(page.locator("#no-recent")).to_be_visible()
    page.locator("#restore").click()
    expect(page.locator("#recent .entry")).to_have_count(1)

    mortal.server.start()
    page.goto("/me")
    assert "청년 창업" in page.evaluate(IDENTITY)
    page.get_by_role("button", name="로그아웃", exact=True).click()
    expect(page).to_have_url(f"{mortal.url}/")
    assert "청년 창업" not in page.evaluate(IDENTITY)


def test_it_works_by_keyboard_and_without_scripts(phones: Phones, product: Product) -> None:
    phone = phones.desk(product, java_script_enabled=False)
    page = phone.page
    phone.signed_in(product.story.code, product.newcomer(), product.password)
    page.goto("/directory/follows")
    page.get_by_label("업무", exact=True).fill("청년 창업")
    page.get_by_label("어디에서").select_option("sido:경상남도")
    page.get_by_role("button", name="알림 받기", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("알려 드립니다")
    page.get_by_role("button", name="그만 받기").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="되돌리기").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="그만 받기")).to_have_count(1)
