"""Whether a counter can be believed, from what it told and what others of its line told.

Faults that real counters have: they fall silent (*dead*), say one number again and again
(*frozen*), jump to a number that nobody could have made (*jump*), are mounted the wrong way round
(*swapped*), have a wrong clock (*clock*), share a secret (*two-devices*) or report without end
(*flood*). Everything here looks back only: what is said of a reading does not change later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

SILENT_PERIODS, LEAST_SILENT_S, MOST_SILENT_S = 3, 30, 90
SAME_AFTER: Final = 9
SAME_AFTER_FEW: Final = 18  # a slow line does say "one", "two" several times running; told so
# late only where nobody is misled: of people in the line, and while others tell of its door
FEW: Final = 3
SAME_MS: Final = 60_000
JUMP_PEOPLE, JUMP_PER_S = 10.0, 1.5
JUMP_LEVELS, LEVELS_PER_S = 2.0, 1 / 30
LEAD, LEAD_RATIO = 12, 1.25
EMPTY_MINUTES: Final = 10
SKEW_MS: Final = 60_000
EVENTS_MS: Final = {"two-devices": 24 * 3_600_000, "flood": 600_000}
"""Faults that are noted when they happen, and for how long they are told."""


@dataclass(frozen=True)
class Report:
    """A reading as it counts: a counter that is mounted the wrong way round is put right."""

    at_ms: int
    entered: int | None = None
    left: int | None = None
    people: int | None = None
    level: int | None = None

    @property
    def passed(self) -> int:
        """People who came in or went out."""
        return (self.entered or 0) + (self.left or 0)


@dataclass(frozen=True)
class Minute:
    """People who came in and went out in a minute (Unix minutes)."""

    minute: int
    entered: int
    left: int


@dataclass(frozen=True)
class Condition:
    """What is known of a counter beside its reports."""

    period_s: int
    seen_ms: int | None
    skew_ms: int | None = None
    event: str = ""
    event_ms: int = 0


def silent_after_s(period_s: int) -> int:
    """After how many seconds without a word a counter is dead."""
    return min(MOST_SILENT_S, max(SILENT_PERIODS * period_s, LEAST_SILENT_S))


def is_dead(condition: Condition, now_ms: int) -> bool:
    """Whether nothing came for too long, or ever."""
    silent_ms = now_ms - (condition.seen_ms or 0)
    return condition.seen_ms is None or silent_ms > silent_after_s(condition.period_s) * 1000


@dataclass
class _Witness:
    """Goes through a counter's reports in order, and says of each why it is not believed."""

    others: Sequence[Report]
    same: int = 0
    since_ms: int = 0
    last: Report | None = None
    trusted: Report | None = None
    doubted: Report | None = None
    moves: list[int] = field(default_factory=list)

    def hear(self, one: Report) -> str:
        """ "" when it is believed."""
        frozen, jumped = self._is_frozen(one), self._is_jump(one)
        return "frozen" if frozen else "jump" if jumped else ""

    def _is_frozen(self, one: Report) -> bool:
        again = self.last is not None and _values(one) == _values(self.last)
        self.same = self.same + 1 if again else 1
        self.since_ms = self.since_ms if again else one.at_ms
        self.last = one
        size = one.passed + (one.people or 0)
        if not size or self.same < SAME_AFTER or one.at_ms - self.since_ms < SAME_MS:
            return False
        slow = size < FEW and (one.people is not None or self._others_go_on(one))
        return not (slow and self.same < SAME_AFTER_FEW) and not self._stands_still(one)

    def _others_go_on(self, one: Report) -> bool:
        """Others of the line tell different numbers meanwhile: the line is not blind."""
        spoken = [o for o in self.others if one.at_ms - SAME_MS <= o.at_ms <= one.at_ms]
        values = {_values(o) for o in spoken}
        return len(values) > len({tuple(told is None for told in found) for found in values})

    def _stands_still(self, one: Report) -> bool:
        """Others of the line say that nobody moved: then people in it stay as many."""
        if one.people is None:
            return False
        spoken = [o for o in self.others if self.since_ms <= o.at_ms <= one.at_ms]
        told = [o for o in spoken if o.people is None and o.level is None]
        return bool(told) and not any(o.passed for o in told)

    def _is_jump(self, one: Report) -> bool:
        if one.people is None and one.level is None:
            return False
        near = any(past is not None and _can_follow(past, one) for past in self._before())
        if near or self.trusted is None:
            self.trusted, self.doubted = one, None
            return False
        self.doubted = one
        return True

    def _before(self) -> tuple[Report | None, Report | None]:
        return self.trusted, self.doubted


