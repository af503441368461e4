"""Accessibility faults that axe finds, and what Chromium says against installing the app.

Every page and state × 390 and 1280 px × light and high contrast × Korean and English, with the
WCAG 2.2 A and AA rules and axe's best practices.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import NotReadyError, Server, instance, served
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("axe_violations", "install_errors")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (chromium.PHONE, chromium.DESK)
THEMES = ("light", "contrast")
LANGUAGES = ("ko", "en")
Dress = tuple[dict[str, int], str, str]
DRESSES: tuple[Dress, ...] = tuple(itertools.product(WIDTHS, THEMES, LANGUAGES))
AT_ONCE = 3  # dresses: much of the time is waiting for pages to settle
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })"
PUBLIC = (
    "/", "/login", "/today", "/history", "/start", "/photos/camera", "/P/AAAA", "/offline",
    "/canteen",
    "/no-such-page",
)  # fmt: skip
ROLES = {
    "officer": (
        "/today",
        "/history",
        "/start",
        "/photos/camera",
        "/photos",
        "photo",
        "verified",
        "/notices",
        "/directory",
        "/directory?q=청년",
        "/directory?q=없는말이다",
        "/directory/table?q=청년",
        "/directory/follows",
        "/directory/mine",
        "entry",
        "/canteen",
        "/me",
        "/people",
    ),
    "auditor": ("/audit", "/photos", "photo", "/me", "verdicts"),
    "administrator": (
        "/people", "/photos/settings", "/photos/connectors", "/notices", "/directory/reports",
        "/directory/imports", "/directory/export", "/directory/removals", "/directory/sources",
        "/directory/synonyms", "/me", "person",
    ),
    "canteen": ("/today",),
}  # fmt: skip
Fault = tuple[str, str, str]


def verdict_paths(page: Page) -> list[str]:
    """The verdict pages of every state that the demonstration has, and of broken tokens."""
    page.goto("/")
    links = page.locator("a[href^='/S/']")
    paths = [str(link.get_attribute("href")) for link in links.all()]
    if not paths:
        raise NotReadyError("the demonstration has no sample QRs")
    return [*paths, "/S/AAAA", paths[0][:-8] + "AAAAAAAA"]


def faults(page: Page, label: str) -> list[Fault]:
    """What axe says of the page as it stands: (where, rule, first element)."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(LOOK, TAGS)
    return [
        (label, f"{rule['id']} x{len(rule['nodes'])}", str(rule["nodes"][0]["target"])[:80])
        for rule in found["violations"]
    ]


def dressed(browser: Browser, url: str, dress: Dress) -> BrowserContext:
    """A fresh profile of a width, theme and language; without the service worker."""
    view, theme, language = dress
    narrow = view is WIDTHS[0]
    context = chromium.phone(
        browser, url, viewport=view, is_mobile=narrow, has_touch=narrow,
        service_workers="block", reduced_motion="reduce",
        color_scheme="dark" if theme == "contrast" else "light",
    )  # fmt: skip
    context.add_cookies(
        [{"name": name, "value": value, "url": url}
         for name, value in (("theme", theme), ("lang", language))]
    )  # fmt: skip
    return context


def visit(page: Page, path: str, label: str) -> list[Fault]:
    """Open a page, let it settle, look."""
    page.goto(path, wait_until="networkidle")
    return faults(page, f"{path[:24]} {label}")


def signed_out(context: BrowserContext, label: str) -> list[Fault]:
    """Every page that anybody sees, every verdict, and the page of a void's question."""
    page = context.new_page()
    found: list[Fault] = []
    for path in [*PUBLIC, *verdict_paths(page)]:
        found += visit(page, path, label)
    page.close()
    return found


def signed_in(context: BrowserContext, role: str, label: str) -> list[Fault]:
    """The pages of a role."""
    page = context.new_page()
    verdicts = verdict_paths(page)
    page.goto("/")
    page.locator(f"button[name=role][value={role}]").click()
    page.wait_for_load_state("networkidle")
    found: list[Fault] = []
    for name in ROLES[role]:
        for path in verdicts if name == "verdicts" else [path_of(page, name)]:
            found += visit(page, path, f"{role} {label}")
    if role == "officer":
        found += stamping(page, f"{role} {label}")
        entry = path_of(page, "entry")
        for path in ("/today", "/photos/camera", "/start", "/me", entry):
            found += opened(page, path, label)
    page.close()
    context.clear_cookies(name="office")
    return found


