"""`make screenshots`: the pictures of the documents, taken anew from the running product.

The danger removed here: pictures of a product that no longer looks so. The script starts an
instance of its own (temporary folder, demonstration, free port), drives Debian's Chromium, and
writes docs/screenshots/<name>.png; a picture's name is all that a document knows of it.

Runs inside the virtual environment: `python -m tools.screenshots [name …]`. The story is played
whole each time; names choose which pictures are kept.
"""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tools import browser as chromium
from tools import canteen_pictures, place, run
from tools.picture import small, stretched
from tools.setup import ROOT, SetupError, build_front

TARGET = ROOT / "docs" / "screenshots"
LIMIT = 1_500_000  # bytes of all pictures together: they live in the repository
READY_WITHIN = 60.0
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{version}.0.0.0 Mobile Safari/537.36"
)
SITE = {"latitude": 35.1926, "longitude": 128.0847, "accuracy": 8}  # the riverside in Jinju
NAMES = (
    "welcome", "start", "home", "stamp", "history", "me", "verdict-valid", "verdict-revoked",
    "welcome-wide", "home-wide", "history-wide", "audit-wide", "audit-stamp-wide", "people-wide",
    "home-contrast", "verdict-valid-en", "photos-wide", "photo-wide", "directory",
    "directory-wide", "entry", "canteen", "canteen-wide", "kiosk", "wall-wide",
)  # fmt: skip


class PictureError(Exception):
    """No picture can be taken; the message is the one line that the person sees."""


@dataclass
class Album:
    """The pictures of one run: which are wanted, and how many bytes each has."""

    wanted: set[str]
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Take one picture when it is wanted; `whole` shows the page below the window too."""
        if name not in self.wanted:
            return
        page.mouse.move(1, 1)  # nothing is hovered over
        with stretched(page, whole):
            page.wait_for_timeout(300)
            content = small(page.screenshot(animations="disabled", caret="hide"))
        (TARGET / f"{name}.png").write_bytes(content)
        self.sizes[name] = len(content)
        print(f"  {name}.png  {len(content) / 1000:.0f} kB", flush=True)


def settings(instance: Path) -> place.Place:
    """A demonstration in `instance` on a free port of this machine."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {"INSTANCE_DIR": str(instance), "PORT": str(place.free_port()), "DEMO": "1"}
    return place.read(kept | given | {"WEB_PROCESSES": "1", "LOG_LEVEL": "WARNING"})


def flask(here: place.Place, *words: str) -> None:
    """Run one verb of the product's command line; raises PictureError with what it said."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=here.env, capture_output=True, text=True)
    if done.returncode != 0:
        raise PictureError(f"flask {' '.join(words)}: {(done.stderr + done.stdout)[-400:]}")


@contextmanager
def served() -> Iterator[str]:
    """The product with the demonstration's month; gives its address, ends with the block."""
    with tempfile.TemporaryDirectory(prefix="office-pictures-") as folder:
        here = settings(Path(folder) / "instance")
        flask(here, "db", "upgrade")
        flask(here, "demo", "load")
        both = [
            subprocess.Popen(
                [sys.executable, *words], cwd=ROOT, env=here.env,
                stdin=subprocess.DEVNULL, start_new_session=True,
            )
            for words in (run.server_command(here)[1:], ["-m", "app.worker"])
        ]  # fmt: skip
        try:
            wait_until_ready(here, both[0])
            yield here.url
        finally:
            for process in both:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(15)


def wait_until_ready(here: place.Place, server: subprocess.Popen[bytes]) -> None:
    """Wait for the server's readiness; raises PictureError when it ends or takes too long."""
    end = time.monotonic() + READY_WITHIN
    while not place.ready(here):
        time.sleep(0.1)
        if server.poll() is not None or time.monotonic() > end:
            raise PictureError("the server did not start")


def window(browser: Browser, url: str, size: dict[str, int], **changes: Any) -> Page:
    """A page of a fresh profile: a touch phone in Korean for PHONE, a desktop for DESK."""
    phone = size is PHONE
    given: dict[str, Any] = {
        "base_url": url, "viewport": size, "device_scale_factor": 2 if phone else 1,
        "has_touch": phone, "is_mobile": phone, "locale": "ko-KR", "timezone_id": "Asia/Seoul",
        "geolocation": SITE, "permissions": ["geolocation"], "color_scheme": "light",
        "reduced_motion": "reduce",
    }  # fmt: skip
    version = browser.version.split(".")[0]
    given |= {"user_agent": ANDROID.format(version=version)} if phone else {}
    page = browser.new_context(**given | changes).new_page()
    page.set_default_timeout(20_000)
    return page


def try_out(page: Page, role: str) -> None:
    """Sign in as the demonstration's person of a role."""
    page.goto("/")
    page.click(f"button[name=role][value={role}]")
    page.wait_for_load_state("networkidle")


def sample(page: Page, key: int) -> str:
    """The address of a sample stamp of the first page: 0 valid, 1 forged, 2 void, 3 revoked."""
    page.goto("/")
    return str(page.locator(".samples a").nth(key).get_attribute("href"))


