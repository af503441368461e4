"""The canteen as people see it: on the phone, on the home screen and on a wall."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.accounts.models import Organisation
from app.cafeteria.service import canteens, links
from app.core import db
from tests.bench import axe, chromium, stage
from tests.cafeteria import shown
from tests.cafeteria.shown import MINUTE, NOON, Kitchen
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.test_axe import Judge
from tests.journeys.test_canteen_kiosk import KEPT
from tests.journeys.test_reach import LARGE, SMALL, WIDER, tab_to
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

BUSY = {"low": 19, "high": 27, "headline": 24}
TOO_MUCH = """() => [...document.querySelectorAll('main, main *')].filter((node) => {
  if (node.closest('.sr') || getComputedStyle(node).display === 'inline') return false;
  return node.scrollHeight > node.clientHeight + 2 || node.scrollWidth > node.clientWidth + 2;
}).map((node) => node.outerHTML.slice(0, 90))"""


def two_lines(**changes: Any) -> shown.Document:
    """A document of two lines; the second is very busy."""
    return shown.document(shown.now(), shown.line(**changes), shown.line(2, level=4, range=BUSY))


STATES: dict[str, Callable[[], Kitchen]] = {
    "live": lambda: Kitchen(
        two_lines(), shown.canteens("본관 식당", "별관 식당", can_tap=True, can_manage=True),
        chart=shown.chart("line-1", "line-2"),
    ),
    "usual": lambda: Kitchen(shown.document(shown.now(), shown.USUAL)),
    "unknown": lambda: Kitchen(shown.document(shown.now(), shown.UNKNOWN)),
    "stale": lambda: Kitchen(two_lines(seen_ms=NOON - 3 * MINUTE)),
    "closed": lambda: Kitchen(shown.closed(shown.now())),
    "empty": lambda: Kitchen(mine=shown.canteens(can_manage=True)),
    "signed out": lambda: Kitchen(mine=None),
}  # fmt: skip


@pytest.fixture
def phone(phones: Phones, product: Product, watch: Watch) -> Phone:
    """An officer's phone whose canteen is ours to make up; without the worker, which the
    browser's driver cannot answer for."""
    watch.expect("blocked by Playwright")
    found = phones(product, service_workers="block", viewport={"width": 390, "height": 844})
    found.signed_in(product.story.code, product.next_officer(), product.password)
    return found


def first(page: Page, part: str) -> Any:
    """A part of the first line's card."""
    return page.locator(f"#lines > li >> nth=0 >> [data-part={part}]")


def test_the_page_changes_with_the_document_and_tells_what_matters(phone: Phone) -> None:
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.goto("/canteen")
    expect(first(page, "word")).to_have_text("보통")
    expect(first(page, "minutes")).to_have_text("8–12분")
    expect(first(page, "sources")).to_have_text("사람 세는 기기 · 주방 · 동료 5명")
    expect(page.locator("#menu-items li")).to_have_count(5)
    expect(page.locator("#said")).to_be_empty()
    kitchen.live = shown.document(shown.now(), shown.line(people=30))
    expect(first(page, "people")).to_have_text("줄에 30명쯤")
    expect(page.locator("#said")).to_be_empty()
    kitchen.live = shown.document(shown.now(), shown.line(level=4, range=BUSY, trend=1))
    expect(first(page, "word")).to_have_text("매우 혼잡")
    expect(first(page, "trend")).to_have_text("늘어나는 중")
    expect(page.locator("#said")).to_contain_text("한식 줄: 매우 혼잡, 19–27분")
    kitchen.live = shown.closed(shown.now())
    expect(page.locator("#shut-title")).to_have_text("오늘은 쉬어요 · 개천절")
    expect(page.locator("#shut")).to_contain_text("내일 11:30에 열어요")
    expect(page.locator("#lines")).to_be_hidden()


