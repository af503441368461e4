"""Lanes: what is due is done at once, a slow one holds up no other, a failing one lives on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy import select

from app.core import outbox
from app.core.db import transaction, value
from app.core.lanes import Lane, Running, step
from app.core.outbox import Task
from app.worker import LANES


def wait_for(what: Callable[[], object], seconds: float = 10.0) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(what())


def test_a_step_runs_in_the_application_and_says_how_much_it_did(app: Flask) -> None:
    assert step(app, Lane("x", lambda: 3 if current_app.name == "app" else 0)) == 3


def test_a_failing_step_is_none_and_the_lane_goes_on(app: Flask) -> None:
    tries: list[int] = []

    def fails_once() -> int:
        """The database was locked, the first time."""
        tries.append(1)
        if len(tries) == 1:
            raise OSError("locked")
        return 0

    running = Running(app, (Lane("x", fails_once, pause_s=0.01),))
    assert wait_for(lambda: len(tries) >= 2)
    running.stop()


def test_a_slow_lane_holds_up_no_other(app: Flask) -> None:
    done, free = threading.Event(), threading.Event()

    def slow() -> int:
        """Somebody else's server that does not answer."""
        free.wait(10)
        return 0

    def quick() -> int:
        """A picture that has just come."""
        done.set()
        return 0

    running = Running(app, (Lane("slow", slow, 0.01), Lane("quick", quick, 0.01)))
    assert done.wait(5)
    free.set()
    running.stop()


def test_a_lane_does_a_task_soon_and_rests_while_there_is_none(app: Flask) -> None:
    seen: list[object] = []
    asked: list[int] = []

    def work() -> int:
        """Work off the outbox, and count how often it was asked for."""
        asked.append(1)
        return outbox.work_off({"say": lambda given: seen.append(given["word"])})

    running = Running(app, (Lane("x", work, pause_s=0.2),))
    with app.app_context(), transaction():
        outbox.add("say", "1", word="가")
        outbox.add("say", "1", word="twice is once")
    assert wait_for(lambda: seen)
    time.sleep(0.5)
    running.stop()
    assert seen == ["가"]
    assert len(asked) < 12
    with app.app_context():
        assert value(select(Task.id)) is None


# Nobody waits for these: they only make what is right already quicker.
UNHURRIED = {"directory-index", "directory-counts", "canteen-learn", "canteen-practice"}


def test_the_workers_lanes_have_names_of_their_own() -> None:
    names = [lane.name for lane in LANES]
    assert len(names) == len(set(names)) >= 2
    assert all(lane.pause_s <= 1.0 for lane in LANES if lane.name not in UNHURRIED)