def _values(one: Report) -> tuple[int | None, ...]:
    return one.entered, one.left, one.people, one.level


def _can_follow(past: Report, one: Report) -> bool:
    """Whether a line can have changed so much between two reports."""
    seconds = max(0, one.at_ms - past.at_ms) / 1000
    people = abs((one.people or 0) - (past.people or 0))
    levels = abs((one.level or 0) - (past.level or 0))
    fits = people <= JUMP_PEOPLE + JUMP_PER_S * seconds
    return fits and levels <= JUMP_LEVELS + LEVELS_PER_S * seconds


def doubts(reports: Sequence[Report], others: Sequence[Report] = ()) -> list[str]:
    """Of each report of one counter, in order, why it is not believed: "" when it is, "jump" until
    a second report agrees, "frozen" from the ninth of the same on.

    Args:
        reports: of one counter, by time.
        others: what other counters of that line reported meanwhile. A number of people may well
            stay the same while they say that nobody moves.
    """
    witness = _Witness(others)
    return [witness.hear(one) for one in reports]


def same_since(reports: Sequence[Report]) -> int:
    """Since when a counter has been telling what it told last (Unix milliseconds); 0 when it never
    told anything."""
    since = 0
    for one in reversed(reports):
        if _values(one) != _values(reports[-1]):
            break
        since = one.at_ms
    return since


def counts(reports: Sequence[Report], others: Sequence[Report] = ()) -> list[bool]:
    """Which reports of one counter, in order, may be believed (`doubts`)."""
    return [not why for why in doubts(reports, others)]


def is_swapped(minutes: Sequence[Minute]) -> bool:
    """Whether exits lead entries by far since the line was last empty: nobody leaves who did not
    come. Found once, it lasts until entries lead as far. Minutes in which no entry is counted say
    nothing: the entry counter may be silent.

    Args:
        minutes: of a line, in order, of those that had anybody pass; from a time at which the
            line was empty on, such as the beginning of the day.
    """
    entered = left = 0
    before, found = None, False
    for one in minutes:
        if before is not None and one.minute - before > EMPTY_MINUTES:
            entered, left, found = 0, 0, False
        before = one.minute
        if one.entered:
            entered, left = entered + one.entered, left + one.left
        lead = left - entered
        found = lead >= -LEAD if found else lead > LEAD and left > LEAD_RATIO * entered
    return found


def judge(
    condition: Condition,
    reports: Sequence[Report],
    now_ms: int,
    others: Sequence[Report] = (),
    minutes: Sequence[Minute] = (),
) -> str:
    """What is wrong with a counter, the worst first; "" when it is fine.

    Args:
        condition: what is known of it.
        reports: what it told in the last minutes, by time.
        now_ms: our clock.
        others: what other counters of its line told meanwhile.
        minutes: see `is_swapped`.
    """
    if is_dead(condition, now_ms):
        return "dead"
    lasts = EVENTS_MS.get(condition.event, 0)
    if now_ms - condition.event_ms < lasts:
        return condition.event
    last = next(reversed(doubts(reports, others)), "")
    if last:
        return last
    if is_swapped(minutes):
        return "swapped"
    return "clock" if abs(condition.skew_ms or 0) > SKEW_MS else ""
