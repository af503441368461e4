"""Real use, without the demonstration: an organisation of one's own, and stamps that count."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.core import keys
from tests.bench import stage
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import fill_login
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

PASSWORD = "처음부터 끝까지 긴 비밀번호"
ANSWERS = {
    "기관 코드": "6480000",
    "기관 이름": "한빛시청",
    "이름": "김처음",
    "부서": "총무과",
    "직원번호": "A-1",
    "비밀번호": PASSWORD,
    "비밀번호 확인": PASSWORD,
}


@pytest.fixture(scope="module")
def real() -> Iterator[Product]:
    """A product that was just installed: no organisation, no people."""
    home = stage.instance(demo=False)
    with stage.served(home, DEMO="0") as server:
        yield Product(server, home)


def fill_first_run(page: Page, code: str) -> None:
    """Fill in the first-run page and send it."""
    page.get_by_label("설정 번호").fill(code)
    for label, answer in ANSWERS.items():
        page.get_by_label(label, exact=True).fill(answer)
    page.get_by_role("button", name="만들기").click()


def test_from_the_set_up_code_to_a_stamp_that_counts(
    phones: Phones, real: Product, watch: Watch
) -> None:
    watch.expect("status of 403.*/first-run")
    phone = phones(real)
    phone.page.goto("/")
    expect(phone.page).to_have_url(f"{real.url}/first-run")
    fill_first_run(phone.page, "not-the-code")
    expect(phone.page.get_by_label("설정 번호")).to_have_attribute("aria-invalid", "true")
    expect(phone.page.get_by_label("기관 이름")).to_have_value("한빛시청")
    fill_first_run(phone.page, keys.setup_code(real.home))
    phone.page.wait_for_url("**/login")
    fill_login(phone.page, "A-1", PASSWORD)
    expect(phone.page).not_to_have_url(re.compile("/login"))
    phone.page.goto("/today")
    expect(phone.page.locator("#practice-place")).to_have_count(0)
    expect(phone.page.locator("#bars")).not_to_contain_text("연습용")

    phone.set_up()
    phone.tap("#practice")
    expect(phone.sheet.qr).to_be_visible()
    expect(phone.sheet.part("practice")).to_be_visible()
    practice = phone.sheet.read_qr()
    assert phone.items() == []
    verdict = phones(real).scan(practice)
    expect(verdict.title).to_contain_text("연습용")
    assert "받은 시각" not in verdict.facts

    item = phone.stamp_now()
    assert (item["practice"], item["seq"]) == (False, 1)
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    verdict = phones(real).scan(item["url"])
    expect(verdict.title).to_have_text("유효한 도장입니다")
    expect(verdict.page.locator("main")).not_to_contain_text("연습")
    assert verdict.facts["기관"] == "한빛시청"
    assert verdict.facts["이름"] == "김*음"


def test_the_first_page_offers_no_trial(phones: Phones, real: Product, watch: Watch) -> None:
    watch.expect("status of (403|404|409)")
    phone = phones(real)
    phone.page.goto("/login")
    expect(phone.page.get_by_text("체험하기")).to_have_count(0)
    phone.page.goto("/")
    expect(phone.page.locator("button[name=role]")).to_have_count(0)
    assert phone.page.request.post("/trial", form={"role": "officer"}).status in {403, 404}
