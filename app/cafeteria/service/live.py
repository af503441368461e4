"""The canteens as they are now: each line's lunch is lived through while it happens, and what open
pages are told is written whenever it changes.

One process does this (the worker). What it remembers can be lost at any moment: all of it is
computed from rows again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import Estimate
from app.cafeteria.queries import marks, places
from app.cafeteria.queries.places import CanteenRow
from app.cafeteria.rules import document
from app.cafeteria.rules.document import LineNow, Now
from app.cafeteria.service import documents, menus, plans, wishes
from app.cafeteria.service.line_now import Lines, since_of, step_of
from app.cafeteria.service.plans import Today
from app.core import db
from app.core.db import transaction

LOG = logging.getLogger("app.cafeteria")
IDLE_MS: Final = 5000  # a canteen that rests is looked at so often
REST_S: Final = 30.0  # after a failure, before it is tried again
MINUTE_MS: Final = 60_000
PLAYED: Final = "play"
Key = tuple[object, ...]


class Live:
    """All canteens, turn by turn."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing remembered."""
        self.monotonic = monotonic
        self.lines = Lines()
        self.seen: dict[str, Key] = {}
        self.tags: dict[str, str] = {}
        self.minutes: dict[str, int] = {}
        self.rests: dict[str, float] = {}

    def turn(self) -> int:
        """Bring every canteen up to now; how many have something new to tell."""
        canteens = places.list_all_canteens()
        self._forget({one.id for one in canteens})
        told = 0
        for canteen in canteens:
            if self.rests.get(canteen.id, 0.0) > self.monotonic():
                continue
            try:
                told += self._canteen(canteen)
            except Exception as error:  # the other canteens' people want to eat too
                self.rests[canteen.id] = self.monotonic() + REST_S
                facts = {"canteen": canteen.id}
                LOG.error("a canteen failed", exc_info=error, extra={"facts": facts})
        return told

    def _forget(self, living: set[str]) -> None:
        """Let go of canteens that were removed."""
        for kept in (self.seen, self.tags, self.minutes, self.rests):
            for gone in set(kept) - living:
                kept.pop(gone)
        self.lines.keep(living)

    def _canteen(self, canteen: CanteenRow) -> bool:
        now = plans.today(canteen)
        state = self._state(canteen, now)
        if self.seen.get(canteen.id) == state:
            return False
        shown = self.lines.show(canteen, now)
        said = document.make(said_of(canteen, now, shown))
        tag = documents.tag_of(said)
        fresh = self.tags.get(canteen.id) != tag
        self._write(canteen, now, said if fresh else None, shown)
        self.seen[canteen.id], self.tags[canteen.id] = state, tag
        if fresh and now.meal is not None and now.clock.now_ms >= now.meal.opens_ms:
            self._tell(canteen, now, shown)
        return fresh

    def _state(self, canteen: CanteenRow, now: Today) -> Key:
        """What an answer depends on: the same, and nothing is to be done."""
        if now.meal is None:
            return (now.day, now.clock.now_ms // IDLE_MS, now.coming)
        mark = marks.find_mark(canteen.id, since_of(now))
        at = now.clock
        return (now.day, now.meal, at.seed, at.speed, step_of(now), now.serves, mark)

    def _write(
        self, canteen: CanteenRow, now: Today, said: dict[str, object] | None,
        shown: Sequence[LineNow],
    ) -> None:  # fmt: skip
        """Keep what changed and the minute's estimates."""
        minute = now.clock.now_ms // MINUTE_MS
        new_minute = now.serves and self.minutes.get(canteen.id) != minute
        rows = rows_of(now, minute, shown) if new_minute else []
        if said is None and not rows:
            return
        with transaction():
            if said is not None:
                documents.keep(canteen.id, said)
            db.run_many(_KEEP, rows)
        self.minutes[canteen.id] = minute

    def _tell(self, canteen: CanteenRow, now: Today, shown: Sequence[LineNow]) -> None:
        """Tell who wished for it, in a transaction of its own: nothing else fails with it."""
        short = [one for one in shown if document.may_be_told(one, now.clock.now_ms)]
        if short and wishes.any_wish(canteen.id):
            with transaction():
                waits = [one.wait.q70 for one in short if one.wait]
                wishes.tell_due(canteen.id, waits, [one.name for one in short])


def said_of(canteen: CanteenRow, now: Today, shown: Sequence[LineNow]) -> Now:
    """What is known of a canteen."""
    meal = now.meal if now.serves else None
    wanted = meal or now.coming
    menu = menus.find_menu(canteen.id, now.day, wanted.meal) if wanted else None
    at = now.clock
    return Now(
        canteen.id, canteen.name, at.now_ms, at.real_ms, at.speed, meal, now.coming, now.why,
        (menu.day, menu.meal, menu.items) if menu else None, tuple(shown), at.seed is not None,
    )  # fmt: skip


def rows_of(now: Today, minute: int, shown: Sequence[LineNow]) -> list[dict[str, object]]:
    """What was shown in a minute; a played lunch is marked, so that it never becomes usual."""
    found = []
    for one in shown:
        basis = document.basis_of(one, now.clock.now_ms)
        wait = one.wait if basis == document.LIVE else one.usual
        if wait is None or one.state != document.OPEN:
            continue
        if basis == document.LIVE and now.clock.seed is not None:
            basis = PLAYED
        found.append(
            {"line_id": one.id, "at": minute * 60, "day": now.day.isoformat(),
             "q10": wait.q10, "q50": wait.q50, "q70": wait.q70, "q90": wait.q90,
             "people": wait.people, "basis": basis}
        )  # fmt: skip
    return found


_NEW = insert(Estimate)
_KEEP = _NEW.on_conflict_do_update(
    index_elements=["line_id", "at"],
    set_={name: _NEW.excluded[name] for name in ("q10", "q50", "q70", "q90", "people", "basis")},
)
