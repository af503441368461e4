"""One line of a staff page on its way into the directory: as published, cleaned of what is no text.

Newlines inside a duty are data (a list, one item a line); anywhere else they are spaces.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Final

from app.directory.rules.text import MASK

# The longest text of each field, in characters: what the columns of models.py hold.
MOST: Final = {
    "name": 60, "bureau": 80, "department": 80, "team": 80, "position": 60, "duty": 4_000,
    "phone": 120, "fax": 60, "place": 300,
}  # fmt: skip
FIELDS: Final = tuple(MOST)
PUBLISHED: Final = FIELDS[:-1]
SPACES: Final = re.compile(r"[^\S\n]+")
LINES: Final = re.compile(r" ?\n[ \n]*")
UNTIDY: Final = re.compile("[^ -~가-힣·○●□■▶•※]|  |^ | $")
UNTIDY_LINES: Final = re.compile("[^\n -~가-힣·○●□■▶•※]|  |^[ \n]|[ \n]$| \n|\n[ \n]")


@dataclass(frozen=True)
class Row:
    """An entry as its office publishes it; any field may be empty. `place` says where exactly it
    was seen: "row 17" of a file, or a page's URL."""

    name: str = ""
    bureau: str = ""
    department: str = ""
    team: str = ""
    position: str = ""
    duty: str = ""
    phone: str = ""
    fax: str = ""
    place: str = ""


def clean(text: str, most: int, *, lines: bool = False) -> str:
    """A text composed (NFC), without control characters, with single spaces, cut to a length.

    Args:
        text: as found.
        most: the longest that is kept, in characters.
        lines: whether a newline is data; otherwise it becomes a space.
    """
    if len(text) <= most and not (UNTIDY_LINES if lines else UNTIDY).search(text):
        return text
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(" " if _is_control(char) else char for char in plain)
    plain = SPACES.sub(" ", plain)
    plain = LINES.sub("\n" if lines else " ", plain)
    return plain.strip()[:most].rstrip()


def _is_control(char: str) -> bool:
    return char != "\n" and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}


def cleaned(row: Row) -> Row:
    """A row with every field cleaned."""
    return Row(*(clean(getattr(row, key), MOST[key], lines=key == "duty") for key in FIELDS))


def is_masked(name: str) -> bool:
    """Whether an office hides a part of the name (김○○, 김**)."""
    return MASK.search(name.strip()) is not None


def as_dict(row: Row) -> dict[str, str]:
    """The fields of a row by their name."""
    return asdict(row)
