"""The canteens as they are now: each line's lunch is lived through while it happens, and what open
pages are told is written whenever it changes.

One process does this (the worker). What it remembers can be lost at any moment: all of it is
computed from rows again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Estimate
from app.cafeteria.queries import estimates, marks, places
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.rules import advice, beliefs, blind, document, levels, usual
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.counted import STEP_S, Wait
from app.cafeteria.rules.document import LineNow, Now
from app.cafeteria.rules.follow import Following
from app.cafeteria.rules.line_events import LEAD_S, TAIL_S
from app.cafeteria.rules.usual import Seen, Usual
from app.cafeteria.service import documents, plans, wishes
from app.cafeteria.service.events import Reported, reported, unseen
from app.cafeteria.service.plans import Today
from app.core import db
from app.core.db import transaction

LOG = logging.getLogger("app.cafeteria")
IDLE_S: Final = 5.0  # a canteen that rests is looked at so often
FIRST_MEAL_S: Final = 7200.0
MINUTE_MS: Final = 60_000
PLAYED: Final = "play"
Key = tuple[object, ...]


class Live:
    """All canteens, turn by turn."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self.followings: dict[Key, Following] = {}
        self.usuals: dict[tuple[str, date], Usual] = {}
        self.seen: dict[str, Key] = {}
        self.tags: dict[str, str] = {}
        self.minutes: dict[str, int] = {}

    def turn(self) -> int:
        """Bring every canteen up to now; how many have something new to tell."""
        told = 0
        for canteen in places.list_all_canteens():
            try:
                told += self._canteen(canteen)
            except Exception as error:  # the other canteens' people want to eat too
                facts = {"canteen": canteen.id}
                LOG.error("a canteen failed", exc_info=error, extra={"facts": facts})
        return told

    def _canteen(self, canteen: CanteenRow) -> bool:
        now = plans.today(canteen)
        state = self._state(canteen, now)
        if self.seen.get(canteen.id) == state:
            return False
        lines = [self._line(canteen, one, now) for one in places.list_lines(canteen.id)]
        said = document.make(self._now(canteen, now, [one for one, _ in lines]))
        tag = documents.tag_of(said)
        fresh = self.tags.get(canteen.id) != tag
        self._write(canteen, now, said if fresh else None, lines)
        self.seen[canteen.id], self.tags[canteen.id] = state, tag
        return fresh

    def _state(self, canteen: CanteenRow, now: Today) -> Key:
        """What an answer depends on: the same, and nothing is to be done."""
        speed = max(1, now.clock.speed)
        if now.meal is None:
            return (now.day, now.clock.now_ms // int(IDLE_S * 1000), now.coming)
        step = now.clock.now_ms // int(1000 * (speed if speed > 1 else STEP_S))
        since = now.clock.real(now.start_ms)
        return (now.day, now.meal, now.clock.seed, speed, step, marks.find_mark(canteen.id, since))

    def _line(self, canteen: CanteenRow, line: LineRow, now: Today) -> tuple[LineNow, Wait | None]:
        if now.meal is None:
            return LineNow(line.id, line.name, document.CLOSED, None, None, 0, ()), None
        following = self._following(canteen, line, now)
        found = reported(line.id, now.clock, now.start_ms, following.known.served_s)
        second = (now.clock.now_ms - now.start_ms) / 1000
        wait = following.to(found.events, second) if found.events else None
        since = blind.blind_since(found.events, following.course.shown, second)
        if wait and since is not None:
            found = unseen(found, now.start_ms + int(since * 1000))
        normal = self._usual(line.id, now).at((now.clock.now_ms // 1000 + 9 * 3600) % 86_400)
        return self._told(line, now, following, found, wait, normal), wait

    def _told(
        self, line: LineRow, now: Today, following: Following, found: Reported, wait: Wait | None,
        normal: Wait | None,
    ) -> LineNow:  # fmt: skip
        course = following.course
        return LineNow(
            line.id, line.name, found.state, wait, normal, levels.trend(course.recent()),
            found.sources, self._advice(now, following),
        )  # fmt: skip

    def _advice(self, now: Today, following: Following) -> int | None:
        """When to go, by the canteen's clock; 0 for now."""
        at_ms = now.clock.now_ms
        left_s = (now.meal.closes_ms - at_ms) / 1000 if now.meal else 0.0
        found = advice.of_course(
            following.course, following.known.days, left_s, at_ms / 1000 % 3600
        )
        if found is None:
            return None
        return at_ms // 1000 * 1000 + int(found.later_s * 1000) if found.later_s else 0

    def _following(self, canteen: CanteenRow, line: LineRow, now: Today) -> Following:
        """The lunch of a line as it is lived through."""
        key = (line.id, now.start_ms, now.clock.seed)
        if key not in self.followings:
            for old in [one for one in self.followings if one[0] == line.id]:
                del self.followings[old]
            meal = now.meal.meal if now.meal else ""
            known = known_of(canteen, line.id, meal, len(places.list_lines(canteen.id)))
            self.followings[key] = Following(known, seed_of(line.id, now.day))
        return self.followings[key]

    def _usual(self, line_id: str, now: Today) -> Usual:
        if (line_id, now.day) not in self.usuals:
            self.usuals = {one: kept for one, kept in self.usuals.items() if one[1] == now.day}
            self.usuals[line_id, now.day] = usual_of(line_id, now.day)
        return self.usuals[line_id, now.day]

    def _now(self, canteen: CanteenRow, now: Today, lines: Sequence[LineNow]) -> Now:
        meal = now.meal if now.serves else None
        wanted = meal or now.coming
        return Now(
            canteen.id, canteen.name, now.clock.now_ms, now.clock.real_ms, now.clock.speed, meal,
            now.coming, now.why, menu_of(canteen.id, now.day, wanted.meal if wanted else ""),
            tuple(lines), now.clock.seed is not None,
        )  # fmt: skip

    def _write(
        self, canteen: CanteenRow, now: Today, said: dict[str, object] | None,
        lines: Sequence[tuple[LineNow, Wait | None]],
    ) -> None:  # fmt: skip
        """Keep what changed, the minute's estimates, and tell who wished for it: all or nothing."""
        minute = now.clock.now_ms // MINUTE_MS
        rows = self._rows(now, minute, lines) if now.serves else []
        new_minute = self.minutes.get(canteen.id) != minute
        live = [
            (one, wait)
            for one, wait in lines
            if wait and one.state == document.OPEN and now.serves
            and document.basis_of(one, now.clock.now_ms) == document.LIVE
        ]  # fmt: skip
        if said is None and not (new_minute and rows):
            return
        with transaction():
            if said is not None:
                documents.keep(canteen.id, said)
            if new_minute:
                db.run_many(_KEEP, rows)
            wishes.tell_due(
                canteen.id, [wait.q70 for _, wait in live], [one.name for one, _ in live]
            )
        self.minutes[canteen.id] = minute

    def _rows(
        self, now: Today, minute: int, lines: Sequence[tuple[LineNow, Wait | None]]
    ) -> list[dict[str, object]]:
        """What was shown in a minute; a played lunch is marked, so that it never becomes usual."""
        found = []
        for one, wait in lines:
            basis = document.basis_of(one, now.clock.now_ms)
            shown = wait if basis == document.LIVE else one.usual
            if basis == document.LIVE and now.clock.seed is not None:
                basis = PLAYED
            if shown is None or one.state != document.OPEN:
                continue
            found.append(
                {"line_id": one.id, "at": minute * 60, "day": now.day.isoformat(),
                 "q10": shown.q10, "q50": shown.q50, "q70": shown.q70, "q90": shown.q90,
                 "people": shown.people, "basis": basis}
            )  # fmt: skip
        return found


_NEW = insert(Estimate)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["line_id", "at"],
    set_={name: _NEW.excluded[name] for name in ("q10", "q50", "q70", "q90", "people", "basis")},
)


def seed_of(line_id: str, day: date) -> int:
    """The chance of a line's day: the same whoever computes it."""
    return (UUID(line_id).int ^ day.toordinal()) % 2**32


def known_of(canteen: CanteenRow, line_id: str, meal: str, lines: int) -> Beliefs:
    """What is believed of a line before a meal begins."""
    found = estimates.find_learned(line_id, meal)
    if found is not None:
        return beliefs.from_json(found[0])
    return beliefs.at_first(canteen.people / max(1, lines), FIRST_MEAL_S + LEAD_S + TAIL_S)


def usual_of(line_id: str, day: date) -> Usual:
    """What is usual on a weekday; while no same weekday is known, on any of the last days."""
    same, last = usual.days_before(day)
    for days in (same, last):
        rows = estimates.list_bins(line_id, days)
        if rows:
            return usual.combine(
                [Seen(one.day, one.bin, one.q10, one.q50, one.q90, one.people) for one in rows]
            )
    return Usual({}, 0)


def menu_of(canteen_id: str, day: date, meal: str) -> tuple[str, str, tuple[str, ...]] | None:
    """What there is to eat at a meal of a day."""
    told = day.isoformat()
    found = [one for one in places.list_menus(canteen_id, told, told) if one.meal == meal]
    return (told, meal, found[0].items) if found else None