def test_with_the_server_gone_the_last_state_stays_with_its_age(phone: Phone, watch: Watch) -> None:
    watch.expect("ERR_FAILED")
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.clock.install()
    page.goto("/canteen")
    expect(first(page, "age")).to_contain_text("초 전 소식")
    kitchen.gone = True
    page.clock.run_for(150_000)
    expect(first(page, "age")).to_have_text("마지막 소식 2분 전")
    expect(first(page, "note")).to_contain_text("서버가 답하지 않아")
    expect(first(page, "advice")).to_be_hidden()
    page.reload()
    expect(first(page, "age")).to_contain_text(re.compile("마지막 소식 [23]분 전"))
    expect(first(page, "minutes")).to_have_text("8–12분")
    kitchen.gone = False
    page.clock.run_for(16_000)
    expect(page.locator("[data-basis=live]")).to_be_visible()


SEED = """async ([mine, document]) => {
  const { person } = await (await fetch('/api/state')).json();
  const last = { [mine.canteens[0].id]: { document, at: Date.now() - 200_000, offset: 0 } };
  localStorage.setItem('canteen', JSON.stringify({ person: person.id, mine, chosen: '', last }));
}"""


def test_the_page_opens_with_the_server_dead(phones: Phones, mortal: Product, watch: Watch) -> None:
    watch.expect("ERR_CONNECTION_REFUSED", "/api/canteen/mine")
    phone = phones.ready(mortal)
    phone.kept()
    phone.page.goto("/offline")
    phone.page.evaluate(SEED, [shown.canteens("본관 식당"), shown.document(shown.now() - 200_000)])
    mortal.server.kill()
    phone.page.goto("/canteen")
    expect(first(phone.page, "age")).to_have_text("마지막 소식 3분 전")
    expect(first(phone.page, "minutes")).to_have_text("8–12분")


def test_an_address_that_is_too_old_is_asked_for_anew(phone: Phone, watch: Watch) -> None:
    watch.expect("status of 410")
    kitchen = Kitchen(expired=1).serve(phone.page)
    phone.page.goto("/canteen")
    expect(first(phone.page, "word")).to_have_text("보통")
    assert kitchen.asked.count("GET mine") >= 2


def test_a_canteen_of_which_nothing_was_told_yet(phone: Phone, watch: Watch) -> None:
    watch.expect("status of 404")
    kitchen = Kitchen(missing=1).serve(phone.page)
    phone.page.goto("/canteen")
    expect(phone.page.locator("#waiting")).to_be_visible()
    expect(first(phone.page, "word")).to_have_text("보통", timeout=8000)
    assert kitchen.asked.count("GET mine") == 1


