"""What a row of an office's file means under a mapping: an entry, or why it is none.

Pages and files repeat a department once for many rows, put notes and totals below, write position
and name into one cell, and the way from bureau to team into another. All of it is undone here; a
name is only ever taken as it stands in its own row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from app.core.sheets.lines import Line
from app.directory.rules.columns import POSITION
from app.directory.rules.headers import target_of
from app.directory.rules.row import MOST, Row, clean

NOTE: Final = re.compile(r"^\s*[※＊*☞◆#]|^\s*(주\)|비고|참고|작성|출처|자료\s*[:：]|기준일)")
TOTAL: Final = re.compile(r"^(합|총|소|누)?\s*계$|^(합계|총계|소계|총\s*인원)")
BRACKETS: Final = re.compile(r"^(?P<rest>.+?)\s*[(\[（](?P<inner>[^()\[\]（）]{1,20})[)\]）]\s*$")
PERSON: Final = re.compile(
    r"^(?P<position>\S.*?)[\s/·:]+(?P<name>[가-힣]{2,4}|[가-힣][○〇O*＊]{1,3})$"
)
WAYS: Final = re.compile(r"\s*[/>｜|→‣▶]\s*|\s+-\s+|\n+")
SPACES: Final = re.compile(r"\s+")
BUREAU: Final = re.compile(r"(국|본부|실|원|소방본부|의회사무국|사업소|보건소|센터)$")
TEAM: Final = re.compile(r"(팀|계|담당|파트|반|TF)$")
BARE_PHONE: Final = re.compile(r"^(2\d{7,8}|[3-6]\d{8,9}|1[016789]\d{7,8}|70\d{8})$")
INNER_PHONE: Final = re.compile(r"^[☎\s]*\d[\d\s.~-]{2,18}$")
LEVELS: Final = ("office", "bureau", "department", "team")


@dataclass(frozen=True)
class Mapping:
    """What the columns of a sheet hold; `head` is the last row of the heads."""

    sheet: int
    columns: tuple[str, ...]
    head: int
    fill: bool
    office: int | None


@dataclass(frozen=True)
class Taken:
    """An entry, and the name of its office when the file says one."""

    row: Row
    office: str
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A row that is no entry: code of words.PROBLEMS, and what it says of it. Rows that nobody
    would miss (blank, notes, totals, repeated heads) are `quiet`."""

    code: str
    detail: str = ""
    quiet: bool = False


@dataclass
class Reader:
    """Reads rows one after the other; what stands above counts for what stands below."""

    mapping: Mapping
    above: dict[str, str] = field(default_factory=dict)

    def read(self, line: Line) -> Taken | LeftOut:
        """What a row means."""
        texts = {cell for cell in line.cells if cell}
        first = next((cell for cell in line.cells if cell), "")
        left = self._no_entry(line, texts, first)
        if left is not None:
            return left
        cells = self._cells(line)
        if self.mapping.fill:
            self._fill(cells)
        self._under_title(cells)
        _take_apart(cells)
        return _entry(cells, line.number)

    def _no_entry(self, line: Line, texts: set[str], first: str) -> LeftOut | None:
        if not texts:
            return LeftOut("empty", quiet=True)
        if line.number <= self.mapping.head:
            return LeftOut("head", quiet=True)
        if len(texts) <= 2 and NOTE.search(first):
            return LeftOut("note", first[:100], quiet=True)
        if len(texts) <= 4 and any(TOTAL.search(SPACES.sub(" ", text)) for text in texts):
            return LeftOut("total", first[:100], quiet=True)
        if len(texts) > 1 and self._repeats_head(line):
            return LeftOut("head", quiet=True)
        if len(texts) == 1 and len(self.mapping.columns) > 2 and _is_title(first):
            self.above = {"title": first}
            return LeftOut("title", first[:100], quiet=True)
        return None

    def _repeats_head(self, line: Line) -> bool:
        """Whether a row in the middle says again what the columns are."""
        pairs = zip(line.cells, self.mapping.columns, strict=False)
        said = [(cell, target) for cell, target in pairs if target and cell]
        return len(said) > 1 and all(target_of(cell) == target for cell, target in said)

    def _cells(self, line: Line) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for at, target in enumerate(self.mapping.columns):
            text = line.cells[at] if at < len(line.cells) else ""
            if target and text:
                found.setdefault(target, []).append(text)
        joints = {"phone": ", ", "duty": "\n"}
        return {key: joints.get(key, " ").join(dict.fromkeys(said)) for key, said in found.items()}

    def _fill(self, cells: dict[str, str]) -> None:
        """Take what is left empty from above, as long as nothing higher is said anew."""
        anew = False
        for level in (*LEVELS, "unit"):
            if level not in self.mapping.columns:
                continue
            if cells.get(level):
                anew = True
                self.above[level] = cells[level]
            elif anew:
                self.above.pop(level, None)
            elif level in self.above:
                cells[level] = self.above[level]

    def _under_title(self, cells: dict[str, str]) -> None:
        """A title over some rows names their department, or their team, when no column does."""
        title = self.above.get("title", "")
        if not title or cells.get("unit"):
            return
        if not cells.get("department"):
            cells["department"] = title
        elif not cells.get("team") and TEAM.search(title):
            cells["team"] = title


