"""The watch and the judge of the journeys can fail: each sees what it is there to see."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Error

from tests.bench import axe, chromium
from tests.journeys.conftest import Product
from tests.journeys.test_axe import Judge
from tests.journeys.watch import LATE, Watch

pytestmark = pytest.mark.browser

OFFENCES = [
    ("console error: said", "() => console.error('said')"),
    ("uncaught: ", "() => { setTimeout(() => { throw new Error('thrown'); }); }"),
    (f"uncaught: {LATE[1]}", f"() => {{ setTimeout(() => {{ throw new Error('{LATE[1]}'); }}); }}"),
    ("POLICY connect-src", "() => { fetch('https://example.invalid/').catch(() => {}); }"),
    ("POLICY img-src", "() => { new Image().src = 'https://example.invalid/a.png'; }"),
    ("to another host", "() => { window.open('http://127.0.0.1:9/'); }"),
]
# A transition that the engine must abort, in the words in which it aborts a late one.
TWO_OF_A_NAME = """() => {
  for (const one of [...document.querySelectorAll('main, h1')].slice(0, 2)) {
    one.style.viewTransitionName = 'twice';
  }
  document.startViewTransition(() => {});
}"""


@pytest.mark.parametrize(("word", "offence"), OFFENCES)
def test_the_watch_sees_it(browser: Browser, product: Product, word: str, offence: str) -> None:
    watch = Watch()
    context = chromium.phone(browser, product.url, service_workers="block")
    watch.follow(context, product.url)
    watch.expect("blocked by Playwright")
    page = context.new_page()
    page.goto("/offline")
    watch.check()
    page.evaluate(offence)
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    context.close()
    with pytest.raises(AssertionError, match=word):
        watch.check()


def test_a_late_transition_of_the_engine_is_no_fault(browser: Browser, product: Product) -> None:
    watch = Watch()
    context = chromium.phone(browser, product.url, service_workers="block")
    watch.follow(context, product.url)
    watch.expect("blocked by Playwright", "duplicate view-transition-name")
    seen: list[str] = []
    context.on("weberror", lambda one: seen.append(one.error.message))
    page = context.new_page()
    page.goto("/offline")
    with context.expect_event("weberror"):
        page.evaluate(TWO_OF_A_NAME)
    context.close()
    assert [one.startswith(LATE[1]) for one in seen] == [True]
    watch.check()


def test_markup_from_a_string_is_refused(browser: Browser, product: Product) -> None:
    context = chromium.phone(browser, product.url)
    page = context.new_page()
    page.goto("/today")
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("() => { document.body.innerHTML = '<b>bold</b>'; }")
    context.close()


def test_the_judge_sees_a_picture_without_words(browser: Browser, product: Product) -> None:
    context = chromium.phone(browser, product.url)
    context.add_init_script(path=axe.AXE)
    judge = Judge(context.new_page())
    judge.page.goto("/offline")
    judge.page.evaluate("() => document.querySelector('main').append(new Image(9, 9))")
    judge.look("a picture")
    assert any("image-alt" in fault for fault in judge.faults)
    context.close()
