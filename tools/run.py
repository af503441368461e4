"""Start the product: set up what is missing, migrate, start the server and the worker, watch both.

The dangers removed here: a server that looks started but is not (we wait for its readiness), a
half-dead product (a child that dies is named, started again, or ends everything), and children
that outlive their parent. Standard library only: it runs before any package is installed.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from types import FrameType
from typing import NoReturn

from tools import children, place
from tools.setup import PYTHON, ROOT, SetupError, build_front, install, make_venv, stage

BACKLOG, CONNECTIONS = 4096, 8192  # waiting to be taken, and taken, by each web process
FILES = 16_384

READY_WITHIN = 60.0
DEMO = (
    "from app.admin.service.show import lines; from app.core.config import Config; "
    "print(*lines(Config.from_env()), sep='\\n')"
)
SETUP_CODE = (
    "import pathlib, sys; from app.core.keys import setup_code; "
    "print(setup_code(pathlib.Path(sys.argv[1])))"
)


def stop_on_signal(number: int, _frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM and SIGHUP into the same clean end as Ctrl-C."""
    raise KeyboardInterrupt(number)


def flask_step(label: str, env: dict[str, str], *words: str) -> None:
    """Run one `flask --app wsgi …` step; raises SetupError with what it said when it fails."""
    with stage(label):
        done = subprocess.run(
            [str(PYTHON), "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    if done.returncode == 2 and done.stderr.strip():
        raise SetupError("wrong configuration:\n" + done.stderr.strip())
    if done.returncode != 0:
        tail = (done.stderr + done.stdout).strip().splitlines()[-8:]
        raise SetupError(f"`flask {' '.join(words)}` failed:\n" + "\n".join(tail))


def prepare(here: place.Place) -> None:
    """Everything before the first process starts; each step is skipped when nothing changed."""
    make_venv()
    install("run")
    if here.https:
        place.certify(here)  # first: every later step is given the address it finds
    build_front()
    if place.prepared(here):
        return
    flask_step("database", here.env, "db", "upgrade")
    if here.config.demo:
        flask_step("demo data", here.env, "demo", "load")
    place.mark_prepared(here)


def server_command(here: place.Place) -> list[str]:
    """The production WSGI server; figures in docs/performance.md chose it and its threads."""
    command = [str(PYTHON), "-m", "granian", "--interface", "wsgi", "--http", "auto", "--no-ws"]
    command += ["--host", here.bind, "--port", str(here.port)]
    command += ["--workers", here.env["WEB_PROCESSES"], "--blocking-threads", "16"]
    # A permit of "backpressure" is held for as long as a connection lives: browsers that look at
    # the canteen keep theirs open.
    command += ["--backlog", str(BACKLOG), "--backpressure", str(CONNECTIONS)]
    command += ["--workers-kill-timeout", "5", "--respawn-failed-workers"]
    command += ["--log-level", "warning", "--http1-header-read-timeout", "15000"]
    if here.https:
        command += ["--ssl-certificate", str(here.certificate), "--ssl-keyfile", str(here.key)]
        command += ["--ssl-protocol-min", "tls1.2"]
    return [*command, "wsgi:app"]


def allow_connections() -> None:
    """Let this process and those it starts have as many files and connections open as may be: a
    shell's usual 1,024 are fewer than the pages of one town hall."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def start(here: place.Place, family: children.Family) -> None:
    """Start the server and greet when it is ready; then the worker and the certificate page."""
    family.start("web server", server_command(here))
    with stage("starting"), ask(here, *greeting(here)) as said:
        end = time.monotonic() + READY_WITHIN
        while not place.ready(here):
            family.look(starting=True)
            if time.monotonic() > end:
                raise SetupError(f"the server was not ready within {READY_WITHIN:.0f} s")
            time.sleep(0.05)
        text = said.communicate()[0].strip()
    family.start("worker", [str(PYTHON), "-m", "app.worker"])
    if here.https:
        family.start("certificate page", [str(PYTHON), "-m", "tools.lan", "serve"])
    place.remember(here)
    greet(here, text)


def greeting(here: place.Place) -> list[str]:
    """What says how to begin: roles and passwords of the demo, or the code of the first set-up."""
    if here.config.demo:
        return ["-c", DEMO]
    return ["-c", SETUP_CODE, str(here.instance)]


def ask(here: place.Place, *words: str) -> subprocess.Popen[str]:
    """Run a little Python program of the product beside the others, and catch what it prints."""
    return subprocess.Popen(
        [str(PYTHON), *words], cwd=ROOT, env=here.env,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def greet(here: place.Place, text: str) -> None:
    """Print the address, for phones its QR code, and how to begin."""
    print(f"\n  {here.url}\n", flush=True)
    if here.https:
        print(ask(here, "-m", "tools.lan", "show").communicate()[0])
    if here.config.demo:
        print(text)
    elif place.answers(f"{place.local(here)}/first-run") == 200:
        print(f"  처음 설정: {here.url}/first-run · 설정 번호 {text}")
        print(f"  First set-up: {here.url}/first-run · set-up code {text}")
    for line in [] if here.https else here.config.warnings():
        print(f"  {line}")
    print("\n  Ctrl-C 로 멈춥니다. · Ctrl-C stops it. · LOG=1 shows the log here.", flush=True)


def live(here: place.Place) -> int:
    """Run until a signal or a death; returns the exit code."""
    log = None if here.env.get("LOG") == "1" else here.instance / "logs" / "product.log"
    family = children.Family(here.env, log)
    try:
        start(here, family)
        while True:
            family.look()
            time.sleep(0.2)
    except KeyboardInterrupt:
        print("\n  stopping ...", flush=True)
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        family.stop()
        place.forget(here)
        print("  stopped", flush=True)


def main() -> int:
    """Start, watch and stop; returns the exit code: 0 stopped by a person, else a reason."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_on_signal)
    begin = time.monotonic()
    try:
        here = place.read(dict(os.environ))
        running = place.already_running(here)
        if running:
            print(f"already running: {running} (a second one: make run PORT={here.port + 10})")
            return 0
        place.check_ports(here)
        allow_connections()
        prepare(here)
        print(f"  ready for its start after {time.monotonic() - begin:.1f} s", flush=True)
        return live(here)
    except (SetupError, children.Died) as error:
        print(f"run: {error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
