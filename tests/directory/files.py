"""Files as offices publish them, made up."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEAD = ["부서명", "직위", "성명", "담당업무", "전화번호"]
BODY = [
    ["청년정책과", "과장", "김하늘", "청년 정책 총괄", "055-211-1000"],
    ["청년정책과", "주무관", "이○○", "청년 창업 지원\n청년 공간 운영", "055-211-1001"],
    ["수도과", "주무관", "박구름", "상수도 요금", "055-211-2000, 2001"],
]


def text(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def sample(*more: Sequence[str]) -> bytes:
    """The usual file, in UTF-8 with a BOM."""
    return ("\ufeff" + text([HEAD, *BODY, *more])).encode()


def nationwide(places: Sequence[str], each: int = 2) -> bytes:
    """A file of several offices, which a column names."""
    rows = [
        [place, "총무과", "주무관", f"{place[-2:]} 업무 {at}호 담당", f"02-100-{1000 + at}"]
        for place in places
        for at in range(each)
    ]
    return text([["기관명", "부서", "직위", "담당업무", "전화"], *rows]).encode()


def workbook(
    path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], *, merged: Sequence[str] = (),
    hidden: Sequence[str] = (),
) -> Path:  # fmt: skip
    """A workbook with sheets; cells of the last one are merged, some sheets hidden."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
        page.sheet_state = "hidden" if name in hidden else "visible"
    for one in merged:
        page.merge_cells(one)
    book.save(path)
    return path
