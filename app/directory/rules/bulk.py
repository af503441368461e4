"""Entries and reports as lines of a CSV file that no spreadsheet runs as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

HEADS: Final = (
    "기관명", "실국", "부서명", "팀명", "직위", "성명", "담당업무", "전화번호",
    "팩스번호", "확인일", "출처",
)  # fmt: skip
RUN: Final = ("=", "+", "-", "@", "\t", "\r")
QUOTED: Final = re.compile(r'[",\r\n]|^\s|\s$')
BOM: Final = "\ufeff"


def defused(text: str) -> str:
    """A text as a cell that is shown and never run (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(RUN) else text


def to_csv(lines: Iterable[Sequence[str]]) -> str:
    """Lines of CSV (RFC 4180), as Excel opens them; the file's BOM is its writer's."""
    return "".join(",".join(map(_cell, line)) + "\r\n" for line in lines)


def _cell(text: str) -> str:
    safe = defused(text)
    if not QUOTED.search(safe):
        return safe
    doubled = safe.replace('"', '""')
    return f'"{doubled}"'
