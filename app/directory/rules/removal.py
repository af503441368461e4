"""Requests not to be listed: what of an entry is hidden, recognised again without being kept.

A request keeps keyed hashes only, one for each name, number or duty. They are bound to the office:
a name that is published is hidden in every entry of that office, wherever its owner moves to; an
entry that shows no name is recognised by department and duty. So a namesake in the same office is
hidden too, which an administrator sees and can take back; the other way round, the request of a
person would end with their first transfer.

A number is recognised with what a shorter one after a comma leaves out (055-211-1234, 1235), with
words or an extension around it (055-211-1234 (내선 12), which goes with it), with its area code or
without, and with any other area code, because an office's may change while its numbers stay, and
an older file may come again. So a number of the same office in another area that is the same but
for its code is hidden too: one in a million. What stands in brackets or after a space behind a
whole number is taken for its extension, even where an office means a second number by it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Final

from app.directory.rules import phones
from app.directory.rules.row import Row, is_masked
from app.directory.rules.text import digits, squeeze

NAME, PHONE, ENTRY = "name", "phone", "entry"
WHATS: Final = (NAME, PHONE, ENTRY)
TAG_BYTES: Final = 32
COUNTRY: Final = "82"
# An area code and its local number. Mobile (01x), service and internet numbers (0x0) have none.
_AREA: Final = re.compile(r"0(?:2|[3-9][1-9])(\d{7,8})")
# Between numbers; not before the end of one that is written with spaces (055 211 0123).
_CUT: Final = re.compile(
    r"[,/;~\n]|\s{2,}|(?<=\d)\s+(?=0\d)(?!0\d{3}(?![-.)]?\d))|(?<=[1-9]\d\d[-. ]\d{4})[·ㆍ](?=\d)"
)
# A whole number among other digits; between its groups any signs, as the cell was cut at commas.
_WHOLE: Final = re.compile(
    r"(?<!\d)(?:(?:0\d{1,3}\W{0,4})?|\+?82\W{0,4}(?:0\W{0,4})?[1-9]\d{0,2}\W{0,4})"
    r"\d{3,4}\W{0,4}\d{4}(?!\d)"
)
_SHORTENED: Final = re.compile(r"(\d{1,4})(?=\s*(?:$|[(（]|내선|구내|교환|ext))", re.IGNORECASE)
SHORT: Final = 4  # digits of a number that leaves out what the one before it has
Tag = Callable[[bytes], bytes]
Marks = Collection[tuple[str, bytes]]


@dataclass(frozen=True)
class _Part:
    """A number of a cell: what stands between it and the one before, as written, as written in
    full; all that it may be recognised by, the surest first; and what it is, mostly one number."""

    gap: str
    shown: str
    full: str
    forms: tuple[str, ...]
    numbers: tuple[str, ...] = ()


def told(row: Row, what: str) -> list[bytes]:
    """What is hashed to recognise a thing to hide; empty when the row has no such thing."""
    name = _name(row)
    if what == PHONE:
        words = _numbers(row.phone)
    elif what == NAME:
        words = [name]
    else:
        duty = _duty(row)
        words = [name, duty and f"masked\0{duty}"] if name else [duty]
    return [one.encode() for one in dict.fromkeys(words) if one]


def _name(row: Row) -> str:
    return "" if is_masked(row.name) else squeeze(row.name)


def _duty(row: Row) -> str:
    post = " ".join((squeeze(row.position), *_numbers(row.phone)))
    duty = squeeze(row.duty) or post.strip()
    return duty and f"{squeeze(row.department)}\0{duty}"


def _numbers(phone: str) -> list[str]:
    """The numbers of a cell, as they are recognised."""
    found = (number for one in _parts(phone) for number in one.numbers or one.forms[:1])
    return list(dict.fromkeys(found))


def hidden(row: Row, marks: Marks, tag: Tag) -> Row | None:
    """A row as it may be kept: without what was asked to be hidden, or None for none of it.

    Args:
        row: as published.
        marks: what is hidden in its office, (what, mark).
        tag: the keyed hash.
    """
    if not marks:
        return row
    kinds = {what for what, _ in marks}
    name, shown = _name(row), row
    if NAME in kinds and name and (NAME, tag(name.encode())) in marks:
        shown = replace(shown, name="")
    if ENTRY in kinds and any((ENTRY, tag(one)) in marks for one in _recognised(row, shown)):
        return None
    if PHONE in kinds:
        phone = _without(row.phone, marks, tag)
        shown = shown if phone == row.phone else replace(shown, phone=phone)
    return shown


def _recognised(row: Row, shown: Row) -> Iterator[bytes]:
    """All by which an entry that is hidden as a whole may be recognised: its name, its duty; and
    where no name shows the duty of somebody whose name showed when they asked, so that a successor
    whose name shows is not hidden for them."""
    name, duty = _name(row), _duty(row)
    found = [name, duty]
    if duty and not _name(shown):
        found.append(f"masked\0{duty}")
    return (one.encode() for one in found if one)


def _without(phone: str, marks: Marks, tag: Tag) -> str:
    """A cell of numbers without those that are hidden; as it was when none of them is."""
    parts, left, dropped = list(_parts(phone)), "", False
    for at, one in enumerate(parts):
        if any((PHONE, tag(form.encode())) in marks for form in one.forms):
            dropped = True
            continue
        whole = dropped and at > 0 and one.shown != one.full
        left = left.rstrip() + (one.gap if left else "") + (one.full if whole else one.shown)
    return left.strip() if dropped else phone


def _parts(phone: str) -> Iterator[_Part]:
    long, at, gap, before = "", 0, "", _Part("", "", "", ())
    for end, after in [*((one.start(), one.end()) for one in _CUT.finditer(phone)), (-1, -1)]:
        shown = phone[at:] if end < 0 else phone[at:end]
        bare, number = shown.strip(), digits(shown)
        wholes = [digits(one[0]) for one in _WHOLE.finditer(bare)]
        whole = _WHOLE.search(bare)
        numbers = [_normal(one) for one in wholes]  # 055-211-1234 (055-211-1235)
        full, forms = bare, [*numbers, *wholes]  # older requests knew the area code
        if long and not whole and (short := _SHORTENED.match(bare)):
            rest = long[: len(long) - len(short[1])]
            full = rest + bare
            forms.append(_normal(digits(rest + short[1])))
        elif len(number) <= SHORT and _is_open(before.shown):  # 055-211-1234 (내선 12, 13)
            forms += before.forms
        elif len(number) > SHORT:
            long = bare[: whole.end()] if whole else bare
        forms += [_normal(number)] if number else []
        written = shown.replace(bare, full, 1)
        before = _Part(gap, shown, written, tuple(dict.fromkeys(forms)), tuple(numbers))
        yield before
        at, gap = after, phone[end:after] if end >= 0 else ""


def _is_open(part: str) -> bool:
    """Whether a bracket is open at the end of a part."""
    return max(map(part.rfind, "(（")) > max(map(part.rfind, ")）"))


def _normal(number: str) -> str:
    """A number without the country and its area code; what has neither as it is."""
    if number.startswith(COUNTRY) and len(number) > phones.LOCAL[1] + 1:
        number = "0" + number.removeprefix(COUNTRY).lstrip("0")
    local = _AREA.fullmatch(number)
    return local[1] if local else number
