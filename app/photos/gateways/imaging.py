"""From a picture of unknown manners to two clean JPEGs, through a process that can do no harm.

What goes in is examined first (rules/anatomy.py) and decoded by decoder.py, a process of its own
with limits; what comes out is examined again, because the process that made it read what a
stranger sent.
"""

from __future__ import annotations

import importlib.util
import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.photos.rules import anatomy, names, reasons
from app.photos.rules.anatomy import Anatomy, Refused

DECODER: Final = Path(__file__).with_name("decoder.py")
# Without site (-S) and the environment (-I) it starts faster and runs no code but this: found
# where we would find it, and compiled once, as a module.
PACKAGES: Final = {
    str(Path(spec.origin).parents[1])
    for name in ("PIL", "pi_heif")
    if (spec := importlib.util.find_spec(name)) and spec.origin
}
BOOT: Final = """
import importlib, sys
name, folders, *words = sys.argv[1:]
sys.path += folders.split(":")
importlib.import_module(name).main(words)
"""
WALL_S: Final = 60.0
MOST_ANSWER: Final = 4096
# One pool for small allocations: a second one would claim address space that is limited.
ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1"}
CRASHES: Final = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE}


class UnfinishedError(Exception):
    """The machine, not the picture, kept it from being decoded: try again later."""


@dataclass(frozen=True)
class Made:
    """What became of a picture: upright size of the original, derivatives by side, peak memory."""

    kind: str
    width: int
    height: int
    files: dict[int, Path]
    peak_kb: int


def make(source: Path, folder: Path) -> Made:
    """Make the derivatives of a picture.

    Args:
        source: the file with its bytes.
        folder: an empty folder to work in; the derivatives lie in it at the end.

    Raises:
        Refused: it does not become a picture, for the reason given.
        UnfinishedError: the machine failed, or took too long.
    """
    if source.stat().st_size > anatomy.MOST_BYTES:
        raise Refused("too-many-bytes")
    found = anatomy.examine(source.read_bytes())
    files = {side: folder / f"{side}.jpg" for side in (names.LARGE, names.SMALL)}
    answer = _run(found, source, files, folder)
    if "reason" in answer:
        raise Refused(str(answer["reason"]), int(answer["peak_kb"]))
    for side, file in files.items():
        _check(file, side)
    width, height = int(answer["width"]), int(answer["height"])
    return Made(found.kind, width, height, files, int(answer["peak_kb"]))


def _run(found: Anatomy, source: Path, files: dict[int, Path], folder: Path) -> dict[str, Any]:
    """Run the decoder; its answer."""
    words = [found.kind, str(found.shrink), str(source), *map(str, files.values())]
    folders = ":".join([str(DECODER.parent), *PACKAGES])
    command = [sys.executable, "-I", "-S", "-c", BOOT, DECODER.stem, folders, *words]
    said, trace = folder / "answer", folder / "trace"
    with said.open("wb") as out, trace.open("wb") as errors:  # files: the kernel limits them
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=out, stderr=errors,
        )  # fmt: skip
        try:
            if not _ends(process.pid):
                raise UnfinishedError(f"not done after {WALL_S:.0f} s")
            code = process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return _answer(code, _start(said), _start(trace, last=True))


def _ends(pid: int) -> bool:
    """Whether a process ends in time. `Popen.wait` with a limit looks every 50 ms, which is a
    quarter of what the decoder takes; the kernel tells at once."""
    handle = os.pidfd_open(pid)
    try:
        ending = select.poll()
        ending.register(handle, select.POLLIN)
        return bool(ending.poll(WALL_S * 1000))
    finally:
        os.close(handle)


def _start(path: Path, *, last: bool = False) -> bytes:
    """The first (or last) few kilobytes of a file."""
    with path.open("rb") as file:
        if last:
            file.seek(max(0, path.stat().st_size - MOST_ANSWER))
        return file.read(MOST_ANSWER)


def _answer(code: int, said: bytes, trace: bytes) -> dict[str, Any]:
    """What an exit code and a line of output mean."""
    if code == -signal.SIGXCPU:
        raise Refused("too-slow")
    if (code == 1 and b"MemoryError" in trace) or (
        code == -signal.SIGABRT and b"std::bad_alloc" in trace
    ):
        raise Refused("too-much-memory")
    if code in CRASHES:
        raise Refused("crashed")
    try:
        answer = json.loads(said)
        known = answer.get("reason", "damaged") in reasons.WORDS
    except (ValueError, AttributeError):
        known = False
    if code != 0 or not known:
        lines = trace.decode(errors="replace").strip().splitlines() or [""]
        raise UnfinishedError(f"the decoder ended with {code}: {lines[-1][:200]}")
    return dict(answer)


def _check(file: Path, side: int) -> None:
    """Examine what came out.

    Raises:
        Refused: it is no plain JPEG of that side.
    """
    try:
        made = anatomy.examine(file.read_bytes())
    except Refused as refused:
        raise Refused("crashed") from refused
    if made.kind != "jpeg" or max(made.width, made.height) > side:
        raise Refused("crashed")
