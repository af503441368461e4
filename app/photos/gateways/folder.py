"""Hand-over across separated networks (망연계): files in a folder that a transfer system empties.

For a key there are `<key>.jpg`, `<key>.sha256` and `<key>.json`, the manifest, in this order; what
is not whole ends in `.part`. The other side takes what has a manifest, and answers with an empty
`<key>.ack`, or `<key>.nak` with a line that says why not.

The dangers removed here: a half-written file that is taken for a whole one (written aside, flushed
to disk, read back, renamed), and a worker killed in between that hands over twice: the manifest
lies ready as `.part` before the database knows "sent", so that its absence afterwards proves that
the rename has happened, even when the other side has taken everything away.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from app.photos.rules.delivery import (
    DONE,
    SENT,
    Damaged,
    Failure,
    Parcel,
    Rejected,
    Unreachable,
)
from app.photos.rules.target import WAIT

LONGEST_ANSWER = 600
# Laid by the operator into the empty folder that something is mounted upon: seen only while nothing
# is, when what is written here would reach nobody.
NOT_MOUNTED = "NOT-MOUNTED"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class Folder:
    """One hand-over folder."""

    def __init__(self, path: Path, ack: str) -> None:
        """Touches nothing yet.

        Args:
            path: the folder; it is never made here, as a missing one may be a missing mount.
            ack: `wait` for the other side's answer, or `read` back and be content.
        """
        self.path, self.waits = path, ack == WAIT

    def prepare(self, parcel: Parcel) -> bool:
        """Write everything, the manifest under another name; True when only its rename is left."""
        with _told():
            self._check()
            if self._has(parcel.list) or self._has(f"{parcel.key}.ack"):
                return True
            (self.path / f"{parcel.key}.nak").unlink(missing_ok=True)
            self._place(parcel.picture, parcel.content)
            self._place(parcel.sums, f"{parcel.sha256}  {parcel.picture}\n".encode())
            self._write(f"{parcel.list}.part", parcel.manifest)
            self._sync()
        return True

    def publish(self, parcel: Parcel) -> str:
        """Give the manifest its name, unless it has it or had it; then look for the answer.

        Raises:
            Rejected: the other side said no.
        """
        with _told():
            self._check()
            with contextlib.suppress(FileNotFoundError):
                (self.path / f"{parcel.list}.part").rename(self.path / parcel.list)
                self._sync()
            if not self.waits or self._has(f"{parcel.key}.ack"):
                return DONE
            if self._has(f"{parcel.key}.nak"):
                raise Rejected(f"nak:{self._answer(f'{parcel.key}.nak')}")
        return SENT

    def tidy(self, parcel: Parcel) -> None:
        """Take away what the other side has acknowledged, and its answer."""
        if self.waits:
            names = (parcel.picture, parcel.sums, parcel.list, f"{parcel.key}.ack")
            with contextlib.suppress(OSError):
                for name in names:
                    (self.path / name).unlink(missing_ok=True)

    def test(self, key: str) -> None:
        """Write, read back and delete a small file.

        Raises:
            Failure: something of it did not work.
        """
        with _told():
            self._check()
            self._write(f"test-{key}.part", b"test\n")
            (self.path / f"test-{key}.part").unlink()

    def close(self) -> None:
        """Nothing is held."""

    def _check(self) -> None:
        if not self.path.is_dir() or self._has(NOT_MOUNTED):
            raise FileNotFoundError(errno.ENOENT, "no such folder", str(self.path))

    def _has(self, name: str) -> bool:
        return (self.path / name).exists()

    def _place(self, name: str, content: bytes) -> None:
        self._write(f"{name}.part", content)
        (self.path / f"{name}.part").rename(self.path / name)

    def _write(self, name: str, content: bytes) -> None:
        path = self.path / name
        path.unlink(missing_ok=True)  # of a try before; O_EXCL then follows no link
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if hashlib.sha256(path.read_bytes()).digest() != hashlib.sha256(content).digest():
            raise Damaged("half-written")

    def _answer(self, name: str) -> str:
        """The first line of the other side's answer; a link is not followed."""
        try:
            handle = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            return ""
        with os.fdopen(handle, "rb") as file:
            text = file.read(LONGEST_ANSWER).decode("utf-8", "replace")
        return "".join(sign for sign in text.partition("\n")[0] if sign.isprintable()).strip()

    def _sync(self) -> None:
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with contextlib.suppress(OSError):  # some network mounts cannot
                os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(error) from error


def _failure(error: OSError) -> Failure:
    if error.errno in FULL:
        return Unreachable("full")
    if error.errno in CLOSED:
        return Unreachable("no-right")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return Unreachable("no-folder")
    return Unreachable("unreachable")
