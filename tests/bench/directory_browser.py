"""From a stroke in a real browser until the list shows the answer to what then stands in the box.

Half the words are struck on a Latin keyboard, key by key (keydown, input, keyup: tkdtneh), half are
composed as an input method does it (compositionupdate and input at each stroke, by Chromium's own
protocol). The clock starts at the keydown, or at the input event where an input method hides the
keys, and stops in the task after the frame in which the list is no longer waiting for an answer.
"""

from __future__ import annotations

import random
import time

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from app.directory.rules import hangul
from app.directory.rules.text import squeeze
from tests.bench import chromium, directory_crowd, nation, officials
from tests.bench.directory_queries import KOREAN, people, typed
from tests.bench.directory_speed import percentile
from tests.bench.stage import Server, served
from tools.bench import Report

FIGURES = ("dir_browser_p95_ms",)
WORDS, PACE_S = 40, 0.2
DESK: ViewportSize = {"width": 1280, "height": 900}
INSTRUMENT = """
(() => {
  const bench = window.bench = { began: 0, shown: 0, wanted: '' };
  const painted = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { bench.shown ||= performance.now(); };
    requestAnimationFrame(() => port2.postMessage(0));
  };
  addEventListener('keydown', (event) => { bench.began ||= event.timeStamp; }, true);
  addEventListener('input', (event) => {
    bench.began ||= event.timeStamp;
    bench.wanted = event.target.value;
  }, true);
  addEventListener('DOMContentLoaded', () => {
    const list = document.getElementById('found');
    new MutationObserver(() => {
      if (bench.wanted && !list.hasAttribute('aria-busy')) painted();
    }).observe(list, { attributes: true, attributeFilter: ['aria-busy'] });
  });
})();
"""
ARM = "() => { Object.assign(window.bench, { began: 0, shown: 0, wanted: '' }); }"
DONE = "() => window.bench.shown > 0"
TOOK = "() => [window.bench.shown - window.bench.began, document.title]"


class Typist:
    """Somebody at the page of the search."""

    def __init__(self, page: Page) -> None:
        """Take a page that is open."""
        self.page = page
        self.session: CDPSession = chromium.protocol(page)
        self.times = list[float]()
        self.answered = 0

    def clear(self) -> None:
        """Empty the box and wait for the empty list."""
        self.page.keyboard.press("Escape")
        self.page.wait_for_function("() => document.querySelector('#q').value === ''")
        time.sleep(PACE_S)

    def press(self, word: str) -> None:
        """A word on the Latin keyboard."""
        self.clear()
        keys = hangul.to_keys(word)
        for place, key in enumerate(keys):
            self.page.evaluate(ARM)
            self.page.keyboard.press(key)
            self.wait(keys[: place + 1])

    def compose(self, word: str) -> None:
        """A word by an input method: one composition of what stands there after each stroke."""
        self.clear()
        for text in typed(word):
            self.page.evaluate(ARM)
            end = len(text)
            self.session.send(
                "Input.imeSetComposition",
                {"text": text, "selectionStart": end, "selectionEnd": end},
            )
            self.wait(text)
        self.session.send("Input.insertText", {"text": word})

    def wait(self, text: str) -> None:
        """Until the list has answered; then a rest as long as people take."""
        self.page.wait_for_function(DONE, polling=20)
        took, title = self.page.evaluate(TOOK)
        self.times.append(float(took))
        self.answered += title.startswith(f"{text} ")
        time.sleep(PACE_S)


def opened(browser: Browser, server: Server, cookie: str) -> Typist:
    """A signed-in desk with the search open."""
    context = browser.new_context(
        base_url=server.url, viewport=DESK, locale="ko-KR", timezone_id="Asia/Seoul"
    )
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": server.url}])
    context.add_init_script(INSTRUMENT)
    page = context.new_page()
    page.goto("/directory")
    page.focus("#q")
    return Typist(page)


def run(report: Report, count: int = officials.COUNT, words: int = WORDS) -> None:
    """Type words in both ways."""
    chance = random.Random(6)  # noqa: S311  repeatable on purpose
    with nation.opened(count) as app:
        [cookie] = directory_crowd.cookies(app, 1, "BROWSER")
        said = [squeeze(chance.choice(one.words)) for one in people(4 * words) if one.words]
    wanted = [word for word in said if KOREAN.fullmatch(word)][:words]
    with (
        served(nation.built(count).home, DEMO="0") as server,
        chromium.launched() as browser,
    ):
        typist = opened(browser, server, cookie)
        typist.press("업무")
        typist.times.clear()
        typist.answered = 0
        for place, word in enumerate(wanted):
            (typist.press if place % 2 else typist.compose)(word)
    times = typist.times
    parts = [f"{percentile(times, share):.0f}" for share in (0.5, 0.95, 0.99, 1)]
    report.note(
        f"{len(times)} strokes, p50/95/99/most {'/'.join(parts)} ms;"
        f" {typist.answered} showed a new list, the others kept what a half syllable had found"
    )
    report.figure("dir_browser_p95_ms", percentile(times, 0.95))
