"""Reading a workbook through a process that can do no harm (workbook_reader.py).

What that process prints is read as something that a stranger wrote: lines of bounded length, of
the few shapes that there are.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Literal

from app.core.sheets.lines import MOST_CELL, MOST_COLUMNS, Line, Unreadable

READER: Final = Path(__file__).with_name("workbook_reader.py")
PACKAGES: Final = {
    str(Path(spec.origin).parents[1])
    for name in ("openpyxl", "et_xmlfile")
    if (spec := importlib.util.find_spec(name)) and spec.origin
}
# Without site (-S) and the environment (-I) it runs no code but this.
BOOT: Final = """
import importlib, sys
name, folders, *words = sys.argv[1:]
sys.path += folders.split(":")
importlib.import_module(name).main(words)
"""
WALL_S: Final = {"large": 900.0, "small": 20.0}
MOST_LINE: Final = MOST_COLUMNS * MOST_CELL * 6
ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "1"}
FAULTS: Final = {
    "damaged",
    "locked",
    "no-table",
    "too-large-inside",
    "too-many-rows",
    "too-much-text",
}


class Begun:
    """A sheet begins."""

    def __init__(self, name: str, *, hidden: bool) -> None:
        """Keep its name, and whether its office hides it."""
        self.name, self.hidden = name, hidden


def read(path: Path, kind: Literal["large", "small"] = "large") -> Iterator[Begun | Line]:
    """The sheets of a workbook and their rows, in order.

    Args:
        path: the file.
        kind: what it may cost: a large one is read by the worker, a small one while somebody
            waits. Of a small one, cells merged to the right hold what the first holds too.

    Raises:
        Unreadable: it is damaged, locked, or unpacks to too much.
    """
    folders = ":".join([str(READER.parent), *PACKAGES])
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", BOOT, READER.stem, folders, str(path), kind],
        env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    timer = threading.Timer(WALL_S[kind], _kill, (process.pid,))
    timer.start()
    try:
        assert process.stdout is not None  # noqa: S101  asked for above
        yield from _lines(process.stdout)
    finally:
        timer.cancel()
        _kill(process.pid)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _lines(out: IO[bytes]) -> Iterator[Begun | Line]:
    while raw := out.readline(MOST_LINE):
        said = _parsed(raw)
        if isinstance(said, list):
            number, *cells = said
            yield Line(int(number), tuple(str(cell)[:MOST_CELL] for cell in cells[:MOST_COLUMNS]))
        elif "sheet" in said:
            yield Begun(str(said["sheet"])[:100], hidden=bool(said.get("hidden")))
        elif "fault" in said:
            raise Unreadable(said["fault"] if said["fault"] in FAULTS else "damaged")
        else:
            return
    raise Unreadable("too-large-inside")  # killed by a limit before its last line


def _parsed(raw: bytes) -> Any:
    try:
        said = json.loads(raw)
    except ValueError as error:
        raise Unreadable("damaged") from error
    if isinstance(said, dict) or (isinstance(said, list) and said and isinstance(said[0], int)):
        return said
    raise Unreadable("damaged")
