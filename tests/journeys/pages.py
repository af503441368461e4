"""The product as people meet it: a phone in the hand, and each page by what one does there."""

from __future__ import annotations

import io
import re
from typing import Any

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.bench.officer import QR, WAIT, Officer

FIVE_MINUTES = 300
QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class Phone(Officer):
    """One browser profile in somebody's hand."""

    def __init__(self, page: Page) -> None:
        """Take a page of a fresh profile."""
        super().__init__(page)
        self.number = ""

    @property
    def today(self) -> Today:
        """The stamp screen."""
        return Today(self.page)

    @property
    def sheet(self) -> Sheet:
        """The stamp on screen."""
        return Sheet(self.page)

    @property
    def history(self) -> History:
        """The stamps of a month."""
        return History(self.page)

    @property
    def me(self) -> Me:
        """The person's own page."""
        return Me(self.page)

    def sign_in(self, staff_number: str, password: str, home: str = "") -> None:
        """Log in with the form; `home` is needed where the browser knows no base address."""
        self.page.goto(f"{home}/login?next=/start")
        fill_login(self.page, staff_number, password)
        expect(self.page).to_have_url(re.compile("/start$"))

    def signed_in(self, organisation: str, staff_number: str, password: str) -> None:
        """Log in without the pages; the form itself is met where a journey is about it."""
        form: dict[str, str | float | bool] = {"organisation": organisation}
        form |= {"staff_number": staff_number, "password": password}
        own = {"Sec-Fetch-Site": "same-origin"}
        request = self.page.context.request
        answer = request.post("/login", form=form, headers=own, max_redirects=0)
        assert answer.status == 303, answer.text()[:300]

    def stamp_now(self) -> dict[str, Any]:
        """Open the app from the icon, press the seal; the stamp that was stored."""
        self.ready()
        self.stamp()
        return self.newest()

    def newest(self) -> dict[str, Any]:
        """The stamp that was stored last."""
        stamps = [item for item in self.items() if item["type"] == "stamp"]
        return max(stamps, key=lambda item: item["seq"])

    def scan(self, url: str) -> Verdict:
        """Open what a QR says, in a new tab of this browser."""
        page = self.page.context.new_page()
        page.goto(url)
        return Verdict(page)

    def another_tab(self) -> Phone:
        """The same browser profile, another tab."""
        found = Phone(self.page.context.new_page())
        found.number = self.number
        return found


def fill_login(page: Page, staff_number: str, password: str) -> None:
    """Fill in the login form and send it."""
    page.get_by_label("직원번호").fill(staff_number)
    page.get_by_label("비밀번호").fill(password)
    page.get_by_role("main").get_by_role("button", name="로그인").click()


class Today:
    """The stamp screen."""

    def __init__(self, page: Page) -> None:
        """Take the page that shows it."""
        self.page = page
        self.seal = page.locator("#seal")
        self.stamp = page.locator("#stamp")
        self.hint = page.locator("#hint")
        self.queue = page.locator("#queue")
        self.trip = page.locator("#trip li")
        self.unsent = page.locator("#unsent")

    def problem(self, name: str) -> Locator:
        """The card that explains a problem."""
        return self.page.locator(f"[data-problem={name}]")

    def press(self) -> None:
        """Touch the seal."""
        self.seal.click()

    def choose_place(self, value: str) -> None:
        """The demonstration's chooser of a place."""
        self.page.locator("#place").select_option(value)


class Sheet:
    """The dialog with the QR."""

    def __init__(self, page: Page) -> None:
        """Take the page it opens on."""
        self.page = page
        self.dialog = page.locator("#sheet")
        self.qr = page.locator(QR)
        self.title = page.locator("#sheet-title")

    def part(self, name: str) -> Locator:
        """One fact of the stamp."""
        return self.dialog.locator(f"[data-part={name}]")

    def read_qr(self) -> str:
        """The one QR a camera reads from the screen; fails when it reads none or several.

        Only QRs count: a dense QR now and then holds rows that read as a bar code of another kind.
        """
        expect(self.qr).to_be_visible()
        shot = self.page.locator("#sheet [data-part=paper]").screenshot()
        picture = Image.open(io.BytesIO(shot)).convert("L")
        found = zxingcpp.read_barcodes(picture, formats=QR_ONLY)
        assert len(found) == 1, found
        return str(found[0].text)

    def cancel_stamp(self, reason: str) -> None:
        """Take a wrong tap back, with a reason."""
        self.dialog.get_by_role("button", name="잘못 찍었어요").click()
        self.dialog.locator("label", has_text=reason).click()
        self.dialog.get_by_role("button", name="도장 취소하기").click()

    def close(self) -> None:
        """Put it away."""
        self.dialog.get_by_role("button", name="닫기").click()
        expect(self.dialog).to_be_hidden()


class History:
    """The stamps of a month."""

    def __init__(self, page: Page) -> None:
        """Take the page that shows it."""
        self.page = page
        self.rows = page.locator("#days li")
        self.source = page.locator("#source")

    def open(self) -> History:
        """Go there and wait until it has looked everywhere."""
        self.page.goto("/history")
        expect(self.source).not_to_contain_text("불러오고")
        return self


class Me:
    """The person's own page."""

    def __init__(self, page: Page) -> None:
        """Take the page that shows it."""
        self.page = page
        self.leave = page.locator("#leave")
        self.failed = page.locator("#leave-failed")
        self.views = page.locator("section", has=page.locator("#views-title")).locator("li")

    def open(self) -> Me:
        """Go there."""
        self.page.goto("/me")
        return self

    def log_out(self) -> None:
        """Touch the log-out button."""
        self.page.locator("[data-logout] button").click()

    def withdraw_consent(self) -> None:
        """Take the consent back."""
        self.page.get_by_text("동의 철회하기").click()
        self.page.get_by_role("button", name="철회", exact=True).click()
        expect(self.page.get_by_text("동의하지 않음")).to_be_visible()

    def revoke_device(self, kid: str) -> None:
        """Revoke the phone of this key."""
        device = self.page.locator("li", has=self.page.get_by_text(kid))
        device.locator("summary").click()
        device.locator("form button").click()
        expect(device.locator(".badge.bad")).to_be_visible()


class Verdict:
    """What a scanned QR opens."""

    def __init__(self, page: Page) -> None:
        """Take the page that shows it."""
        self.page = page
        page.set_default_timeout(WAIT)
        self.title = page.locator("#finding")
        self.desk = page.locator("section", has=page.locator("#desk-title"))

    @property
    def facts(self) -> dict[str, str]:
        """The facts by their names."""
        return described(self.page.locator("article dl.facts"))

    @property
    def claims(self) -> dict[str, str]:
        """The signed claims, which an auditor sees."""
        return described(self.page.locator("section:has(> #claims-title) dl.facts"))

    def ask(self, message: str, contact: str) -> None:
        """Put a question to the audit office."""
        self.page.get_by_text("감사 부서에 물어보기").click()
        self.page.get_by_label("궁금한 점").fill(message)
        self.page.get_by_label("연락처").fill(contact)
        self.page.get_by_role("button", name="보내기").click()


def described(listing: Locator) -> dict[str, str]:
    """A description list as a dict."""
    expect(listing.locator("dt").first).to_be_visible()
    terms, facts = listing.locator("dt").all_inner_texts(), listing.locator("dd").all_inner_texts()
    assert len(terms) == len(facts) > 0
    return dict(zip(terms, facts, strict=True))
