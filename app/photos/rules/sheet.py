"""What stands where in a sheet (사진대지): order, triples, pages, boxes; pure of drawing.

A sheet is a document of a Korean office, so its words are Korean whatever language the person
who asks for it reads. Lengths are millimetres from the upper left corner of an A4 page.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

PER_PAGE: Final = (2, 4, 6)
TITLE: Final = "사진대지"
MAX_TITLE, MAX_PHOTOS = 80, 1000
PHASES: Final = ("before", "during", "after")
PHASE_WORDS: Final = {"": "", "before": "전", "during": "중", "after": "후"}
MISSING: Final = "□"
CORRECTED: Final = "보드판 고침"
WIDTH, HEIGHT = 210.0, 297.0
LEFT, TOP, BOTTOM = 14.0, 33.0, 281.0
SHOWN_HASH: Final = 12


class BadOrder(ValueError):
    """What was asked for is no order of a sheet; the text is the code that the office shows."""


@dataclass(frozen=True)
class Order:
    """What somebody asked for; `photos` in the order that they chose."""

    photos: tuple[str, ...]
    per_page: int
    title: str


@dataclass(frozen=True)
class Entry:
    """One picture of a sheet with what is said of it; `note` says why there is no picture, and
    `corrected` when the board was written anew."""

    photo_id: str
    sha256: bytes
    taken: str
    phase: str
    series: str
    place: str
    url: str
    board: Mapping[str, str] = field(default_factory=dict)
    practice: bool = False
    note: str = ""
    corrected: str = ""

    @property
    def short_hash(self) -> str:
        """The beginning of the hash in groups that a person can compare."""
        shown = self.sha256.hex()[:SHOWN_HASH]
        return " ".join(shown[start : start + 4] for start in range(0, SHOWN_HASH, 4))

    @property
    def rows(self) -> list[tuple[str, str]]:
        """The table of a picture: when, where, then the board as the template orders it."""
        fixed = [("촬영 일시", self.taken)]
        if self.place:
            fixed.append(("촬영 장소", plain(self.place)))
        return fixed + [(name, value) for name, value in self.written.items() if name and value]

    @property
    def written(self) -> dict[str, str]:
        """The board in plain text, after the word that it was written anew, if it was."""
        mark = {CORRECTED: self.corrected} if self.corrected else {}
        return {**mark, **{plain(name): plain(to) for name, to in self.board.items()}, **mark}


Page = tuple[Entry | None, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet, laid out; a None of a page is an empty place."""

    title: str
    organisation: str
    made: str
    per_page: int
    pages: tuple[Page, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The pictures in the order of their numbers."""
        return tuple(entry for page in self.pages for entry in page if entry is not None)

    @property
    def practice(self) -> bool:
        """Whether any picture is of practice, so that the sheet is no proof."""
        return any(entry.practice for entry in self.entries)

    @property
    def document_hash(self) -> str:
        """SHA-256 over the pictures' hashes, one after the other, as hex."""
        return hashlib.sha256(b"".join(entry.sha256 for entry in self.entries)).hexdigest()


@dataclass(frozen=True)
class Box:
    """A rectangle on the page, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Frame:
    """Where the parts of one picture stand: number and phase, picture, table, QR with its words."""

    cell: Box
    head: Box
    picture: Box
    table: Box
    code: Box


def read_order(wanted: Any) -> Order:
    """Read the JSON of an order.

    Raises:
        BadOrder: with the code of what is wrong.
    """
    if not isinstance(wanted, dict):
        raise BadOrder("bad-order")
    photos, per_page = wanted.get("photos"), wanted.get("per_page", 4)
    if not isinstance(photos, list) or not all(isinstance(one, str) for one in photos):
        raise BadOrder("bad-order")
    if per_page not in PER_PAGE:
        raise BadOrder("bad-order")
    if len(photos) > MAX_PHOTOS:
        raise BadOrder("too-many-photos")
    title = plain(str(wanted.get("title") or "")).strip()[:MAX_TITLE]
    return Order(tuple(dict.fromkeys(photos)), per_page, title or TITLE)


def plain(text: str) -> str:
    """A text of one line without signs that a reader cannot see; decomposed Hangul is composed."""
    kept = []
    for sign in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(sign)
        if kind in {"Zl", "Zp", "Zs"} or sign in "\t\n\r":
            kept.append(" ")
        elif kind in {"Cs", "Co"}:  # half a sign, or one that only its own font knows
            kept.append(MISSING)
        elif kind not in {"Cc", "Cf", "Cn"} and not "\ufe00" <= sign <= "\ufe0f":
            kept.append(sign)
    return " ".join("".join(kept).split())


def arrange(entries: Sequence[Entry], per_page: int) -> tuple[Page, ...]:
    """Put pictures on pages in order; before, during and after of one series stay together.

    Six a page are two rows of three, so that a triple fills a row; of four a page, a triple
    stays on one page. Places that this leaves free stay empty.
    """
    pages: list[list[Entry | None]] = [[]]
    for block in blocks(entries):
        gap = _gap(len(pages[-1]), len(block), per_page)
        if gap and len(pages[-1]) + gap < per_page:
            pages[-1] += [None] * gap
        elif gap:
            pages.append([])
        for entry in block:
            if len(pages[-1]) == per_page:
                pages.append([])
            pages[-1].append(entry)
    return tuple(tuple(page) for page in pages if page)


def _gap(taken: int, length: int, per_page: int) -> int:
    """How many places stay empty before a block of that length."""
    if length < len(PHASES) or per_page < length or taken == per_page:
        return 0
    if per_page == 6:
        return -taken % 3
    return per_page - taken if per_page - taken < length else 0


def blocks(entries: Sequence[Entry]) -> list[tuple[Entry, ...]]:
    """The pictures in order, alone or as complete triples, which stand where their first stood."""
    by_phase: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        by_phase.setdefault((entry.series, entry.phase), []).append(entry)
    triple_of: dict[str, tuple[Entry, ...]] = {}
    for series in {entry.series for entry in entries if entry.series}:
        three = (by_phase.get((series, phase), []) for phase in PHASES)
        for triple in zip(*three, strict=False):  # what is left over of a phase stands alone
            triple_of |= {entry.photo_id: triple for entry in triple}
    seen: set[str] = set()
    ordered = []
    for entry in entries:
        if entry.photo_id not in seen:
            block = triple_of.get(entry.photo_id, (entry,))
            seen |= {one.photo_id for one in block}
            ordered.append(block)
    return ordered


def frames(per_page: int) -> tuple[Frame, ...]:
    """The places of a page, in order."""
    columns = {2: 1, 4: 2, 6: 3}[per_page]
    gap_x, gap_y = 5.0, 6.0
    width = (WIDTH - 2 * LEFT - (columns - 1) * gap_x) / columns
    height = (BOTTOM - TOP - gap_y) / 2
    cells = [
        Box(LEFT + column * (width + gap_x), TOP + row * (height + gap_y), width, height)
        for row in range(2)
        for column in range(columns)
    ]
    place = {1: _beside, 2: _below_two, 3: _below_three}[columns]
    return tuple(place(cell) for cell in cells)


def _beside(cell: Box) -> Frame:
    """The picture on the left, what is said of it on the right."""
    left, head, code = 122.0, 8.0, 27.0
    x, width = cell.x + left, cell.width - left
    return Frame(
        cell=cell,
        head=Box(x, cell.y, width, head),
        picture=Box(cell.x, cell.y, left, cell.height),
        table=Box(x, cell.y + head, width, cell.height - head - code),
        code=Box(x, cell.y + cell.height - code, width, code),
    )


def _below_two(cell: Box) -> Frame:
    """The picture above; below it the table, and the QR on its right."""
    head, picture, code = 7.0, 66.0, 25.0
    top = cell.y + head + picture
    rest = cell.height - head - picture
    return Frame(
        cell=cell,
        head=Box(cell.x, cell.y, cell.width, head),
        picture=Box(cell.x, cell.y + head, cell.width, picture),
        table=Box(cell.x, top, cell.width - code, rest),
        code=Box(cell.x + cell.width - code, top, code, rest),
    )


def _below_three(cell: Box) -> Frame:
    """The picture above, the table below it, the QR at the foot."""
    head, picture, code = 7.0, 44.0, 19.0
    return Frame(
        cell=cell,
        head=Box(cell.x, cell.y, cell.width, head),
        picture=Box(cell.x, cell.y + head, cell.width, picture),
        table=Box(cell.x, cell.y + head + picture, cell.width, cell.height - head - picture - code),
        code=Box(cell.x, cell.y + cell.height - code, cell.width, code),
    )
