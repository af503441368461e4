"""Commands for the operator of photos: what was not done."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.photos.service import undone

group = AppGroup("photos", help="Photos: what the worker could not do.")


@group.command("dead-tasks")
def dead_tasks() -> None:
    """Count the tasks that were given up, by kind, and name photos that do not become ready; the
    worker's log says why."""
    for line in list(undone.list_lines()) or ["none 0"]:
        click.echo(line)
