"""Selects of sign-ins, passwords and failed tries."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects import sqlite

from app.accounts.models import (
    Department,
    Organisation,
    Person,
    SignIn,
    SignInFailure,
)
from app.core import db
from app.core.db import first, rows, value
from app.core.guard import Viewer

_VIEWER = (
    select(
        SignIn.id,
        Person.id,
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Person.name,
        Person.staff_number,
        Department.name,
        Person.role,
        Organisation.practice,
        SignIn.last_seen,
    )
    .join(Person, Person.id == SignIn.person_id)
    .join(Department, Department.id == Person.department_id)
    .join(Organisation, Organisation.id == Person.organisation_id)
    .where(SignIn.id == bindparam("id"), SignIn.revoked_at.is_(None), Person.left_at.is_(None))
)


_VIEWER_SQL = str(_VIEWER.compile(dialect=sqlite.dialect()))  # asked with every request


def find_viewer(sign_in_id: str, demo: bool) -> Viewer | None:
    """The signed-in person of a sign-in; people of a practice organisation only in the demo."""
    row = next(iter(db.quick(_VIEWER_SQL, (sign_in_id,))), None)
    if row is None or (row[9] and not demo):
        return None
    return Viewer(*row[:9])


def find_last_seen(sign_in_id: str) -> int:
    """When a sign-in was last seen in use (Unix seconds); 0 when there is no such sign-in."""
    return int(value(select(SignIn.last_seen).where(SignIn.id == sign_in_id)) or 0)


def find_login(code: str, staff_number: str) -> tuple[str, str, bool] | None:
    """`(person id, password hash, practice)` of somebody who may sign in."""
    query = (
        select(Person.id, Person.password_hash, Organisation.practice)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(
            Organisation.code == code,
            Person.staff_number == staff_number,
            Person.left_at.is_(None),
        )
    )
    row = first(query)
    return (row[0], row[1], row[2]) if row else None


def find_password_hash(person_id: str) -> str | None:
    """The password hash of a person."""
    found: str | None = value(select(Person.password_hash).where(Person.id == person_id))
    return found


def count_failures(
    account: bytes, address: bytes, since: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """`(count, newest)` of the account's failures after `since`, and of the address's; newest is
    0 when there is none."""
    at = SignInFailure.at
    mine, theirs = SignInFailure.account == account, SignInFailure.address == address
    sums = [part.filter(one) for one in (mine, theirs) for part in (func.count(), func.max(at))]
    [row] = rows(select(*sums).where(at > since, or_(mine, theirs)))
    return (row[0], row[1] or 0), (row[2], row[3] or 0)


def list_sign_ins(person_id: str) -> list[tuple[str, str, int, int]]:
    """`(id, label, created_at, last_seen)` of the living sign-ins, newest use first."""
    query = (
        select(SignIn.id, SignIn.label, SignIn.created_at, SignIn.last_seen)
        .where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None))
        .order_by(SignIn.last_seen.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows(query)]
