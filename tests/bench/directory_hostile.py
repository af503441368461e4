"""10,000 random and malicious queries: none may fail, and none may be slow.

Through the search itself, and every tenth that a URL can hold over HTTP. The same number of
ordinary queries is asked in turn with them.
"""

from __future__ import annotations

import random
import traceback
from itertools import cycle, islice

from app.directory.service import library, search
from tests.bench import directory_crowd, nation, officials
from tests.bench.directory_queries import queries
from tests.bench.directory_speed import Times, percentile
from tests.bench.load import Burst
from tests.bench.load import run as fire
from tests.bench.stage import served
from tools.bench import Report

FIGURES = ("dir_hostile_errors", "dir_hostile_ratio")
COUNT = 10_000
OVER_HTTP = 10  # one of so many
ASKERS = 8
PIECES = (
    '"', "'", "*", "^", "(", ")", "{",
    "}", ":", "-", "+", "NEAR(청년 창업, 2)", " AND ", " OR ",
    " NOT ", "tokens:",
    "tokens : 청년", "' OR 1=1 --", "'; DROP TABLE directory_entries; --",
    '"; DELETE FROM directory_index; --', "\x00", "\r\n", "\t",
    "%", "_", "\\", "%00", "{{7*7}}",
    "<script>alert(1)</script>", "&amp;", "🙂", "👨‍👩‍👧‍👦",
    "🇰🇷", "\u202e청년\u202c", "\u200f", "שלום", "مرحبا",
    "\ufeff", "\ufffd", "\ufdfa", "\U0010ffff", "ㅊ", "ㅏ",
    "ㅊㅊㅊㅊㅊㅊ", "ᄎ", "ᅥᆼ", "가ㄱ", "뷁", "청년",
    "상수도", "업무", "관리", "055", "211-1234", "1",
    "0" * 30, "①", "㎡", "ﷺ", "Ａ", "ﬃ", "@청년", "#055",
    "^청", "directory_index", "rank",
    "bm25(directory_index)", "../../etc/passwd", "${jndi:x}",
)  # fmt: skip


def hostile(count: int, seed: int = 5) -> list[str]:
    """Queries that nobody means well with: pieces of syntax, random characters, very long ones."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    makers = (_mixed, _mixed, _random, _long, _letters)
    return [chance.choice(makers)(chance) for _ in range(count)]


def _mixed(chance: random.Random) -> str:
    return chance.choice(("", " ")).join(chance.choices(PIECES, k=chance.randint(1, 8)))


def _random(chance: random.Random) -> str:
    """Any characters but lone surrogates, which no URL can hold."""
    codes = (chance.choice((0x7F, 0xFF, 0x3FFF, 0xD7FF, 0x1FFFF, 0x10FFFF)) for _ in range(30))
    points = (chance.randint(0, most) for most in islice(codes, chance.randint(1, 30)))
    return "".join(chr(one) for one in points if not 0xD800 <= one <= 0xDFFF)


def _long(chance: random.Random) -> str:
    """About ten kilobytes of the same, or of many words."""
    piece = chance.choice(PIECES) + chance.choice(("", " ", f" {chance.random()} "))
    return piece * (10_000 // len(piece.encode()) + 1)


def _letters(chance: random.Random) -> str:
    """Syllables and lone consonants at random: what lets many words fit."""
    letters = "ㄱㄴㄷㅁㅂㅅㅇㅈㅊㅎ" * 2 + "가나도로사수시업무지원청년관리과"
    return "".join(chance.choices(letters, k=chance.randint(1, 12)))


def ask(query: str, times: Times) -> int:
    """Ask one; 1 when it broke."""
    library.get().answers.clear()
    try:
        times.take(lambda: search.ask(query))
    except Exception:  # every kind of error is what is counted here
        print(f"  {query[:80]!r}", flush=True)
        traceback.print_exc(limit=-2)
        return 1
    return 0


def over_http(people: int, asked: list[str]) -> Burst:
    """The same over HTTP, by several people: one may ask 900 times a minute."""
    with nation.opened(people) as app:
        cookies = directory_crowd.cookies(app, ASKERS, "HOSTILE")
    lines = [
        [directory_crowd.ask(query[:1500], cookie) for query in asked[place::ASKERS]]
        for place, cookie in enumerate(cookies)
    ]
    with served(nation.built(people).home, DEMO="0") as server:
        return fire(server.port, lines)


def run(report: Report, people: int = officials.COUNT, count: int = COUNT) -> None:
    """Ask both kinds in turn, then over HTTP."""
    bad, good, errors = Times(), Times(), 0
    asked = hostile(count)
    with nation.opened(people):
        ordinary = [one.query for one in queries(min(count, 2000))]
        for query, other in zip(asked, cycle(ordinary), strict=False):
            errors += ask(query, bad) + ask(other, good)
    report.note(f"hostile: {bad.text()}")
    report.note(f"ordinary: {good.text()}")
    slow = sorted(zip(bad.busy, asked, strict=False), reverse=True)[:5] if not errors else []
    report.note(f"slowest: {', '.join(f'{query[:20]!r} {took:.0f}' for took, query in slow)}")
    burst = over_http(people, asked[::OVER_HTTP])
    report.note(f"over HTTP: {dict(burst.statuses)}, p99 {burst.percentile(0.99):.0f} ms")
    errors += sum(many for status, many in burst.statuses.items() if status != 200)
    report.figure("dir_hostile_errors", errors)
    report.figure("dir_hostile_ratio", percentile(bad.wall, 0.99) / percentile(good.wall, 0.99))
