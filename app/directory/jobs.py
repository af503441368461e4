"""Jobs of the directory."""

from __future__ import annotations

from functools import partial

from app.core import outbox
from app.core.lanes import Lane
from app.directory.service import (
    bulk,
    bulk_make,
    crawl,
    importing,
    imports,
    index,
    offices,
    source_seed,
)


def forget_import_files() -> int:
    """Delete files that were brought and whose imports ended 30 days ago."""
    return imports.forget_files()


def forget_bulk_files() -> int:
    """Delete files with entries that were asked for more than a day ago."""
    return bulk.forget()


LANES: tuple[Lane, ...] = (
    Lane("directory-index", index.rebuild_when_needed, pause_s=30),
    Lane("directory-import", partial(outbox.work_off, importing.VERBS)),
    Lane("directory-bulk", partial(outbox.work_off, bulk_make.VERBS)),
    *(Lane(f"directory-crawl-{number}", crawl.crawl_due) for number in (1, 2, 3)),
)
AT_START: tuple[Lane, ...] = (
    Lane("seed-offices", offices.seed),
    Lane("seed-sources", source_seed.seed),
)
