"""Periodic jobs, run by Huey in the worker's process.

A job is a service verb in a transaction of its own. Every verb may run twice or be killed in the
middle: it only does what is still to be done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Flask
from huey import SqliteHuey, crontab
from sqlalchemy import text

from app.core import db

LOG = logging.getLogger("app.jobs")
When = Callable[[datetime], bool]


@dataclass(frozen=True)
class Entry:
    """One periodic job: its name in the log, the verb, and when (UTC)."""

    name: str
    verb: Callable[[], object]
    when: When


def hourly(minute: int) -> When:
    """Once an hour at that minute."""
    return _cron(minute=str(minute))


def daily(hour: int, minute: int) -> When:
    """Once a day at that time in Asia/Seoul (UTC+9, no summer time)."""
    return _cron(minute=str(minute), hour=str((hour - 9) % 24))


def _cron(**fields: str) -> When:
    check: When = crontab(**fields)
    return check


def tidy_database() -> None:
    """Let SQLite refresh its statistics and shorten its write-ahead log."""
    with db.transaction():
        db.run(text("PRAGMA optimize"))


def run_entry(app: Flask, entry: Entry) -> None:
    """Run one job inside the application, and log how it went."""
    with app.app_context():
        try:
            result = entry.verb()
        except Exception as error:  # the next round tries again; the worker lives on
            LOG.error("job failed", exc_info=error, extra={"facts": {"job": entry.name}})
            return
        LOG.info("job done", extra={"facts": {"job": entry.name, "result": str(result)}})


def make_huey(app: Flask, schedule: tuple[Entry, ...]) -> SqliteHuey:
    """Make the Huey instance with every entry of the schedule registered."""
    folder = app.extensions["office_config"].instance_dir
    huey = SqliteHuey("office", filename=str(folder / "jobs.db"), utc=True, results=False)
    for entry in schedule:
        _register(huey, app, entry)
    return huey


def _register(huey: SqliteHuey, app: Flask, entry: Entry) -> None:
    huey.periodic_task(entry.when, name=entry.name)(partial(run_entry, app, entry))


def run(app: Flask, schedule: tuple[Entry, ...]) -> None:
    """Run the consumer until SIGTERM or SIGINT; each job runs once at the start too."""
    for entry in schedule:
        run_entry(app, entry)
    consumer = make_huey(app, schedule).create_consumer(workers=1, periodic=True)
    consumer.run()
