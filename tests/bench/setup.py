"""From a fresh clone to the first page by `make run`, the start after that, and idle memory.

Package caches are warm, as on a machine that has installed these packages before. Memory is the
resident set (RSS) of the heaviest web worker, some seconds after the first page; its proportional
set (PSS), which counts shared pages once, is noted beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.stage import NotReadyError, children, folder, free_port, kill_group
from tools.bench import Report
from tools.setup import ROOT

FIGURES = ("setup_first_page_s", "second_start_s", "web_idle_rss_mb")
FIRST_WITHIN, SECOND_WITHIN = 600.0, 60.0
IDLE_S = 8.0
POLL_S = 0.02
OWN = {"VIRTUAL_ENV", "PYTHONPATH", "INSTANCE_DIR", "PORT", "MAKEFLAGS", "MAKELEVEL"}


def first_page(url: str, process: subprocess.Popen[bytes], within: float) -> None:
    """Wait for the first page with status 200.

    Raises:
        NotReadyError: `make run` ended, or took too long.
    """
    end = time.monotonic() + within
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(POLL_S)
    raise NotReadyError(f"make run: no first page (exit code {process.poll()})")


@contextmanager
def made(clone: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make run` in a clone, stopped at the end of the `with` block as by Ctrl-C."""
    env = {name: value for name, value in os.environ.items() if name not in OWN}
    with (clone.parent / f"run-{time.monotonic_ns()}.log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run", f"PORT={port}"], cwd=clone, env=env | {"PORT": str(port)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            kill_group(process, signal.SIGTERM)


def descendants(pid: int) -> list[int]:
    """Every process below one."""
    below = children(pid)
    return [*below, *(deeper for child in below for deeper in descendants(child))]


def is_web(pid: int) -> bool:
    """Whether a process is one of the web server's."""
    return b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()


def memory(pid: int, kind: str) -> float:
    """Megabytes (10^6 bytes) of a process: "Rss" or "Pss"."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(rf"^{kind}:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found
    return int(found[1]) * 1024 / 1e6


def web_workers(pid: int) -> list[int]:
    """The web server's worker processes: those whose parent is one of the server's too."""
    servers = [one for one in descendants(pid) if is_web(one)]
    return [child for one in servers for child in children(one) if child in servers]


def said(clone: Path) -> str:
    """The newest output of `make run`."""
    logs = sorted(clone.parent.glob("run-*.log"))
    return logs[-1].read_text(errors="replace") if logs else ""


def run(report: Report) -> None:
    """Clone what is committed, start it twice, weigh its workers."""
    clone, port = folder() / "clone", free_port()
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    url = f"http://127.0.0.1:{port}/"
    try:
        with made(clone, port) as process:
            first_page(url, process, FIRST_WITHIN)
            report.figure("setup_first_page_s", time.monotonic() - began)
            time.sleep(IDLE_S)
            workers = web_workers(process.pid)
            rss = [memory(pid, "Rss") for pid in workers]
            pss = [memory(pid, "Pss") for pid in workers]
        report.figure("web_idle_rss_mb", max(rss))
        report.note(f"PSS {max(pss):.0f} MB; {len(workers)} workers")
        began = time.monotonic()
        with made(clone, port) as process:
            first_page(url, process, SECOND_WITHIN)
            report.figure("second_start_s", time.monotonic() - began)
        steps = re.findall(r"^ +(.+) \.\.\. ([\d.]+ s)$", said(clone), re.MULTILINE)
        report.note("; ".join(f"{label} {took}" for label, took in steps))
    except NotReadyError as error:
        raise NotReadyError(f"{error}\n{said(clone)[-800:]}") from error
    finally:
        shutil.rmtree(clone, ignore_errors=True)
