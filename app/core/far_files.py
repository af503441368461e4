"""Files on another machine, by URL: S3-compatible stores and WebDAV, through fsspec.

The dangers removed here: a phone that deletes its copy because another machine said "written"
(none of these protocols says that bytes are on a disk), a reader who finds half a file while it is
replaced, and an outage of the store that stops the field work. So what is put is first a file on
this machine's disk, flushed, and that is what a receipt is signed for. A lane of the worker brings
it over and reads it back; a copy stays here for a day, and goes only when the far one, read once
more, is still the same.

    near/queue     not yet over there, or not yet proved to be
    near/kept      proved to be over there; deleted after a day, when it still is
    near/reading   what is being fetched (files without a name)

Readers look here first. Whoever asks for a hash, to judge a photo, is told that of the far file.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import StorageUnreachable
from app.core.far_system import Login, connect, disconnect, none_is_no_error, told
from app.core.files import Store, pieces

KEPT_S = 24 * 3600
FAILURES_IN_A_ROW = 3


class NotTheSameError(Exception):
    """What was read back is not what was brought over."""


@dataclass(frozen=True)
class State:
    """How far the queue is: files that wait, since when the oldest (Unix seconds), files kept."""

    waiting: int
    oldest: int | None
    kept: int


class FarStore:
    """A store on another machine, with a queue on this one; the same verbs as `Store`."""

    def __init__(self, url: str, near: Path, login: Login) -> None:
        """Remember where; connects to nothing yet."""
        self.system, self.root = connect(url, login)
        self.near = near
        self.queue = Store((near / "queue").as_uri())
        self.kept = Store((near / "kept").as_uri())
        self.failed = set[str]()

    def close(self) -> None:
        """Give the connections back."""
        disconnect(self.system)

    def path(self, name: str) -> str:
        """The full path of a name over there. Raises ValueError: a name that is none of ours."""
        self.queue.path(name)
        return f"{self.root}/{name}" if self.root else name

    def put(self, name: str, source: Path) -> None:
        """Copy a local file to a name, whole or not at all; it is on this machine's disk then."""
        with self._held(fcntl.LOCK_SH):
            self.queue.put(name, source)

    def open(self, name: str) -> BinaryIO:
        """Open for reading: what lies here, else what is far away, fetched as a whole.

        Raises:
            FileNotFoundError: nowhere. StorageUnreachable: the far store does not answer.
        """
        # Once more at the end: what was missed over there goes back into the queue.
        return _first(name, self.queue.open, self.kept.open, self._fetch, self.queue.open)

    def size(self, name: str) -> int:
        """Its size in bytes. Raises as `open` does."""
        with self.open(name) as file:
            return file.seek(0, os.SEEK_END)

    def sha256(self, name: str) -> bytes:
        """The hash of a file's bytes, as they lie where they are to stay. Raises as `open` does."""
        with _first(name, self.queue.open, self._fetch, self.kept.open) as file:
            return _sha256(file)

    def remove(self, name: str) -> None:
        """Delete a file everywhere; one that is not there is no error.

        Raises:
            StorageUnreachable: it may still be there.
        """
        with self._held(fcntl.LOCK_SH):
            self.queue.remove(name)
            self.kept.remove(name)
        self._remove_far(self.path(name))

    def remove_all(self, folder: str) -> None:
        """Delete everything under a folder of the store; one that is not there is no error.

        Raises:
            StorageUnreachable: something may still be there.
        """
        with self._held(fcntl.LOCK_SH):
            self.queue.remove_all(folder)
            self.kept.remove_all(folder)
        with told(), none_is_no_error():
            self.system.rm(self.path(folder), recursive=True)

    def sweep(self, before: int) -> int:
        """Delete drafts that were last written before a moment (Unix seconds); how many."""
        return self.queue.sweep(before)

    def push(self, most: int = 100) -> int:
        """Bring over what waits, the oldest first, and read it back; how many files. What failed
        before comes last, so that one file that cannot be brought over holds up no other.

        Raises:
            StorageUnreachable: the far store does not answer. NotTheSameError: it gives other
                bytes back. Whatever is not proved to be there waits on.
        """
        names = sorted(self._names(self.queue), key=self._turn)
        error: Exception | None = None
        done = in_a_row = 0
        for name in names[:most]:
            try:
                self.push_one(name)
            except (StorageUnreachable, NotTheSameError) as failed:
                error, in_a_row = failed, in_a_row + 1
                self.failed.add(name)
                if in_a_row == FAILURES_IN_A_ROW:
                    break
            else:
                done, in_a_row = done + 1, 0
                self.failed.discard(name)
        if error is not None:
            raise error
        return done

    def push_one(self, name: str) -> None:
        """Bring one file over and read it back. Raises as `push` does."""
        source = Path(self.queue.path(name))
        try:
            brought, sha256 = source.stat(), self.queue.sha256(name)
            self._bring(name, source)
        except FileNotFoundError:  # removed, or replaced, meanwhile
            return
        if self._far_sha256(name) != sha256:
            raise NotTheSameError(name)
        with self._held(fcntl.LOCK_EX):
            gone = not source.exists()
            if not gone and os.path.samestat(source.stat(), brought):
                _move(source, Path(self.kept.path(name)))
        if gone:
            self._remove_far(self.path(name))

    def _turn(self, name: str) -> tuple[bool, float]:
        return name in self.failed, self._written(self.queue, name)

    def check_kept(self, now: float) -> int:
        """Read what was brought over a day ago once more: the same, and our copy goes; else it is
        brought over again. How many had to be.

        Raises:
            StorageUnreachable: the far store does not answer.
        """
        again = 0
        for name in self._names(self.kept):
            if self._written(self.kept, name) < now - KEPT_S:
                again += self._check(name)
        return again

    def state(self) -> State:
        """What waits and what is kept."""
        waiting = [self._written(self.queue, name) for name in self._names(self.queue)]
        oldest = int(min(waiting)) if waiting else None
        return State(len(waiting), oldest, sum(1 for _ in self._names(self.kept)))

    def _bring(self, name: str, source: Path) -> None:
        """Send a file over, and make the folders that lead there where the store knows folders.

        Raises:
            FileNotFoundError: it is no longer here.
        """
        try:
            with told():
                self.system.put_file(str(source), self.path(name))
        except FileNotFoundError as error:
            if source.exists():  # then it is the bucket, or the folder of all, that is missing
                raise StorageUnreachable("no-folder") from error
            raise

    def _check(self, name: str) -> bool:
        path = Path(self.kept.path(name))
        with self._held(fcntl.LOCK_SH):
            if not path.exists():
                return False
        try:
            same = self._far_sha256(name) == self.kept.sha256(name)
        except FileNotFoundError:
            same = False
        with self._held(fcntl.LOCK_EX):
            waits = Path(self.queue.path(name))
            if same or waits.exists():
                path.unlink(missing_ok=True)
            elif path.exists():
                _move(path, waits)
        return not same

    def _far_sha256(self, name: str) -> bytes:
        with self._fetch(name) as file:
            return _sha256(file)

    def _fetch(self, name: str) -> BinaryIO:
        """Fetch a file as a whole, so that a broken line shows before anything is made of it."""
        folder = self.near / "reading"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as stack:
            taken: Any = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            with told(), self.system.open(self.path(name), "rb") as given:
                shutil.copyfileobj(given, taken, 1 << 18)
            taken.seek(0)
            stack.pop_all()
        found: BinaryIO = taken
        return found

    def _remove_far(self, path: str) -> None:
        with told(), none_is_no_error():
            self.system.rm_file(path)

    def _names(self, store: Store) -> Iterator[str]:
        """All names of a near store; its drafts have none."""
        root = Path(store.root)
        for folder, _, files in os.walk(root):
            for file in files:
                name = Path(folder, file).relative_to(root).as_posix()
                if store.is_name(name):
                    yield name

    def _written(self, store: Store, name: str) -> float:
        try:
            return Path(store.path(name)).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        """Hold the names: shared while one is given or taken away, alone while what was brought
        over is moved out of the queue."""
        self.near.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.near / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)


def _first(name: str, *looks: Callable[[str], BinaryIO]) -> BinaryIO:
    """The file from the first of some places that has it. Raises FileNotFoundError: none has."""
    for look in looks[:-1]:
        try:
            return look(name)
        except FileNotFoundError:
            continue
    return looks[-1](name)


def _sha256(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    for piece in pieces(file):
        digest.update(piece)
    return digest.digest()


def _move(path: Path, target: Path) -> None:
    """Give a file another place on this machine, and now as its time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    os.utime(path)
    path.replace(target)
