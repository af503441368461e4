"""Commands for the operator of photos: what was not done."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.core.errors import StorageUnreachable
from app.core.far_files import NotTheSameError
from app.photos.service import far, undone

group = AppGroup("photos", help="Photos: what the worker could not do.")


@group.command("dead-tasks")
def dead_tasks() -> None:
    """Count the tasks that were given up, by kind, and name photos that do not become ready; the
    worker's log says why."""
    for line in [*undone.list_lines(), *far.list_lines()] or ["none 0"]:
        click.echo(line)


@group.command("try-store")
def try_store() -> None:
    """Write, replace, read back and delete a small file where photos lie (FILES_URL)."""
    try:
        far.try_out()
    except (OSError, StorageUnreachable, NotTheSameError) as error:
        raise click.ClickException(f"it cannot: {type(error).__name__} {error}") from error
    click.echo("it can")
