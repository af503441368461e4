"""Jobs of the directory: what the schedule calls, and the lanes in which the worker does what is
due."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.core import outbox
from app.core.lanes import Lane
from app.directory.service import (
    bulk,
    bulk_make,
    counts,
    crawl,
    importing,
    imports,
    index,
    offices,
    removals,
    source_seed,
    tell,
    tell_notices,
)


def forget_import_files() -> int:
    """Delete files that were brought and whose imports ended 30 days ago."""
    return imports.forget_files()


def forget_bulk_files() -> int:
    """Delete files with entries that were asked for more than a day ago."""
    return bulk.forget()


def forget_tellings() -> int:
    """Delete what stands behind notices that nobody has any more."""
    return tell_notices.forget_old()


def _tell(given: Mapping[str, Any]) -> int:
    return tell.tell_followers(str(given["run_id"]))


def _settle(_: Mapping[str, Any]) -> None:
    """What the index forgot stays in its older pieces until they are merged; and a file may lie
    there still, when whoever hid something was killed before its end."""
    bulk.sweep()
    index.optimize()


LANES: tuple[Lane, ...] = (
    Lane("directory-index", index.rebuild_when_needed, pause_s=30),
    Lane("directory-counts", counts.count_when_needed, pause_s=30),
    Lane("directory-import", partial(outbox.work_off, importing.VERBS)),
    Lane("directory-bulk", partial(outbox.work_off, bulk_make.VERBS)),
    Lane("directory-tell", partial(outbox.work_off, {tell.KIND: _tell})),
    Lane("directory-hide", partial(outbox.work_off, {removals.TASK: _settle})),
    *(Lane(f"directory-crawl-{number}", crawl.crawl_due) for number in (1, 2, 3)),
)
AT_START: tuple[Lane, ...] = (
    Lane("seed-offices", offices.seed),
    Lane("seed-sources", source_seed.seed),
)
