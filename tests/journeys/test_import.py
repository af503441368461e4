"""An administrator's phone and a file of officials: wide tables scroll in their own box only."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.core import outbox
from app.directory.service import importing
from tests.bench import stage
from tests.directory import files
from tests.journeys.conftest import Phones, Product
from tests.journeys.test_axe import administrator_of
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

NAME = f"2026년_하반기_{'전체직원업무분장표' * 5}.csv"
TITLE = "경상남도 고성군 전체 직원 업무분장 현황과 행정전화번호 안내"
BESIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
REFUSED = "status of 422"


def bring(page: Page, content: bytes) -> None:
    """Upload a file."""
    page.goto("/directory/imports")
    page.set_input_files("#file", {"name": NAME, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="올리기").click()


def work(product: Product) -> None:
    """Let the worker do what is due."""
    with stage.application(product.home).app_context():
        outbox.work_off(importing.VERBS)


def test_a_file_is_brought_in_on_a_phone(phones: Phones, product: Product, watch: Watch) -> None:
    watch.expect(REFUSED)
    phone = phones(product)
    phone.signed_in(product.story.code, administrator_of(product), product.password)
    page = phone.page
    bring(page, b"%PDF-1.7")
    expect(page.get_by_role("alert")).to_contain_text("표 파일이 아닙니다")
    expect(page.locator("#file")).to_have_accessible_description(
        "50MB까지. 공개되지 않은 명단은 올리지 마세요. 표 파일이 아닙니다. XLSX나 CSV로 저장해 올려 주세요."  # noqa: E501
    )
    bring(page, files.text([[TITLE], files.HEAD, *files.BODY]).encode())
    work(product)
    page.reload()
    box = page.get_by_role("region", name="파일의 처음 몇 행")
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    assert page.evaluate(BESIDE) == 0
    first, second = (box.locator("tr.head + tr td").nth(at).bounding_box() for at in (1, 2))
    assert first is not None
    assert second is not None
    assert second["x"] < 390  # the title makes no column as wide as the screen
    box.focus()
    page.keyboard.press("ArrowRight")
    expect(box).not_to_have_js_property("scrollLeft", 0)
    expect(page.get_by_label("기관", exact=True)).to_have_accessible_description(
        f"‘{TITLE}’을(를) 보고 골라 두었습니다. 맞는지 꼭 확인해 주세요."
    )
    page.get_by_label("기관", exact=True).select_option(label="서울특별시 종로구")
    page.get_by_role("button", name="미리 돌려 보기").click()
    work(product)
    page.reload()
    page.get_by_role("button", name="시작", exact=True).click()
    sure = page.get_by_role("checkbox", name="줄어드는 것이 맞습니다")
    expect(sure).to_be_focused()
    expect(sure).to_have_accessible_description(
        "줄어드는 것이 맞으면 확인 칸을 누른 뒤 다시 시작해 주세요."
    )
    assert page.evaluate(BESIDE) == 0
    page.get_by_role("button", name="이 파일 버리기").click()
    expect(page.locator("main")).to_contain_text("아직 올린 파일이 없습니다")
