"""Each line as it is now: its lunch is followed from what was reported, beside what is usual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from app.cafeteria.queries import estimates, marks, places
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.rules import advice, beliefs, blind, document, levels, usual
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.counted import STEP_S, Wait
from app.cafeteria.rules.document import LineNow
from app.cafeteria.rules.follow import Following
from app.cafeteria.rules.line_events import LEAD_S, TAIL_S
from app.cafeteria.rules.usual import Seen, Usual
from app.cafeteria.service.events import Reported, reported, unseen
from app.cafeteria.service.plans import Today

FIRST_MEAL_S: Final = 7200.0
SEOUL_S, DAY_S = 9 * 3600, 86_400
Key = tuple[object, ...]


@dataclass
class _Followed:
    """A line's meal as it is followed; `told` is what was said of it in the state `state`."""

    canteen_id: str
    key: Key
    following: Following
    usual: Usual
    state: Key = ()
    told: LineNow | None = None


class Lines:
    """The lines of all canteens, as far as a meal is running there."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self.followed: dict[str, _Followed] = {}

    def keep(self, canteens: set[str]) -> None:
        """Let go of the lines of all other canteens."""
        gone = [one for one, kept in self.followed.items() if kept.canteen_id not in canteens]
        for line_id in gone:
            del self.followed[line_id]

    def show(self, canteen: CanteenRow, now: Today) -> list[LineNow]:
        """The lines of a canteen."""
        lines = places.list_lines(canteen.id)
        living = {one.id for one in lines} if now.meal else set()
        self.followed = {
            one: kept for one, kept in self.followed.items()
            if kept.canteen_id != canteen.id or one in living
        }  # fmt: skip
        return [self._line(canteen, one, now, len(lines)) for one in lines]

    def _line(self, canteen: CanteenRow, line: LineRow, now: Today, lines: int) -> LineNow:
        if now.meal is None:
            return LineNow(line.id, line.name, document.CLOSED, None, None, 0, ())
        kept = self._followed(canteen, line, now, lines)
        state = (line, now.serves, step_of(now), marks.find_line_mark(line.id, since_of(now)))
        if kept.told is None or kept.state != state:
            kept.told, kept.state = self._look(line, now, kept), state
        return kept.told

    def _look(self, line: LineRow, now: Today, kept: _Followed) -> LineNow:
        served_s = kept.following.known.served_s
        found = reported(line.id, now.clock, now.start_ms, now.since_ms, served_s)
        second = (now.clock.now_ms - now.start_ms) / 1000
        wait = kept.following.to(found.events, second) if found.events else None
        since = blind.blind_since(found.events, kept.following.course.shown, second)
        if wait and since is not None:
            found = unseen(found, now.start_ms + int(since * 1000))
        normal = kept.usual.at((now.clock.now_ms // 1000 + SEOUL_S) % DAY_S)
        return self._told(line, now, kept, found, wait, normal)

    def _told(
        self, line: LineRow, now: Today, kept: _Followed, found: Reported, wait: Wait | None,
        normal: Wait | None,
    ) -> LineNow:  # fmt: skip
        return LineNow(
            line.id, line.name, found.state, wait, normal,
            levels.trend(kept.following.course.recent()), found.sources,
            self._advice(now, kept.following),
        )  # fmt: skip

    def _advice(self, now: Today, following: Following) -> int | None:
        """When to go, by the canteen's clock; 0 for now. Nothing before it opens."""
        at_ms = now.clock.now_ms
        if now.meal is None or at_ms < now.meal.opens_ms:
            return None
        left_s = (now.meal.closes_ms - at_ms) / 1000
        found = advice.of_course(
            following.course, following.known.days, left_s, at_ms / 1000 % 3600
        )
        if found is None:
            return None
        return at_ms + round(found.later_s * 1000) if found.later_s else 0

    def _followed(self, canteen: CanteenRow, line: LineRow, now: Today, lines: int) -> _Followed:
        """A line's meal from its beginning, by what is known now: what a day teaches meanwhile
        (of a worker that was off) begins it anew."""
        meal = now.meal.meal if now.meal else ""
        learned = estimates.find_learned(line.id, meal)
        measures = tuple(told for _, told in marks.list_counters(line.id))
        key = (now.start_ms, now.clock.seed, learned and learned[1], measures, canteen.people)
        kept = self.followed.get(line.id)
        if kept is None or kept.key != key:
            known = counted_by(known_of(canteen, line.id, meal, lines), measures)
            opens_s = 0.0 if now.clock.seed is not None else LEAD_S
            following = Following(known, seed_of(line.id, now.day), opens_s)
            kept = _Followed(canteen.id, key, following, usual_of(line.id, now.day))
            self.followed[line.id] = kept
        return kept


def step_of(now: Today) -> int:
    """The step of a meal that a moment lies in; a played lunch goes on every second of ours."""
    speed = max(1, now.clock.speed)
    return now.clock.now_ms // int(1000 * (speed if speed > 1 else STEP_S))


def since_of(now: Today) -> int:
    """From when on reports are about the present meal, by our clock."""
    return now.clock.real(min(now.start_ms, now.since_ms))


def seed_of(line_id: str, day: date) -> int:
    """The chance of a line's day: the same whoever computes it."""
    return (UUID(line_id).int ^ day.toordinal()) % 2**32


def known_of(canteen: CanteenRow, line_id: str, meal: str, lines: int) -> Beliefs:
    """What is believed of a line before a meal begins."""
    found = estimates.find_learned(line_id, meal)
    known = beliefs.from_json(found[0]) if found is not None else None
    if known is not None and known.days:
        return known
    return beliefs.at_first(canteen.people / max(1, lines), FIRST_MEAL_S + LEAD_S + TAIL_S)


def counted_by(known: Beliefs, measures: tuple[str, ...]) -> Beliefs:
    """What is believed of a line that has such counters."""
    return replace(
        known, counts_in=bool({"in", "both"} & set(measures)),
        counts_out=bool({"out", "both"} & set(measures)),
    )  # fmt: skip


def usual_of(line_id: str, day: date) -> Usual:
    """What is usual on a weekday; where no same weekday is known, on any of the last days."""
    same, last = (
        usual.combine([Seen(one.day, one.bin, one.q10, one.q50, one.q90, one.people)
                       for one in estimates.list_bins(line_id, days)])
        for days in usual.days_before(day)
    )  # fmt: skip
    return usual.filled(same, last)
