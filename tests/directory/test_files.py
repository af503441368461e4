"""Reading files: every encoding and separator that offices use, workbooks, and what is no table."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.sheets import text_file, workbook, workbook_reader
from app.core.sheets.lines import Line, Unreadable, kind_of
from app.core.sheets.text_file import Manner
from app.directory.gateways import spool
from app.directory.rules.row import Row
from tests.directory import files


def lines_of(path: Path, content: bytes) -> tuple[str, list[Line]]:
    """How a file's content is written, and the rows of its first sheet."""
    (path / "file").write_bytes(content)
    written = spool.read_file(path / "file", path / "spool")
    return written, list(spool.read_lines(path / "spool", 0))


@pytest.mark.parametrize(
    ("encoding", "written"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp949", "cp949"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_every_way_of_writing_is_recognised(
    tmp_path: Path, encoding: str, written: str, separator: str
) -> None:
    content = files.text([files.HEAD, *files.BODY], separator).encode(encoding)
    said, lines = lines_of(tmp_path, content)
    assert said == written
    assert [line.cells for line in lines] == [tuple(files.HEAD), *map(tuple, files.BODY)]
    assert [line.number for line in lines] == [1, 2, 3, 4]


def test_a_long_file_is_cp949_although_its_first_piece_is_ascii(tmp_path: Path) -> None:
    rows = [["name", "phone"], *[["kim", "1"]] * 20_000, ["똠방", "뷁"]]
    written, lines = lines_of(tmp_path, files.text(rows).encode("cp949"))
    assert (written, lines[-1].cells, len(lines)) == ("cp949", ("똠방", "뷁"), 20_002)


def test_empty_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    _, lines = lines_of(tmp_path, b"a,b\n\n,,\nc,d\n")
    assert [(line.number, line.cells) for line in lines] == [(1, ("a", "b")), (4, ("c", "d"))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"\n,,\n", "empty"),
        (b"%PDF-1.7 ...", "no-table"),
        (b"\x00\x01\x02", "no-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old-office"),
        (b"<html><table>", "web-page"),
        (bytes(range(128, 256)) * 40, "encoding"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b'a,"' + b"x,1\n" * 40_000, "damaged"),
        (b"a," + b"x" * 4_100_000 + b"\n", "damaged"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Unreadable, match=f"^{code}$"):
        lines_of(tmp_path, content)


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    try:
        kind = kind_of(content)
        (tmp_path / "any").write_bytes(content)
        how = text_file.manner(tmp_path / "any") if kind == "text" else Manner("utf-8", ",")
        lines = list(text_file.read_lines(tmp_path / "any", how)) if kind == "text" else []
    except Unreadable:
        return
    assert all(any(line.cells) for line in lines)


def test_a_workbook_with_merged_cells_dates_numbers_and_formulas(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["부서", "이름", "업무", "전화", "기준일"],
        ["청년과", "김하늘", "첫째\n둘째", 552111234.0, dt.date(2026, 11, 26)],
        [None, "이바다", "=1+1", "#N/A", dt.datetime(2026, 11, 26, 9, 30)],  # noqa: DTZ001  as cells are
        [None, "박구름", None, 3.5, None],
        ["세무과", "최들", "세금", True, None],
    ]
    path = files.workbook(tmp_path / "one.file", {"명단": rows}, merged=["A2:A4", "B5:C5"])
    found = list(workbook.read(path))
    assert isinstance(found[0], workbook.Begun)
    assert (found[0].name, found[0].hidden) == ("명단", False)
    assert [one.cells for one in found[1:] if isinstance(one, Line)] == [
        ("부서", "이름", "업무", "전화", "기준일"),
        ("청년과", "김하늘", "첫째\n둘째", "552111234", "2026-11-26"),
        ("청년과", "이바다", "", "", "2026-11-26 09:30"),
        ("청년과", "박구름", "", "3.5"),
        ("세무과", "최들", "", "True"),
    ]


def test_sheets_hidden_ones_too_are_listed_with_their_rows(tmp_path: Path) -> None:
    sheets = {"표지": [["담당자 명단"]], "명단": [files.HEAD, *files.BODY], "옛것": [["x"]] * 3}
    path = files.workbook(tmp_path / "many.xlsx", sheets, hidden=["옛것"])
    assert spool.read_file(path, tmp_path / "spool") == "xlsx"
    found = spool.list_sheets(tmp_path / "spool")
    assert [(one.name, one.hidden, one.rows) for one in found] == [
        ("표지", False, 1), ("명단", False, 4), ("옛것", True, 3),
    ]  # fmt: skip
    assert [line.cells[0] for line in spool.read_lines(tmp_path / "spool", 1, 2)] == [
        "부서명", "청년정책과",
    ]  # fmt: skip


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = files.workbook(tmp_path / "bomb.xlsx", {"명단": [["x"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/big.bin", bytes(60 << 20))
    with pytest.raises(Unreadable, match=r"^too-large-inside$"):
        list(workbook.read(path))


@pytest.mark.parametrize("merged", [False, True])
def test_one_long_text_in_very_many_cells_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, merged: bool
) -> None:
    text, down = "가" * 7_900, ["A1:A40", "B1:B40"] if merged else []
    row = [None, None] if merged else [text, text]
    rows = [[text, text], *[row] * 39]
    path = files.workbook(tmp_path / "wide.xlsx", {"명단": rows}, merged=down)
    assert path.stat().st_size < 60_000
    monkeypatch.setattr(spool, "MOST_TEXT", 1_800_000)  # 2 x 40 x 23,700 bytes are 1,896,000
    with pytest.raises(Unreadable, match=r"^too-much-text$"):
        spool.read_file(path, tmp_path / "spool")
    out = io.StringIO()
    workbook_reader.run(str(path), out, replace(workbook_reader.LARGE, text=1_800_000))
    assert out.getvalue().endswith('{"fault": "too-much-text"}\n')
    assert len(out.getvalue().encode()) < 1_900_000


def test_one_very_long_cell_is_cut_and_the_rest_is_read(tmp_path: Path) -> None:
    _, lines = lines_of(tmp_path, b"a,b\n" + b"x" * 200_000 + b",1\nc,d\n")
    assert [(len(line.cells[0]), line.cells[1]) for line in lines] == [
        (1, "b"), (8_000, "1"), (1, "d"),
    ]  # fmt: skip


def test_wide_rows_are_written_a_few_at_a_time(tmp_path: Path) -> None:
    row = ",".join(["가" * 7_000] * 20)
    (tmp_path / "file").write_text("\n".join([row] * 100), encoding="utf-8")
    tracemalloc.start()
    spool.read_file(tmp_path / "file", tmp_path / "spool")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * spool.BATCH_BYTES  # all of it is 42 MB
    assert spool.list_sheets(tmp_path / "spool")[0].rows == 100


def test_a_full_disk_and_rows_that_are_gone_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unreadable, match=r"^gone$"):
        spool.list_sheets(tmp_path / "spool")
    assert not (tmp_path / "spool").exists()
    monkeypatch.setattr(spool, "ROOM", shutil.disk_usage(tmp_path).free)
    with pytest.raises(Unreadable, match=r"^no-room$"):
        lines_of(tmp_path, files.sample())


def test_a_sheet_that_grows_in_memory_ends_at_the_limit(tmp_path: Path) -> None:
    path = files.workbook(tmp_path / "deep.xlsx", {"명단": [["x"]]})
    entities = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 12))
    evil = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "lol">{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row>'
        "</sheetData></worksheet>"
    )
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "evil.xlsx", "w") as new:
        for part in old.namelist():
            new.writestr(part, evil if part.endswith("sheet1.xml") else old.read(part))
    with pytest.raises(Unreadable, match=r"damaged|too-large-inside"):
        list(workbook.read(tmp_path / "evil.xlsx"))


