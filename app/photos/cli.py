"""Commands for the operator of photos: what was given up."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core import outbox

group = AppGroup("photos", help="Photos: what the worker could not do.")


@group.command("dead-tasks")
def dead_tasks() -> None:
    """Count the tasks that were given up, by kind; the worker's log says why."""
    for kind, count in outbox.count_dead().items() or [("none", 0)]:
        click.echo(f"{kind} {count}")
