"""The list that goes with a bundle of photos (목록.csv), and the names of the files in it.

The danger removed here: a cell that a spreadsheet runs as a formula, and a file name that leaves
the folder it is unpacked into.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.photos.rules.board import OTHERS, columns, others

BOM = "\ufeff"
# What begins a formula, once full-width and small forms are plain ones; U+2212 is a minus, too.
FORMULA = ("=", "+", "-", "@", "\u2212")
PHASES = {"": "", "before": "전", "during": "중", "after": "후"}
SOURCES = {"camera": "앱 카메라", "picked": "골라 온 사진"}
COLUMNS = (
    "번호", "파일", "찍은 시각", "찍은 사람", "부서", "출장 번호", "현장", "장소", "구분",
    "찍은 방법", "사진 번호", "기록 번호", "원본 SHA-256", "파일 SHA-256", "비고",
    "보드판 고친 때", "고친 기록 번호",
)  # fmt: skip


# What the list says of a photo that is not in the bundle.
LOST = {
    "missing": "보관된 파일을 찾지 못해 넣지 않았습니다.",
    "changed": "보관된 파일이 바뀌어 넣지 않았습니다.",
    "unsigned": "기록과 다름: 데이터베이스의 내용이 서명한 기록과 달라 넣지 않았습니다.",
}


@dataclass(frozen=True)
class Line:
    """One photo of the bundle; `taken` is Korean time as people write it. One that could not be put
    in has no `file`, and a `note` that says why. `board` is the one that counts; `corrected` is
    when it was written anew, and `correction` the record that did so."""

    number: int
    file: str
    taken: str
    who: str
    department: str
    trip: str
    site: str
    place: str
    phase: str
    source: str
    photo_id: str
    record_id: str
    sha256: str
    file_sha256: str
    board: Mapping[str, str]
    note: str = ""
    corrected: str = ""
    correction: str = ""


def file_name(number: int, taken: str, site: str, phase: str, ending: str) -> str:
    """A name that sorts by number and says what is in the file."""
    parts = [f"{number:03d}", taken, site, PHASES.get(phase, "")]
    clean = [re.sub(r"[^\w-]+", "-", part).strip("-")[:40] for part in parts]
    return "_".join(part for part in clean if part) + f".{ending}"


def to_csv(lines: Sequence[Line]) -> bytes:
    """The list as UTF-8 with a byte order mark, so that a spreadsheet reads its Hangul."""
    fields = columns(line.board for line in lines)
    more = any(others(line.board, fields) for line in lines)
    out = _Text()
    writer = csv.writer(out, lineterminator="\r\n")
    heads = [*COLUMNS, *fields, *([OTHERS] if more else [])]
    writer.writerow([_cell(name) for name in heads])
    for line in lines:
        own = [
            line.number, line.file, line.taken, line.who, line.department, line.trip, line.site,
            line.place, PHASES.get(line.phase, ""), SOURCES.get(line.source, ""), line.photo_id,
            line.record_id, line.sha256, line.file_sha256, line.note, line.corrected,
            line.correction,
        ]  # fmt: skip
        cells = [*own, *(line.board.get(name, "") for name in fields)]
        cells += [others(line.board, fields)] if more else []
        writer.writerow([_cell(str(cell)) for cell in cells])
    return (BOM + "".join(out)).encode()


class _Text(list[str]):
    """What csv writes to."""

    write = list.append


def _cell(text: str) -> str:
    """A cell that no spreadsheet runs: a quote goes before what begins a formula, also behind
    blanks, line ends and signs that nobody sees, which spreadsheets pass over."""
    start = 0
    while start < len(text) and _is_blank(text[start]):
        start += 1
    first = unicodedata.normalize("NFKC", text[start : start + 1])
    passed = any(sign in "\t\r\n" for sign in text[:start])
    return "'" + text if passed or first.startswith(FORMULA) else text


def _is_blank(sign: str) -> bool:
    return unicodedata.category(sign) in {"Zs", "Zl", "Zp", "Cc", "Cf"}
