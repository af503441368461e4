"""A small workbook made beside the web process, which is to load no library of that size."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

WITHIN_S = 30.0


def write(title: str, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """The bytes of a workbook with one sheet.

    Raises:
        OSError: the process failed or took too long.
    """
    order = json.dumps({"title": title, "heads": heads, "lines": lines}).encode()
    command = [sys.executable, "-m", "app.directory.gateways.table_program"]
    root = Path(__file__).parents[3]
    try:
        done = subprocess.run(
            command, input=order, capture_output=True, cwd=root, timeout=WITHIN_S
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise OSError("the workbook took too long") from error
    if done.returncode:
        raise OSError(f"the workbook could not be made: {done.stderr[-200:]!r}")
    return done.stdout
