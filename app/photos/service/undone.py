"""What the worker could not do, for the operator; light, as the web process imports it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from app.core import clock, outbox
from app.photos.queries import photos

STUCK_S: Final = 900  # younger ones are still being made ready
PROCESS: Final = "photo-process"
MOST_NAMED: Final = 20


def list_lines() -> Iterator[str]:
    """What is not done, a line each: tasks that rest for good, counted by kind; and photos that
    have arrived long ago and are not ready, which are tried again every hour and so hardly ever
    rest. The longest waiting are named, with the error of their last try."""
    for kind, count in outbox.count_dead().items():
        yield f"{kind} {count}"
    stuck = photos.list_stuck(PROCESS, clock.now() - STUCK_S)
    if stuck:
        yield f"photo-not-ready {len(stuck)}"
    for photo_id, error in stuck[:MOST_NAMED]:
        yield f"  {photo_id} {error or 'not tried'}"
