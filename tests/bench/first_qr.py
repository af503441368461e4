"""A new officer's first minutes: from the login page to the first QR, timed, every touch counted.

The person signs in with staff number and password (typing counts as a tap a field), agrees, and
makes the practice stamp; then opens the icon again: one tap must give the next QR.
"""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser

from app.admin import gateways
from tests.bench import chromium
from tests.bench.officer import QR, Officer
from tests.bench.stage import Server, instance, served
from tools.bench import Report

FIGURES = ("first_qr_s", "first_qr_taps", "later_stamp_taps")
REPEATS = 3


def sign_in(officer: Officer, password: str) -> None:
    """The login form, filled as on a phone: every field is a tap, and so is the button."""
    page = officer.page
    story = gateways.read_story()
    number = next(n for n, (_, _, role) in enumerate(story.people, 1) if role == "officer")
    page.goto("/login?next=/start")
    choice = page.locator("[name=organisation]")
    if choice.evaluate("node => node.tagName") == "SELECT":
        choice.select_option(story.code)
    officer.tap("[name=staff_number]")
    page.keyboard.type(f"2026{number:04d}", delay=20)
    officer.tap("[name=password]")
    page.keyboard.type(password, delay=20)
    officer.tap("main form[method=post] button:not([type=button])")
    page.wait_for_url("**/start")


def journey(browser: Browser, server: Server, home: Path) -> tuple[float, int, int]:
    """Seconds and taps to the first QR, and taps of a later stamp."""
    context = chromium.phone(browser, server.url)
    officer = Officer(context.new_page())
    password = gateways.read_password(home)
    assert password
    began = time.perf_counter()
    sign_in(officer, password)
    officer.agree()
    officer.tap("#practice")
    officer.page.wait_for_selector(QR)
    seconds, taps = time.perf_counter() - began, officer.taps
    officer.page.close()
    later = Officer(context.new_page())
    later.ready()
    later.stamp()
    context.close()
    return seconds, taps, later.taps


def run(report: Report) -> None:
    """Measure; the slowest of the journeys counts."""
    home = instance()
    with served(home) as server, chromium.launched() as browser:
        found = [journey(browser, server, home) for _ in range(REPEATS)]
    report.figure("first_qr_s", max(seconds for seconds, _, _ in found))
    report.figure("first_qr_taps", max(taps for _, taps, _ in found))
    report.figure("later_stamp_taps", max(later for _, _, later in found))
