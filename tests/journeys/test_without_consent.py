"""Without consent all but stamping works, as the consent's text promises."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.test_camera import ALLOWED, Camera
from tests.journeys.test_shared_phone import IDENTITY

pytestmark = pytest.mark.browser

ARRIVED = "모두 사무실에 도착했어요"


def refuse(phone: Phone) -> None:
    """On the set-up page: a key for photos, no consent."""
    phone.tap(phone.page.get_by_role("button", name="동의 없이 기기 열쇠만 만들기"))
    expect(phone.page.locator("#key-made")).to_be_visible()
    expect(phone.page.locator("[data-step=key]")).to_contain_text("완료")
    expect(phone.page.locator("[data-step=consent]")).to_contain_text("할 일")
    expect(phone.page.locator("#practice")).to_be_disabled()


def photograph(phone: Phone) -> None:
    """Take one photo and wait until it is in the office."""
    camera = Camera(phone.page).lit()
    camera.shoot()
    camera.saved(1)
    phone.page.get_by_role("button", name="보내기", exact=True).click()
    expect(camera.waiting).to_contain_text(ARRIVED, timeout=15_000)


def newcomer(phones: Phones, product: Product) -> Phone:
    """A phone whose person has signed in and no more."""
    phone = phones(product, permissions=ALLOWED)
    phone.number = product.newcomer()
    phone.sign_in(phone.number, product.password)
    return phone


def test_a_photo_arrives_and_stamping_asks_for_consent(phones: Phones, product: Product) -> None:
    phone = newcomer(phones, product)
    phone.page.goto("/photos/camera")
    phone.tap(Camera(phone.page).problem("setup").get_by_role("link"))
    refuse(phone)
    phone.tap(phone.page.get_by_role("link", name="현장사진 찍기"))
    photograph(phone)

    phone.page.goto("/today")
    card = phone.today.problem("unagreed")
    expect(card).to_contain_text("동의가 없어요")
    expect(phone.today.stamp).to_have_attribute("data-state", "wait")
    expect(phone.today.hint).to_contain_text("동의가 있어야")
    assert phone.items() == []
    phone.tap(card.get_by_role("link"))
    expect(phone.page.locator("#key-made")).to_be_visible()
    phone.tap(phone.page.locator("#key-made").get_by_role("button", name="동의서 보기"))
    expect(phone.page.locator("#consent")).to_be_focused()
    phone.agree()
    expect(phone.page.locator("#photos-only")).to_be_hidden()
    assert phone.stamp_now()["type"] == "stamp"


def test_registering_a_revoked_phone_again_is_no_consent(phones: Phones, product: Product) -> None:
    phone = newcomer(phones, product)
    refuse(phone)
    kid = phone.page.evaluate(IDENTITY).split('"kid":"')[1][:16]
    phone.me.open().revoke_device(kid)
    phone.page.goto("/photos/camera")
    phone.tap(Camera(phone.page).problem("revoked").get_by_role("link"))
    phone.tap(phone.page.locator("[data-problem=revoked] button"))
    expect(phone.page.locator("#key-made")).to_be_visible()
    expect(phone.page.locator("[data-problem=revoked]")).to_be_hidden()
    phone.me.open()
    expect(phone.page.get_by_text("동의하지 않음")).to_be_visible()
    phone.page.goto("/photos/camera")
    photograph(phone)