def test_a_workbook_that_is_another_zip_is_no_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as parts:
        parts.writestr("word/document.xml", "<x/>")
    with pytest.raises(Unreadable, match=r"^no-table$"):
        list(workbook.read(tmp_path / "a.zip"))


def test_entries_are_kept_by_office_and_written_anew(tmp_path: Path) -> None:
    lines_of(tmp_path, files.sample())
    path = tmp_path / "spool"
    rows = [Row(name=str(at), place=f"row {at}") for at in range(6)]
    spool.write_entries(path, ((at % 2, at, row) for at, row in enumerate(rows)))
    assert spool.list_offices(path) == [(0, 3), (1, 3)]
    assert spool.read_entries(path, 1) == rows[1::2]
    spool.write_entries(path, [(5, 1, rows[0])])
    assert spool.list_offices(path) == [(5, 1)]


def test_entries_are_written_while_lines_are_read_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one file the writer waited five seconds for each page that it had no room for."""
    rows = [[f"부서{at}", "업무" * 40] for at in range(4_000)]
    lines_of(tmp_path, files.text(rows).encode())
    monkeypatch.setattr(spool, "CACHE_KB", 40)
    begun = time.monotonic()
    lines = spool.read_lines(tmp_path / "spool", 0)
    made = ((1, one.number, Row(department=one.cells[0], duty=one.cells[1])) for one in lines)
    spool.write_entries(tmp_path / "spool", made)
    assert spool.list_offices(tmp_path / "spool") == [(1, 4_000)]
    assert time.monotonic() - begun < 4.5


def test_cells_merged_to_the_right_are_filled_in_small_files_only(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["구분", "월", "화", "수"],
        ["중식", "밥", "한글날 휴무", None],
        ["석식", "국", None, None],
        ["합계", 1, 2, 3],
    ]
    path = files.workbook(tmp_path / "menu.xlsx", {"식단": rows}, merged=["C2:D3"])
    small = [one.cells for one in workbook.read(path, "small") if isinstance(one, Line)]
    assert small[1:3] == [
        ("중식", "밥", "한글날 휴무", "한글날 휴무"),
        ("석식", "국", "한글날 휴무", "한글날 휴무"),
    ]
    large = [one.cells for one in workbook.read(path) if isinstance(one, Line)]
    assert large[1:3] == [("중식", "밥", "한글날 휴무"), ("석식", "국", "한글날 휴무")]
    assert small[0] == large[0]
    assert small[3] == large[3]
