"""Auditor, citizen and administrator: who looks at a stamp, and who looks after people."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.bench.chromium import HERE
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone, Verdict, described, fill_login

pytestmark = pytest.mark.browser

QUESTION = "이 출장은 몇 시에 끝났습니까?"


def trial(phones: Phones, product: Product, who: str) -> Phone:
    """Somebody at a desk who tries a role out."""
    desk = phones.desk(product)
    desk.page.goto("/")
    desk.page.get_by_role("button", name=f"{who} 체험하기").click()
    desk.page.wait_for_url(re.compile("/(audit|people)$"))
    return desk


def test_an_auditor_sees_everything_and_is_seen(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    name = product.name_of(phone.number)
    phone.stamp_now()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    code = phone.sheet.part("code").inner_text()
    item = phone.stamp_now()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")

    auditor = trial(phones, product, "감사 담당자").page
    auditor.get_by_label("찾기").fill(code)
    auditor.get_by_role("main").get_by_role("button", name="찾기").click()
    found = auditor.locator("main a.item")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(name)
    found.click()
    verdict = Verdict(auditor)
    expect(verdict.title).to_have_text("유효한 도장입니다")
    assert verdict.claims["직원번호"] == phone.number
    latitude, longitude = map(float, verdict.claims["위도, 경도"].split(", "))
    assert latitude == pytest.approx(HERE["latitude"], abs=1e-5)
    assert longitude == pytest.approx(HERE["longitude"], abs=1e-5)
    expect(verdict.desk).to_contain_text("자동화된 브라우저이거나 휴대전화가 아님")
    expect(verdict.desk.locator("svg .pin")).to_have_count(1)
    neighbours = verdict.desk.locator("tbody tr")
    expect(neighbours).to_have_count(2)
    neighbours.nth(1).get_by_role("link").click()
    expect(auditor).to_have_url(re.compile(item["url"].rpartition("/")[2], re.IGNORECASE))

    views = phone.me.open().views
    expect(views.first).to_contain_text("감사관")
    assert views.count() >= 2


def test_a_colleague_sees_no_more_than_a_citizen(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    url = phone.stamp_now()["url"]
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    administrator = trial(phones, product, "기관 관리자")
    verdict = administrator.scan(url)
    expect(verdict.title).to_have_text("유효한 도장입니다")
    expect(verdict.desk).to_have_count(0)
    assert phone.me.open().views.filter(has_text="총무과").count() == 0


def test_a_citizen_asks_and_the_auditor_settles_it(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    url = phone.stamp_now()["url"]
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    citizen = phones(product).scan(url)
    question = f"{QUESTION} {phone.number}"
    citizen.ask(question, "010-0000-0000")
    expect(citizen.page.get_by_role("status").first).to_contain_text("감사 부서에 전했")
    auditor = trial(phones, product, "감사 담당자").page
    inquiry = auditor.locator("section:has(> #inquiries-title) li", has_text=question)
    expect(inquiry).to_contain_text("010-0000-0000")
    inquiry.get_by_role("button").click()
    expect(auditor.get_by_role("status").first).to_be_visible()
    expect(inquiry).to_have_count(0)


def test_an_administrator_adds_a_person_and_stops_a_phone(phones: Phones, product: Product) -> None:
    admin = trial(phones, product, "기관 관리자").page
    admin.get_by_text("직원 등록하기").click()
    admin.get_by_label("이름", exact=True).fill("새별이")
    admin.get_by_label("직원번호", exact=True).fill("NEW-1")
    admin.get_by_label("부서", exact=True).fill("총무과")
    admin.get_by_role("button", name="등록", exact=True).click()
    shown = described(admin.locator("section[role=status] dl"))

    phone = phones(product)
    phone.page.goto("/login?next=/start")
    fill_login(phone.page, shown["직원번호"], shown["첫 비밀번호"])
    phone.agree()
    kid = phone.stamp_now()["kid"]
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    phone.sheet.close()

    admin.goto("/people?q=NEW-1")
    admin.locator("main a.item").click()
    device = admin.locator("li", has=admin.get_by_text(kid))
    device.locator("summary").click()
    device.get_by_label("사유").fill("휴대전화 분실")
    device.locator("form button").click()
    expect(device).to_contain_text("휴대전화 분실")

    phone.page.goto("/today")
    expect(phone.today.stamp).to_have_attribute("data-state", "wait")
