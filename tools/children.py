"""The child processes of `make run`: started together, watched, stopped together.

The danger removed here: a product of which one half has died in silence. A child that ends is
named with its reason and started again, up to three times a minute; then everything stops.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools.setup import ROOT

TRIES, WINDOW = 3, 60.0
PATIENCE = 10.0
LAST_LINES = 6
PR_SET_PDEATHSIG = 1


class Died(Exception):
    """A child ended and is not started again; the message says which and why."""


@dataclass
class Child:
    """One running program and when it was started again."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    restarts: list[float] = field(default_factory=list)


def reason(code: int) -> str:
    """Say in words why a process ended."""
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def follow_parent() -> None:
    """Ask Linux to stop this child when its parent is killed; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Family:
    """Children that live and end together."""

    def __init__(self, env: dict[str, str], log: Path | None) -> None:
        """Keep the environment that every child gets.

        Args:
            env: the children's environment.
            log: the file that takes what they say (begun anew, the last one kept as .1), or None
                to let them speak here.
        """
        self.env = env
        self.log = log
        self.children: list[Child] = []
        if log:
            log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if log.exists():
                log.replace(log.with_suffix(".log.1"))
            log.touch(mode=0o600)

    def start(self, name: str, command: list[str]) -> None:
        """Start one child in a process group of its own, so that Ctrl-C reaches only us."""
        self.children.append(Child(name, command, self._open(command)))

    def _open(self, command: list[str]) -> subprocess.Popen[bytes]:
        output = self.log.open("ab") if self.log else None
        try:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=follow_parent,  # noqa: PLW1509  one thread only, before exec
            )
        finally:
            if output:
                output.close()

    def last_words(self) -> str:
        """The last lines of the log, to be read beside a death."""
        if not self.log:
            return ""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        return "".join(f"\n    {line[:300]}" for line in lines)

    def look(self, starting: bool = False) -> None:
        """Start a dead child again.

        Raises Died when it dies while the product starts, or a fourth time within a minute.
        """
        for child in self.children:
            code = child.process.poll()
            if code is None:
                continue
            self._sweep(child)
            why = f"the {child.name} {reason(code)}"
            now = time.monotonic()
            child.restarts = [when for when in child.restarts if now - when < WINDOW]
            if starting or len(child.restarts) >= TRIES:
                raise Died(why + self.last_words())
            print(f"  {why}; starting it again{self.last_words()}", file=sys.stderr, flush=True)
            child.restarts.append(now)
            child.process = self._open(child.command)

    def stop(self) -> None:
        """Ask every child to stop, wait, and kill what does not listen; bounded in time."""
        for child in self.children:
            if child.process.poll() is None:
                child.process.terminate()
        end = time.monotonic() + PATIENCE
        for child in self.children:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                print(f"  the {child.name} does not stop: killed", file=sys.stderr, flush=True)
            self._sweep(child)
            child.process.wait()

    @staticmethod
    def _sweep(child: Child) -> None:
        """Kill what is left of a child's group: a dead server's workers would keep the port."""
        try:
            os.killpg(child.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
