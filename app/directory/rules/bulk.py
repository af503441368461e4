"""Entries and reports as lines of a CSV file that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

HEADS: Final = (
    "기관명", "실국", "부서명", "팀명", "직위", "성명", "담당업무", "전화번호",
    "팩스번호", "확인일", "출처",
)  # fmt: skip
RUN: Final = ("=", "+", "-", "@", "\t", "\r")
BOM: Final = "\ufeff"


def defused(text: str) -> str:
    """A text as a cell that is shown and never run (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(RUN) else text


def to_csv(lines: Iterable[Sequence[str]]) -> str:
    """Lines of CSV, as Excel opens them (CR LF; the file's BOM is its writer's)."""
    out = io.StringIO()
    csv.writer(out).writerows([defused(cell) for cell in line] for line in lines)
    return out.getvalue()
