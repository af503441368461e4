"""Whose photo is made ready next: organisations take turns, and within one its people.

The danger removed here: one phone that sends hundreds of photos, or photos that are slow to decode,
and everybody else's wait behind them. Whoever was served longest ago comes next. That is remembered
by the worker's process alone: after a restart everybody begins anew, and of two processes each
takes turns by itself. It only chooses; the claim of a task is as safe as without it.
"""

from __future__ import annotations

from typing import Final

from app.core import clock
from app.photos.queries import photos
from app.photos.service import undone

MOST_REMEMBERED: Final = 10_000


class Turns:
    """When each organisation and person was served, as a number that grows."""

    def __init__(self) -> None:
        """Nobody was served yet."""
        self.count = 0
        self.served: dict[str, int] = {}

    def choose(self) -> str | None:
        """The id of the due task whose turn it is; None when no photo is due."""
        now = clock.now()
        waiting = photos.list_due(undone.PROCESS, now)
        if not waiting:
            return None
        # Of those served alike, the first of the list: the one who waits longest.
        organisation_id, person_id = min(waiting, key=self._last)
        self._serve(organisation_id, person_id)
        return photos.find_due(undone.PROCESS, now, person_id)

    def _last(self, whose: tuple[str, str]) -> tuple[int, int]:
        return self.served.get(whose[0], 0), self.served.get(whose[1], 0)

    def _serve(self, *whose: str) -> None:
        if len(self.served) > MOST_REMEMBERED:
            self.served.clear()
        self.count += 1
        self.served |= dict.fromkeys(whose, self.count)
