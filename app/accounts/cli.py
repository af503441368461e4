"""Commands for people: the first operator."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.accounts.service import people, sign_in
from app.core import http, keys
from app.core.db import transaction
from app.core.errors import Refusal

SHORTEST = 10
group = AppGroup("accounts", help="People of the installation.")


@group.command("create-operator")
@click.argument("staff_number")
@click.argument("name")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_operator(staff_number: str, name: str, password: str) -> None:
    """Make an operator (운영자): a person who runs the installation and sees nobody's stamps."""
    if len(password) < SHORTEST:
        raise click.ClickException(f"The password needs at least {SHORTEST} characters.")
    hashed = people.hash_password(password)
    try:
        with transaction():
            people.add_operator(name, staff_number, hashed)
    except Refusal as refusal:
        raise click.ClickException(f"{staff_number}: {refusal.code}") from refusal
    click.echo(f"Operator {staff_number} made. Sign in to the organisation '운영' (code operator).")


@group.command("setup-code")
def setup_code() -> None:
    """Print the code that the first-run page asks for."""
    click.echo(keys.setup_code(http.config().instance_dir))


@group.command("reset-password")
@click.argument("organisation")
@click.argument("staff_number")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def reset_password(organisation: str, staff_number: str, password: str) -> None:
    """Give somebody a new password, for a sole administrator who lost theirs."""
    if len(password) < SHORTEST:
        raise click.ClickException(f"The password needs at least {SHORTEST} characters.")
    hashed = people.hash_password(password)
    try:
        with transaction():
            sign_in.reset_password(organisation, staff_number, hashed)
    except Refusal as refusal:
        raise click.ClickException(f"{organisation} {staff_number}: {refusal.code}") from refusal
    click.echo(f"{staff_number} has a new password and is signed out everywhere.")
