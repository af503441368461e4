"""Commands for people: the first operator."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import click
from flask.cli import AppGroup

from app.accounts.service import people, sign_in
from app.core import http, keys
from app.core.db import transaction
from app.core.errors import Refusal

SHORTEST = 10
group = AppGroup("accounts", help="People of the installation.")
ask_password = click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)


def _write(password: str, name: str, write: Callable[[str], object]) -> None:
    """Hash a password and write it in a transaction; a refusal becomes one line."""
    if len(password) < SHORTEST:
        raise click.ClickException(f"The password needs at least {SHORTEST} characters.")
    hashed = people.hash_password(password)
    try:
        with transaction():
            write(hashed)
    except Refusal as refusal:
        raise click.ClickException(f"{name}: {refusal.code}") from refusal


@group.command("create-operator")
@click.argument("staff_number")
@click.argument("name")
@ask_password
def create_operator(staff_number: str, name: str, password: str) -> None:
    """Make an operator (운영자): a person who runs the installation and sees nobody's stamps."""
    _write(password, staff_number, partial(people.add_operator, name, staff_number))
    click.echo(f"Operator {staff_number} made. Sign in to the organisation '운영' (code operator).")


@group.command("setup-code")
def setup_code() -> None:
    """Print the code that the first-run page asks for."""
    click.echo(keys.setup_code(http.config().instance_dir))


@group.command("reset-password")
@click.argument("organisation")
@click.argument("staff_number")
@ask_password
def reset_password(organisation: str, staff_number: str, password: str) -> None:
    """Give somebody a new password, for a sole administrator who lost theirs."""
    set_password = partial(sign_in.reset_password, organisation, staff_number)
    _write(password, f"{organisation} {staff_number}", set_password)
    click.echo(f"{staff_number} has a new password and is signed out everywhere.")