def test_joining_and_being_served_without_a_network_and_taken_back(
    phone: Phone, watch: Watch
) -> None:
    watch.expect("ERR_FAILED")
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.goto("/canteen")
    page.get_by_role("button", name="줄 섰어요").click()
    expect(page.get_by_role("button", name="받았어요")).to_be_focused()
    expect(first(page, "standing")).to_contain_text("줄에 있어요")
    page.reload()
    page.get_by_role("button", name="잘못 눌렀어요").click()
    expect(page.get_by_role("button", name="줄 섰어요")).to_be_visible()
    kitchen.gone = True
    page.get_by_role("button", name="줄 섰어요").click()
    expect(first(page, "waiting")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("줄에 있어요")
    page.get_by_role("button", name="받았어요").click()
    expect(first(page, "standing")).to_contain_text("받은 시각을 적어 두었어요")
    kitchen.gone = False
    expect(first(page, "standing")).to_contain_text("고마워요")
    expect(page.locator("#said")).to_contain_text("고마워요")
    sent = [one.split("/", 1)[0] for one in kitchen.asked if "check-ins" in one]
    assert sent[0] == "POST check-ins"
    assert [one for one in kitchen.asked if "check-ins" in one][-1].endswith("/served")
    assert any(one.startswith("DELETE check-ins/") for one in kitchen.asked)
    assert "누구인지 남기지 않고" in page.locator("#anonymous").inner_text()


def test_a_wish_is_set_and_taken_back(phone: Phone) -> None:
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.goto("/canteen")
    page.locator("#wish-form label", has_text="7분").click()
    page.get_by_role("button", name="이보다 짧아지면 알려 주세요").click()
    expect(page.locator("#wish-line")).to_contain_text("7분 아래로")
    expect(page.locator("#wish-off")).to_be_focused()
    page.locator("#wish-off").click()
    expect(page.locator("#wish-form")).to_be_visible()
    wished = [one for one in kitchen.asked if "wishes" in one]
    assert wished == ["PUT wishes/canteen-1", "DELETE wishes/canteen-1"]


def test_a_wish_that_is_fulfilled_already_is_not_set(phone: Phone) -> None:
    short = shown.line(level=0, range={"low": 1, "high": 3, "headline": 2})
    page, kitchen = phone.page, Kitchen(shown.document(shown.now(), short)).serve(phone.page)
    page.goto("/canteen")
    expect(first(page, "word")).to_have_text("여유")
    page.get_by_role("button", name="이보다 짧아지면 알려 주세요").click()
    expect(page.locator("#wish-form [data-part=under]")).to_have_text("지금도 5분 안쪽이에요.")
    assert not any("wishes" in one for one in kitchen.asked)


def test_the_home_card_without_a_server_shows_the_last_state(phone: Phone, watch: Watch) -> None:
    watch.expect("ERR_FAILED", "503")
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.goto("/today")
    card = page.locator("#canteen-card")
    card.scroll_into_view_if_needed()
    expect(card.locator("[data-part=more]")).to_contain_text("12:25쯤 가세요")
    kitchen.gone = True
    page.route("**/api/state", lambda route: route.abort())
    page.reload()
    card.scroll_into_view_if_needed()
    expect(card.locator("[data-part=minutes]")).to_have_text("8–12분")
    kitchen.live = shown.document(shown.now(), shown.line(level=4, range=BUSY))
    kitchen.gone = False
    expect(card.locator("[data-part=word]")).to_have_text("매우 혼잡", timeout=20_000)


def test_the_choice_among_canteens_is_remembered_and_made_by_keyboard(phone: Phone) -> None:
    page, kitchen = phone.page, STATES["live"]().serve(phone.page)
    page.goto("/canteen")
    expect(page.locator("#canteen-name")).to_have_text("본관 식당")
    tab_to(page, "#to-settings")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#canteen-name")).to_have_text("별관 식당")
    page.reload()
    expect(page.locator("#canteen-name")).to_have_text("별관 식당")
    expect(page.locator("#which input[value=canteen-2]")).to_be_checked()
    assert "GET live/token-2" in kitchen.asked
    tab_to(page, "[data-line=line-1] [data-do=join]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-do=serve]").first).to_be_focused()


def test_the_chart_has_its_numbers_in_a_table(phone: Phone) -> None:
    page = phone.page
    STATES["live"]().serve(page)
    page.goto("/canteen")
    drawing = page.get_by_role("img", name="한식 줄: 지난 한 시간 동안 기다린 시간")
    expect(drawing).to_be_visible()
    expect(drawing.locator("desc")).to_contain_text("12:10에 11분")
    expect(drawing.locator("path.usual")).to_have_count(1)
    page.locator(".chart summary").first.click()
    top = page.locator(".chart tbody").first.locator("tr").first
    expect(top.locator("th, td")).to_have_text(["12:10", "보통", "11 (7–16)", "7"])


