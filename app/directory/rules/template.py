"""Templates such as `{position} {name}`: what a definition has instead of regular expressions.

The danger removed here: a pattern that somebody types and a page makes run for hours. A template
has at most three holes and is matched on short texts, in time that grows with their length only.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

HOLE: Final = re.compile(r"\{([a-z0-9_]{1,20})\}")
MOST_HOLES: Final = 3
LONGEST: Final = 300
_ARGUMENT: Final = re.compile(
    r"\s*(?:'([^']{0,300})'|\"([^\"]{0,300})\"|([^,'\"()\s]{1,300}))\s*(?:,|$)"
)


class BadTemplate(ValueError):
    """A template without a hole, with too many, or with the same one twice."""


@lru_cache(maxsize=200)
def compiled(text: str) -> re.Pattern[str]:
    """The pattern of a template: each hole takes as little as it can, the last one the rest.

    Raises:
        BadTemplate: it cannot be used.
    """
    names = HOLE.findall(text)
    if not 1 <= len(names) <= MOST_HOLES or len(set(names)) < len(names) or "}{" in text:
        raise BadTemplate(text)
    if any(name[0].isdigit() for name in names):
        raise BadTemplate(text)
    pieces = HOLE.split(text)
    made = [_literal(pieces[0])]
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        made.append(f"(?P<{name}>[^\\n]{{1,{LONGEST}}}?){_literal(after)}")
    return re.compile("".join(made))


def _literal(text: str) -> str:
    """A fixed part; a space stands for any number of spaces, at least one."""
    return r"\s+".join(re.escape(one) for one in text.split(" ")) if text else ""


def matched(template: str, text: str) -> dict[str, str]:
    """What stands in the holes when the whole text fits, without spaces around; else nothing."""
    if len(text) > LONGEST:
        return {}
    found = compiled(template).fullmatch(text.strip())
    return (
        {} if found is None else {name: value.strip() for name, value in found.groupdict().items()}
    )


def arguments(attribute: str, call: str) -> list[str] | None:
    """The arguments of a function's call inside an attribute: of `javascript:go('A', 3)` with
    `go`, A and 3. None when it is not called there."""
    start = attribute.find(f"{call}(")
    if start < 0:
        return None
    inside = attribute[start + len(call) + 1 :][:2000].partition(")")[0].strip()
    found, at = [], 0
    while at < len(inside):
        match = _ARGUMENT.match(inside, at)
        if match is None:
            return None
        found.append(next((one for one in match.groups() if one is not None), ""))
        at = match.end()
    return found


def filled(template: str, given: dict[str, str]) -> str:
    """A template with its holes filled; what is not given stays empty."""
    return re.sub(r"\{([a-z0-9_]{1,20})\}", lambda hole: given.get(hole[1], ""), template)
