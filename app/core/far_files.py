"""Files on another machine, by URL: S3-compatible stores and WebDAV, through fsspec.

The dangers removed here: a phone that deletes its copy because another machine said "written"
(none of these protocols says that bytes are on a disk), a reader who finds half a file while it is
replaced, and an outage of the store that stops the field work. So what is put is first a file on
this machine's disk, flushed, and that is what a receipt is signed for. A lane of the worker brings
it over and reads it back; a copy stays here for a day, and goes only when the far one, read once
more, is still what was brought.

    near/queue     not yet over there, or not yet proved to be
    near/kept      proved to be over there; deleted after a day, when it still is
    near/sums      the hash of what was brought over, for each that is kept
    near/reading   what is being fetched (files without a name)

Readers and whoever judges a hash look here first, so that what is judged is what is served.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from app.core import near_files
from app.core.errors import StorageUnreachable
from app.core.far_system import (
    Login,
    connect,
    disconnect,
    fetch,
    hash_there,
    none_is_no_error,
    told,
)
from app.core.files import hash_of

KEPT_S = 24 * 3600
FAILURES_IN_A_ROW = 3
FULL = {errno.ENOSPC, errno.EDQUOT}
REST_S = 10.0  # after a failure readers are refused at once: each that waits holds a web thread


class NotTheSameError(Exception):
    """What was read back is not what was brought over."""


class FarStore:
    """A store on another machine, with a queue on this one; the same verbs as `Store`."""

    def __init__(self, url: str, near: Path, login: Login) -> None:
        """Remember where; connects to nothing yet."""
        self.system, self.root = connect(url, login)
        self.near = near
        self.queue, self.kept, self.sums = (
            near_files.place(near / name) for name in ("queue", "kept", "sums")
        )
        self.failed = set[str]()
        self._down_until = 0.0

    def close(self) -> None:
        """Give the connections back."""
        disconnect(self.system)

    def path(self, name: str) -> str:
        """The full path of a name over there. Raises ValueError: a name that is none of ours."""
        self.queue.path(name)
        return f"{self.root}/{name}" if self.root else name

    def put(self, name: str, source: Path) -> None:
        """Copy a local file to a name, whole or not at all; it is on this machine's disk then."""
        with self._shared():
            self.queue.put(name, source)

    def open(self, name: str) -> BinaryIO:
        """Open for reading: what lies here, else what is far away, fetched as a whole.

        Raises:
            FileNotFoundError: nowhere. StorageUnreachable: the far store does not answer.
        """
        for look in (self.queue.open, self.kept.open, self._fetch):
            try:
                return look(name)
            except FileNotFoundError:
                continue
        return self.queue.open(name)  # what was missed over there has gone back into the queue

    def size(self, name: str) -> int:
        """Its size in bytes. Raises as `open` does."""
        with self.open(name) as file:
            return file.seek(0, os.SEEK_END)

    def sha256(self, name: str) -> bytes:
        """The hash of the bytes that `open` gives. Raises as it does."""
        with self.open(name) as file:
            return hash_of(file)

    def remove(self, name: str) -> None:
        """Delete a file everywhere; one that is not there is no error.

        Raises:
            StorageUnreachable: it may still be there.
        """
        with self._shared():
            for store in (self.queue, self.kept, self.sums):
                store.remove(name)
        self._remove_far(name)

    def remove_all(self, folder: str) -> None:
        """Delete everything under a folder of the store; one that is not there is no error.

        Raises:
            StorageUnreachable: something may still be there.
        """
        with self._shared():
            for store in (self.queue, self.kept, self.sums):
                store.remove_all(folder)
        with told(), none_is_no_error():
            self.system.rm(self.path(folder), recursive=True)

    def sweep(self, before: int) -> int:
        """Delete drafts that were last written before a moment (Unix seconds), and empty folders;
        how many drafts."""
        count = self.queue.sweep(before)
        with self._alone():
            for store in (self.queue, self.kept, self.sums):
                near_files.prune_all(Path(store.root))
        return count

    def push(self, most: int = 100) -> int:
        """Bring over what waits, the oldest first, and read it back; how many files. What failed
        before comes last, so that one file that cannot be brought over holds up no other.

        Raises:
            StorageUnreachable: the far store does not answer. NotTheSameError: it gives other
                bytes back, or none. Whatever is not proved to be there waits on.
        """
        waiting = sorted(near_files.names(self.queue), key=self._turn)
        done, error = self._each(waiting[:most])
        if error is not None:
            raise error
        return done

    def _each(self, names: Iterable[str]) -> tuple[int, Exception | None]:
        """Push one after the other; how many were, and the last failure. Some failures in a row
        are taken for an outage."""
        error: Exception | None = None
        done = in_a_row = 0
        for name in names:
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
        return done, error

    def push_one(self, name: str) -> None:
        """Bring one file over and read it back. Raises as `push` does."""
        source = Path(self.queue.path(name))
        try:
            brought, sha256 = source.stat(), self.queue.sha256(name)
            self._bring(name, source)
            self._prove(name, sha256)
        except FileNotFoundError:  # removed meanwhile
            return
        finally:
            if not source.exists():  # nor may it stay over there
                self._remove_far(name)
        with self._alone():
            if source.exists() and os.path.samestat(source.stat(), brought):
                self._keep(name, sha256)

    def _keep(self, name: str, sha256: bytes) -> None:
        """Keep our copy of what is proved to be there, and its hash. On a full disk it goes at
        once: nothing else would make room."""
        try:
            with tempfile.NamedTemporaryFile(dir=self.near) as file:
                file.write(sha256)
                file.flush()
                self.sums.put(name, Path(file.name))
            near_files.move(name, self.queue, self.kept)
        except OSError as error:
            if error.errno not in FULL:
                raise
            near_files.drop(name, self.queue)

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

    def _prove(self, name: str, sha256: bytes) -> None:
        """Read back what was brought over. Raises NotTheSameError: it is not there, or other."""
        try:
            same = hash_there(self.system, self.path(name)) == sha256
        except FileNotFoundError:
            same = False
        if not same:
            raise NotTheSameError(name)

    def _turn(self, name: str) -> tuple[bool, float]:
        return name in self.failed, near_files.written(self.queue, name)

    def check_kept(self, now: float) -> int:
        """Read what was brought over a day ago once more: it is what was brought, and our copy
        goes; else ours is brought over again, if that is what was brought. How many had to be.

        Raises:
            StorageUnreachable: the far store did not answer for one at least.
            NotTheSameError: neither copy of one is what was brought over; both stay.
        """
        again, error = 0, None
        for name in list(near_files.names(self.kept)):
            if near_files.written(self.kept, name) < now - KEPT_S:
                try:
                    again += self._check(name)
                except (StorageUnreachable, NotTheSameError) as failed:
                    error = failed
        if error is not None:
            raise error
        return again

    def _check(self, name: str) -> bool:
        """Whether a file has to be brought over again."""
        try:
            ours = self.kept.sha256(name)
        except FileNotFoundError:  # removed meanwhile
            return False
        wanted = self._noted(name) or ours
        try:
            self._prove(name, wanted)
            there = True
        except NotTheSameError:
            there = False
        with self._alone():
            if not Path(self.kept.path(name)).exists():
                return False
            if not there and ours != wanted:
                raise NotTheSameError(name)
            waits = Path(self.queue.path(name)).exists()
            if not there and not waits:
                near_files.move(name, self.kept, self.queue)
            near_files.drop(name, self.kept)
            near_files.drop(name, self.sums)
            return not (there or waits)

    def _noted(self, name: str) -> bytes:
        try:
            with self.sums.open(name) as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def state(self) -> near_files.State:
        """What waits and what is kept."""
        return near_files.state(self.queue, self.kept)

    def _fetch(self, name: str) -> BinaryIO:
        if time.monotonic() < self._down_until:
            raise StorageUnreachable("resting")
        try:
            return fetch(self.system, self.path(name), self.near / "reading")
        except StorageUnreachable:
            self._down_until = time.monotonic() + REST_S
            raise

    def _remove_far(self, name: str) -> None:
        with told(), none_is_no_error():
            self.system.rm_file(self.path(name))

    def _shared(self) -> AbstractContextManager[None]:
        """Hold the names while one is given or taken away."""
        return near_files.held(self.near / "lock", fcntl.LOCK_SH)

    def _alone(self) -> AbstractContextManager[None]:
        """Hold the names alone, while files are moved between the folders."""
        return near_files.held(self.near / "lock", fcntl.LOCK_EX)