@pytest.mark.parametrize("state", STATES)
def test_small_screens_and_large_letters_scroll_one_way_only(
    phone: Phone, watch: Watch, state: str
) -> None:
    watch.expect("status of 401")
    page = phone.page
    STATES[state]().serve(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/canteen")
    expect(page.locator("#canteen")).not_to_have_attribute("data-state", "loading")
    assert page.evaluate(WIDER) == []
    assert page.evaluate(SMALL) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate(LARGE)
    assert page.evaluate(WIDER) == []


@pytest.mark.parametrize(("width", "language"), [(390, "ko"), (1280, "en")])
def test_every_state_is_accessible(
    phones: Phones, product: Product, watch: Watch, width: int, language: str
) -> None:
    watch.expect("blocked by Playwright", "status of 401")
    narrow = width < 500
    phone = phones(
        product, viewport=chromium.PHONE if narrow else chromium.DESK, is_mobile=narrow,
        has_touch=narrow, service_workers="block", reduced_motion="reduce", locale=language,
    )  # fmt: skip
    phone.page.context.add_init_script(path=axe.AXE)
    phone.signed_in(product.story.code, product.next_officer(), product.password)
    page, judge = phone.page, Judge(phone.page)
    for name, kitchen in STATES.items():
        page.unroute_all()
        kitchen().serve(page)
        page.goto("/canteen")
        page.evaluate("() => localStorage.removeItem('canteen')")
        page.reload()
        expect(page.locator("#canteen")).not_to_have_attribute("data-state", "loading")
        page.locator(".chart details").evaluate_all(
            "all => all.forEach((one) => (one.open = true))"
        )
        judge.look(name)
    page.unroute_all()
    STATES["live"]().serve(page)
    page.goto("/canteen")
    page.locator("[data-do=join]").first.click()
    judge.look("joined")
    page.goto("/today")
    expect(page.locator("#canteen-card [data-part=word]")).to_be_visible()
    judge.look("home card")
    assert judge.faults == []


def test_the_home_card_shows_the_line_without_moving_the_page(phone: Phone) -> None:
    page, kitchen = phone.page, Kitchen().serve(phone.page)
    page.set_viewport_size({"width": 390, "height": 480})
    page.goto("/today")
    card = page.locator("#canteen-card")
    expect(card).to_be_visible()
    before = card.bounding_box()
    assert not any(one.startswith("GET live") for one in kitchen.asked)  # it is below the fold
    card.scroll_into_view_if_needed()
    expect(card.locator("[data-part=word]")).to_have_text("보통")
    expect(card.locator("[data-part=menu]")).to_have_text("현미밥, 소고기미역국")
    after = card.bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] == pytest.approx(before["height"], abs=1)
    card.get_by_role("link", name="줄 보기").click()
    page.wait_for_url("**/canteen")


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator"])
def test_the_tab_bar_fits_every_role(
    phones: Phones, product: Product, watch: Watch, role: str
) -> None:
    watch.expect("blocked by Playwright")
    page = phones(product, service_workers="block").page
    Kitchen().serve(page)
    page.goto("/")
    page.locator(f"button[name=role][value={role}]").click()
    page.wait_for_load_state("networkidle")
    for width in (320, 360, 390):
        page.set_viewport_size({"width": width, "height": 640})
        page.goto("/me")
        current = page.locator(".tabs [aria-current]")
        expect(current).to_be_in_viewport(ratio=0.95)
        assert page.evaluate(SMALL) == []
        broken = "all => all.filter((one) => one.getClientRects().length > 1).length"
        assert page.locator(".tabs a > span:not(.count)").evaluate_all(broken) == 0


def wall_of(product: Product) -> tuple[str, str, str]:
    """A canteen of the demonstration with a link for a wall: both ids, and the address."""
    with stage.application(product.home).app_context():
        organisation = str(db.value(select(Organisation.id)))
        with db.transaction():
            canteen = canteens.add_canteen(organisation, "본관 식당", 600, ["한식 줄"])
            link = links.make_link(canteen, "wall", "로비")
        return canteen, link, f"/canteen/wall/{links.text_of(link, 'wall')}"


