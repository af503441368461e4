"""Where uploaded files and what is made of them lie: in the instance folder, readable by the owner
only, each under its import's id."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from app.core.sheets.lines import FIRST_BYTES, MOST_BYTES

PIECE: Final = 1 << 18
FOLDER: Final = "directory"
ENDINGS: Final = (".file", ".spool", ".entries", ".lock", ".draft", ".csv", ".xlsx")


class TooLargeError(Exception):
    """The file has more bytes than are taken."""


class InUseError(Exception):
    """Another worker holds it."""


def folder(instance: Path) -> Path:
    """The folder of everything here."""
    made = instance / FOLDER
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def uploaded(instance: Path, import_id: str) -> Path:
    """The file as it was brought."""
    return folder(instance) / f"{import_id}.file"


def spooled(instance: Path, import_id: str) -> Path:
    """Its rows (spool.py)."""
    return folder(instance) / f"{import_id}.spool"


def forget_rows(instance: Path, import_id: str) -> None:
    """Delete what was made of an uploaded file."""
    for ending in (".spool", ".entries", ".lock"):
        (folder(instance) / f"{import_id}{ending}").unlink(missing_ok=True)


def bulk(instance: Path, bulk_id: str, kind: str) -> Path:
    """A file with entries that somebody asked for."""
    return folder(instance) / f"{bulk_id}.{kind}"


def keep(source: IO[bytes], target: Path) -> tuple[int, bytes]:
    """Copy an upload to its place; its size in bytes and its SHA-256.

    Raises:
        TooLargeError: it is larger than is taken; nothing of it stays.
    """
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > MOST_BYTES:
                target.unlink()
                raise TooLargeError
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.digest()


def first_bytes(path: Path) -> bytes:
    """As much of a file as says of what kind it is."""
    with path.open("rb") as file:
        return file.read(FIRST_BYTES)


def pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, which is opened when the first are wanted."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def remove(instance: Path, name: str) -> None:
    """Delete everything of an id."""
    for ending in ENDINGS:
        (folder(instance) / f"{name}{ending}").unlink(missing_ok=True)


def list_kept(instance: Path) -> list[tuple[str, float]]:
    """The ids of which anything lies here, each with when it was last written (Unix seconds)."""
    found: dict[str, float] = {}
    for one in folder(instance).iterdir():
        found[one.stem] = max(found.get(one.stem, 0.0), one.stat().st_mtime)
    return sorted(found.items())


def list_bulks(instance: Path) -> list[str]:
    """The ids of files with entries that lie here, made to their end."""
    return [one.stem for one in folder(instance).iterdir() if one.suffix in {".csv", ".xlsx"}]


@contextmanager
def alone(instance: Path, import_id: str) -> Iterator[None]:
    """Hold an import, so that no other worker makes its rows at the same time.

    Raises:
        InUseError: another one does.
    """
    with (folder(instance) / f"{import_id}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError from error
        yield
