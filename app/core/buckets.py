"""What somebody may use up: so much at once, and then as it flows in again.

A limit by the minute (guard.limit) counts requests that cost alike. Where one may bring a hundred
times as much as another, and a whole day at once after a breakdown, what it brings is counted.
"""

from __future__ import annotations

import math
import threading

LARGEST = 10_000


class Buckets:
    """A bucket for each asker, full at first; of one process."""

    def __init__(self, size: float, per_minute: float) -> None:
        """Begin with full buckets.

        Args:
            size: what is in a full one.
            per_minute: what flows in.
        """
        self.size, self.per_s = size, per_minute / 60
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}  # what was left, and when (seconds)

    def seconds_to_wait(self, asker: str, amount: float, now: float) -> int:
        """Take an amount out of a bucket, and answer 0; or leave all in it, and answer in how many
        seconds there will be enough."""
        with self._lock:
            if asker not in self._left and len(self._left) >= LARGEST:
                self._drop_full(now)
            left, before = self._left.get(asker, (self.size, now))
            left = min(self.size, left + max(0.0, now - before) * self.per_s)
            enough = amount <= left
            self._left[asker] = (left - amount if enough else left, max(now, before))
        return 0 if enough else max(1, math.ceil((amount - left) / self.per_s))

    def _drop_full(self, now: float) -> None:
        """Forget those that are full again; all, when there are still too many."""
        kept = {
            asker: one
            for asker, one in self._left.items()
            if one[0] + (now - one[1]) * self.per_s < self.size
        }
        self._left = kept if len(kept) < LARGEST else {}
