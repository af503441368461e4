"""What web processes remember of the canteens' documents, so that thousands of open pages ask
nobody else."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from flask import Flask

from app.cafeteria.queries import estimates
from app.cafeteria.service import addresses
from app.core.errors import Refusal
from app.core.first import Document

AGE_S: Final = 0.25
LATE_S: Final = 5.0  # the database was not asked for so long: better say nothing from memory
KNOWN_S: Final = 3600.0
MOST_KNOWN: Final = 10_000
RETRY_S: Final = 1.0  # after the database could not be read
SAID_EVERY_S: Final = 60.0
LOG = logging.getLogger("app.cafeteria.shelf")


class Shelf:
    """The documents of all canteens; never older than a quarter of a second when it answers."""

    def __init__(self, app: Flask, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing; what is asked for first is read first."""
        self.app, self.monotonic = app, monotonic
        self.lock = threading.Lock()
        self.read_at = self.next_at = -LATE_S
        self.said_at = -SAID_EVERY_S
        self.documents: dict[str, Document] = {}
        self.walls: set[str] = set()
        self.known: dict[str, tuple[str, str, float]] = {}

    def find(self, token: str) -> Document | None:
        """The document that a signed address shows; None when Flask should answer."""
        now = self.monotonic()
        if now > self.next_at:
            self._read(now)
        if now - self.read_at > LATE_S:
            return None
        seen = self.known.get(token)
        if seen is None or seen[2] < now:
            seen = self._open(token, now)
        if seen is None or (seen[1] and seen[1] not in self.walls):
            return None
        return self.documents.get(seen[0])

    def _open(self, token: str, now: float) -> tuple[str, str, float] | None:
        try:
            with self.app.app_context():
                canteen_id, link_id = addresses.read_token(token)
        except Refusal:
            return None
        if len(self.known) >= MOST_KNOWN:
            self.known = {}
        found = self.known[token] = (canteen_id, link_id, now + KNOWN_S)
        return found

    def _read(self, now: float) -> None:
        """Look what has changed, unless another thread does. What fails here must not fail each
        question: for a while the memory is good enough, then Flask says what is wrong."""
        if not self.lock.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                self._compare(estimates.list_tags())
                self.walls = estimates.list_wall_links()
            self.read_at, self.next_at = now, now + AGE_S
        except Exception as error:  # whatever it is, pages ask again in seconds
            self.next_at = now + RETRY_S
            self._say(error, now)
        finally:
            self.lock.release()

    def _say(self, error: Exception, now: float) -> None:
        if now - self.said_at >= SAID_EVERY_S:
            self.said_at = now
            LOG.error("documents cannot be read", exc_info=error)

    def _compare(self, tags: dict[str, str]) -> None:
        """Take what is new, let go of what is no more."""
        for canteen_id in set(self.documents) - set(tags):
            del self.documents[canteen_id]
        for canteen_id, tag in tags.items():
            old = self.documents.get(canteen_id)
            if old is None or old.tag != tag:
                self._take(canteen_id)

    def _take(self, canteen_id: str) -> None:
        row = estimates.find_document(canteen_id)
        if row is not None:
            self.documents[canteen_id] = Document(row.tag, row.body.encode())
