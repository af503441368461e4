"""The chain of a device's stamps: where a stamp stands in it, and what its arrival changes.

Each stamp carries its number (`seq`, from 1) and the first eight bytes of the hash of the token
before it (`prev`). Stamps arrive late, twice and out of order, so a state is never final but one:
a fork stays a fork.

Who asks gives all known stamps of the device that `concerns` names; nothing further is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.trips.rules.claims import NO_HASH
from app.trips.rules.times import CLOCK_SECONDS

State = Literal["first", "follows", "gap", "reorder", "broken", "fork"]


@dataclass(frozen=True, slots=True)
class Link:
    """A stamp as a link: SHA-256 of its token (32 bytes), its number, what it follows, unix s."""

    sha256: bytes
    seq: int
    prev: bytes
    captured_at: int
    state: State | None = None

    @property
    def head(self) -> bytes:
        """What the next stamp carries as `prev`."""
        return self.sha256[:8]


def concerns(link: Link, other: Link) -> bool:
    """True for the stamps of the same device that can change, or be changed by, this one."""
    near = abs(link.seq - other.seq) <= 1
    return near or other.prev in (link.prev, link.head) or other.head == link.prev


def judge_chain(link: Link, known: Iterable[Link]) -> tuple[State, Mapping[bytes, State]]:
    """Say where a stamp stands, and which known stamps stand elsewhere because of it.

    first: the device's first. follows: its predecessor is known and fits. gap: the predecessor has
    not arrived (yet). reorder: it follows a stamp that is not its predecessor, or its predecessor
    is later in time. broken: the predecessor is known and is another one. fork: two stamps stand in
    one place. Gives the new stamp's state and {token hash: new state} of those that change.
    """
    others = [other for other in known if other.sha256 != link.sha256]
    changes: dict[bytes, State] = {}
    for other in others:
        if _rivals(link, other):
            state: State = "fork"
        elif other.seq == link.seq + 1 or other.prev == link.head:
            rest = [third for third in others if third is not other]
            state = "fork" if other.state == "fork" else _state(other, [*rest, link])
        else:
            continue
        if state != other.state:
            changes[other.sha256] = state
    return _state(link, others), changes


def _rivals(one: Link, two: Link) -> bool:
    """Two stamps in one place: the same number, or the same predecessor."""
    return one.seq == two.seq or (one.prev == two.prev and one.prev != NO_HASH)


def _state(link: Link, others: list[Link]) -> State:
    if any(_rivals(link, other) for other in others):
        return "fork"
    if link.seq == 1:
        return "first" if link.prev == NO_HASH else "broken"
    if link.prev == NO_HASH:
        return "broken"
    followed = [other for other in others if other.head == link.prev]
    if not followed:
        return "broken" if any(other.seq == link.seq - 1 for other in others) else "gap"
    before = followed[0]
    if before.seq != link.seq - 1 or before.captured_at > link.captured_at + CLOCK_SECONDS:
        return "reorder"
    return "follows"
