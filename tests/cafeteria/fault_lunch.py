"""A part of a lunch, lived through in virtual time, whose counters have a fault for a while.

Every ten seconds each counter reports by the real interface, signed; then the canteen is brought up
to that moment and what open pages are told is read. Beside it stands the truth: who stands in the
line, and of when the newest thing is that the fault let through. The kitchen is silent.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from app.cafeteria.models import Estimate
from app.cafeteria.queries import estimates
from app.cafeteria.service.live import Live
from app.core import db
from app.core.clock import SEOUL
from app.core.db import transaction
from tests.cafeteria.counters import Counter, make_counter, sign, stop_clock
from tests.cafeteria.faults import Fault
from tests.cafeteria.lunches import Lunch
from tests.cafeteria.made import make_canteen
from tests.scene import Scene

OPENS = datetime(2026, 11, 26, 11, 30, tzinfo=SEOUL)
ZERO = int(OPENS.timestamp())
EVERY_S = 10
LAG_S = 0.2  # from a reading until it has come
LIVE_S, BACK_S = 90, 120
CYCLE_S, BUSY_S, BUSY, CALM = 1500, 900, 0.42, 0.15  # people a second
SERVED_S, HATCHES = 7.0, 2


def busy_lunch(seed: int, seconds: int) -> Lunch:
    """A line that grows for a quarter of an hour and shrinks for ten minutes, again and again."""
    chance = random.Random(f"a busy lunch, {seed}")  # noqa: S311  repeatable on purpose
    came, at, free, served = [], 0.0, [0.0] * HATCHES, []
    while at < seconds + 600:
        at += chance.expovariate(BUSY if at % CYCLE_S < BUSY_S else CALM)
        came.append(at)
    for person in came:
        start = max(person, heapq.heappop(free))
        heapq.heappush(free, start + chance.gammavariate(1 / 0.36, SERVED_S * 0.36))
        served.append(start)
    return Lunch(came, sorted(served))


@dataclass(frozen=True)
class Moment:
    """What was told at a second of the lunch, and what was true; `told_s` and `newest_s`: of when
    the newest information was, as it was told and in truth (None: none)."""

    at: int
    faulty: bool
    basis: str
    told_s: float | None
    people: int | None
    truth: int
    newest_s: float

    def is_stale(self, told_apart_s: float) -> bool:
        """Whether something old was shown as new.

        Args:
            told_apart_s: for so long nobody can tell this fault from true reports.
        """
        age = self.at - self.newest_s
        claims = self.told_s is not None and self.told_s > self.newest_s + 1 and age > told_apart_s
        return claims or (self.basis == "live" and age > LIVE_S)


class Feed:
    """The counters of a line, and what a fault makes of what they tell."""

    def __init__(self, scene: Scene, fault: Fault, seed: int, seconds: int) -> None:
        """Put the counters up."""
        self.scene, self.fault = scene, fault
        self.chance = random.Random(f"{fault.name}, {seed}")  # noqa: S311  repeatable on purpose
        self.lunch = busy_lunch(seed, seconds)
        made = make_canteen(scene)
        self.made = made
        stop_clock(scene, ZERO)
        self.counters: list[Counter] = [
            make_counter(scene, kind, EVERY_S, made) for kind in fault.kinds
        ]
        self.at, self.told_until, self.seq = 0, 0, 0
        self.newest = 0.0
        self.sent: list[tuple[Counter, bytes, str]] = []
        self.values: dict[str, dict[str, int]] = {}
        self.held: list[tuple[float, Counter, dict[str, Any]]] = []
        self.wrong_way = False
        self.frozen_spell = 0
        self.spell, self.seed, self.zero = 0, seed, ZERO

    @property
    def clock(self) -> float:
        """What a counter's clock shows as it sends."""
        return ZERO + self.at - LAG_S / 2

    @property
    def waiting(self) -> int:
        """People who stand in the line."""
        return self.lunch.waiting(self.at)

    def readings(self) -> Iterator[tuple[Counter, dict[str, int]]]:
        """What each counter would tell now, in its own words; then it begins to count anew."""
        entered, left = (
            sum(self.told_until < one <= self.at for one in times)
            for times in (self.lunch.came, self.lunch.served)
        )
        self.told_until = self.at
        every = {"in": entered, "out": left, "count": self.waiting}
        names = {"both": ("in", "out"), "people": ("count",)}
        for kind, counter in zip(self.fault.kinds, self.counters, strict=True):
            yield counter, {name: every[name] for name in names.get(kind, (kind,))}

    def number(self) -> int:
        """A number that no reading had."""
        self.seq += 1
        return self.seq

    def dated(self, values: dict[str, int]) -> dict[str, Any]:
        """A reading of now."""
        return {"seq": self.number(), "ts": ZERO + self.at - LAG_S, **values}

    def send(self, counter: Counter, body: dict[str, Any], secret: str = "") -> int:
        """Send it signed; the status."""
        given = json.dumps({"device": counter.id} | body).encode()
        signature = sign(secret or counter.secret, given)
        if not secret:
            self.sent.append((counter, given, signature))
        return counter.post(given, signature).status_code

    def tell_all(self) -> None:
        """All counters tell what they saw."""
        for counter, values in self.readings():
            told = values
            if self.wrong_way:
                told = {"in": values["out"], "out": values["in"]}
            self.values[counter.id] = told
            assert self.send(counter, self.dated(told) | {"sent": self.clock}) == 200

    def honest(self) -> None:
        """Nothing is wrong, or it was put right."""
        self.tell_all()
        self.newest = self.at


