"""Commands for whoever wants to know how good the estimate of a queue is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cafeteria.service.replays import replay_lunch
from app.core.errors import BadInput

group = AppGroup("cafeteria", help="The canteen: live through a recorded lunch again.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@group.command("replay")
@click.argument("events", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Where the estimates go (CSV).")
@click.option(
    "--learn", type=NEW_FILE, help="What lunches taught (JSON): read first, then written."
)
@click.option("--truth", type=FILE, help="How the lunch really was (CSV): the errors are printed.")
def replay(events: Path, out: Path, learn: Path | None, truth: Path | None) -> None:
    """Write what would have been shown at each moment of EVENTS, from what came before it."""
    try:
        found = replay_lunch(events, out, learn, truth)
    except BadInput as error:
        raise click.ClickException(f"cannot be read: {error.reason}") from error
    if found:
        click.echo(" ".join(f"{name} {value:.3f}" for name, value in asdict(found).items()))
