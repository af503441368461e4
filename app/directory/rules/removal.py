"""Requests not to be listed: what of an entry is hidden, recognised again without being kept.

A request keeps a keyed hash only. It is bound to the office: a name that is published is hidden in
every entry of that office, wherever its owner moves to; an entry without a name is recognised by
department and duty. So a namesake in the same office is hidden too, which an administrator sees
and can take back; the other way round, the request of a person would end with their first transfer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final

from app.directory.rules.row import Row, is_masked
from app.directory.rules.text import digits, squeeze

NAME, PHONE, ENTRY = "name", "phone", "entry"
WHATS: Final = (NAME, PHONE, ENTRY)
Tag = Callable[[bytes], bytes]


def told(row: Row, what: str) -> bytes | None:
    """What is hashed to recognise a thing to hide; None when the row has no such thing."""
    name = "" if is_masked(row.name) else squeeze(row.name)
    if what == PHONE:
        words = digits(row.phone)
    elif what == NAME or name:
        words = name
    else:
        duty = squeeze(row.duty) or f"{squeeze(row.position)} {digits(row.phone)}".strip()
        words = duty and f"{squeeze(row.department)}\0{duty}"
    return words.encode() or None


def hidden(row: Row, marks: Collection[tuple[str, bytes]], tag: Tag) -> Row | None:
    """A row as it may be kept: without what was asked to be hidden, or None for none of it.

    Args:
        row: as published.
        marks: what is hidden in its office, (what, mark).
        tag: the keyed hash.
    """
    if not marks:
        return row
    kinds = {what for what, _ in marks}
    found = {what for what in kinds if (said := told(row, what)) and (what, tag(said)) in marks}
    if ENTRY in found:
        return None
    emptied = dict.fromkeys(found, "")
    return replace(row, **emptied) if emptied else row
