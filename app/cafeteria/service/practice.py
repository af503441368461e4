"""The demonstration's canteen: a lunch is played in it at any hour, after twelve lunches that
taught what is usual. Nothing of it is real, and real canteens have nothing of it."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from typing import Final

from sqlalchemy import delete, insert, update

from app.cafeteria.models import Estimate, Menu, Replay
from app.cafeteria.queries import estimates, places
from app.cafeteria.queries.places import CanteenRow, LineRow
from app.cafeteria.rules import beliefs, practice
from app.cafeteria.rules.course import Course
from app.cafeteria.rules.line_events import LEAD_S
from app.cafeteria.rules.replay import steps
from app.cafeteria.service import canteens, links
from app.cafeteria.service.learning import keep
from app.cafeteria.service.line_now import known_of, seed_of
from app.cafeteria.service.plans import LUNCH
from app.core import clock, db
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.ids import new_id

TAUGHT: Final = 12
FROM_S: Final = 1500  # the first visitor comes when the line grows
SEED: Final = 20_261_127
MEAL: Final = "lunch"
DISHES: Final = (
    ("현미밥", "소고기미역국", "제육볶음", "두부조림", "배추김치"),
    ("보리밥", "된장찌개", "고등어구이", "시금치나물", "깍두기"),
    ("카레라이스", "유부장국", "돈가스", "양배추샐러드", "배추김치"),
    ("잡곡밥", "육개장", "닭갈비", "콩나물무침", "열무김치"),
    ("잔치국수", "주먹밥", "새우튀김", "단무지무침", "배추김치"),
)


def add(organisation_id: str, name: str, lines: tuple[str, ...]) -> str:
    """Make the practice canteen in the open transaction: lines, links, menus, the played lunch."""
    canteen_id = canteens.add_canteen(organisation_id, name, 1500, lines)
    for kind, called in (("kiosk", "주방 전화"), ("wall", "로비 화면")):
        links.make_link(canteen_id, kind, called)
    _write_menus(canteen_id)
    row = {"canteen_id": canteen_id, "started_ms": clock.precise() // 1000, "from_s": FROM_S}
    db.run(insert(Replay).values(**row, speed=1, seed=SEED))
    return canteen_id


def _write_menus(canteen_id: str) -> int:
    """Menus of this week and the next, where there are none; how many were written."""
    today = clock.seoul_day(clock.now())
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=count) for count in range(14)]
    known = {one.day for one in places.list_menus(canteen_id, str(days[0]), str(days[-1]))}
    missing = [day for day in days if str(day) not in known]
    for day in missing:
        items = DISHES[(day.isocalendar().week + day.weekday()) % len(DISHES)]
        row = {"id": new_id(), "canteen_id": canteen_id, "day": str(day), "meal": MEAL}
        told = json.dumps(items, ensure_ascii=False)
        db.run(insert(Menu).values(**row, items=told, changed_at=clock.now()))
    return len(missing)


def renew_menus() -> int:
    """Write the coming menus of every canteen in which a lunch is played; how many."""
    played = [one.id for one in places.list_all_canteens() if estimates.find_replay(one.id)]
    with transaction():
        return sum(map(_write_menus, played))


def teach_one() -> int:
    """Live through one of the twelve lunches before today that is still missing; 0 when there is
    none. Each is one transaction."""
    for canteen in places.list_all_canteens():
        if estimates.find_replay(canteen.id) is None:
            continue
        lines = places.list_lines(canteen.id)
        for line in lines:
            if _teach(canteen, line, len(lines)):
                return 1
    return 0


def _teach(canteen: CanteenRow, line: LineRow, lines: int) -> bool:
    known = known_of(canteen, line.id, MEAL, lines)
    number = round(known.days)
    if number >= TAUGHT:
        return False
    day = workday_before(clock.seoul_day(clock.now()), TAUGHT - number)
    events = practice.lunch(practice.seed_of(line.id, number + 1))
    course = Course(known, seed_of(line.id, day))
    for _, seen in steps(events, practice.LONG_S):
        course.step(seen)
    start = clock.day_start(day) + LUNCH[0] * 60 - int(LEAD_S)
    rows = [
        {"line_id": line.id, "at": start + int(at), "day": day.isoformat(), "q10": wait.q10,
         "q50": wait.q50, "q70": wait.q70, "q90": wait.q90, "people": wait.people,
         "basis": "live"}
        for at, wait in course.shown[::6]
    ]  # fmt: skip
    learned = beliefs.learn(known, course.taught(practice.LONG_S))
    if round(learned.days) == number:  # never stay at the same one for ever
        learned = beliefs.from_json(learned.as_json() | {"days": math.floor(known.days) + 1.0})
    with transaction():
        db.run(delete(Estimate).where(Estimate.line_id == line.id, Estimate.day == day.isoformat()))
        db.run_many(insert(Estimate), rows)
        keep(line.id, MEAL, learned, day)
    return True


def workday_before(day: date, count: int) -> date:
    """The so-many-th workday before a day."""
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day


def play(canteen_id: str, speed: int, anew: bool) -> None:
    """Let the played lunch go on at another speed, or begin anew, in the open transaction.

    Raises:
        NotFound: no lunch is played there.
    """
    found = estimates.find_replay(canteen_id)
    if found is None:
        raise NotFound
    now_ms = clock.precise() // 1000
    gone = found.from_s + (now_ms - found.started_ms) * found.speed // 1000
    rounds, second = divmod(gone, int(practice.ROUND_S))
    changed = {
        "started_ms": now_ms, "speed": speed, "from_s": 0 if anew else second,
        "seed": found.seed + rounds + int(anew),
    }  # fmt: skip
    db.run(update(Replay).where(Replay.canteen_id == canteen_id).values(changed))