FIRST = {
    "person": ("/people", "main a[href^='/people/']", ""),
    "photo": ("/photos", "main a.look", ""),
    "verified": ("/photos", "main a.look", "/verify"),
    "entry": ("/directory/follows", "main a[href^='/directory/entry/']", ""),
}


def path_of(page: Page, name: str) -> str:
    """A path by itself; a name of FIRST is the page behind the first such link of a list."""
    if name not in FIRST:
        return name
    listed, link, then = FIRST[name]
    page.goto(listed)
    found = str(page.locator(link).first.get_attribute("href"))
    return found.partition("?")[0] + then


def opened(page: Page, path: str, label: str) -> list[Fault]:
    """A page with everything on it that is hidden at first: every problem's card, every fold."""
    page.goto(path, wait_until="networkidle")
    page.locator("[data-problem], details").evaluate_all(
        "all => all.forEach((one) => { one.hidden = false; one.open = true; })"
    )
    return faults(page, f"{path} opened {label}")


def stamping(page: Page, label: str) -> list[Fault]:
    """The stamp screen when ready, with a stamp on it, when cancelling, and when denied."""
    officer = Officer(page)
    officer.set_up()
    officer.ready()
    found = faults(page, f"ready {label}")
    officer.stamp()
    found += faults(page, f"sheet {label}")
    page.locator("[data-do=ask-void]").click()
    found += faults(page, f"cancel {label}")
    officer.put_away()
    found += visit(page, "/history", f"with stamps {label}")
    page.context.clear_permissions()
    officer.ready()
    place = page.locator("#place")
    if place.count():
        place.select_option("gps")
    page.locator("#seal").click()
    page.wait_for_selector("[data-problem=denied]:not([hidden])")
    found += faults(page, f"denied {label}")
    page.context.grant_permissions(["geolocation", "background-sync"])
    return found


def control(browser: Browser, server: Server) -> None:
    """Hold the measurement itself: a fault that is planted must be found.

    Raises:
        AssertionError: axe does not see it.
    """
    context = chromium.phone(browser, server.url)
    page = context.new_page()
    page.goto("/")
    page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    assert [rule for _, rule, _ in faults(page, "planted")] == ["button-name x1"]
    context.close()


def install_errors(browser: Browser, server: Server) -> list[str]:
    """What Chromium has against installing the app."""
    context = chromium.phone(browser, server.url)
    officer = Officer(context.new_page())
    officer.try_out()
    officer.kept()
    session = chromium.protocol(officer.page, "Page")
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = session.send("Page.getAppManifest")["errors"]
    context.close()
    # A context of the test is always a private window; that is not the app's fault.
    own = [one["errorId"] for one in found if one["errorId"] != "in-incognito"]
    return own + [error["message"] for error in manifest]


def judge(url: str, new: str, number: int) -> list[Fault]:
    """Look at every page in one dress, in a process and a browser of its own.

    `new` is the address of a product without people, where `/` is the first-run page.
    """
    dress = DRESSES[number]
    label = f"{dress[0]['width']} {dress[1]} {dress[2]}"
    with chromium.launched() as browser:
        context = dressed(browser, url, dress)
        found = signed_out(context, label)
        for role in ROLES:
            found += signed_in(context, role, label)
        context.close()
        context = dressed(browser, new, dress)
        page = context.new_page()
        found += visit(page, "/", f"first run {label}")
        page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
        page.locator("main form button").first.click()
        page.wait_for_load_state("networkidle")
        found += faults(page, f"first run, refused {label}")
        context.close()
    return found


def run(report: Report) -> None:
    """Look at every page in every dress."""
    if not Path(AXE).exists():
        raise NotReadyError("axe-core is not installed: run `make front` (npm ci)")
    empty = served(instance(demo=False), DEMO="0")
    with served(instance()) as server, empty as new:
        with chromium.launched() as browser:
            control(browser, server)
            against = install_errors(browser, server)
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            judged = [pool.submit(judge, server.url, new.url, n) for n in range(len(DRESSES))]
            found = [fault for one in judged for fault in one.result()]
    for (rule, target), count in Counter((one[1], one[2]) for one in found).most_common():
        where = [one[0] for one in found if one[1:] == (rule, target)]
        report.note(f"{rule}: {target} on {count} views, such as {where[0]}")
    report.figure("axe_violations", len(found))
    report.note(f"installability: {json.dumps(against)}")
    report.figure("install_errors", len(against))
