"""What no journey may cause: errors on the console, broken policies, requests to other hosts.

Every context of every journey is watched, pages and service workers alike; what a journey provokes
on purpose it names beforehand, and everything else fails it at its end.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

# Chromium rejects a promise of its own when a cross-document transition (CSS, no script of ours)
# is late on a slow machine; the page is shown without it. No line of a script is in its stack.
LATE = ("InvalidStateError", "Transition was aborted because of invalid state")
LOUD = {"error", "warning", "assert"}
INSIDE = {"data", "blob", "about", "chrome-error", "devtools"}
VIOLATIONS = """
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error(`POLICY ${violatedDirective} ${blockedURI}`));
"""


class Watch:
    """Listens to contexts; `faults` are readable lines, none is the good answer."""

    def __init__(self) -> None:
        """Begin with nothing expected."""
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []

    def expect(self, *patterns: str) -> None:
        """Name messages that this journey causes on purpose."""
        self.expected += [re.compile(pattern) for pattern in patterns]

    def follow(self, context: BrowserContext, *homes: str) -> None:
        """Watch a context, whose pages may talk to these origins only."""
        context.add_init_script(VIOLATIONS)
        context.on("console", self._said)
        context.on("weberror", self._threw)
        context.on("request", lambda request: self._asked(request, set(homes)))

    def check(self) -> None:
        """Fail with what was seen."""
        left = [f for f in self.faults if not any(one.search(f) for one in self.expected)]
        assert not left, "\n" + "\n".join(left)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            where = message.location.get("url", "")
            self.faults.append(f"console {message.type}: {message.text} ({where})")

    def _threw(self, error: WebError) -> None:
        name, words = LATE
        found = error.error
        if found.stack or found.name != name or not found.message.startswith(words):
            self.faults.append(f"uncaught: {found}")

    def _asked(self, request: Request, homes: set[str]) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in INSIDE and f"{parts.scheme}://{parts.netloc}".lower() not in homes:
            self.faults.append(f"request to another host: {request.url[:120]}")
