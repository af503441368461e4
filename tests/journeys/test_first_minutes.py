"""The first fifteen minutes: from the first page to a stamp that an auditor believes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.bench.chromium import HERE
from tests.journeys import oracles
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone

pytestmark = pytest.mark.browser

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
ABOVE = """(pair) => {
  const [first, second] = pair.map((one) => document.querySelector(one).getBoundingClientRect());
  return first.bottom <= second.top;
}"""
SHARED = """
navigator.canShare = () => true;
navigator.share = async (what) => { window.shared = what; };
"""
COPIED = "async () => (await navigator.clipboard.read()).flatMap(({ types }) => types)"
WRONG_CLOCK = "{ const real = Date.now; Date.now = () => real() + (%d); }"
DEVICE = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('office');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const asked = opening.result.transaction('kv').objectStore('kv').getAll();
    asked.onsuccess = () => {
      opening.result.close();
      const own = asked.result.map((row) => row.value ?? row).find((value) => value.publicX);
      const { extractable } = own.privateKey;
      resolve({ x: Array.from(own.publicX), y: Array.from(own.publicY), extractable });
    };
  };
})"""


def start_url(phone: Phone) -> str:
    """Where the icon on the home screen leads."""
    answer = phone.page.request.get("/manifest.webmanifest")
    return str(answer.json()["start_url"])


def test_from_the_first_page_to_a_valid_qr(phones: Phones, product: Product) -> None:
    phone = phones(product)
    phone.page.goto("/")
    phone.tap(phone.page.get_by_role("button", name="출장 가는 직원 체험하기"))
    phone.tap(phone.page.get_by_role("link", name="준비 시작"))
    phone.agree()
    phone.tap("#practice")
    expect(phone.sheet.qr).to_be_visible()
    assert phone.taps <= 6

    icon = phone.another_tab()
    phone.page.close()
    icon.page.goto(start_url(icon))
    expect(icon.today.stamp).to_have_attribute("data-state", "ready")
    icon.tap("#seal")
    expect(icon.sheet.qr).to_be_visible()
    assert icon.taps == 1

    read = icon.sheet.read_qr()
    assert read == read.upper() == icon.newest()["url"]
    expect(icon.sheet.part("state")).to_contain_text("서버가 받")
    citizen = phones(product).scan(read)
    expect(citizen.title).to_have_text("유효한 도장입니다")
    assert citizen.facts["이름"] == "김*늘"
    assert citizen.facts["장소"].startswith("경상남도 창원시 의창구")
    assert str(HERE["latitude"])[:5] not in citizen.page.content()


def test_other_libraries_open_the_token_of_the_browser(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    item = phone.stamp_now()
    token, device = bytes.fromhex(item["token"]), phone.page.evaluate(DEVICE)
    assert device["extractable"] is False
    assert len(token) <= 400
    point = bytes(device["x"]), bytes(device["y"])
    audit = oracles.audit_key(product.home)
    ours: Any = oracles.opened_by_cwt(token, audit, point)
    assert ours == oracles.opened_by_pycose(token, audit, point)
    assert (ours[1], ours[2], ours[6]) == (product.story.code, phone.number, item["capturedAt"])
    assert ours[7].hex() == item["id"]
    assert ours[264][1] == pytest.approx(HERE["latitude"], abs=1e-5)
    assert ours[264][2] == pytest.approx(HERE["longitude"], abs=1e-5)
    assert ours[264][4] == HERE["accuracy"]
    trip = ours[-70001]
    assert (trip[1], trip[2], trip[3], trip[5]) == (item["trip"], 1, bytes(8), 1)
    assert trip[7] == product.name_of(phone.number)


def test_an_iphone_is_told_of_its_home_screen_before_consent(
    phones: Phones, product: Product
) -> None:
    phone = phones(product, user_agent=IPHONE)
    phone.sign_in(product.newcomer(), product.password)
    first = phone.page.locator("#install-first")
    expect(first).to_contain_text("저장소가 서로 달라")
    expect(first.locator("ol")).to_be_visible()
    above: bool = phone.page.evaluate(ABOVE, ["#install-first", "#agree"])
    assert above
    phone.page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: true });")
    phone.page.reload()
    expect(phone.page.locator("#go")).to_be_enabled()
    expect(first).to_be_hidden()


def test_what_is_shared_has_its_link_and_the_picture_can_be_copied(
    phones: Phones, product: Product
) -> None:
    allowed = ["geolocation", "background-sync", "clipboard-read", "clipboard-write"]
    phone = phones.ready(product, permissions=allowed)
    phone.page.add_init_script(SHARED)
    url = phone.stamp_now()["url"]
    phone.sheet.dialog.get_by_role("button", name="공유").click()
    phone.page.wait_for_function("() => window.shared")
    assert phone.page.evaluate("() => window.shared.text.split('\\n').at(-1)") == url
    phone.sheet.dialog.get_by_role("button", name="그림 복사").click()
    expect(phone.page.locator("#toast")).to_contain_text("그림을 복사")
    assert phone.page.evaluate(COPIED) == ["image/png"]


@pytest.mark.parametrize(("minutes", "words"), [(7, "7분 빨라요"), (-3, "3분 늦어요")])
def test_a_wrong_clock_is_told_beside_the_seal(
    phones: Phones, product: Product, minutes: int, words: str
) -> None:
    phone = phones.ready(product)
    phone.ready()
    note = phone.page.locator("#stamp #clock-note")
    expect(note).to_have_count(0)
    phone.page.add_init_script(WRONG_CLOCK % (minutes * 60_000))
    phone.ready()
    expect(note).to_contain_text(words)


@pytest.mark.parametrize(
    ("sample", "title"),
    [
        ("유효한 도장", "유효한 도장입니다"),
        ("위조한 도장", "서명이 맞지 않는 도장입니다"),
        ("취소한 도장", "본인이 취소한 도장입니다"),
        ("사용을 멈춘 기기의 도장", "사용을 멈춘 기기의 도장입니다"),
    ],
)
def test_the_samples_show_each_verdict(
    phones: Phones, product: Product, sample: str, title: str
) -> None:
    citizen = phones(product)
    citizen.page.goto("/")
    citizen.page.get_by_role("link", name=sample, exact=True).click()
    expect(citizen.page.locator("#finding")).to_have_text(title)
