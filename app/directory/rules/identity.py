"""Which new line of an office is which old one, so that both keep one identity and a history.

Offices hide names, so duty, department and telephone carry the identity; a name helps where it is
published. Each pass compares what is left of both sides by one key, the surest first, one to one,
in their order: the same lines always give the same answer. A pass costs a look into a table, and
likeness of duties is measured only among lines that share a rare word: 10,000 lines take well
under a second.

A masked name never takes over the name of the line that it continues: the new line is kept as it
was published, whatever it was recognised by.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Final

from app.directory.rules.row import PUBLISHED, Row, is_masked
from app.directory.rules.text import MASK

SAME, CHANGED, HANDOVER = "same", "changed", "handover"
LIKE: Final = 0.5
MOST_ALIKE = 24  # how many old lines a new one is compared with by the words of its duty
_published = attrgetter(*PUBLISHED)
NO_DIGIT: Final = re.compile(r"\D+")
SIGNS: Final = re.compile(r"[\s\W_]+")
Key = tuple[str, ...] | None


@dataclass(frozen=True)
class Match:
    """An old and a new line that are the same, by their place in their list."""

    old: int
    new: int
    kind: str


@dataclass(frozen=True)
class _Line:
    """What of a line is compared: without spaces and signs."""

    exact: tuple[str, ...]
    name: str
    masked: bool
    department: str
    team: str
    position: str
    duty: str
    phone: str


def match(old: Sequence[Row], new: Sequence[Row]) -> list[Match]:
    """Pairs of lines that are the same person or duty, in the order of the new ones; an old line
    without a pair is gone, a new one without is added."""
    known: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, row in enumerate(old):
        known[published(row)].append(at)
    for places in known.values():
        places.reverse()
    found: dict[int, int] = {}
    for at, row in enumerate(new):
        places = known.get(published(row), [])
        if places:
            found[at] = places.pop()
    if len(found) < min(len(old), len(new)):
        _recognise(old, new, found)
    return [Match(was, at, kind(old[was], new[at])) for at, was in sorted(found.items())]


def published(row: Row) -> tuple[str, ...]:
    """What an office says in a line: all of it but where it was seen."""
    found: tuple[str, ...] = _published(row)
    return found


def _recognise(old: Sequence[Row], new: Sequence[Row], found: dict[int, int]) -> None:
    taken = set(found.values())
    before = {at: _line(row) for at, row in enumerate(old) if at not in taken}
    after = {at: _line(row) for at, row in enumerate(new) if at not in found}
    for key, alone in PASSES:
        _pass(before, after, found, key, alone=alone)
    found.update({at: was for was, at in _alike(before, after)})


def _line(row: Row) -> _Line:
    return _Line(
        published(row), "".join(row.name.split()), is_masked(row.name), _plain(row.department),
        _plain(row.team), _plain(row.position), _plain(row.duty), NO_DIGIT.sub("", row.phone),
    )  # fmt: skip


def _plain(text: str) -> str:
    return SIGNS.sub("", text).lower()


def _pass(
    before: dict[int, _Line], after: dict[int, _Line], found: dict[int, int],
    key: Callable[[_Line], Key], *, alone: bool,
) -> None:  # fmt: skip
    """Pair what has the same key; with `alone`, only where nobody else on either side has it."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, line in before.items():
        made = key(line)
        if made is not None:
            groups[made].append(at)
    asking: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, line in after.items():
        made = key(line)
        if made is not None and made in groups:
            asking[made].append(at)
    for made, places in asking.items():
        if alone and not len(places) == len(groups[made]) == 1:
            continue
        for was, at in zip(groups[made], places, strict=False):
            found[at] = was
            del before[was], after[at]


def _all_of(*parts: str) -> Key:
    return parts if all(parts) else None


PASSES: Final[tuple[tuple[Callable[[_Line], Key], bool], ...]] = (
    # the same duty in the same department: of several, first the one with the same person or desk
    (lambda one: _all_of(one.duty, one.department, one.name, one.phone), False),
    (lambda one: None if one.masked else _all_of(one.duty, one.department, one.name), False),
    (lambda one: _all_of(one.duty, one.department, one.phone), False),
    (lambda one: _all_of(one.duty, one.department, one.team, one.position), False),
    (lambda one: _all_of(one.duty, one.department, one.team), False),
    (lambda one: _all_of(one.duty, one.department), False),
    # the department got another name, or the person another duty
    (lambda one: _all_of(one.duty, one.phone), True),
    (lambda one: _all_of(one.name, one.phone), True),
    (lambda one: _all_of(one.phone, one.department), True),
    (lambda one: None if one.masked else _all_of(one.name, one.department), True),
)


def kind(old: Row, new: Row) -> str:
    """What became of a line that was recognised: same, changed, or a handover to somebody else.

    Where the names do not say it (masked, or not published), another position or telephone of the
    same duty is a handover.
    """
    if published(old) == published(new):
        return SAME
    same_person = _same_person(old.name, new.name)
    if same_person is None:
        moved = _plain(old.position) != _plain(new.position)
        moved = moved or NO_DIGIT.sub("", old.phone) != NO_DIGIT.sub("", new.phone)
        same_person = not moved
    return CHANGED if same_person else HANDOVER


def _same_person(old: str, new: str) -> bool | None:
    """Whether two names are one person's; None when they cannot tell."""
    old, new = "".join(old.split()), "".join(new.split())
    if not old or not new:
        return None
    if not is_masked(old) and not is_masked(new):
        return old == new
    shown, other = sorted((MASK.sub("", old), MASK.sub("", new)), key=len)
    return None if other.startswith(shown) else False


def _alike(before: dict[int, _Line], after: dict[int, _Line]) -> Iterable[tuple[int, int]]:
    """Pairs whose duties are alike in one department, the most alike first."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    words = {at: _pairs(line.duty) for at, line in before.items()}
    for at, line in before.items():
        for word in words[at]:
            holders[line.department, word].append(at)
    scored = [
        (-_likeness(words[was], mine), at, was)
        for at, line in after.items()
        for mine in (_pairs(line.duty),)
        for was in _candidates(line.department, mine, holders, at)
    ]
    taken_old, taken_new = set[int](), set[int]()
    for score, at, was in sorted(scored):
        if -score >= LIKE and was not in taken_old and at not in taken_new:
            taken_old.add(was)
            taken_new.add(at)
            yield was, at


def _candidates(
    department: str, words: frozenset[str], holders: dict[tuple[str, str], list[int]], at: int
) -> list[int]:
    """Old lines that share a word with a new one, those of the rarest words first; of many, those
    that stood where the new one stands."""
    lists = [holders[department, word] for word in words if (department, word) in holders]
    found: dict[int, None] = {}
    for places in sorted(lists, key=lambda one: (len(one), one)):
        first = max(0, bisect_left(places, at) - MOST_ALIKE // 2)
        found.update(dict.fromkeys(places[first : first + MOST_ALIKE]))
        if len(found) >= MOST_ALIKE:
            break
    return list(found)[:MOST_ALIKE]


def _pairs(duty: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(duty[:400])))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
