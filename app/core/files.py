"""Files: originals, derivatives and exports, through fsspec, in a folder of this machine.

The dangers removed here: a half-written file that is taken for a whole one (everything is written
beside its place, flushed to disk and renamed), and a path made of what somebody sent (names are
made of ids and hashes only).

Phones delete their copy when the server has signed for it: that needs a flush that reaches the
disk, and a rename that replaces at once. A folder has both. Stores on other machines have neither
(a MOVE onto a file deletes it first, RFC 4918 section 9.9.3): `core/far_files.py` stands before
them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import fsspec

from app.core.ids import new_id

PIECE = 1 << 18
NAME = re.compile(r"[0-9a-z-]+(/[0-9a-z-]+)*(\.[0-9a-z]{1,5})?")
DRAFT = re.compile(rf"{NAME.pattern}\.[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.part")


class Store:
    """One place for files, under a URL such as file:///var/lib/office/files."""

    def __init__(self, url: str) -> None:
        """Connect to the place; makes nothing yet."""
        self.system: Any
        self.system, self.root = fsspec.core.url_to_fs(url)

    def is_name(self, name: str) -> bool:
        """Whether a name is one of ours (a draft's is none)."""
        return NAME.fullmatch(name) is not None

    def path(self, name: str) -> str:
        """The full path of a name.

        Raises:
            ValueError: a name that is none of ours.
        """
        if not self.is_name(name):
            raise ValueError("not a name of the store")
        return f"{self.root.rstrip('/')}/{name}"

    def put(self, name: str, source: Path) -> None:
        """Copy a local file to a name, whole or not at all; an existing one is replaced."""
        target = self.path(name)
        draft = f"{target}.{new_id()}.part"
        self._make_folder(target.rpartition("/")[0])
        try:
            with source.open("rb") as given, self.system.open(draft, "wb") as taken:
                for piece in pieces(given):
                    taken.write(piece)
                taken.flush()
                os.fsync(taken.fileno())
            self.system.mv(draft, target)
        except BaseException:
            if self.system.exists(draft):
                self.system.rm(draft)
            raise
        _sync_folder(Path(target).parent)

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it; each is in the one above it for good before anything
        is put into it, so that no power cut takes a whole branch away."""
        missing = [path for path in (Path(folder), *Path(folder).parents) if not path.exists()]
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            _sync_folder(path.parent)

    def size(self, name: str) -> int:
        """Its size in bytes. Raises FileNotFoundError."""
        return int(self.system.size(self.path(name)))

    def open(self, name: str) -> BinaryIO:
        """Open for reading. Raises FileNotFoundError."""
        found: BinaryIO = self.system.open(self.path(name), "rb")
        return found

    def sha256(self, name: str) -> bytes:
        """The hash of a file's bytes. Raises FileNotFoundError."""
        with self.open(name) as file:
            return hash_of(file)

    def remove(self, name: str) -> None:
        """Delete a file; one that is not there is no error."""
        path = self.path(name)
        if self.system.exists(path):
            self.system.rm(path)

    def sweep(self, before: int) -> int:
        """Delete drafts that were last written before a moment (Unix seconds), left by what was
        killed in `put`; how many."""
        return sum(_remove_older(path, before) for path in self._drafts())

    def _drafts(self) -> Iterator[Path]:
        """What `put` has begun. Others may have files below this place whose names end alike."""
        for folder, _, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                if DRAFT.fullmatch(path.relative_to(self.root).as_posix()):
                    yield path

    def remove_all(self, folder: str) -> None:
        """Delete everything under a folder of the store; one that is not there is no error."""
        path = self.path(folder)
        if self.system.exists(path):
            self.system.rm(path, recursive=True)


def hash_of(file: BinaryIO) -> bytes:
    """The SHA-256 of what is left of a file."""
    digest = hashlib.sha256()
    for piece in pieces(file):
        digest.update(piece)
    return digest.digest()


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """A file's bytes, 256 KiB at a time."""
    while piece := file.read(PIECE):
        yield piece


def _remove_older(path: Path, before: int) -> bool:
    """Whether a file was older and is deleted; another thread may move or delete it meanwhile."""
    try:
        if path.stat().st_mtime >= before:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
