"""After the tap: a wrong tap, a lost phone, a consent taken back, a stamp that is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from app.core.ids import b64u
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import fill_login
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

REFUSAL: dict[str, Any] = {
    "type": "urn:problem:damaged",
    "title": "읽을 수 없는 도장",
    "status": 422,
    "detail": "형식에 맞지 않습니다.",
    "code": "damaged",
    "request_id": "journey",
}


def test_a_row_that_is_drawn_anew_under_the_finger_still_opens(
    phones: Phones, product: Product
) -> None:
    phone = phones.ready(product)
    phone.stamp_now()
    phone.sheet.close()
    expect(phone.today.queue).to_contain_text("모두 보냈")
    held = list[Route]()

    def hold(route: Route) -> None:
        """Keep what the server says of the month until the finger is down."""
        held.append(route)

    phone.page.route("**/api/stamps?month=*", hold)
    phone.page.reload()
    row = phone.today.trip.first.get_by_role("button")
    expect(row).to_be_visible()
    row.focus()
    row.evaluate("(button) => { window.before = button.lastElementChild; before.append('?'); }")
    box = row.bounding_box()
    assert box
    phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    phone.page.mouse.down()
    phone.page.wait_for_timeout(200)
    assert len(held) == 1
    held[0].continue_()
    phone.page.wait_for_function("() => !window.before.isConnected")
    phone.page.mouse.up()
    expect(phone.sheet.qr).to_be_visible()
    phone.sheet.close()
    expect(row).to_be_focused()


def test_a_wrong_tap_is_taken_back(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    item = phone.stamp_now()
    expect(phone.sheet.part("left")).to_contain_text("4:5")
    phone.page.locator("[data-do=ask-void]").click()
    expect(phone.page.locator("#void-form [type=submit]")).to_be_in_viewport(ratio=1)
    phone.page.locator("[data-do=keep]").click()
    phone.sheet.cancel_stamp("장소가 다름")
    expect(phone.sheet.part("void")).to_be_in_viewport()
    expect(phone.sheet.part("cancel")).to_be_hidden()
    phone.sheet.close()
    expect(phone.today.queue).to_contain_text("모두 보냈")
    expect(phone.today.trip.first.locator(".badge")).to_have_text("취소함")
    verdict = phones(product).scan(item["url"])
    expect(verdict.title).to_contain_text("본인이 취소한")
    kinds = {one["type"]: one["state"] for one in phone.items()}
    assert kinds == {"stamp": "received", "void": "received"}


def test_a_cancelled_stamp_does_not_steer_the_trip(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    first = phone.stamp_now()
    phone.sheet.close()
    expect(phone.page.locator("[name=kind][value=arrive]")).to_be_checked()
    phone.page.locator("label.chip", has_text="복귀").click()
    phone.stamp()
    phone.sheet.cancel_stamp("종류가 다름")
    phone.sheet.close()
    expect(phone.page.locator("[name=kind][value=arrive]")).to_be_checked()
    phone.stamp()
    last = phone.newest()
    assert (last["kind"], last["seq"], last["trip"]) == ("arrive", 3, first["trip"])


def test_a_stamp_can_be_kept_after_all(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.stamp_now()
    phone.page.locator("[data-do=ask-void]").click()
    phone.page.locator("[data-do=keep]").click()
    expect(phone.page.locator("#void-form")).to_be_hidden()
    assert [one["type"] for one in phone.items()] == ["stamp"]


def test_a_revoked_phone_may_not_hide_its_stamp(
    phones: Phones, product: Product, watch: Watch
) -> None:
    phone = phones.ready(product)
    kid = phone.stamp_now()["kid"]
    phone.ready()
    desk = phones.desk(product)
    desk.sign_in(phone.number, product.password)
    desk.me.open().revoke_device(kid)

    phone.stamp()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    expect(phone.sheet.part("why")).to_contain_text("열쇠가 폐기된 뒤")
    item = phone.newest()
    verdict = phones(product).scan(item["url"])
    expect(verdict.title).to_contain_text("사용을 멈춘 기기")

    phone.page.goto("/today")
    expect(phone.today.stamp).to_have_attribute("data-state", "wait")
    expect(phone.today.problem("revoked")).to_contain_text("폐기되었어요")
    phone.tap(phone.today.problem("revoked").get_by_role("link", name="이 기기 다시 등록"))
    fill_login(phone.page, phone.number, product.password)  # the revocation signed the phone out
    expect(phone.page.locator("#go")).to_be_enabled()
    phone.tap(phone.page.locator("[data-problem=revoked]").get_by_role("button"))
    expect(phone.page.locator("#practice")).to_be_enabled()
    expect(phone.page.locator("[data-problem=revoked]")).to_be_hidden()
    phone.ready()
    phone.stamp()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    assert len({one["kid"] for one in phone.items()}) == 2


def test_without_consent_only_stamping_stops(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    item = phone.stamp_now()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    phone.me.open().withdraw_consent()
    phone.page.goto("/today")
    expect(phone.today.stamp).to_have_attribute("data-state", "wait")
    expect(phone.today.problem("withdrawn")).to_contain_text("동의를 철회하셨어요")
    phone.today.press()
    expect(phone.page).to_have_url(f"{product.url}/start")
    expect(phone.page.locator("#go")).to_be_enabled()
    phone.page.locator("[data-problem=withdrawn]").get_by_role("button").click()
    expect(phone.page.locator("#consent")).to_be_focused()
    phone.history.open()
    expect(phone.page.locator("#days")).to_contain_text(item["trip"])
    phone.set_up()
    phone.ready()
    phone.stamp()


class Poison:
    """A server that refuses one stamp for good; the first that it meets."""

    def __init__(self) -> None:
        """Nothing met yet."""
        self.token = ""

    def __call__(self, route: Route) -> None:
        """Answer 422 to the first token, and let the others pass."""
        if route.request.method != "POST":
            route.continue_()
            return
        body: Any = route.request.post_data_json
        self.token = self.token or body["token"]
        if body["token"] != self.token:
            route.continue_()
            return
        kind = "application/problem+json"
        route.fulfill(status=422, content_type=kind, body=json.dumps(REFUSAL))


def test_a_refused_stamp_steps_aside_and_the_others_go_on(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("status of 422")
    phone, poison = phones.ready(product), Poison()
    phone.page.context.route("**/api/stamps", poison)
    bad = phone.stamp_now()
    expect(phone.sheet.part("state")).to_contain_text(REFUSAL["title"])
    assert b64u(bytes.fromhex(bad["token"])) == poison.token
    good = phone.stamp_now()
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    phone.sheet.close()
    expect(phone.page.locator("#stuck li")).to_have_count(1)
    expect(phone.page.locator("#stuck")).to_contain_text(REFUSAL["detail"])
    states = {one["id"]: one["state"] for one in phone.items()}
    assert states == {bad["id"]: "quarantined", good["id"]: "received"}

    phone.page.context.unroute("**/api/stamps")
    phone.page.locator("#stuck button").click()
    expect(phone.page.locator("#stuck")).to_be_hidden()
    expect(phone.today.queue).to_contain_text("모두 보냈")
    assert {one["state"] for one in phone.items()} == {"received"}
