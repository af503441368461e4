"""Jobs of photos: what the schedule calls, and the lanes in which the worker does what is due."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.core import outbox
from app.core.db import transaction
from app.core.lanes import Lane
from app.photos.service import (
    archive,
    connectors,
    copies,
    deliver,
    far,
    process,
    sheet,
    turns,
    undone,
    uploads,
)


def expire_uploads() -> int:
    """End uploads whose time is over, and remove bytes that belong to none."""
    with transaction():
        uploads.drop_expired()
    return uploads.sweep()


def forget_exports() -> int:
    """Delete sheets and archives that were made more than a day ago."""
    return archive.forget_exports()


def sweep_exports() -> int:
    """Delete what killed workers left half made more than a day ago."""
    return archive.sweep()


def revive_photos() -> int:
    """Let photos that have arrived and were given up be made ready after all."""
    with transaction():
        return process.revive()


def seal_older_copies() -> int:
    """Make the copies anew that were not sealed when they were made."""
    return copies.seal_older(most=200)


def check_kept_files() -> int:
    """See whether a store on another machine still has what it took a day ago."""
    return far.check_kept()


def _process(given: Mapping[str, Any]) -> str:
    return process.process(str(given["photo_id"]))


# A lane is a thread of its own, so that what is slow holds up nothing else. Tasks of the outbox
# stand by their kind: {kind: verb}.
LANES: tuple[Lane, ...] = (
    Lane(
        "photo-process",
        partial(outbox.work_off, {undone.PROCESS: _process}, choose=turns.Turns().choose),
    ),
    Lane("photo-export", partial(outbox.work_off, {**archive.EXPORT_VERBS, **sheet.SHEET_VERBS})),
    *(Lane(f"photo-deliver-{number}", deliver.deliver_due) for number in (1, 2, 3)),
    Lane("photo-store", far.push_due),
)
# What the worker does once when it starts.
AT_START: tuple[Lane, ...] = (Lane("warn-of-clear", connectors.warn_of_clear),)
