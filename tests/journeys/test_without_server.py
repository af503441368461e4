"""A dead server takes nothing away: the app opens, stamps, keeps, and sends when it can."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.bench import chromium
from tests.bench.stage import kill_group
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.test_shared_phone import hold
from tests.journeys.watch import Watch
from tools import browser as installed

pytestmark = pytest.mark.browser

DEAD = (r"net::ERR_CONNECTION_(REFUSED|RESET)", r"net::ERR_(EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)")
NOTICED_WITHIN_MS = 15_000
OPENS_WITHIN_S = 5.0
MAPS_KEPT = """async (patience) => {
  const cache = await caches.open('outlines');
  for (let left = patience; left > 0; left -= 100) {
    if ((await cache.keys()).length) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}"""
COUNT_ONLINE = """
addEventListener('online', () => sessionStorage.setItem('online', 'heard'));
"""


def test_a_map_is_kept_though_no_sheet_was_open(
    phones: Phones, mortal: Product, watch: Watch
) -> None:
    watch.expect(*DEAD)
    phone = phones.ready(mortal)
    phone.kept()
    hold(phone.page.context)
    phone.stamp_now()
    phone.sheet.close()
    phone.page.context.unroute("**/api/stamps")
    assert phone.page.evaluate(MAPS_KEPT, 2 * NOTICED_WITHIN_MS)
    mortal.server.kill()
    phone.ready()
    phone.today.trip.get_by_role("button").click()
    expect(phone.sheet.part("map").locator("svg")).to_be_visible()
    expect(phone.sheet.part("map-later")).to_be_hidden()


def test_stamping_while_the_server_is_dead(phones: Phones, mortal: Product, watch: Watch) -> None:
    watch.expect(*DEAD)
    phone = phones.ready(mortal)
    phone.page.context.add_init_script(COUNT_ONLINE)
    phone.kept()
    mortal.server.kill()

    icon = phone.another_tab()
    phone.page.close()
    began = time.monotonic()
    icon.ready()
    assert time.monotonic() - began < OPENS_WITHIN_S
    icon.stamp()
    expect(icon.sheet.part("state")).to_have_text(re.compile("기다"))
    assert icon.sheet.read_qr() == icon.newest()["url"]
    expect(icon.sheet.part("map-later")).to_contain_text("연결되면")
    icon.sheet.close()
    expect(icon.today.queue).to_contain_text("1건")
    expect(icon.today.unsent).to_contain_text("1")

    icon.history.open()
    expect(icon.history.rows).to_have_count(1)
    expect(icon.history.rows).to_contain_text("대기")
    expect(icon.history.source).to_contain_text("서버에 닿지 않")
    icon.page.reload()
    expect(icon.history.rows).to_contain_text("대기")
    icon.page.goto("/me")
    expect(icon.page.get_by_role("heading", level=1)).to_contain_text("서버에 닿지 않")

    icon.page.goto("/today")
    mortal.server.start()
    expect(icon.today.queue).to_contain_text("모두 보냈", timeout=NOTICED_WITHIN_MS)
    expect(icon.today.trip).to_contain_text("받음")
    expect(icon.today.unsent).to_be_hidden()
    assert icon.page.evaluate("sessionStorage.getItem('online')") is None
    item = icon.newest()
    assert item["state"] == "received"
    verdict = phones(mortal).scan(item["url"])
    expect(verdict.title).to_have_text("유효한 도장입니다")
    assert "받은 시각" in verdict.facts


@contextmanager
def killable(playwright: Playwright, profile: Path) -> Iterator[tuple[BrowserContext, int]]:
    """A browser over a profile on the disk, in a process group that the test may kill."""
    path = profile / "DevToolsActivePort"
    path.unlink(missing_ok=True)
    command = [chromium.program(), *installed.FLAGS, f"--user-data-dir={profile}"]
    command += ["--accept-lang=ko-KR", "--remote-debugging-port=0", "about:blank"]
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen(command, start_new_session=True, **quiet)
    try:
        end = time.monotonic() + 30
        while not (path.exists() and path.read_text().count("\n")):
            assert time.monotonic() < end, "the browser did not start"
            time.sleep(0.05)
        port = path.read_text().splitlines()[0]
        found = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        yield found.contexts[0], process.pid
    finally:
        kill_group(process)


def test_a_stamp_survives_the_kill_of_the_browser(
    playwright: Playwright, mortal: Product, watch: Watch, tmp_path: Path
) -> None:
    watch.expect(*DEAD)
    with killable(playwright, tmp_path / "profile") as (context, group):
        watch.follow(context, mortal.url)
        context.grant_permissions(["geolocation", "background-sync"], origin=mortal.url)
        phone = Phone(context.new_page())
        phone.sign_in(mortal.next_officer(), mortal.password, home=mortal.url)
        phone.agree()
        phone.kept()
        errors = installability(context)
        mortal.server.kill()
        phone.page.goto(f"{mortal.url}/today")
        expect(phone.today.stamp).to_have_attribute("data-state", "ready")
        phone.stamp()
        url = phone.sheet.read_qr()
        os.killpg(group, signal.SIGKILL)
    assert errors == []
    with killable(playwright, tmp_path / "profile") as (context, _):
        watch.follow(context, mortal.url)
        again = Phone(context.new_page())
        again.page.goto(f"{mortal.url}/history")
        expect(again.history.rows).to_have_count(1)
        assert [(one["url"], one["state"] != "received") for one in again.items()] == [(url, True)]
        expect(again.history.rows).to_contain_text("대기")
        mortal.server.start()
        # The server names the place: the stamp has arrived.
        expect(again.history.rows).to_contain_text("경상남도", timeout=NOTICED_WITHIN_MS)
        assert [(one["url"], one["state"]) for one in again.items()] == [(url, "received")]


def installability(context: BrowserContext) -> list[str]:
    """What the browser itself has against installing the app that is open."""
    session = context.new_cdp_session(context.pages[-1])
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = session.send("Page.getAppManifest")
    assert manifest["url"]
    return [str(one) for one in [*found, *manifest["errors"]]]
