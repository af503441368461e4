"""Invented offices on loopback: they answer as offices do, fail as offices do, and note whoever is
impolite.

Each office has an address of its own (127.77.0.N) on one port, so that politeness is counted by
host. What is impolite: a second request while one is answered, one that comes before the pause is
over or before Retry-After allows it, one that robots.txt closes, one that comes before robots.txt
was read, one without the ETag of what was given the day before, one of an unnamed asker.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.directory.fake_pages import STRUCTURES, Asked, Bracketed, Open, OpenXml, Structure
from tests.directory.fake_people import People

TOLERANCE_S = 0.03
FAULTS = ("503", "reset", "slow", "429", "busy page", "redirect", "short", "garbled")
BUSY = "<html><body><h1>서비스 점검 중입니다</h1><p>잠시 후 다시 이용해 주세요.</p></body></html>"


@dataclass
class Manners:
    """What an office noted of whoever asked it."""

    pause_s: float
    active: int = 0
    ended: float = 0.0
    closed_until: float = 0.0
    robots_read: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    new_tags: dict[str, str] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    unchanged: int = 0


class FakeOffice:
    """One office: its people, its pages, its moods."""

    def __init__(
        self, number: int, host: str, port: int, size: tuple[int, int], pause_s: float
    ) -> None:
        """Invent it; everything about it follows from its number."""
        self.number, self.host = number, host
        self.people = People(number, *size)
        kind = STRUCTURES[number % len(STRUCTURES)]
        turn = number // len(STRUCTURES)
        if kind is Open and turn % 2:
            kind = OpenXml
        self.structure: Structure = kind(self.people, f"http://{host}:{port}")
        is_api = isinstance(self.structure, Open)
        self.encoding = "utf-8" if is_api or (number + turn) % 2 else "cp949"
        self.crawl_delay = 2 * pause_s if number % 7 == 3 else 0.0
        self.manners = Manners(max(pause_s, self.crawl_delay))
        self.has_tags = number % 3 != 0
        self.moods: dict[int, str] = {}
        self.out_of_order = False
        self.lock = threading.Lock()

    def definition(self) -> str:
        """How it is read."""
        made: dict[str, Any] = {"version": 1, **self.structure.definition()}
        if self.structure.key == "posted":
            made["encoding"] = self.encoding
        if self.structure.key == "codes":
            made["faults"] = ["서비스 점검 중입니다"]
        return json.dumps(made, ensure_ascii=False)

    def truth(self) -> Counter[tuple[str, ...]]:
        """Its people as its pages show them."""
        shown = self.structure.shown
        return Counter(tuple(getattr(one, name) for name in shown) for one in self.people.all)

    def new_day(self) -> None:
        """What was given until now is known from now on."""
        self.manners.tags |= self.manners.new_tags
        self.manners.new_tags = {}
        self.manners.asked = 0

    def robots(self) -> str:
        """Its robots.txt."""
        delay = f"Crawl-delay: {self.crawl_delay}\n" if self.crawl_delay else ""
        return f"User-agent: *\nDisallow: /private/\n{delay}"


def label_of(office: FakeOffice) -> str:
    """An encoding as Korean pages label it."""
    return "euc-kr" if office.encoding == "cp949" else "utf-8"


class Handler(BaseHTTPRequestHandler):
    """One request to one office."""

    server: OfficeServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer, and note how politely it was asked."""
        office, began = self.server.office, time.monotonic()
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("ascii", "replace")
        with office.lock:
            mood = self._note(office, began, body)
            office.manners.active += 1
        try:
            self._answer(office, mood, body)
        except OSError:
            pass  # whoever asked is gone
        finally:
            with office.lock:
                office.manners.active -= 1
                office.manners.ended = time.monotonic()
        self.close_connection = True

    do_POST = do_GET  # noqa: N815  its name is the server's

    def _note(self, office: FakeOffice, began: float, body: str) -> str:
        """What is impolite about this request; and in which mood it is answered."""
        manners, path = office.manners, urlsplit(self.path).path
        if manners.active:
            self._impolite("two at once")
        if manners.ended and began - manners.ended < manners.pause_s - TOLERANCE_S:
            self._impolite(f"{began - manners.ended:.3f} s after the last")
        if began < manners.closed_until - TOLERANCE_S:
            self._impolite("before Retry-After")
        if path.startswith("/private/"):
            self._impolite("closed by robots.txt")
        if "+http" not in self.headers.get("User-Agent", ""):
            self._impolite("unnamed")
        if path == "/robots.txt":
            manners.robots_read = True
            return "robots"
        if not manners.robots_read:
            self._impolite("robots.txt was not read")
        known = manners.tags.get(self.path + body)
        if known and known != self.headers.get("If-None-Match"):
            self._impolite("without the ETag")
        manners.asked += 1
        mood = office.moods.pop(manners.asked, "")
        manners.faults[mood] += 1
        if mood == "429":
            manners.closed_until = time.monotonic() + 2.0
        return mood

    def _impolite(self, what: str) -> None:
        self.server.violations.append(f"{self.server.office.structure.key} {self.path}: {what}")

    def _answer(self, office: FakeOffice, mood: str, body: str) -> None:
        if mood == "robots":
            return self._send(200, office.robots().encode(), "text/plain")
        if mood == "slow":
            time.sleep(1.0)
        if mood in {"503", "429"}:
            more = {"Retry-After": "2"} if mood == "429" else {}
            return self._send(int(mood), b"later", "text/html", more)
        if mood == "reset":
            return self._cut(0)
        if mood == "redirect":
            return self._send(302, b"", "text/html", {"Location": self.path})
        if mood == "busy page" or office.out_of_order:
            return self._send(200, BUSY.encode(office.encoding), self._kind(office))
        return self._page(office, mood, body)

    def _page(self, office: FakeOffice, mood: str, body: str) -> None:
        parts = urlsplit(self.path)
        form = dict(parse_qsl(body, encoding=office.encoding))
        is_session = isinstance(office.structure, Bracketed) and parts.path != "/main.do"
        if is_session and Bracketed.cookie not in self.headers.get("Cookie", ""):
            return self._send(200, BUSY.encode(office.encoding), self._kind(office))
        with office.lock:
            text = office.structure.page(Asked(parts.path, dict(parse_qsl(parts.query)), form))
        if text is None:
            return self._send(404, b"no such page", "text/html")
        if not isinstance(office.structure, Open):
            told = "utf-8" if mood == "garbled" else label_of(office)
            head = f'<html><head><meta charset="{told}"></head>'
            text = f"<!DOCTYPE html>{head}<body>{text}</body></html>"
        content = text.encode(office.encoding)
        if mood == "short":
            return self._cut(len(content))
        kind = "text/html; charset=utf-8" if mood == "garbled" else self._kind(office)
        return self._tagged(office, body, content, kind)

    def _tagged(self, office: FakeOffice, body: str, content: bytes, kind: str) -> None:
        more = {"Set-Cookie": f"{Bracketed.cookie}=abc; Path=/"} if self.path == "/main.do" else {}
        if not office.has_tags or more:
            return self._send(200, content, kind, more)
        tag = f'"{sha256(content).hexdigest()[:16]}"'
        with office.lock:
            office.manners.new_tags[self.path + body] = tag
        if self.headers.get("If-None-Match") == tag:
            office.manners.unchanged += 1
            return self._send(304, b"", kind, {"ETag": tag})
        return self._send(200, content, kind, {"ETag": tag})

    def _kind(self, office: FakeOffice) -> str:
        """The type of a page; some offices leave its encoding to the page."""
        if isinstance(office.structure, OpenXml):
            return "text/xml;charset=UTF-8"
        if isinstance(office.structure, Open):
            return "application/json;charset=UTF-8"
        return (
            "text/html"
            if office.number % 2
            else "text/html; charset=EUC-KR"[: 9 if office.encoding == "utf-8" else 25]
        )

    def _send(
        self, status: int, content: bytes, kind: str, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _cut(self, length: int) -> None:
        """Promise that much, give half of it or nothing, and hang up."""
        if length:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(b"<html>" + b" " * (length // 2))
        self.close_connection = True

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


class OfficeServer(ThreadingHTTPServer):
    """The server of one office."""

    daemon_threads = True

    def __init__(self, office: FakeOffice, port: int, violations: list[str]) -> None:
        """Listen on the office's address."""
        self.office, self.violations = office, violations
        super().__init__((office.host, port), Handler)


class Land:
    """All the offices, running."""

    def __init__(self, count: int, port: int, size: tuple[int, int], pause_s: float) -> None:
        """Start a server for each."""
        self.port = port
        self.violations: list[str] = []
        self.offices = [
            FakeOffice(at, f"127.77.{at // 250}.{at % 250 + 1}", port, size, pause_s)
            for at in range(count)
        ]
        self.servers = [OfficeServer(one, port, self.violations) for one in self.offices]
        for server in self.servers:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop them all."""
        for server in self.servers:
            server.shutdown()
            server.server_close()
