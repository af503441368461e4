"""A Chromium that may be killed at any moment, and the officer's page in it.

Started with a remote debugging port over a lasting profile and reached through it, so that a
SIGKILL to its process group is what the phone's system does to an app: no chance to say goodbye.
"""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, Playwright

from tests.bench import chromium
from tests.bench.officer import Officer
from tests.bench.stage import NotReadyError, kill_group
from tools.browser import FLAGS

START_WITHIN = 60.0  # a machine that is busy beside
# What a killed browser leaves of its claim to the profile; a new process may have got its number.
CLAIMS = ("SingletonLock", "SingletonSocket", "SingletonCookie")


class Killable:
    """One profile and, at most times, the browser that runs over it."""

    def __init__(self, play: Playwright, profile: Path, url: str, *flags: str) -> None:
        """Keep where the profile lies and which server it talks to; `flags` come to the usual."""
        self.play, self.profile, self.url, self.flags = play, profile, url, (*FLAGS, *flags)
        self.program = chromium.program()
        self.process: subprocess.Popen[bytes] | None = None
        self.browser: Browser | None = None
        self.kills = 0

    def start(self) -> Officer:
        """Start the browser anew; an officer at a blank page.

        Raises:
            NotReadyError: it does not come up.
        """
        self.stop()
        mark = self.profile / "DevToolsActivePort"
        for name in (mark.name, *CLAIMS):
            (self.profile / name).unlink(missing_ok=True)
        command = [
            self.program,
            *self.flags,
            "--remote-debugging-port=0",
            "--hide-crash-restore-bubble",
        ]
        command += [f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + START_WITHIN
        while not (mark.exists() and mark.read_text().count("\n")):
            if self.process.poll() is not None:
                raise NotReadyError(f"Chromium ended at its start, code {self.process.returncode}")
            if time.monotonic() > end:
                raise NotReadyError(f"Chromium opened no debugging port in {START_WITHIN:.0f} s")
            time.sleep(0.02)
        port = int(mark.read_text().split()[0])
        self.browser = self.play.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        return Officer(self._page())

    def _page(self) -> Page:
        assert self.browser is not None
        context = self.browser.contexts[0]
        context.grant_permissions(["geolocation"], origin=self.url)
        page = context.pages[0] if context.pages else context.new_page()
        chromium.protocol(page).send("Emulation.setGeolocationOverride", chromium.HERE)
        page.set_viewport_size({"width": 390, "height": 844})
        return page

    @property
    def alive(self) -> bool:
        """Whether the browser runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the whole group, now; may be called from another thread."""
        process = self.process
        if process is not None and process.poll() is None:
            kill_group(process)
            self.kills += 1

    def kill_in(self, seconds: float) -> threading.Timer:
        """SIGKILL after some seconds, whatever happens then."""
        timer = threading.Timer(seconds, self.kill)
        timer.start()
        return timer

    def stop(self) -> None:
        """End what is left of the last browser without counting it."""
        if self.process is not None:
            kill_group(self.process)
            self.process = None
        if self.browser is not None:
            with contextlib.suppress(Error):
                self.browser.close()
            self.browser = None
