"""What colleagues' check-ins may tell of a line: nothing, until there are enough of them.

The danger removed here: the wait of somebody who alone pressed a button, shown to who saw them
join the line. Fewer than three people are nobody, at the beginning as later: joins are told three
by three, each from the moment when the last of its three joined, and waits from the moment when the
last of their three was served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Protocol

K: Final = 3


class CheckedIn(Protocol):
    """Somebody who joined a line, and was served or not yet."""

    @property
    def joined_ms(self) -> int:
        """When they joined."""

    @property
    def served_ms(self) -> int | None:
        """When they were served."""


@dataclass(frozen=True)
class Told:
    """Something that may be told of a line from a moment (`usable_ms`) on: somebody joined it, or
    was served after so many milliseconds (`wait_ms`)."""

    usable_ms: int
    at_ms: int
    wait_ms: int | None = None


def told(check_ins: Sequence[CheckedIn]) -> list[Told]:
    """What check-ins of one line and meal may tell, in the order in which it may be told; whoever
    counts what is known at a moment takes what was usable by then.

    Args:
        check_ins: in any order.
    """
    joins = sorted(one.joined_ms for one in check_ins)
    ended = [(one.joined_ms, one.served_ms) for one in check_ins]
    waits = sorted((at, at - joined) for joined, at in ended if at is not None)
    found = [Told(usable, at) for usable, at in _by_threes(joins)]
    ends = _by_threes([at for at, _ in waits])
    found += [Told(usable, at, wait) for (usable, at), (_, wait) in zip(ends, waits, strict=False)]
    return sorted(found, key=attrgetter("usable_ms", "at_ms"))


def _by_threes(moments: Sequence[int]) -> list[tuple[int, int]]:
    """Of each moment when it may be told, and itself: three by three, in their order."""
    whole = len(moments) // K * K
    return [(moments[place // K * K + K - 1], at) for place, at in enumerate(moments[:whole])]
