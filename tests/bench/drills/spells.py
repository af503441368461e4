"""Bad spells of the server's machine: a disk that is full, a database that somebody holds.

The instance lies on a small tmpfs of its own (root and Linux only), so that database, spool and
store all run out of room together, as on a real disk.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.bench.stage import NotReadyError, folder, instance

FULL_S, LOCKED_S = 20.0, 15.0
PIECE = 1 << 20
HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
"""


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A fresh instance on a disk of that size, which goes away afterwards.

    Raises:
        NotReadyError: this process may not mount.
    """
    place = folder()
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "office-drill", str(place)]
    done = subprocess.run(["mount", *options], capture_output=True, text=True)
    if done.returncode != 0:
        raise NotReadyError(f"the drill needs root, to mount a small disk: {done.stderr.strip()}")
    try:
        home = place / "instance"
        shutil.copytree(instance(), home)
        yield home
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(home: Path, seconds: float = FULL_S) -> None:
    """Leave not a byte free on the instance's disk for a while, whatever is freed meanwhile."""
    filler = home.parent / "filler"
    end = time.monotonic() + seconds
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        while time.monotonic() < end:
            with suppress(OSError):
                while os.write(handle, bytes(PIECE)):
                    pass
            time.sleep(0.05)
    finally:
        os.close(handle)
        filler.unlink()


def lock(home: Path, seconds: float = LOCKED_S) -> None:
    """Have another process hold the database's write lock for a while."""
    command = [sys.executable, "-c", HOLD, str(home / "office.db"), str(seconds)]
    subprocess.run(command, check=True)