def make_usual(scene: Scene, line_id: str) -> None:
    """Two lunches of that weekday that are known."""
    rows = []
    for weeks in (1, 2):
        start = OPENS - timedelta(weeks=weeks, minutes=10)
        for minute in range(110):
            at = start + timedelta(minutes=minute)
            wait = {"q10": 3.0, "q50": 5.0, "q70": 6.0, "q90": 8.0, "people": 20.0}
            key = {"line_id": line_id, "at": int(at.timestamp()), "day": at.date().isoformat()}
            rows.append(key | wait | {"basis": "live"})
    with scene.app.app_context(), transaction():
        db.run_many(insert(Estimate), rows)


def live_through(
    scene: Scene, fault: Fault, seed: int, spells: Sequence[tuple[int, int]], until: int,
    *, known: bool = True,
) -> list[Moment]:  # fmt: skip
    """A lunch in which a fault comes and goes.

    Args:
        scene: where.
        fault: which.
        seed: of people and chance.
        spells: from which second to which it lasts, each time.
        until: when to stop, in seconds.
        known: whether past lunches are known.
    """
    feed = Feed(scene, fault, seed, until)
    if known:
        make_usual(scene, feed.made.line_id)
    engine, moments = Live(), []
    for at in range(EVERY_S, until + 1, EVERY_S):
        feed.at = at
        stop_clock(scene, ZERO + at)
        feed.spell = sum(begin <= at for begin, _ in spells)
        faulty = any(begin <= at < end for begin, end in spells)
        if at in {end for _, end in spells}:
            fault.end(feed)
        (fault.act if faulty else Feed.honest)(feed)
        with scene.app.app_context():
            engine.turn()
            found = estimates.find_document(feed.made.canteen_id)
        assert found is not None
        moments.append(_moment(feed, faulty, json.loads(found.body)))
    return moments


def _moment(feed: Feed, faulty: bool, said: dict[str, Any]) -> Moment:
    (line,) = said["lines"]
    told = [one["seen_ms"] for one in line["sources"]] + [line["seen_ms"] or 0]
    newest = max(told) / 1000 - ZERO
    return Moment(
        feed.at, faulty, line["basis"], newest if newest > 0 else None, line["people"],
        feed.waiting, feed.newest,
    )  # fmt: skip


def fell_back_after(moments: Sequence[Moment]) -> float | None:
    """Seconds from the last true information to the first moment that is not told live; None when
    it never came to that."""
    found = (one for one in moments if one.faulty and one.basis != "live")
    return next((one.at - one.newest_s for one in found), None)


def back_after(moments: Sequence[Moment], end: int) -> float | None:
    """Seconds from a fault's end until it is live, and stays so; None when it never is."""
    after = [one for one in moments if one.at >= end and not one.faulty]
    last_bad = max((one.at for one in after if one.basis != "live"), default=end - EVERY_S)
    return last_bad + EVERY_S - end if after and after[-1].basis == "live" else None
