"""Bringing files over to a store on another machine; runs in the worker only.

The danger removed here: an outage of the store that nobody notices while this machine's disk fills.
Each failure is one line in the log with how many files wait and since when, in growing pauses; the
operator's command says the same. Where files lie in a folder there is nothing to bring over.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core import clock, http, ids
from app.core.errors import StorageUnreachable
from app.core.far_files import FarStore, NotTheSameError
from app.photos.gateways import storage
from app.photos.gateways.storage import AnyStore

LOG = logging.getLogger("app.photos.far")
FIRST_S: Final = 5
LONGEST_S: Final = 300
LATE_S: Final = 900  # younger files are still under way


@dataclass
class Pace:
    """How often in a row it failed, and until when it rests (Unix seconds)."""

    failures: int = 0
    until: int = 0


_PACE = Pace()


def push_due() -> int:
    """Bring over what waits; how many files. After a failure it rests for a while."""
    store = _store()
    if not isinstance(store, FarStore) or clock.now() < _PACE.until:
        return 0
    try:
        done = store.push()
    except (StorageUnreachable, NotTheSameError) as error:
        _rest(store, error)
        return 0
    _PACE.failures = 0
    return done


def _rest(store: FarStore, error: Exception) -> None:
    _PACE.until = clock.now() + min(LONGEST_S, FIRST_S * 2 ** min(_PACE.failures, 10))
    _PACE.failures += 1
    state = store.state()
    facts = {"error": str(error), "waiting": state.waiting, "oldest": state.oldest}
    if isinstance(error, NotTheSameError):
        facts["error"] = "other-bytes"
    LOG.error("files could not be brought to the store", extra={"facts": facts})


def check_kept() -> int:
    """See whether what was brought over a day ago is still there, and let our copy of it go; how
    many files have to be brought over again."""
    store = _store()
    try:
        again = store.check_kept(clock.now()) if isinstance(store, FarStore) else 0
    except NotTheSameError as error:
        LOG.error("neither copy is what was brought", extra={"facts": {"file": str(error)}})
        raise
    if again:
        LOG.error("files were lost by the store", extra={"facts": {"files": again}})
    return again


def list_lines() -> Iterator[str]:
    """What waits for too long, a line for the operator."""
    store = _store()
    if isinstance(store, FarStore):
        state = store.state()
        if state.oldest is not None and state.oldest < clock.now() - LATE_S:
            minutes = (clock.now() - state.oldest) // 60
            yield f"store-waiting {state.waiting} (the oldest for {minutes} min)"


def try_out() -> None:
    """Do with a small file what the product does with photos, in the store of the configuration.

    Raises:
        OSError, StorageUnreachable, NotTheSameError: it cannot.
    """
    store, name = _store(), f"try/{ids.new_id()}"
    try:
        for content in (b"first", b"second"):  # a file is replaced, too
            _round(store, name, content)
        store.remove(name)
    except BaseException:
        with suppress(StorageUnreachable):  # not before ours is gone
            store.remove(name)
        raise
    with suppress(FileNotFoundError):
        store.open(name).close()
        raise NotTheSameError(name)


def _round(store: AnyStore, name: str, content: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        store.put(name, Path(file.name))
    if isinstance(store, FarStore):
        store.push_one(name)
    with store.open(name) as taken:
        if taken.read() != content:
            raise NotTheSameError(name)


def _store() -> AnyStore:
    return storage.store(http.config())
