"""What a change says to whoever follows it, in words: who came after whom, with their telephone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.directory.rules.row import is_masked
from app.directory.rules.text import BREAKS, squeeze

TITLES: Final[dict[str, Any]] = {
    "handover": _l("담당자가 바뀌었습니다"),
    "changed": _l("담당 정보가 바뀌었습니다"),
    "added": _l("새 담당이 생겼습니다"),
    "removed": _l("담당이 없어졌습니다"),
}
TWO_SIDED: Final = frozenset({"handover", "changed"})
MANY: Final = _l("담당자 정보 %(count)s건이 바뀌었습니다")
DUTY: Final = _l("담당 업무")
DEPARTMENT: Final = _l("부서")
MANY_PLACES: Final = _l("기관 %(places)s곳의 담당자 정보 %(count)s건이 바뀌었습니다")
LONGEST_TITLE, LONGEST_DUTY = 60, 200
MASK_SIGN: Final = "○"


@dataclass(frozen=True)
class Facts:
    """The fields of an entry that a change is told by; any may be empty."""

    name: str = ""
    bureau: str = ""
    department: str = ""
    team: str = ""
    position: str = ""
    duty: str = ""
    phone: str = ""
    fax: str = ""


@dataclass(frozen=True)
class Said:
    """A line: `label` is a text of the catalogue or empty, the rest is data."""

    label: Any = ""
    what: str = ""
    before: str = ""
    after: str = ""


def read(kept: str | None) -> Facts | None:
    """The fields that a change keeps as JSON; None for none."""
    found = json.loads(kept) if kept else None
    return facts_of(found) if found else None


def facts_of(entry: Mapping[str, Any]) -> Facts:
    """The fields of an entry, or of what is kept of one."""
    return Facts(**{one.name: str(entry.get(one.name) or "") for one in fields(Facts)})


def topic(facts: Facts) -> str:
    """The first item of a duty; without one the position or the department."""
    items = (part.strip() for part in BREAKS.split(facts.duty))
    first = next(filter(None, items), "")
    return (first or facts.position or facts.department)[:LONGEST_TITLE]


def unit(facts: Facts) -> str:
    """Department and team."""
    return " ".join(filter(None, (facts.department or facts.bureau, facts.team)))


def who(facts: Facts, *, long: bool = False) -> str:
    """A person with telephone: 김○○ 055-211-1234; by position where there is no name."""
    named = (facts.name, facts.position) if long else (facts.name or facts.position,)
    return " ".join(filter(None, (*named, facts.phone)))


def hides(facts: Facts | None) -> bool:
    """Whether an office hides the name of an entry, or a part of it."""
    return facts is not None and (not facts.name or is_masked(facts.name))


def hidden(facts: Facts) -> Facts:
    """An entry whose name is hidden as offices do it: 김하늘 → 김○○."""
    if hides(facts):
        return facts
    return replace(facts, name=facts.name[0] + MASK_SIGN * max(1, len(facts.name) - 1))


def lines(before: Facts | None, after: Facts | None) -> tuple[Said, ...]:
    """What a change says; empty when nothing changed that a follower would want to know. A name
    that the office hides now is not told from what it published before."""
    if before is not None and hides(after):
        before = hidden(before)
    if before is None or after is None:
        only = before or after
        if only is None:
            return ()
        return (Said("", topic(only), who(before) if before else "", who(after) if after else ""),)
    long = who(before) == who(after)
    was, now = who(before, long=long), who(after, long=long)
    person = (Said("", topic(after), was, now),) if was != now else ()
    return (*person, *_moved(before, after))


def lines_of(kind: str, before: Facts | None, after: Facts | None) -> tuple[Said, ...]:
    """What a change of a kind says; nothing when one of its two sides was hidden since."""
    half = kind in TWO_SIDED and (before is None or after is None)
    return () if half else lines(before, after)


def _moved(before: Facts, after: Facts) -> tuple[Said, ...]:
    found: tuple[Said, ...] = ()
    if squeeze(before.duty) != squeeze(after.duty):
        found = (Said(DUTY, "", before.duty[:LONGEST_DUTY], after.duty[:LONGEST_DUTY]),)
    if squeeze(unit(before)) != squeeze(unit(after)):
        found = (*found, Said(DEPARTMENT, "", unit(before), unit(after)))
    return found
