"""The spool: the bytes of photos under way, a file for each upload in the instance folder.

The dangers removed here: two requests that write into one another's piece (a lock on the file
itself, so it goes with the process that held it), an answer "received" for bytes that are still
in memory only (flushed to disk first), and an offset in a table that differs from what is on disk
(the offset is the file's size).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.photos.rules.refusals import StorageFull, UploadBusy
from app.photos.rules.tus import UploadGone

FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def room() -> Iterator[None]:
    """Turn a full disk into its refusal.

    Raises:
        StorageFull: the disk, or this program's share of it, is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise


class Held:
    """The bytes of one upload, while nobody else may write to them."""

    def __init__(self, path: Path, handle: int) -> None:
        """Keep the open file; `Spool.held` makes these."""
        self.path = path
        self.handle = handle

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        return os.fstat(self.handle).st_size

    def append(self, piece: bytes) -> int:
        """Add a piece and wait until the disk has it; the new size. All of it stays, or nothing.

        Raises:
            StorageFull: the disk is full.
        """
        before = self.size
        try:
            with room():
                self._write(piece)
                os.fsync(self.handle)
                if before == 0:
                    _sync_folder(self.path.parent)
        except BaseException:
            os.ftruncate(self.handle, before)
            raise
        return before + len(piece)

    def _write(self, piece: bytes) -> None:
        left = memoryview(piece)
        while left:
            left = left[os.write(self.handle, left) :]

    def head(self, length: int = 4096) -> bytes:
        """The first bytes."""
        return os.pread(self.handle, length, 0)

    def sha256(self) -> bytes:
        """The hash of all bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def remove(self) -> None:
        """Delete the bytes."""
        self.path.unlink(missing_ok=True)


class Spool:
    """A folder of uploads under way."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when the first bytes come."""
        self.folder = folder

    def size(self, upload_id: str) -> int:
        """How many bytes of an upload have arrived."""
        try:
            return (self.folder / upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def held(self, upload_id: str) -> Iterator[Held]:
        """Hold an upload's bytes alone.

        Raises:
            UploadBusy: somebody else holds them. UploadGone: they were just removed.
            StorageFull: no room for even an empty file.
        """
        path = self.folder / upload_id
        with room():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(handle)
            yield Held(path, handle)
        finally:
            os.close(handle)

    def remove(self, upload_id: str) -> None:
        """Delete an upload's bytes."""
        (self.folder / upload_id).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The ids of all uploads that have bytes here."""
        return sorted(path.name for path in self.folder.glob("*"))


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UploadBusy from None
    if os.fstat(handle).st_nlink == 0:  # removed between opening and locking
        raise UploadGone


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
