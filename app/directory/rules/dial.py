"""What a telephone dials when somebody taps a number as it was published."""

from __future__ import annotations

from functools import lru_cache

from app.directory.rules.text import digits, fold
from app.directory.rules.tokens import PHONES

LEAST = 3


@lru_cache(maxsize=4096)
def dial(phone: str, area_code: str) -> str:
    """The digits of the first number, with the area code where it has none; "" when there is none.

    Args:
        phone: as published: 055)211-1234, 211-1234, 055-211-1234~6, several with commas.
        area_code: of the office.
    """
    first = next((number for part in PHONES.split(fold(phone)) if (number := digits(part))), "")
    if len(first) < LEAST:
        return ""
    short = len(first) <= 4  # an extension: only the office's own telephones know it
    whole = first.startswith(("0", "1")) or short
    return first if whole else area_code + first
