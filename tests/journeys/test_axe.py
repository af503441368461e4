"""Every page and state that axe can judge, in both themes, with no violation.

Each width and each language is met once here; `make bench NAME=axe_violations` judges all eight
combinations of width, language and theme.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.bench import axe, chromium
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

DRESS = """async (theme) => {
  document.documentElement.dataset.theme = theme;
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
}"""
# The second theme differs in its colours only, so only they are judged again.
RULES: dict[str, Any] = {
    "light": axe.TAGS,
    "contrast": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
VIEWS = [(390, "ko"), (1280, "en")]


@dataclass
class Judge:
    """Looks at pages as they stand, in both themes; `faults` are one readable line each."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def look(self, state: str) -> None:
        """Judge what is on the page now."""
        for theme, rules in RULES.items():
            self.page.evaluate(DRESS, theme)
            found: dict[str, Any] = self.page.evaluate(axe.LOOK, rules)
            for rule in found["violations"]:
                first, count = rule["nodes"][0], len(rule["nodes"])
                what = f"{rule['id']} x{count} {first['target']} {first['failureSummary']}"
                self.faults.append(f"{state} {theme}: {what}")

    def visit(self, *paths: str) -> None:
        """Open pages and judge each."""
        for path in paths:
            self.page.goto(path)
            if path.startswith("/history"):
                expect(self.page.locator("#month")).to_contain_text("20")
            self.look(path[:30])


@pytest.fixture(params=VIEWS, ids=lambda view: f"{view[0]}-{view[1]}")
def seat(request: pytest.FixtureRequest, phones: Phones, product: Product, watch: Watch) -> Phone:
    """Somebody at a screen of this width, in this language."""
    watch.expect("status of 4..", "blocked by Playwright")
    width, language = request.param
    narrow = width < 500
    phone = phones(
        product, viewport=chromium.PHONE if narrow else chromium.DESK, is_mobile=narrow,
        has_touch=narrow, service_workers="block", reduced_motion="reduce",
        locale=language, permissions=["geolocation", "background-sync"],
    )  # fmt: skip
    phone.page.context.add_init_script(path=axe.AXE)
    return phone


def test_what_anybody_sees(seat: Phone, product: Product) -> None:
    judge = Judge(seat.page)
    judge.visit("/", "/today", "/history", "/canteen", "/offline", "/no-such-page", "/login")
    seat.page.locator("#staff_number").fill("nobody")
    seat.page.locator("#password").fill("nothing at all")
    seat.page.locator("main form button").click()
    expect(seat.page.get_by_role("alert")).to_be_visible()
    judge.look("login refused")
    for path in axe.verdict_paths(seat.page):
        judge.visit(path)
    judge.visit(axe.verdict_paths(seat.page)[0])
    seat.page.locator("main details summary").click()
    judge.look("asking")
    seat.page.locator("#message").evaluate("node => node.form.noValidate = true")
    seat.page.locator("#message").fill("?")
    seat.page.locator("main form button").click()
    expect(seat.page.locator("#ask-error")).to_be_visible()
    judge.look("asked badly")
    assert judge.faults == []


def test_what_an_officer_sees(seat: Phone, product: Product) -> None:
    page, judge = seat.page, Judge(seat.page)
    page.goto("/login?next=/start")
    page.locator("#staff_number").fill(product.next_officer())
    page.locator("#password").fill(product.password)
    page.locator("main form button").click()
    expect(page.locator("#go")).to_be_enabled()
    judge.look("start")
    seat.agree()
    judge.look("start, ready")
    seat.ready()
    judge.look("today, ready")
    seat.stamp()
    judge.look("sheet")
    page.locator("[data-do=zoom]").click()
    page.locator("[data-do=ask-void]").click()
    judge.look("sheet, cancelling")
    page.locator("#void-form button[type=submit]").click()
    expect(seat.sheet.part("void")).to_be_visible()
    judge.look("sheet, cancelled")
    judge.visit("/today", "/history", "/history?month=2020-01", "/me/consent", "/me")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    judge.look("me, open")
    page.context.clear_permissions()
    seat.ready()
    seat.today.choose_place("gps")
    seat.today.press()
    expect(seat.today.problem("denied")).to_be_visible()
    judge.look("denied")
    page.locator("[data-problem]").evaluate_all(
        "all => all.forEach((one) => { one.hidden = false; })"
    )
    judge.look("every problem")
    assert judge.faults == []


def test_what_an_auditor_and_an_administrator_see(seat: Phone, product: Product) -> None:
    page, judge = seat.page, Judge(seat.page)
    verdicts = axe.verdict_paths(page)
    page.goto("/")
    page.locator("button[name=role][value=auditor]").click()
    page.wait_for_url("**/audit")
    judge.visit("/audit", "/audit?q=nothing-like-this", "/audit?mark=any", *verdicts, "/people")
    page.context.clear_cookies(name="office")
    page.goto("/")
    page.locator("button[name=role][value=administrator]").click()
    page.wait_for_url("**/people")
    judge.visit("/people", "/people?q=nobody-like-this", "/people")
    page.locator("main details summary").click()
    page.locator("main details form").evaluate("form => { form.noValidate = true; }")
    page.locator("main details form button").click()
    expect(page.locator("main details .error").first).to_be_visible()
    judge.look("people, refused")
    page.goto("/people")
    page.locator("main a.item").first.click()
    expect(page.locator("#devices-title")).to_be_visible()
    judge.look("person")
    assert judge.faults == []


def test_what_the_trial_officer_is_told_and_keeps(seat: Phone, product: Product) -> None:
    page, judge = seat.page, Judge(seat.page)
    seat.signed_in(product.story.code, "20260001", product.password)
    judge.visit("/notices", "/directory/follows")
    page.get_by_role("button", name="Stop" if seat_is_english(page) else "그만 받기").first.click()
    judge.look("follows, one removed")
    page.locator("form[action='/directory/follows/restore'] button").click()
    page.locator("main a[href^='/directory/entry/']").first.click()
    page.locator("#wrong summary").click()
    judge.look("entry, reporting")
    page.goto("/directory/mine")
    expect(page.locator("#recent .entry")).to_have_count(1)
    judge.look("favourites")
    page.context.clear_cookies(name="office")
    seat.signed_in(product.story.code, administrator_of(product), product.password)
    judge.visit("/directory/reports")
    assert judge.faults == []


def seat_is_english(page: Page) -> bool:
    """Which language the page speaks."""
    return page.locator("html").get_attribute("lang") == "en"


def administrator_of(product: Product) -> str:
    """The staff number of the demonstration's first administrator."""
    roles = [role for _, _, role in product.story.people]
    return f"2026{roles.index('administrator') + 1:04d}"
