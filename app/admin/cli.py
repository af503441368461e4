"""Commands for the demonstration."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.admin.service import demo, show
from app.core import http

REAL = "a real organisation lives here: start with DEMO=0."
group = AppGroup("demo", help="The demonstration: an invented organisation to try things out.")


def _check() -> None:
    if not http.config().demo:
        raise click.ClickException("DEMO=0: the demonstration is switched off.")


@group.command("load")
def load() -> None:
    """Load the demonstration once; a second call changes nothing."""
    _check()
    try:
        click.echo("demo: loaded" if demo.load() else "demo: already there")
    except demo.RealOffice as refusal:
        raise click.ClickException(REAL) from refusal


@group.command("reset")
def reset() -> None:
    """Delete the demonstration's organisation and load it anew, with dates up to today."""
    _check()
    try:
        demo.reset()
    except demo.RealOffice as refusal:
        raise click.ClickException(REAL) from refusal
    click.echo("demo: reset")


@group.command("show")
def show_all() -> None:
    """Print roles, passwords and three steps to try."""
    for line in show.lines(http.config()):
        click.echo(line)
