"""A board that is found wrong when it was sent: corrected on the phone, both seen in the office."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Playwright, expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.test_camera import ALLOWED, COUNT_CALLS, Camera
from tests.journeys.test_without_server import DEAD, NOTICED_WITHIN_MS, killable
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

WRONG, RIGHT = "남강둔치 정비", "북강둔치 정비"


def edit(page: Page) -> Locator:
    """The button beside a visit that was sent."""
    return page.locator("#wait-list").get_by_role("button", name=re.compile("보드판 고치기$"))


def write(page: Page, name: str) -> None:
    """Fill the first field of the open sheet in and send."""
    page.locator("#board-0").fill(name)
    page.get_by_role("button", name="고쳐서 보내기").click()


def send_a_visit(camera: Camera, count: int) -> None:
    """Take photos with the wrong board and see them arrive."""
    page = camera.page
    camera.lit()
    page.locator("#open-board").click()
    page.locator("#board-0").fill(WRONG)
    page.get_by_role("button", name="저장하고 계속 찍기").click()
    camera.shoot(count)
    camera.saved(count)
    page.locator("#finish").click()
    expect(camera.waiting).to_contain_text("모두 사무실에 도착했어요", timeout=30_000)


def look_at_the_desk(page: Page) -> None:
    """The board that counts, the first one beside it with a way to it and back, and the proof."""
    page.goto("/photos?group=site")
    expect(page.get_by_role("heading", name=RIGHT)).to_be_visible()
    expect(page.locator("#photos")).not_to_contain_text(WRONG)
    page.locator(".shot .look").first.click()
    board = page.locator("figure.print")
    expect(board).to_contain_text(RIGHT)
    expect(board).to_contain_text("고친 기록")
    expect(board).not_to_contain_text(WRONG)
    page.get_by_role("link", name="처음 보드판 보기").click()
    expect(page.locator("#first-board")).to_be_in_viewport()
    expect(page.locator("#first-board")).to_contain_text(WRONG)
    page.get_by_role("link", name="지금 쓰는 보드판").click()
    expect(page.locator("#board")).to_be_in_viewport()
    page.get_by_role("link", name="확인", exact=True).click()
    expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "genuine")
    expect(page.locator("[data-check=corrections]")).to_have_class("good")


def test_a_correction_survives_a_dead_server_and_a_killed_browser(
    playwright: Playwright, phones: Phones, mortal: Product, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(*DEAD)
    number = mortal.next_officer()
    with killable(playwright, tmp_path / "profile") as (context, group):
        watch.follow(context, mortal.url)
        context.grant_permissions(ALLOWED, origin=mortal.url)
        context.add_init_script(COUNT_CALLS)
        phone = Phone(context.new_page())
        phone.sign_in(number, mortal.password, home=mortal.url)
        phone.agree()
        phone.kept()
        camera = Camera(phone.page)
        page = camera.page
        page.goto(f"{mortal.url}/photos/camera")
        send_a_visit(camera, 2)
        first = camera.stored()
        mortal.server.kill()
        edit(page).click()
        expect(camera.board).to_contain_text("보낸 보드판 고치기")
        expect(page.locator("#board-0")).to_have_value(WRONG)
        expect(page.locator("#series-field")).to_be_hidden()
        page.get_by_role("button", name="고쳐서 보내기").click()
        expect(page.locator("#toast")).to_contain_text("바뀐 것이 없어 보내지 않았어요")
        edit(page).click()
        write(page, RIGHT)
        expect(page.locator("#plate")).to_contain_text(RIGHT)
        expect(page.locator("#toast")).to_contain_text("고친 보드판을 저장했어요")
        os.killpg(group, signal.SIGKILL)
    with killable(playwright, tmp_path / "profile") as (context, _):
        watch.follow(context, mortal.url)
        context.grant_permissions(ALLOWED, origin=mortal.url)
        camera = Camera(context.new_page())
        camera.page.goto(f"{mortal.url}/photos/camera")
        camera.lit()
        visit = camera.page.locator("#wait-list li")
        expect(visit).to_contain_text(RIGHT)
        expect(visit).to_contain_text("고친 보드판 기다림")
        expect(camera.waiting).to_contain_text("고친 보드판 1건이 기다려요")
        mortal.server.start()
        expect(visit).to_contain_text("고친 보드판 도착", timeout=NOTICED_WITHIN_MS)
        now = camera.stored()
        assert now["shots"] == first["shots"], "no photo was touched"
        assert first["records"][0] in now["records"], "nor the record that was signed first"
        assert sorted(one["state"] for one in now["records"]) == ["received", "received"]
        edit(camera.page).click()
        expect(camera.page.locator("#board-0")).to_have_value(RIGHT)
    desk = phones.desk(mortal)
    desk.sign_in(number, mortal.password)
    look_at_the_desk(desk.page)
