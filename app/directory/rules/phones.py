"""Telephone numbers as they are published, and as they are dialled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.directory.rules.text import digits
from app.directory.rules.tokens import PHONES

SHORTEST: Final = 3
LOCAL: Final = (7, 8)  # exchange and number, without an area code


@dataclass(frozen=True)
class Number:
    """One number: as its office writes it, and the digits to dial ("" when it is an extension,
    which nobody outside can dial)."""

    shown: str
    tel: str


def numbers(phone: str, area_code: str) -> tuple[Number, ...]:
    """The numbers of a published text.

    Args:
        phone: as published, several with commas or slashes: 055)211-1234, 211-1235.
        area_code: of the office; put before a number that has none.
    """
    parts = (part.strip() for part in PHONES.split(phone))
    return tuple(
        Number(part, dialled(digits(part), area_code))
        for part in parts
        if len(digits(part)) >= SHORTEST
    )


def dialled(number: str, area_code: str) -> str:
    """The digits to dial from anywhere; "" for an extension."""
    if number.startswith("0") and len(number) > LOCAL[1]:
        return number
    if len(number) == LOCAL[1] and number.startswith("1"):  # 1588-0000: the same from everywhere
        return number
    return area_code + number if len(number) in LOCAL and area_code else ""
