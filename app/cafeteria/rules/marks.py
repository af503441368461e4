"""The marks on the wall beside a line: how many people stand there up to each of them."""

from __future__ import annotations

import itertools
from typing import Final

FEWEST, MOST = 2, 6
LEAST_PEOPLE, MOST_PEOPLE = 1, 500
COUNT, NUMBER, ORDER, RANGE = "marks_count", "marks_number", "marks_order", "marks_range"
SEPARATORS: Final = str.maketrans("，、;/\n\t", ",,,,,,")


def read(text: str) -> tuple[tuple[int, ...], str]:
    """Marks as somebody typed them, "10, 20, 30, 40", and what is wrong with them: a code of
    `form_words`, or ""."""
    parts = [one.strip() for one in text.translate(SEPARATORS).split(",") if one.strip()]
    if not all(one.isascii() and one.isdigit() and len(one) < 6 for one in parts):
        return (), NUMBER
    found = tuple(map(int, parts))
    if not FEWEST <= len(found) <= MOST:
        return found, COUNT
    if not all(LEAST_PEOPLE <= one <= MOST_PEOPLE for one in found):
        return found, RANGE
    rises = all(one < after for one, after in itertools.pairwise(found))
    return found, "" if rises else ORDER
