"""The icon's shortcut stamps after three seconds, but never behind anybody's back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Phones, Product
from tests.journeys.pages import Phone
from tests.journeys.watch import Watch

pytestmark = pytest.mark.browser

SHORTCUT = "/today?launch=stamp"
FROM_THE_ICON = "Object.defineProperty(navigator, 'standalone', { value: true });"


def at_home(phones: Phones, product: Product) -> Phone:
    """A phone with the app on its home screen, ready to stamp."""
    phone = phones.ready(product)
    phone.page.context.add_init_script(FROM_THE_ICON)
    return phone


def launched(phone: Phone) -> Phone:
    """Open the shortcut of the icon."""
    again = phone.another_tab()
    again.page.goto(SHORTCUT)
    return again


def expect_no_launch(phone: Phone) -> None:
    """The stamp screen is ready, and nothing counts down or was stamped."""
    expect(phone.today.stamp).to_have_attribute("data-state", "ready")
    expect(phone.page.locator("#launch")).to_be_hidden()
    assert phone.items() == []
    assert "launch" not in phone.page.url


def test_the_shortcut_stamps_once(phones: Phones, product: Product) -> None:
    phone = launched(at_home(phones, product))
    expect(phone.page.locator("#launch")).to_be_visible()
    expect(phone.page.locator("#launch-cancel")).to_be_focused()
    assert phone.items() == []
    expect(phone.sheet.qr).to_be_visible()
    assert len(phone.items()) == 1
    phone.page.reload()
    expect(phone.today.stamp).to_have_attribute("data-state", "ready")
    expect(phone.page.locator("#launch")).to_be_hidden()
    phone.page.goto(SHORTCUT)
    expect(phone.today.stamp).to_have_attribute("data-state", "ready")
    expect(phone.page.locator("#launch")).to_be_hidden()
    assert len(phone.items()) == 1


def test_the_count_down_can_be_cancelled(phones: Phones, product: Product) -> None:
    phone = launched(at_home(phones, product))
    phone.page.locator("#launch-cancel").click()
    expect(phone.page.locator("#launch")).to_be_hidden()
    expect_no_launch(phone)
    phone = launched(phone)
    expect(phone.page.locator("#launch")).to_be_visible()
    phone.page.keyboard.press("Escape")
    expect(phone.page.locator("#launch")).to_be_hidden()
    expect_no_launch(phone)
    phone.stamp()
    assert len(phone.items()) == 1


def test_a_tab_of_the_browser_is_no_launch(phones: Phones, product: Product) -> None:
    phone = phones.ready(product)
    phone.page.goto(SHORTCUT)
    expect_no_launch(phone)


class Foreign(BaseHTTPRequestHandler):
    """A page of somebody else, who would like this phone to stamp."""

    target = ""

    def do_GET(self) -> None:
        """The page, with a link and a button that opens a window."""
        body = (
            f'<title>x</title><a id="link" href="{self.target}">link</a>'
            f"""<button id="open" onclick="window.open('{self.target}')">open</button>"""
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def foreign(product: Product) -> Iterator[str]:
    """The address of the foreign page."""
    handler = type("Aimed", (Foreign,), {"target": product.url + SHORTCUT})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("way", ["#link", "#open"])
def test_a_foreign_page_cannot_launch(
    phones: Phones, product: Product, watch: Watch, foreign: str, way: str
) -> None:
    watch.expect(f"request to another host: {foreign}", "favicon")
    phone = at_home(phones, product)
    phone.page.goto(foreign)
    if way == "#link":
        phone.page.click(way)
        expect_no_launch(phone)
        return
    with phone.page.expect_popup() as opened:
        phone.page.click(way)
    expect_no_launch(Phone(opened.value))
