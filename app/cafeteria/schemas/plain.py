"""Names as people type them."""

from __future__ import annotations

from pydantic_core import PydanticCustomError

from app.cafeteria.rules.plain import is_plain


def plain(text: str) -> str:
    """A name without control characters, and without such as turn the direction of writing."""
    if not is_plain(text):
        raise PydanticCustomError("not_plain", "signs that nobody sees")
    return text
