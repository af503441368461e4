"""Which uploads have a piece on its way into this server, told across its processes.

The danger removed here: a phone whose browser was killed asks how much has arrived while the rest
of its last piece still comes out of the network's buffers, is told less than will be there in a
moment, and sends a piece twice. So whoever asks waits for that piece, for a while.

A lock on one byte of one file says it (F_OFD_SETLK of Linux, fcntl(2)): it ends with the request
that held it, even by SIGKILL, and leaves nothing to be swept up. Elsewhere nobody waits.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOOK_EVERY_S: Final = 0.02
_SET: Final[int | None] = getattr(fcntl, "F_OFD_SETLK", None)
_PLACES: Final = 1 << 62


class Coming:
    """Pieces under way; one file holds the locks of all."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made at the first piece and stays empty."""
        self.path = path

    @contextmanager
    def announce(self, upload_id: str) -> Iterator[None]:
        """Say that a piece of an upload comes, as long as the block runs. Several may."""
        handle = self._open()
        try:
            _lock(handle, upload_id, fcntl.F_RDLCK)
            yield
        finally:
            os.close(handle)

    def wait(self, upload_id: str, most_s: float) -> bool:
        """Wait until no piece of an upload comes, `most_s` seconds at most; whether none does."""
        end = time.monotonic() + most_s
        handle = self._open()
        try:
            while not _lock(handle, upload_id, fcntl.F_WRLCK):
                if time.monotonic() > end:
                    return False
                time.sleep(LOOK_EVERY_S)
            return True
        finally:
            os.close(handle)

    def _open(self) -> int:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)


def _lock(handle: int, upload_id: str, kind: int) -> bool:
    """Lock an upload's byte; whether nobody else's lock stands against it."""
    if _SET is None:
        return True
    digest = hashlib.sha256(upload_id.encode()).digest()
    at = int.from_bytes(digest[:8]) % _PLACES
    try:
        fcntl.fcntl(handle, _SET, struct.pack("hhqqi4x", kind, os.SEEK_SET, at, 1, 0))
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES (fcntl(2))
        return False
    return True