def live_only(page: Page, kitchen: Kitchen) -> Kitchen:
    """Answer for the live document; the wall's own address is the server's."""
    page.route(re.compile(r"/api/canteen/live/"), kitchen.answer)
    return kitchen


STORED = """(document) => {
  const last = { document, at: Date.now() - 200000, offset: 0 };
  localStorage.setItem(
    `canteen-wall:${globalThis.document.body.dataset.key}`, JSON.stringify(last),
  );
}"""

SCREENS = [(1280, 800, "ko"), (1920, 1080, "en"), (1080, 1920, "ko")]


@pytest.mark.parametrize(("width", "height", "language"), SCREENS)
def test_a_wall_fits_its_screen_in_every_state(
    phones: Phones, product: Product, watch: Watch, width: int, height: int, language: str
) -> None:
    watch.expect("blocked by Playwright")
    desk = phones.desk(
        product, viewport={"width": width, "height": height}, locale=language,
        service_workers="block",
    )  # fmt: skip
    page, judge = desk.page, Judge(desk.page)
    page.context.add_init_script(path=axe.AXE)
    _, _, address = wall_of(product)
    for name in ("live", "usual", "unknown", "stale", "closed"):
        page.unroute_all()
        live_only(page, STATES[name]())
        page.goto(address)
        shown_part = "#shut [data-part=next]" if name == "closed" else "#lines [data-part=word]"
        expect(page.locator(shown_part).first).to_be_visible()
        assert page.evaluate(TOO_MUCH) == [], name
        judge.look(f"wall, {name}")
    assert judge.faults == []


def pass_until(page: Page, wanted: Locator) -> None:
    """Let a minute and a half of the page's time pass, bit by bit, so that answers come in between;
    no longer than until something can be seen."""
    for _ in range(30):
        page.clock.run_for(3000)
        page.wait_for_timeout(60)
        if wanted.first.is_visible():
            return


def test_a_wall_follows_keeps_the_last_and_ends_with_its_link(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("blocked by Playwright", "ERR_FAILED", "status of 410")
    page = phones.desk(product, service_workers="block").page
    canteen, link, address = wall_of(product)
    kitchen = live_only(page, Kitchen())
    page.clock.install()
    page.goto(f"{address}?theme=contrast")
    expect(page.locator("html")).to_have_attribute("data-theme", "contrast")
    expect(first(page, "minutes")).to_have_text("8–12분")
    kitchen.live = two_lines(level=0, range={"low": 0, "high": 2, "headline": 1})
    page.clock.run_for(3000)
    expect(first(page, "word")).to_have_text("여유")
    kitchen.gone = True
    page.clock.run_for(60_000)
    expect(page.locator("#state")).to_contain_text("서버가 답하지 않아요")
    expect(first(page, "word")).to_have_text("여유")
    kitchen.gone, kitchen.expired = False, 1
    pass_until(page, page.locator("[data-basis=live]"))
    expect(page.locator("[data-basis=live]").first).to_be_visible()
    with stage.application(product.home).app_context(), db.transaction():
        links.revoke_link(canteen, link)
    kitchen.expired = 1
    pass_until(page, page.locator("#shut", has_text="새 링크"))
    expect(page.locator("#shut")).to_contain_text("새 링크")
    expect(page.locator("#lines")).to_be_hidden()


def test_a_wall_comes_back_after_a_reload_without_a_network(
    phones: Phones, product: Product, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = phones.desk(product).page
    _, _, address = wall_of(product)
    page.goto(address)
    assert page.evaluate(KEPT, address)
    page.context.set_offline(True)
    page.evaluate(STORED, shown.document(shown.now() - 200_000))
    page.reload()
    expect(first(page, "minutes")).to_have_text("8–12분")
    expect(first(page, "age")).to_have_text(re.compile("마지막 소식 [34]분 전"))
    expect(page.locator("#state")).to_have_text("서버가 답하지 않아요.")
    expect(page.locator(".wall-demo")).to_be_visible()
