"""Commands for whoever runs the machine: bring a file in, undo a run."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.errors import NotFound
from app.directory.service import by_hand, offices
from app.directory.service.by_hand import Brought
from app.directory.service.undo import undo

group = AppGroup("directory", help="The directory: bring files in, undo what they did.")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--office", help="The office that the file is of: '경상남도 창원시'.")
@click.option("--office-column", is_flag=True, help="A column of the file names the offices.")
@click.option("--only-departments", is_flag=True, help="Leave departments not in the file alone.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def import_file(
    file: Path, office: str | None, *, office_column: bool, only_departments: bool, dry_run: bool
) -> None:
    """Replace the entries of the offices in FILE (CSV or XLSX); the columns are guessed."""
    if bool(office) == office_column:
        raise click.UsageError("give --office NAME or --office-column")
    offices.seed()
    try:
        number = by_hand.find_office(office) if office else None
    except NotFound as error:
        raise click.ClickException(f"no office, or several, are called {office}") from error
    with by_hand.brought(file, number, only=only_departments) as found:
        _carry_out(found, dry_run=dry_run)


def _carry_out(found: Brought, *, dry_run: bool) -> None:
    click.echo(f"columns {' | '.join(one or '-' for one in found.wanted.mapping.columns)}")
    for number, count in found.offices():
        made = found.would_do(number)
        said = " ".join(f"{key} {made[key]}" for key in ("added", "changed", "handover", "removed"))
        click.echo(f"{made['name']} rows {count} {said} same {made['same']}")
        if not dry_run:
            click.echo(f"  done, run {found.replace(number).run_id}")
    for code, count in sorted(found.found.counts.items()):
        click.echo(f"{code} {count}")


@group.command("undo")
@click.argument("run")
def undo_run(run: str) -> None:
    """Put back what a RUN replaced."""
    try:
        done = undo(run)
    except NotFound as error:
        raise click.ClickException(f"no run {run}") from error
    click.echo(f"restored {done.restored} kept {done.kept}")
