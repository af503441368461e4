"""The product as it stands in its sources, without a build: it works, and the QR is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.bench import stage
from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def source() -> Iterator[Product]:
    """The product with its front end served un-built."""
    home = stage.instance()
    with stage.served(home, FRONT="source") as server:
        yield Product(server, home)


def test_an_unbuilt_page_stamps_and_draws(phones: Phones, source: Product, watch: Watch) -> None:
    phone = phones.ready(source)
    item = phone.stamp_now()
    assert phone.sheet.read_qr() == item["url"]
    expect(phone.sheet.part("state")).to_contain_text("서버가 받")
    assert "/src/" in str(phone.page.locator("script[type=module]").get_attribute("src"))


def test_without_an_encoder_the_server_draws(phones: Phones, source: Product, watch: Watch) -> None:
    watch.expect("vendor/lean-qr.mjs")
    phone: Phone = phones.ready(source)
    phone.page.context.route("**/vendor/*", lambda route: route.fulfill(status=404))
    phone.ready()
    phone.tap("#seal")
    picture = phone.page.locator("#sheet[open] [data-part=paper] img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("node => node.naturalWidth") > 0
