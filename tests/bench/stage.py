"""A product of one's own to measure: an instance in a temporary folder, a server on a free port.

The danger removed here: a measurement that meets or harms a running product. Every instance is a
fresh folder, every server a process group of its own, and only what was started here is killed.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from flask import Flask

from app.core.config import Config
from app.factory import create_app
from tools import place, run
from tools.place import free_port as free_port
from tools.setup import ROOT

READY_WITHIN = 60.0
WEB = ROOT / "static" / "pwa" / "dist" / "manifest.json"


class NotReadyError(RuntimeError):
    """What a measurement stands on is missing or did not start; the message says what."""


def folder() -> Path:
    """A new temporary folder that goes away with this process."""
    made = Path(tempfile.mkdtemp(prefix="office-bench-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def settings(instance: Path, port: int, **changes: str) -> dict[str, str]:
    """The environment of a product in `instance` on `port`; `changes` are settings by name."""
    given = {"INSTANCE_DIR": str(instance), "PORT": str(port), "DEMO": "1", "WEB_PROCESSES": "1"}
    given |= {"LOG_LEVEL": "WARNING", "PUBLIC_URL": f"http://127.0.0.1:{port}"} | changes
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return place.read(kept | given).env


def flask(env: dict[str, str], *words: str) -> None:
    """Run one verb of the product's command line.

    Raises:
        NotReadyError: with what it said, when it failed.
    """
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        said = (done.stderr + done.stdout)[-600:]
        raise NotReadyError(f"flask {' '.join(words)}: {said}")


def _fill(target: Path, *, demo: bool) -> None:
    env = settings(target, 8000, DEMO="1" if demo else "0")
    flask(env, "db", "upgrade")
    if demo:
        flask(env, "demo", "load")


_shelves: list[Path] = []


def share(shelf: Path) -> None:
    """Keep what instances are copied from in a folder that several processes share."""
    _shelves[:] = [shelf]


@cache
def _template(demo: bool) -> Path:
    shelf = _shelves[0] if _shelves else folder()
    made, whole = shelf / f"demo-{demo}", shelf / f"demo-{demo}.whole"
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            _fill(made, demo=demo)
            whole.touch()
    return made


def instance(*, demo: bool = True) -> Path:
    """A fresh, migrated instance folder, with the demonstration's month unless told otherwise."""
    target = folder() / "instance"
    shutil.copytree(_template(demo), target)
    return target


def application(instance_dir: Path, **changes: str) -> Flask:
    """The application over an instance in this process, to make and to read what is measured."""
    given = {"INSTANCE_DIR": str(instance_dir), "DEMO": "1", "LOG_LEVEL": "ERROR"}
    return create_app(Config.from_env(given | changes))


def need_front() -> None:
    """Hold the measurement when the front end was not built.

    Raises:
        NotReadyError: static/pwa/dist is missing.
    """
    if not WEB.exists():
        raise NotReadyError("the front end is not built: run `make front` first")


class Server:
    """One web server in a process group of its own; may be killed and started again."""

    def __init__(self, env: dict[str, str], command: list[str] | None = None) -> None:
        """Keep how to start it; without a command it is the product's, as `make run` starts it."""
        self.env = env
        self.port = int(env["PORT"])
        self.url = f"http://127.0.0.1:{self.port}"
        self.command = command or [sys.executable, *run.server_command(place.read(env))[1:]]
        self.process: subprocess.Popen[bytes] | None = None
        self.log: IO[bytes] | None = None

    def start(self) -> Server:
        """Start and wait until it answers.

        Raises:
            NotReadyError: it ended, or did not answer in time; with the end of its log.
        """
        run.allow_connections()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  read when it fails, closed by kill
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip
        end = time.monotonic() + READY_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            if place.answers(f"{self.url}/health/live") is not None:
                return self
            time.sleep(0.05)
        said = self.said()
        self.kill()
        raise NotReadyError(f"the server did not start: {said}")

    def said(self) -> str:
        """The last of what it wrote to its log."""
        if self.log is None:
            return ""
        self.log.seek(0)
        return self.log.read()[-1500:].decode(errors="replace")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Signal the whole process group and wait for its end; nothing when it does not run."""
        if self.process is None:
            return
        kill_group(self.process, number)
        self.process = None
        if self.log is not None:
            self.log.close()
            self.log = None

    def workers(self) -> list[int]:
        """The process ids of its worker processes."""
        assert self.process is not None
        return children(self.process.pid)


def kill_group(process: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
    """Signal the process group that `process` leads, wait, and kill what is left of it."""
    for sent in (number, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
        except ProcessLookupError:
            break
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def children(pid: int) -> list[int]:
    """The process ids of the direct children of a process (Linux)."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


@contextmanager
def served(instance_dir: Path, **changes: str) -> Iterator[Server]:
    """The product over an instance, running for the length of a `with` block."""
    server = Server(settings(instance_dir, free_port(), **changes)).start()
    try:
        yield server
    finally:
        server.kill()
