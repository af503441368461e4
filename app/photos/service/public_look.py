"""Whether a photo's original lies as it was signed, for a stranger who scans its QR.

The danger removed here: hashing a whole original costs up to half a second, and whoever holds one
sheet could ask for it as often as the page answers. So an answer is kept for some minutes, and
what each address has read anew is bounded by the megabyte. Counted per process.
"""

from __future__ import annotations

import threading
from typing import Final, Literal

from app.core import clock, http
from app.core.errors import TooManyTries
from app.photos.gateways import storage
from app.photos.rules import names
from app.photos.rules.record import Promised

Look = Literal["same", "other", "missing"]
KEPT_S: Final = 300
MOST_KEPT: Final = 2000
MOST_BYTES: Final = 400 * 1024 * 1024  # a minute and address: a hundred usual photos, ten largest
MINUTE: Final = 60


class Looks:
    """Answers of the last minutes, and how much each address had read in this one."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Look, int]] = {}
        self._minute = 0
        self._read: dict[str, int] = {}

    def find(self, key: str, now: int) -> Look | None:
        """The answer, when it is young enough."""
        with self._lock:
            found = self._known.get(key)
        return found[0] if found and now - found[1] < KEPT_S else None

    def keep(self, key: str, look: Look, now: int) -> None:
        """Remember an answer; the oldest goes when there are too many."""
        with self._lock:
            self._known.pop(key, None)
            if len(self._known) >= MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = look, now

    def seconds_to_wait(self, asker: str, size: int, now: int) -> int:
        """Count bytes that are to be read; 0, or the seconds to wait when they are too many."""
        with self._lock:
            if now // MINUTE != self._minute or len(self._read) > MOST_KEPT:
                self._minute, self._read = now // MINUTE, {}
            read = self._read.get(asker, 0) + size
            if read <= MOST_BYTES:
                self._read[asker] = read
        return 0 if read <= MOST_BYTES else MINUTE - now % MINUTE


_LOOKS = Looks()


def look(promised: Promised, organisation_id: str, asker: str) -> Look:
    """Whether the original lies there as it was signed, as of the last minutes.

    Raises:
        TooManyTries: the asker had too much read in this minute.
        StorageUnreachable: nobody can say so just now.
    """
    config, now = http.config(), clock.now()
    name = names.original(organisation_id, promised.sha256, promised.id)
    key = f"{config.files_url} {name}"
    known = _LOOKS.find(key, now)
    if known is not None:
        return known
    wait = _LOOKS.seconds_to_wait(asker, promised.size, now)
    if wait:
        raise TooManyTries(wait)
    try:
        same = storage.store(config).sha256(name) == promised.sha256
    except FileNotFoundError:
        return "missing"
    _LOOKS.keep(key, "same" if same else "other", now)
    return "same" if same else "other"