def citizen(album: Album, browser: Browser, url: str) -> None:
    """The first page, and verdicts as anyone's camera opens them."""
    page = window(browser, url, PHONE)
    valid, revoked = sample(page, 0), sample(page, 3)
    album.take(page, "welcome")
    for name, address in (("verdict-valid", valid), ("verdict-revoked", revoked)):
        page.goto(address)
        album.take(page, name)
    page = window(browser, url, PHONE, locale="en-US")
    page.goto(valid)
    album.take(page, "verdict-valid-en")
    wide = window(browser, url, DESK)
    wide.goto("/")
    album.take(wide, "welcome-wide")


def set_up(album: Album, page: Page) -> None:
    """An officer's first use, up to the enrolled key."""
    page.goto("/start")
    page.wait_for_selector("#go:enabled")
    album.take(page, "start", whole=True)
    page.click("#go")
    page.wait_for_selector("#done:visible")


def stamp(album: Album, page: Page) -> str:
    """One measured stamp, received by the server; gives the address that its QR holds."""
    page.goto("/today")
    page.wait_for_selector("#stamp[data-state=ready]")
    page.locator("label:has([name=kind][value=arrive])").click()
    with page.expect_response("**/api/stamps") as answer:
        page.click("#seal")
    received = answer.value.json()["stamp"]
    page.wait_for_selector("#sheet[open]")
    page.locator("#sheet").get_by_text(received["place"]["name"]).wait_for()
    album.take(page, "stamp")
    page.click("#sheet [data-do=close]")
    page.wait_for_timeout(2_800)  # the seal rests again 2.5 s after a stamp
    album.take(page, "home")
    page.click("#contrast")
    album.take(page, "home-contrast")
    page.click("#contrast")
    sent = (answer.value.request.post_data_json or {})["token"]
    raw = base64.urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
    return "/S/" + base64.b32encode(raw).decode("ascii").rstrip("=")


def officer(album: Album, browser: Browser, url: str) -> tuple[Page, str]:
    """The officer's phone and desktop; gives the phone's page and the stamp's address."""
    page = window(browser, url, PHONE)
    try_out(page, "officer")
    set_up(album, page)
    address = stamp(album, page)
    page.goto("/history")
    page.wait_for_selector("#days .list")
    album.take(page, "history")
    wide = window(browser, url, DESK, storage_state=page.context.storage_state(indexed_db=False))
    wide.goto("/start")
    wide.click("#go:enabled")
    wide.wait_for_selector("#done:visible")
    for name, path in (("home-wide", "/today"), ("history-wide", "/history")):
        wide.goto(path)
        wide.wait_for_load_state("networkidle")
        album.take(wide, name)
    directory(album, page, wide)
    canteen_pictures.lunch(album.take, page, wide)
    return page, address


def directory(album: Album, page: Page, wide: Page) -> None:
    """What a duty finds on the phone and on the desktop, and the entry somebody new came to."""
    for window_, name in ((page, "directory"), (wide, "directory-wide")):
        window_.goto("/directory")
        window_.locator("#q").press_sequentially("청년 창업", delay=20)
        window_.locator(".hit mark").first.wait_for()
        window_.wait_for_load_state("networkidle")
        album.take(window_, name)
    page.goto("/directory/follows")
    page.locator("main a[href^='/directory/entry/']").first.click()
    page.locator(".timeline").wait_for()
    album.take(page, "entry", whole=True)


def office(album: Album, browser: Browser, url: str, address: str) -> None:
    """The auditor's list and view of the officer's stamp, and the administrator's people."""
    page = window(browser, url, DESK)
    try_out(page, "auditor")
    album.take(page, "audit-wide")
    page.goto(address)
    album.take(page, "audit-stamp-wide", whole=True)
    page = window(browser, url, DESK)
    try_out(page, "administrator")
    album.take(page, "people-wide")
    photos(album, page)
    old, wall = window(browser, url, PHONE), window(browser, url, DESK)
    canteen_pictures.by_link(album.take, page, old, wall)


def photos(album: Album, page: Page) -> None:
    """The office's photos, and one of them."""
    page.goto("/photos")
    page.locator("main a.look img").nth(3).wait_for()
    page.wait_for_load_state("networkidle")
    album.take(page, "photos-wide")
    page.locator("main a.look:has(img)").first.click()
    page.wait_for_load_state("networkidle")
    album.take(page, "photo-wide", whole=True)


def play(album: Album) -> None:
    """Start product and browser, and take every wanted picture."""
    program = chromium.program()
    with served() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(chromium.FLAGS))
        try:
            citizen(album, browser, url)
            phone, address = officer(album, browser, url)
            office(album, browser, url, address)
            phone.goto("/me")
            album.take(phone, "me", whole=True)
        finally:
            browser.close()


def main(wanted: list[str]) -> int:
    """Take all pictures, or the named ones; returns the exit code."""
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        print(f"no such picture: {', '.join(unknown)}; there are: {', '.join(NAMES)}")
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    album = Album(set(wanted or NAMES))
    try:
        if missing := chromium.ensure():
            raise PictureError(missing)
        build_front()  # the pictures are of the sources as they are now
        play(album)
    except (PictureError, SetupError, Error) as error:
        print(f"screenshots: {error}", file=sys.stderr)
        return 1
    total = sum(path.stat().st_size for path in TARGET.glob("*.png"))
    print(f"{len(album.sizes)} pictures; docs/screenshots holds {total / 1000:.0f} kB")
    if total > LIMIT:
        print(f"screenshots: that is over the limit of {LIMIT / 1000:.0f} kB", file=sys.stderr)
    return 1 if total > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
