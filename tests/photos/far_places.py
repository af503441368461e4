"""Stores on other machines, played by real servers on loopback: WsgiDAV, and moto's S3."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.far_files import FarStore
from app.core.far_system import Login
from tests.photos import peers

BUCKET = "office-photos"


@dataclass
class FarPlace:
    """A store that runs; `settings` make the product use it."""

    url: str
    login: Login

    @property
    def settings(self) -> dict[str, str]:
        """As in the environment."""
        return {
            "FILES_URL": self.url, "FILES_ACCOUNT": self.login.account,
            "FILES_SECRET": self.login.secret, "FILES_ENDPOINT": self.login.endpoint,
        }  # fmt: skip

    def store(self, near: Path) -> FarStore:
        """The store, as one process of the product has it."""
        return FarStore(self.url, near, self.login)


@contextmanager
def webdav() -> Iterator[FarPlace]:
    """A WebDAV folder."""
    with tempfile.TemporaryDirectory() as folder:
        dav = peers.Dav(Path(folder) / "dav", peers.free_port()).start()
        try:
            login = Login(peers.ACCOUNT, peers.PASSWORD)
            yield FarPlace(f"webdav://127.0.0.1:{dav.port}/in/office", login)
        finally:
            dav.stop()


@contextmanager
def s3() -> Iterator[FarPlace]:
    """A bucket of an S3-compatible store."""
    port = peers.free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(command, env=os.environ, start_new_session=True, **quiet)
    try:
        until = time.monotonic() + 60
        while not peers.listens(port):
            assert server.poll() is None, "moto ended"
            assert time.monotonic() < until, "moto does not listen"
            time.sleep(0.1)
        place = FarPlace(
            f"s3://{BUCKET}/office", Login("key", "secret", f"http://127.0.0.1:{port}")
        )
        with tempfile.TemporaryDirectory() as near:
            place.store(Path(near)).system.mkdir(BUCKET)  # as the office does once
        yield place
    finally:
        server.kill()
        server.wait()


PLACES: dict[str, Callable[[], Any]] = {"webdav": webdav, "s3": s3}
