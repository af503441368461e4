"""What each day teaches: the lunch is lived through once more, whole, and what it taught is kept;
then the check-ins of that day are deleted.

A worker that was off for a while makes up for it, day by day in their order. Each day is one
transaction: killed at any moment, it teaches once.
"""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from app.cafeteria.models import CheckIn, Estimate, Learned, Reading
from app.cafeteria.queries import check_ins as check_ins_q
from app.cafeteria.queries import estimates, marks, places, readings
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.rules import beliefs
from app.cafeteria.rules.beliefs import Beliefs
from app.cafeteria.rules.follow import GRACE_S, Following
from app.cafeteria.rules.hours import Sitting
from app.cafeteria.rules.line_events import LEAD_S, TAIL_S
from app.cafeteria.rules.play import CanteenClock
from app.cafeteria.service import check_ins, ingest, plans, taps, wishes
from app.cafeteria.service.events import reported
from app.cafeteria.service.line_now import counted_by, known_of, seed_of
from app.cafeteria.service.timetable import plan_days
from app.core import clock, db
from app.core.db import transaction

LOG = logging.getLogger("app.cafeteria")
BACK_DAYS: Final = 7
KEEP_DAYS: Final = 30  # raw reports
KEEP_SHOWN_DAYS: Final = 400
DAY_MS: Final = 86_400_000
LATE_MS: Final = 600_000  # reports of a counter that was offline may still come


def learn_due() -> int:
    """Learn from every meal that is over and was not learned from; how many were."""
    learned = 0
    for canteen in places.list_all_canteens():
        if estimates.find_replay(canteen.id) is not None:
            continue  # a played lunch teaches nothing
        lines = places.list_lines(canteen.id)
        for line in lines:
            try:
                learned += _line(canteen, line, len(lines))
            except Exception as error:  # other lines have something to teach too
                LOG.error("learning failed", exc_info=error, extra={"facts": {"line": line.id}})
    return learned


def _line(canteen: CanteenRow, line: LineRow, lines: int) -> int:
    now_ms = clock.precise() // 1000
    first = clock.seoul_day(now_ms // 1000) - timedelta(days=BACK_DAYS)
    learned, before_ms = 0, 0
    for day in plan_days(canteen, first, BACK_DAYS + 1):
        for meal in day.sittings:
            over = meal.closes_ms + TAIL_S * 1000 + LATE_MS < now_ms
            if over and _is_new(line.id, meal.meal, day.day):
                since = max(before_ms, meal.opens_ms - plans.EARLY_MS)
                learned += _learn(canteen, line, lines, day.day, meal, since)
            before_ms = meal.closes_ms
    return learned


def _is_new(line_id: str, meal: str, day: date) -> bool:
    found = estimates.find_learned(line_id, meal)
    return found is None or found[1] < day.isoformat()


def _learn(
    canteen: CanteenRow, line: LineRow, lines: int, day: date, meal: Sitting, since_ms: int
) -> bool:
    """Live through a meal that is over, and keep what it taught; a day on which nobody reported
    anything teaches nothing."""
    start_ms = meal.opens_ms - int(LEAD_S * 1000)
    end_ms = meal.closes_ms + int(TAIL_S * 1000)
    measures = tuple(told for _, told in marks.list_counters(line.id))
    known = counted_by(known_of(canteen, line.id, meal.meal, lines), measures)
    at = CanteenClock(end_ms, end_ms)
    found = reported(line.id, at, start_ms, since_ms, known.served_s)
    if not found.events and not known.days:
        _forget_unlearned(line.id, end_ms)
        return False
    if found.events:
        end_s = (end_ms - start_ms) / 1000
        following = Following(known, seed_of(line.id, day), LEAD_S)
        following.to(found.events, end_s + GRACE_S)
        known = beliefs.learn(known, following.course.taught(end_s))
    with transaction():
        keep(line.id, meal.meal, known, day)
        check_ins.forget(line.id, end_ms)
    return True


def _forget_unlearned(line_id: str, end_ms: int) -> None:
    """Delete the check-ins of a meal that taught nothing: one or two people tell nothing, and stay
    no longer for that."""
    if check_ins_q.list_check_ins(line_id, 0, end_ms):
        with transaction():
            check_ins.forget(line_id, end_ms)


def keep(line_id: str, meal: str, known: Beliefs, day: date) -> None:
    """Keep what is known after a day, in the open transaction."""
    row = {
        "line_id": line_id, "meal": meal, "state": json.dumps(known.as_json()),
        "last_day": day.isoformat(),
    }  # fmt: skip
    anew = {"state": row["state"], "last_day": row["last_day"]}
    written = insert(Learned).values(row)
    db.run(written.on_conflict_do_update(index_elements=["line_id", "meal"], set_=anew))


def forget_old() -> int:
    """Delete reports after thirty days, what was shown after 400, yesterday's wishes, and check-ins
    of days before today that no meal took with it; how many rows. Each counter's reports are a
    transaction of their own: nobody waits for all of them."""
    now_ms = clock.precise() // 1000
    raw, shown = now_ms - KEEP_DAYS * DAY_MS, now_ms // 1000 - KEEP_SHOWN_DAYS * 86_400
    today_ms = clock.day_start(clock.seoul_day(now_ms // 1000)) * 1000
    gone = 0
    for device_id in readings.list_all_devices():
        with transaction():
            ingest.note_forgotten(device_id, raw)
            mine = (Reading.device_id == device_id, Reading.at_ms < raw)
            gone += db.run(delete(Reading).where(*mine))
    with transaction():
        gone += wishes.forget_old(wishes.today()) + taps.forget(raw)
        gone += db.run(delete(CheckIn).where(CheckIn.joined_ms < today_ms))
    with transaction():
        gone += db.run(delete(Estimate).where(Estimate.at < shown))
    return gone
