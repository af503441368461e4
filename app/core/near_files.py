"""The near side of a store on another machine: its folders, the hashes kept beside, and moves.

Each name has folders of its own, so those that are empty go with the last file in them: else the
lane that looks for what waits would walk every photo there ever was.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.core.files import Store


@dataclass(frozen=True)
class State:
    """How far the queue is: files that wait, since when the oldest (Unix seconds), files kept."""

    waiting: int
    oldest: int | None
    kept: int


def state(queue: Store, kept: Store) -> State:
    """What waits and what is kept."""
    waiting = [written(queue, name) for name in names(queue)]
    return State(len(waiting), int(min(waiting)) if waiting else None, sum(1 for _ in names(kept)))


def place(folder: Path) -> Store:
    """The store of a folder; its address is taken as it stands, whatever the folder is called."""
    return Store(f"file://{folder}")


def names(store: Store) -> Iterator[str]:
    """All names of a store in a folder; drafts have none."""
    root = Path(store.root)
    for folder, _, files in os.walk(root):
        for file in files:
            name = Path(folder, file).relative_to(root).as_posix()
            if store.is_name(name):
                yield name


def written(store: Store, name: str) -> float:
    """When a file was written (Unix seconds); 0 when it is gone."""
    try:
        return Path(store.path(name)).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def move(name: str, source: Store, target: Store) -> None:
    """Give a file its name in another store, and now as its time; empty folders go."""
    path, new = Path(source.path(name)), Path(target.path(name))
    new.parent.mkdir(parents=True, exist_ok=True)
    os.utime(path)
    path.replace(new)
    prune(path.parent, Path(source.root))


def drop(name: str, store: Store) -> None:
    """Delete a file that may be gone already, and the folders that are empty then."""
    path = Path(store.path(name))
    path.unlink(missing_ok=True)
    prune(path.parent, Path(store.root))


def prune(folder: Path, root: Path) -> None:
    """Delete a folder and those above it, below the root, as long as they are empty."""
    with suppress(OSError):  # not empty, or gone
        while folder != root and folder.is_relative_to(root):
            folder.rmdir()
            folder = folder.parent


def prune_all(root: Path) -> None:
    """Delete every empty folder below the root."""
    for folder, _, _ in os.walk(root, topdown=False):
        prune(Path(folder), root)


@contextmanager
def held(lock: Path, how: int) -> Iterator[None]:
    """Hold a lock file, shared (fcntl.LOCK_SH) or alone (LOCK_EX); it goes with the process."""
    lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)