def _is_title(text: str) -> bool:
    return len(text) <= 40 and bool(
        BUREAU.search(text) or TEAM.search(text) or text[-1] in "과동면읍단관소"
    )


def _take_apart(cells: dict[str, str]) -> None:
    """Give each thing a field of its own, where a file has two in one."""
    unit = cells.pop("unit", "")
    if unit:
        _take_unit_apart(unit, cells)
    _take_department_apart(cells)
    person = cells.pop("person", "")
    if person:
        _take_person_apart(person, cells)
    _take_name_apart(cells)


def _take_name_apart(cells: dict[str, str]) -> None:
    """팀장 강현숙, 강현숙(팀장) and 강현숙(1234) in a cell that is taken for a name."""
    said = SPACES.sub(" ", cells.get("name", "").strip())
    brackets = BRACKETS.match(said) if len(said) > 4 else None
    if brackets and not cells.get("phone") and INNER_PHONE.match(brackets["inner"]):
        said, cells["phone"] = brackets["rest"], brackets["inner"]
        cells["name"], brackets = said, BRACKETS.match(said)
    name = PERSON.match(said) if len(said) > 4 else None
    if cells.get("position"):
        return
    if name and POSITION.search(name["position"]):
        cells["position"], cells["name"] = name["position"], name["name"]
    elif brackets and POSITION.search(brackets["inner"]):
        cells["position"], cells["name"] = brackets["inner"], brackets["rest"]


def _take_department_apart(cells: dict[str, str]) -> None:
    """청년과(팀장) is a department and a position, 경제국/청년과 a bureau and a department."""
    text = cells.get("department", "")
    if not _is_plain(text):
        found = BRACKETS.match(text)
        if found and POSITION.search(found["inner"]) and not cells.get("position"):
            cells["department"], cells["position"] = found["rest"], found["inner"]
        elif len(WAYS.split(text)) > 1:
            _take_unit_apart(cells.pop("department"), cells)


@lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    """Whether a department is nothing but that; colleagues share it."""
    return not BRACKETS.match(text) and len(WAYS.split(text)) == 1


def _take_unit_apart(text: str, cells: dict[str, str]) -> None:
    """국/과/팀 in one cell: the last that is a team, the one before it the department."""
    parts = [part for part in WAYS.split(text) if part]
    if not parts:
        return
    if len(parts) == 1 and " " in text.strip():
        words = text.split()
        if all(BUREAU.search(word) or TEAM.search(word) or word[-1] in "과관" for word in words):
            parts = words
    if len(parts) > 1 and TEAM.search(parts[-1]):
        cells.setdefault("team", parts.pop())
    cells.setdefault("department", parts.pop())
    if parts:
        cells.setdefault("bureau", " ".join(parts))


def _take_person_apart(text: str, cells: dict[str, str]) -> None:
    """팀장 강현숙 in one cell."""
    plain = SPACES.sub(" ", text.strip())
    found = PERSON.match(plain)
    brackets = BRACKETS.match(plain)
    if brackets and POSITION.search(brackets["inner"]):
        cells.setdefault("name", brackets["rest"])
        cells.setdefault("position", brackets["inner"])
    elif found and POSITION.search(found["name"]) and not POSITION.search(found["position"]):
        cells.setdefault("name", found["position"])  # 강현숙 팀장
        cells.setdefault("position", found["name"])
    elif found:
        cells.setdefault("name", found["name"])
        cells.setdefault("position", found["position"])
    else:
        cells.setdefault("position" if POSITION.search(plain) else "name", plain)


def _entry(cells: dict[str, str], number: int) -> Taken | LeftOut:
    phone = ", ".join(part.strip() for part in cells.get("phone", "").split("\n") if part.strip())
    if BARE_PHONE.match(phone):
        phone = f"0{phone}"  # a spreadsheet took it for a number
    found = {key: cells.get(key, "") for key in MOST} | {"phone": phone}
    if not (found["department"] or found["duty"] or found["team"]):
        return LeftOut("no-department", _shown(cells))
    if not any(found[key] for key in ("name", "position", "duty", "phone")):
        return LeftOut("nothing-said", _shown(cells))
    notes = [("cut", key) for key, text in found.items() if len(text) > MOST[key]]
    if phone and sum(char.isdecimal() for char in phone) < 3:
        notes.append(("odd-phone", phone[:100]))
    if any("\ufffd" in text for text in found.values()):
        notes.append(("lost-characters", _shown(cells)))
    texts = {key: clean(text, MOST[key], lines=key == "duty") for key, text in found.items()}
    return Taken(Row(**texts | {"place": f"row {number}"}), cells.get("office", ""), tuple(notes))


def _shown(cells: Sequence[str] | dict[str, str]) -> str:
    texts = cells.values() if isinstance(cells, dict) else cells
    return " | ".join(SPACES.sub(" ", text) for text in texts if text)[:200]
