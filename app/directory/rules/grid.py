"""A table of HTML as a grid of texts, its wide and tall cells spread out.

The danger removed here: a cell that says it is a million rows tall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from selectolax.lexbor import LexborNode

MOST_ROWS, MOST_COLUMNS = 20_000, 60
LONGEST_TEXT: Final = 20_000
_BREAKS: Final = frozenset({"br", "p", "div", "li", "dd", "dt", "tr", "h1", "h2", "h3", "h4", "h5"})
_SILENT: Final = frozenset({"script", "style", "template", "noscript"})
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")


def text_of(node: LexborNode, lines: bool = False) -> str:
    """The text of an element as a person reads it: breaks and blocks begin a new line.

    Args:
        node: the element.
        lines: whether line breaks of the source are breaks of the text too.
    """
    pieces: list[str] = []
    size = 0
    for one in node.traverse(include_text=True):
        if one.tag in _BREAKS and one.mem_id != node.mem_id:
            pieces.append("\n")
        elif one.tag == "-text" and _speaks(one):
            text = one.text(deep=False) or ""
            pieces.append(text if lines else re.sub(r"\s+", " ", text))
            size += len(text)
        if size > LONGEST_TEXT:
            break
    plain = _SPACES.sub(" ", "".join(pieces).replace("\xa0", " "))
    return _LINES.sub("\n", plain).strip()


def _speaks(node: LexborNode) -> bool:
    return node.parent is None or node.parent.tag not in _SILENT


@dataclass
class Line:
    """One row: its texts by column, whether all its cells are headers, and whether one cell takes
    the whole width."""

    texts: list[str]
    node: LexborNode
    is_header: bool
    is_wide: bool


@dataclass
class _Tall:
    """Cells that reach down into later rows: column → (rows left, text)."""

    left: dict[int, tuple[int, str]] = field(default_factory=dict)


def lines_of(table: LexborNode, lines: bool = False) -> list[Line]:
    """The rows of a table, without those of tables inside its cells."""
    found: list[Line] = []
    tall = _Tall()
    for row in table.css("tr"):
        if not _is_own(row, table):
            continue
        found.append(_line(row, tall, lines))
        if len(found) >= MOST_ROWS:
            break
    return found


def _is_own(row: LexborNode, table: LexborNode) -> bool:
    above = row.parent
    while above is not None and above.tag != "table":
        above = above.parent
    return above is not None and above.mem_id == table.mem_id


def _line(row: LexborNode, tall: _Tall, lines: bool) -> Line:
    texts: list[str] = []
    cells = [one for one in row.iter() if one.tag in {"td", "th"}]
    for cell in cells:
        _fill(texts, tall)
        text, wide, high = text_of(cell, lines), _span(cell, "colspan"), _span(cell, "rowspan")
        for _ in range(min(wide, MOST_COLUMNS - len(texts))):
            if high > 1:
                tall.left[len(texts)] = (high - 1, text)
            texts.append(text)
    _fill(texts, tall)
    head = bool(cells) and (all(one.tag == "th" for one in cells) or _in_head(row))
    is_wide = len(cells) == 1 and _span(cells[0], "colspan") > 1
    return Line(texts, row, head, is_wide)


def _fill(texts: list[str], tall: _Tall) -> None:
    """Put in what reaches down from above, at the place where the row stands now."""
    while (at := len(texts)) in tall.left:
        rows, text = tall.left.pop(at)
        if rows > 1:
            tall.left[at] = (rows - 1, text)
        texts.append(text)


def _span(cell: LexborNode, name: str) -> int:
    raw = (cell.attributes.get(name) or "").strip()
    return max(1, min(int(raw[:6]), MOST_ROWS)) if raw.isascii() and raw.isdigit() else 1


def _in_head(row: LexborNode) -> bool:
    return row.parent is not None and row.parent.tag == "thead"


def headers_of(lines: list[Line]) -> list[str]:
    """The headers of the columns: of several header rows, the lowest text that says something."""
    width = max((len(one.texts) for one in lines), default=0)
    return [next(_texts_at(lines, at), "") for at in range(width)]


def _texts_at(lines: list[Line], at: int) -> Iterator[str]:
    for one in reversed(lines):
        if at < len(one.texts) and one.texts[at]:
            yield one.texts[at].replace("\n", " ")
