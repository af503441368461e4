"""Who stands in a line by their own word, for as long as this process lives and some hours at most.

The danger removed here: one person who checks in three times, from two browsers or by an older
cookie, and thereby learns when a colleague joined. It is remembered in memory and nowhere else.
Each web process lets a person have one check-in for a line: with the usual two of them that is two,
and three are needed before anything is told.
"""

from __future__ import annotations

import threading
from typing import Final

MOST: Final = 20_000


class Standing:
    """Check-ins by person and line, each until a second (Unix)."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], tuple[str, int]] = {}

    def find(self, person_id: str, line_id: str, now: int) -> str:
        """The check-in that a person has in a line; "" for none."""
        with self._lock:
            check_in_id, until = self._kept.get((person_id, line_id), ("", 0))
        return check_in_id if until > now else ""

    def note(self, person_id: str, line_id: str, check_in_id: str, until: int, now: int) -> None:
        """Remember it, and forget those that are over."""
        with self._lock:
            if len(self._kept) >= MOST:
                living = {key: one for key, one in self._kept.items() if one[1] > now}
                self._kept = living if len(living) < MOST else {}
            self._kept[(person_id, line_id)] = (check_in_id, until)

    def forget(self, person_id: str, line_id: str) -> None:
        """It was a mistake."""
        with self._lock:
            self._kept.pop((person_id, line_id), None)


STANDING: Final = Standing()
