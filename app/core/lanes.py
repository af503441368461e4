"""Lanes: what the worker does again and again, each in a thread of its own.

The danger removed here: a slow neighbour. A delivery that waits for somebody else's server must
not hold up the picture that has just arrived. A lane asks every second whether something is due;
rows in the database say what, so nothing is lost when the process dies.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

LOG = logging.getLogger("app.lanes")
STOP_WITHIN_S = 10.0
Verb = Callable[[], int]


@dataclass(frozen=True)
class Lane:
    """One thread: `verb` does what is due and says how much it did; none, and the lane rests."""

    name: str
    verb: Verb
    pause_s: float = 1.0


def step(app: Flask, lane: Lane) -> int:
    """Do what is due in a lane once; how much was done. A failure is logged and done again."""
    with app.app_context():
        try:
            return lane.verb()
        except Exception as error:  # the lane lives on: a locked database is free again later
            LOG.error("lane failed", exc_info=error, extra={"facts": {"lane": lane.name}})
            return 0


class Running:
    """Lanes at work."""

    def __init__(self, app: Flask, lanes: tuple[Lane, ...]) -> None:
        """Start a thread for each lane."""
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(app, lane), name=lane.name, daemon=True)
            for lane in lanes
        ]
        for thread in self._threads:
            thread.start()

    def _run(self, app: Flask, lane: Lane) -> None:
        while not self._stop.is_set():
            if step(app, lane) == 0:
                self._stop.wait(lane.pause_s)

    def stop(self) -> None:
        """Let each lane finish what it does, for a while; a lease frees what it could not."""
        self._stop.set()
        for thread in self._threads:
            thread.join(STOP_WITHIN_S)
