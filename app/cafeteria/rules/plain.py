"""Text without signs that nobody sees: control characters, and such as turn the direction of
writing, by which one name can look like another."""

from __future__ import annotations

import unicodedata
from typing import Final

UNSEEN: Final = {"Cc", "Cf"}
KEPT: Final = "\n\r\t"


def is_plain(text: str) -> bool:
    """Whether a name has none of them, line breaks included."""
    return not any(unicodedata.category(sign) in UNSEEN for sign in text)


def made_plain(text: str) -> str:
    """A longer text without them, which is pasted with what its program put there; its lines
    stay."""
    return "".join(
        sign for sign in text if sign in KEPT or unicodedata.category(sign) not in UNSEEN
    )
