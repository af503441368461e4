"""Guessing what the columns of an office's file hold, by their heads and by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.sheets.lines import Line
from app.directory.rules.headers import IGNORED, TARGETS, is_head, target_of

LOOKED_AT: Final = 40  # rows among which a head is looked for
MOST_HEADS: Final = 3  # rows that one head may have
PHONE: Final = re.compile(
    r"^[\s(]*\d{2,4}[\s).~-]+\d{3,4}[\s.~-]*\d{4}|^\d{3,4}-\d{4}$|^0?\d{8,10}$"
)
NAME: Final = re.compile(r"^[가-힣]{2,4}$|^[가-힣][○〇OoＯ*＊×]{1,3}$|^[가-힣] ?[가-힣] ?[가-힣]$")
UNIT: Final = re.compile(r"(과|팀|국|담당관|센터|사업소|본부|담당|보건소|의회|읍|면|동|실|단|소)$")
POSITION: Final = re.compile(
    r"(주무관|주사보?|서기보?|사무관|서기관|팀장|과장|국장|계장|실장|소장|면장|동장|읍장|공무직|기간제"
    r"|연구사|지도사|\d급|임기제|실무원|원장|담당관|부시장|부군수|시장|군수|담당)$"
)
OFFICE: Final = re.compile(r"^([가-힣]+(도|시) )?[가-힣]{1,8}(시|군|구|도|광역시|특별시)(청)?$")
SHAPES: Final = (
    ("phone", PHONE), ("position", POSITION), ("office", OFFICE), ("department", UNIT),
    ("name", NAME),
)  # fmt: skip
MOSTLY: Final = 0.6
MOST_PERSON: Final = 30
LONG: Final = 9.0  # average characters of a duty


@dataclass(frozen=True)
class Guess:
    """Which columns hold what (IGNORED: nothing that is wanted), and the rows that are their heads
    (0 when there are none)."""

    columns: tuple[str, ...]
    first_head: int
    last_head: int
    fill: bool


def guess(lines: Sequence[Line]) -> Guess:
    """What the first rows of a sheet say.

    Args:
        lines: the first hundred rows or so.
    """
    width = max((len(line.cells) for line in lines), default=0)
    heads = _heads(lines[:LOOKED_AT])
    body = [line for line in lines if not heads or line.number > heads[-1].number]
    by_head = [target_of(one) for one in head_texts(heads, width)]
    columns = _once([_settled(target, at, body) for at, target in enumerate(by_head)], width)
    _by_content(columns, body)
    first, last = (heads[0].number, heads[-1].number) if heads else (0, 0)
    return Guess(tuple(columns), first, last, _has_gaps(columns, body))


def _heads(lines: Sequence[Line]) -> Sequence[Line]:
    """The rows that are the head; none when no row looks like one."""
    scores = [_score(line) for line in lines]
    best = max(range(len(lines)), key=lambda at: (scores[at], -at), default=-1)
    if best < 0 or scores[best] < 2:
        return ()
    first = last = best
    while first > 0 and best - first < MOST_HEADS - 1 and _is_part(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and last - first < MOST_HEADS - 1 and _is_part(lines[last + 1]):
        last += 1
    return lines[first : last + 1]


def _score(line: Line) -> int:
    if any(PHONE.match(cell) for cell in line.cells):
        return 0
    return len({target_of(cell) for cell in line.cells} - {IGNORED})


def _is_part(line: Line) -> bool:
    """Whether a row next to a head belongs to it: most of its cells are heads, two at least."""
    texts = {cell for cell in line.cells if cell}
    found = sum(is_head(text) for text in texts)
    return found >= 2 and found >= MOSTLY * len(texts) and _score(line) > 0


def head_texts(heads: Sequence[Line], width: int) -> list[str]:
    """One text for each column: of several rows the lowest that says something. A cell above that
    is merged over several columns stands for those that have nothing below."""
    texts = [""] * width
    for line in heads:
        over = ""
        for at in range(width):
            cell = line.cells[at] if at < len(line.cells) else ""
            over = cell or ("" if line is heads[-1] else over)
            if target_of(over) or (over and not target_of(texts[at])):
                texts[at] = over
    return texts


def titles(lines: Sequence[Line], found: Guess) -> list[str]:
    """What stands above the heads, a text for each row: the title of the list, mostly."""
    return [" ".join(filter(None, one.cells)) for one in lines if one.number < found.first_head]


def _settled(target: str, at: int, body: Sequence[Line]) -> str:
    """담당 heads a column of teams in one office and of duties in another; 담당자(직급) names,
    positions, or both."""
    texts = [line.cells[at] for line in body if at < len(line.cells) and line.cells[at]]
    if target in {"name", "person"}:
        return _of_people(target, texts)
    if target != "team" or not texts or any(UNIT.search(text) for text in texts):
        return target
    return "duty" if sum(map(len, texts)) / len(texts) >= LONG else target


def _of_people(target: str, texts: Sequence[str]) -> str:
    """What a column is whose head speaks of people, by what stands in it."""
    if _mostly(_is_position, texts):
        return "position"
    if _mostly(PHONE.match, texts):
        return "phone"
    if _mostly(_is_nobody, texts):
        return IGNORED
    both = target == "person" and not _mostly(NAME.match, texts)
    return "person" if both else "name"


def _mostly(test: Callable[[str], object], texts: Sequence[str]) -> bool:
    return bool(texts) and sum(bool(test(text)) for text in texts) >= MOSTLY * len(texts)


def _is_position(text: str) -> bool:
    """Whether a text is a position and nothing else."""
    return bool(POSITION.search(text)) and not re.search(r"\s|[(\[（/]", text.strip())


def _is_nobody(text: str) -> bool:
    """Whether a text is no name, with or without a position."""
    return not NAME.match(text) and (bool(UNIT.search(text)) or len(text) > MOST_PERSON)


def _once(found: Sequence[str], width: int) -> list[str]:
    """Each target once, at its first column; several telephones and duties may be joined."""
    columns, taken = [IGNORED] * width, set[str]()
    for at, target in enumerate(found):
        if target and (target not in taken or target in {"phone", "duty"}):
            columns[at] = target
            taken.add(target)
    if found.count("department") > 1 and "bureau" not in taken:
        first = columns.index("department")
        columns[first] = "bureau"  # 소속 and 부서: the first is the larger one
        columns[found.index("department", first + 1)] = "department"
    if "unit" in taken and "department" not in taken and "team" in taken:
        columns[columns.index("unit")] = "department"
    return columns


def _by_content(columns: list[str], body: Sequence[Line]) -> None:
    """Take columns without a known head for what they hold, where nothing else is taken for it."""
    taken = set(columns)
    for at, target in enumerate(columns):
        if target:
            continue
        texts = [line.cells[at] for line in body if at < len(line.cells) and line.cells[at]]
        looks = _looks_like(texts, taken)
        if looks and (looks not in taken or looks == "team"):
            columns[at] = looks
            taken.add(looks)


def _looks_like(texts: Sequence[str], taken: set[str]) -> str:
    if len(texts) < 2:
        return IGNORED
    for target, shape in SHAPES:
        if target == "name" and _mostly(_is_position, texts):
            continue  # another column of positions, which are as short as names
        if target not in taken and _mostly(shape.search, texts):
            return target
    if "duty" not in taken and sum(map(len, texts)) / len(texts) >= LONG:
        return "duty" if len(set(texts)) > len(texts) / 3 else IGNORED
    return IGNORED


def _has_gaps(columns: Sequence[str], body: Sequence[Line]) -> bool:
    """Whether departments are written once for several rows, the others being left empty."""
    places = [at for at, target in enumerate(columns) if target in {"department", "office", "unit"}]
    if not places or len(body) < 4:
        return False
    at = places[0]
    empty = sum(at >= len(line.cells) or not line.cells[at] for line in body if len(line.cells) > 1)
    return 0.15 * len(body) < empty < len(body)


def check(columns: Sequence[str]) -> tuple[str, ...]:
    """Columns as they may be: known targets, each other than telephone and duty once.

    Raises:
        ValueError: one is unknown or stands twice; the message names it.
    """
    for target in columns:
        if target not in {*TARGETS, IGNORED}:
            raise ValueError(target)
        if target and target not in {"phone", "duty"} and list(columns).count(target) > 1:
            raise ValueError(target)
    return tuple(columns)
