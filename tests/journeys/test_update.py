"""A new version comes when the person says so, and never in the middle of a stamp or a sending."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.bench import stage
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.watch import Watch
from tools import place, run
from tools.setup import ROOT

pytestmark = pytest.mark.browser

NEVER = """
if (sessionStorage.getItem('silent')) {
  navigator.geolocation.watchPosition = () => 1;
  navigator.geolocation.getCurrentPosition = () => {};
}
"""
WAITS_FOR_THE_STAMP = """async () => {
  const { pending } = await navigator.locks.query();
  return pending.some(({ name }) => name === 'capture');
}"""


class Copy:
    """The product's files in a folder of their own, so that a new version can be put in."""

    def __init__(self, folder: Path) -> None:
        """Copy what the web server serves."""
        self.folder = folder
        shutil.copytree(ROOT / "app", folder / "app")
        shutil.copytree(ROOT / "static", folder / "static")
        shutil.copy(ROOT / "wsgi.py", folder)

    def serve(self) -> Product:
        """A server that is not started yet."""
        home = stage.instance()
        env = stage.settings(home, stage.free_port())
        words = run.server_command(place.read(env))[1:]
        command = ["env", "-C", str(self.folder), sys.executable, *words]
        return Product(stage.Server(env, command), home)

    def release(self) -> None:
        """A next version: one more letter in the worker's version, a word in every page."""
        worker = self.folder / "static/pwa/dist/sw.js"
        text = worker.read_text(encoding="utf-8")
        changed, count = re.subn(r'(version["\']?:\s*["\'])', r"\1x", text)
        assert count == 1
        worker.write_text(changed, encoding="utf-8")
        for ending in ("br", "gz"):
            worker.with_name(f"sw.js.{ending}").unlink(missing_ok=True)
        base = self.folder / "app/core/templates/base.html"
        page = base.read_text(encoding="utf-8")
        assert "<body>" in page
        base.write_text(page.replace("<body>", '<body data-release="next">'), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """A copy of the product."""
    return Copy(tmp_path / "copy")


@pytest.fixture
def old(copy: Copy) -> Iterator[Product]:
    """The old version, running."""
    found = copy.serve()
    found.server.start()
    yield found
    found.server.kill()


def bar(page: Page) -> Locator:
    """What tells of the new version."""
    return page.locator("#update")


def released(page: Page) -> Locator:
    """The body of a page of the new version."""
    return page.locator("body[data-release=next]")


def prepared(phones: Phones, old: Product) -> Phone:
    """A phone of the old version, with one stamp that cannot be sent yet."""
    phone = phones.ready(old)
    phone.page.context.add_init_script(NEVER)
    phone.kept()
    phone.page.context.route("**/api/stamps", no_posts)
    phone.stamp_now()
    phone.sheet.close()
    return phone


def no_posts(route: Route) -> None:
    """Nothing can be sent."""
    if route.request.method == "POST":
        route.abort("connectionrefused")
    else:
        route.continue_()


def test_an_update_waits_for_the_stamp_and_keeps_the_queue(
    phones: Phones, old: Product, copy: Copy, watch: Watch
) -> None:
    watch.expect("net::ERR_", "Failed to fetch")
    phone = prepared(phones, old)
    page = phone.page
    expect(bar(page)).to_have_count(0)
    old.server.kill()
    copy.release()
    old.server.start()

    page.evaluate("sessionStorage.setItem('silent', '1')")
    phone.ready()
    expect(bar(page)).to_be_visible()
    expect(released(page)).to_have_count(0)
    phone.today.press()
    expect(phone.today.stamp).to_have_attribute("data-state", "locating")
    page.evaluate("window.before = true")
    bar(page).get_by_role("button").click()
    expect(bar(page).get_by_role("button")).to_have_count(0)
    page.wait_for_function(WAITS_FOR_THE_STAMP)
    assert page.evaluate("window.before") is True
    expect(phone.today.stamp).to_have_attribute("data-state", "locating")

    page.locator("#stop").click()
    expect(released(page)).to_have_count(1)
    expect(phone.today.queue).to_contain_text("1건")
    names = page.evaluate("caches.keys()")
    assert len([name for name in names if name.startswith("shell-")]) == 1
    page.context.unroute("**/api/stamps")
    page.evaluate("sessionStorage.removeItem('silent')")
    page.reload()
    expect(phone.today.queue).to_contain_text("모두 보냈")
    assert [one["state"] for one in phone.items()] == ["received"]


def test_an_update_waits_for_a_sending(
    phones: Phones, old: Product, copy: Copy, watch: Watch
) -> None:
    watch.expect("net::ERR_", "Failed to fetch")
    phone = prepared(phones, old)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.page.context.unroute("**/api/stamps")
    old.server.kill()
    copy.release()
    old.server.start()
    phone.page.context.route("**/api/stamps", hold)
    phone.page.goto("/today")
    expect(phone.today.queue).to_contain_text("지금 보내")
    expect(bar(phone.page)).to_be_visible()
    bar(phone.page).get_by_role("button").click()
    expect(bar(phone.page).get_by_role("button")).to_have_count(0)
    expect(released(phone.page)).to_have_count(0)
    assert held
    held[0].continue_()
    expect(released(phone.page)).to_have_count(1)
    expect(phone.today.queue).to_contain_text("모두 보냈")
