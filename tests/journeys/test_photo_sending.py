"""Photos in the real browser: on its disk, over its network, to the real server, once each.

The pages run un-built, so that a script may speak to the modules as the camera's page does.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.bench import stage
from tests.journeys.conftest import Phones, Product
from tests.journeys.watch import Watch
from tools.setup import ROOT

pytestmark = pytest.mark.browser

MODULES = "/static/pwa/src/js"
SHOOT = """async ([modules, count, finished]) => {
  const { addShot, finish, openDraft } = await import(`${modules}/photo_queue.js`);
  const { getIdentity } = await import(`${modules}/identity.js`);
  const board = [['공사명', '군도 12호선'], ['내용', '']];
  const draft = await openDraft({ identity: await getIdentity(), board, place: '창원' });
  const canvas = new OffscreenCanvas(900, 700);
  const pen = canvas.getContext('2d');
  const shots = [];
  for (let n = 0; n < count; n++) {
    const noise = pen.createImageData(900, 700);
    for (let at = 0; at < noise.data.length; at += 65536) {
      crypto.getRandomValues(noise.data.subarray(at, at + 65536));
    }
    for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
    pen.putImageData(noise, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const bytes = await blob.arrayBuffer();
    const picture = { bytes, thumb: new ArrayBuffer(10), capturedAt: Date.now() / 1000 };
    const { id, sha256, size } = await addShot(draft.id, picture);
    shots.push({ id, sha256, size });
  }
  if (finished) await finish(draft.id);
  return shots;
}"""
SUMMARY = """async (modules) => (await import(`${modules}/photo_queue.js`)).summary()"""
LEFT = """async () => {
  const db = await new Promise((resolve) => {
    const opening = indexedDB.open('office');
    opening.onsuccess = () => resolve(opening.result);
  });
  const names = ['bytes', 'shots', 'records'];
  const counts = names.map((name) => db.transaction(name).objectStore(name).count());
  await new Promise((resolve) => (counts.at(-1).onsuccess = resolve));
  db.close();
  return Object.fromEntries(names.map((name, n) => [name, counts[n].result]));
}"""
OLDER = """async (modules) => {
  globalThis.older = await import(`${modules}/older_db.js`);
  await older.set('x', 'kept');
  const stamp = { id: 'a', personId: 'p', kid: 'k', seq: 1, state: 'ready', capturedAt: 1 };
  await older.addStamp(stamp, { seq: 1 });
  setInterval(() => older.get('x'), 50); // it holds its connection
  return older.get('x');
}"""
COUNTS = """async (modules) => {
  const { countPhotos, listUnsent } = await import(`${modules}/db.js`);
  return [(await listUnsent()).length, await countPhotos()];
}"""
STILL = "async () => [await older.get('x'), (await older.listUnsent()).length]"


@pytest.fixture(scope="module")
def source() -> Iterator[Product]:
    """The product with its front end served un-built."""
    home = stage.instance()
    with stage.served(home, FRONT="source") as server:
        yield Product(server, home)


def shoot(page: Page, count: int, finished: bool = True) -> dict[str, str]:
    """Take photos as the camera's page would; id → hash."""
    made: list[dict[str, Any]] = page.evaluate(SHOOT, [MODULES, count, finished])
    assert all(one["size"] > 300_000 for one in made), "several pieces each"
    return {one["id"]: one["sha256"] for one in made}


def arrived(product: Product, wanted: dict[str, str]) -> dict[str, str]:
    """What the server has of these photos; id → hash."""
    with closing(sqlite3.connect(product.home / "office.db")) as db:
        rows = db.execute("SELECT id, lower(hex(sha256)) FROM photos WHERE receipt IS NOT NULL")
        return {photo: sha for photo, sha in rows if photo in wanted}


def until_sent(page: Page, product: Product, wanted: dict[str, str], seconds: float = 90) -> None:
    """Wait until the server has signed for each and the phone knows it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = page.evaluate(SUMMARY, MODULES)
        if told["waiting"] + told["drafts"] == 0:
            break
        page.wait_for_timeout(200)
    assert told["quarantined"] == 0
    assert arrived(product, wanted) == wanted
    assert page.evaluate(LEFT)["bytes"] == 0


def test_photos_reach_the_office_from_any_page(
    phones: Phones, source: Product, watch: Watch
) -> None:
    phone = phones.ready(source)
    wanted = shoot(phone.page, 3)
    assert phone.page.evaluate(LEFT) == {"bytes": 3, "shots": 3, "records": 1}
    phone.page.goto("/history")  # boot starts what waits
    until_sent(phone.page, source, wanted)
    assert phone.page.evaluate(LEFT)["shots"] == 3, "small pictures stay for a day"


def test_a_proxy_that_blocks_patch_and_a_network_that_drops(
    phones: Phones, source: Product, watch: Watch
) -> None:
    watch.expect("405", "ERR_CONNECTION_RESET")
    seen: list[str] = []

    def proxy(route: Route) -> None:
        seen.append(route.request.method)
        if route.request.method == "PATCH":
            route.fulfill(status=405, body="<h1>no</h1>")
        elif len(seen) % 7 == 0:
            route.abort("connectionreset")
        else:
            route.continue_()

    phone = phones.ready(source)
    phone.page.context.route("**/api/photos/uploads/*", proxy)
    wanted = shoot(phone.page, 4)
    phone.page.goto("/history")
    until_sent(phone.page, source, wanted, 60)
    assert seen.count("PATCH") == 1


def test_a_logged_out_person_s_photos_are_sent_and_leave_nothing(
    phones: Phones, source: Product, watch: Watch
) -> None:
    watch.expect("ERR_CONNECTION_REFUSED")
    phone = phones.ready(source)
    phone.page.context.route("**/api/photos/**", lambda route: route.abort("connectionrefused"))
    wanted = shoot(phone.page, 2, finished=False)
    me = phone.me.open()
    me.log_out()
    expect(me.leave).to_contain_text("2건")
    me.leave.locator("[data-do=leave]").click()
    expect(phone.page.get_by_role("link", name="로그인").first).to_be_visible()
    phone.page.context.unroute("**/api/photos/**")
    phone.page.context.clear_cookies()
    phone.page.goto("/history")
    until_sent(phone.page, source, wanted)
    phone.page.wait_for_timeout(500)
    assert phone.page.evaluate(LEFT) == {"bytes": 0, "shots": 0, "records": 0}


def test_an_older_app_in_another_tab_neither_blocks_nor_loses(
    phones: Phones, source: Product, watch: Watch
) -> None:
    phone = phones(source)
    page = phone.page
    text = (ROOT / "static/pwa/src/js/db.js").read_text(encoding="utf-8")
    older = text.replace("MIGRATIONS.slice(oldVersion)", "MIGRATIONS.slice(oldVersion, 1)")
    older = older.replace("connect(MIGRATIONS.length)", "connect(1)")
    assert older.count("slice(oldVersion, 1)") == older.count("connect(1)") == 1
    kind = "text/javascript"
    page.context.route("**/older_db.js", lambda way: way.fulfill(body=older, content_type=kind))
    page.goto("/login")
    kept = page.evaluate(OLDER, MODULES)
    assert kept == "kept"
    newer = phone.another_tab().page
    newer.goto("/login")
    counts = newer.evaluate(COUNTS, MODULES)
    assert counts == [1, {"unsent": 0, "kept": 0}]
    assert page.evaluate(STILL) == ["kept", 1]
