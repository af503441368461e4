"""Jobs of the directory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.core import outbox
from app.core.lanes import Lane
from app.directory.service import index, offices, tell


def _tell(given: Mapping[str, Any]) -> int:
    return tell.tell_followers(str(given["run_id"]))


LANES: tuple[Lane, ...] = (
    Lane("directory-index", index.rebuild_when_needed, pause_s=30),
    Lane("directory-tell", partial(outbox.work_off, {tell.KIND: _tell})),
)
AT_START: tuple[Lane, ...] = (Lane("seed-offices", offices.seed),)
