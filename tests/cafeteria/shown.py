"""Documents of a canteen as its pages get them, for browsers without a canteen behind them."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, Page, Route

Document = dict[str, Any]
SEOUL = ZoneInfo("Asia/Seoul")
MINUTE, HOUR = 60_000, 3_600_000
NOON = int(datetime(2026, 11, 26, 12, 10, tzinfo=SEOUL).timestamp() * 1000)
MENU = ["현미밥", "소고기미역국", "제육볶음", "도토리묵무침", "깍두기"]
SOURCES = [
    {"kind": "counter", "seen_ms": NOON - 12_000, "ok": True},
    {"kind": "kitchen", "seen_ms": NOON - 240_000, "ok": True},
    {"kind": "colleagues", "seen_ms": NOON - 60_000, "ok": True, "count": 5},
]


def now() -> int:
    """The server's time, ms."""
    return int(time.time() * 1000)


def line(number: int = 1, **changes: Any) -> Document:
    """A line of the live document: a wait of eight to twelve minutes, seen twelve seconds ago."""
    given: Document = {
        "id": f"line-{number}", "name": ("한식 줄", "일품 줄")[number - 1], "state": "open",
        "basis": "live", "level": 2, "range": {"low": 8, "high": 12, "headline": 11},
        "people": 34, "trend": -1, "seen_ms": NOON - 12_000, "sources": SOURCES,
        "advice": {"when": "later", "at_ms": NOON + 15 * MINUTE},
    }  # fmt: skip
    return given | changes


USUAL = line(basis="usual", seen_ms=None, people=None, trend=None, sources=[], advice=None)
UNKNOWN = line(basis="unknown", level=None, range=None, people=None, trend=None, sources=[],
               seen_ms=None, advice=None)  # fmt: skip


def document(now_ms: int, *lines: Document, **changes: Any) -> Document:
    """A live document that was made now; in the canteen it is ten past twelve."""
    given: Document = {
        "v": 1, "canteen": {"id": "canteen-1", "name": "본관 식당"},
        "clock": {"at_ms": NOON, "speed": 1}, "made_ms": now_ms, "period_ms": 2500,
        "state": "open", "next": None, "why_closed": "",
        "meal": {"kind": "lunch", "opens_ms": NOON - 40 * MINUTE, "closes_ms": NOON + 50 * MINUTE},
        "menu": {"day": "2026-11-26", "meal": "lunch", "items": MENU},
        "lines": list(lines) or [line()],
    }  # fmt: skip
    return given | changes


def closed(now_ms: int, why: str = "개천절") -> Document:
    """A day of rest; it opens the day after."""
    following = {"kind": "lunch", "opens_ms": NOON + 24 * HOUR - 40 * MINUTE}
    shut = line(state="closed", basis="unknown", level=None, range=None, advice=None)
    facts: Document = {"state": "closed", "meal": None, "next": following, "why_closed": why}
    return document(now_ms, shut, menu=None, period_ms=20_000, **facts)


def chart(*line_ids: str) -> Document:
    """An hour of a lunch, with its peak at noon, and what is usual."""

    def wait(at_ms: int, peak: float) -> float:
        return peak * math.exp(-(((at_ms - NOON + 10 * MINUTE) / (22 * MINUTE)) ** 2))

    hour = [
        [at, wait(at, 14) * 0.7, wait(at, 14), wait(at, 14) * 1.35, "live"]
        for at in range(NOON - HOUR, NOON + 1, MINUTE)
    ]
    usual = [
        [at, wait(at, 9) * 0.5, wait(at, 9), wait(at, 9) * 1.7]
        for at in range(NOON - 3 * HOUR, NOON + 3 * HOUR, 5 * MINUTE)
    ]
    one = {"hour": hour, "usual": usual, "days": 12}
    return {
        "v": 1, "day": "2026-11-26", "now_ms": NOON,
        "opens_ms": NOON - 40 * MINUTE, "closes_ms": NOON + 50 * MINUTE,
        "lines": dict.fromkeys(line_ids or ("line-1",), one),
    }  # fmt: skip


def canteens(*names: str, **changes: Any) -> Document:
    """Whose canteens there are."""
    found = [
        {
            "id": f"canteen-{n}", "name": name, "wish": None,
            "lines": [{"id": "line-1", "name": "한식 줄"}, {"id": "line-2", "name": "일품 줄"}],
            "live": f"/api/canteen/live/token-{n}", "chart": f"/api/canteen/chart/token-{n}",
        }
        for n, name in enumerate(names, 1)
    ]  # fmt: skip
    return {"canteens": found, "can_tap": False, "can_manage": False} | changes


@dataclass
class Kitchen:
    """Answers a browser in place of the server; what it answers may change at any moment. No
    canteens (`mine` is None): nobody is signed in."""

    live: Document = field(default_factory=lambda: document(now()))
    mine: Document | None = field(default_factory=lambda: canteens("본관 식당"))
    gone: bool = False
    expired: int = 0
    missing: int = 0
    asked: list[str] = field(default_factory=list)
    chart: Document = field(default_factory=chart)

    def serve(self, place: BrowserContext | Page) -> Kitchen:
        """Stand between this browser and its server."""
        place.route(re.compile(r"/api/canteen/"), self.answer)
        return self

    def answer(self, route: Route) -> None:
        """One answer, with the server's date."""
        request = route.request
        path = request.url.partition("/api/canteen/")[2]
        self.asked.append(f"{request.method} {path}")
        if self.gone:
            route.abort()
        elif path == "mine":
            self._tell(route, self.mine)
        elif path.startswith("live/"):
            self._live(route)
        elif path.startswith("chart/"):
            self._tell(route, self.chart)
        else:
            route.fulfill(status=204, headers=self._headers())

    def _live(self, route: Route) -> None:
        if self.expired:
            self.expired -= 1
            problem = {"code": "canteen-live-expired", "status": 410, "title": "-", "detail": "-"}
            route.fulfill(status=410, json=problem, headers=self._headers())
            return
        if self.missing:
            self.missing -= 1
            problem = {"code": "not-found", "status": 404, "title": "-", "detail": "-"}
            route.fulfill(status=404, json=problem, headers=self._headers())
            return
        body = self.live
        tag = f'"{hash(str(body)) & 0xFFFFFF:x}"'
        if route.request.headers.get("if-none-match") == tag:
            route.fulfill(status=304, headers=self._headers() | {"ETag": tag})
        else:
            route.fulfill(json=body, headers=self._headers() | {"ETag": tag})

    def _tell(self, route: Route, body: Document | None) -> None:
        if body is None:
            problem = {"code": "sign-in-needed", "status": 401, "title": "-", "detail": "-"}
            route.fulfill(status=401, json=problem, headers=self._headers())
        else:
            route.fulfill(json=body, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Date": formatdate(usegmt=True)}
