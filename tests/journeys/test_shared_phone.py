"""A phone that two people share: the second sees nothing of the first, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import fill_login
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const text = await (await cache.match(request)).text();
      found.push(`${name} ${request.url} ${text}`);
    }
  }
  return [...found, JSON.stringify(localStorage), JSON.stringify(sessionStorage),
    document.cookie].join('\\n');
}"""
IDENTITY = """() => new Promise((resolve) => {
  const opening = indexedDB.open('office');
  opening.onsuccess = () => {
    const kv = opening.result.transaction('kv').objectStore('kv');
    const [keys, values] = [kv.getAllKeys(), kv.getAll()];
    kv.transaction.oncomplete = () => {
      opening.result.close();
      resolve(JSON.stringify(keys.result) + JSON.stringify(values.result));
    };
  };
})"""


def hold(context: BrowserContext) -> None:
    """Let no stamp reach the server."""
    context.route("**/api/stamps", refuse)


def refuse(route: Route) -> None:
    """The network is gone for what is sent; reading goes on."""
    if route.request.method == "POST":
        route.abort("connectionrefused")
    else:
        route.continue_()


def test_the_next_person_sees_nothing_and_the_stamp_still_arrives(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("net::ERR_CONNECTION_REFUSED")
    phone = phones.ready(product)
    first, name = phone.number, product.name_of(phone.number)
    phone.kept()
    hold(phone.page.context)
    item = phone.stamp_now()

    me = phone.me.open()
    me.log_out()
    expect(me.leave).to_contain_text("1건")
    me.leave.locator("[data-do=send]").click()
    expect(me.leave).to_contain_text("아직 보내지 못했")
    me.leave.locator("[data-do=stay]").click()
    expect(me.leave).to_be_hidden()
    me.log_out()
    me.leave.locator("[data-do=leave]").click()
    expect(phone.page.get_by_role("link", name="로그인").first).to_be_visible()

    second = product.next_officer()
    phone.sign_in(second, product.password)
    phone.history.open()
    expect(phone.history.page.locator("#days")).not_to_contain_text("대기")
    assert item["trip"] not in phone.page.content()
    phone.page.goto("/today")
    expect(phone.today.problem("setup")).to_be_visible()
    expect(phone.today.unsent).to_be_hidden()
    left = phone.page.evaluate(KEPT) + phone.page.evaluate(IDENTITY) + phone.page.content()
    assert name not in left
    assert first not in left
    (sealed,) = phone.items()
    assert (sealed["id"], sealed["lat"], sealed["lon"]) == (item["id"], None, None)

    phone.page.context.unroute("**/api/stamps")
    with phone.page.expect_response("**/api/stamps") as sent:
        phone.page.reload()
    assert sent.value.status == 200
    verdict = phones(product).scan(item["url"])
    expect(verdict.title).to_have_text("유효한 도장입니다")
    assert phone.items() == []


def test_leaving_with_nothing_unsent_asks_nothing(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.me.open().log_out()
    expect(phone.page.get_by_role("link", name="로그인").first).to_be_visible()
    phone.page.wait_for_load_state("networkidle")  # the log-out has been answered, too
    phone.page.goto("/history")
    expect(phone.page.locator("#sign-in")).to_be_visible()


def test_leaving_without_the_server_keeps_everything_and_says_so(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("net::ERR_CONNECTION_REFUSED")
    phone = phones.ready(product)
    name, me = product.name_of(phone.number), phone.me.open()
    phone.page.context.route("**/logout", refuse)
    me.log_out()
    expect(me.failed).to_contain_text("아직 로그아웃되지 않았어요")
    expect(phone.page).to_have_url(f"{product.url}/me")
    assert name in phone.page.evaluate(IDENTITY)
    assert phone.page.request.get("/me", max_redirects=0).status == 200

    phone.page.context.unroute("**/logout")
    me.log_out()
    expect(phone.page.get_by_role("link", name="로그인").first).to_be_visible()
    assert name not in phone.page.evaluate(IDENTITY)
    assert phone.page.request.get("/me", max_redirects=0).status == 302


def test_a_wrong_password_is_named_and_nothing_is_lost(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("status of 40[13].*/login")
    phone, number = phones(product), product.next_officer()
    phone.page.goto("/login")
    fill_login(phone.page, number, "not the password")
    expect(phone.page.get_by_role("alert")).to_be_visible()
    expect(phone.page.get_by_label("직원번호")).to_have_value(number)
    fill_login(phone.page, number, product.password)
    expect(phone.page).to_have_url(f"{product.url}/today")
