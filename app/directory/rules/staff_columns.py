"""Which field a column of a staff page is, by the many names that its header has in the wild."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.directory.rules import headers as headers_r

# What a header may stand for and a page's row has no field of: the nearest one.
_NEAREST: Final = {"unit": "department", "person": "name", "office": ""}


def field_of(header: str) -> str:
    """The field that a header names, or ""."""
    target = headers_r.target_of(header)
    return _NEAREST.get(target, target)


def columns_of(headers: list[str], wanted: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Which column each field is in.

    Args:
        headers: the columns' headers, in order.
        wanted: the headers that a definition gives for a field; others are known by their name.
    """
    plain = [_plain(one) for one in headers]
    found: dict[str, int] = {}
    for field, names in wanted.items():
        at = next((plain.index(one) for one in map(_plain, names) if one in plain), None)
        if at is not None:
            found[field] = at
    for at, header in enumerate(headers):
        field = field_of(header)
        if field and field not in wanted and field not in found and at not in found.values():
            found[field] = at
    return found


def _plain(header: str) -> str:
    return "".join(header.split()).lower()
