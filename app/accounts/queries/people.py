"""Selects of organisations and their people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.accounts.models import (
    Department,
    Organisation,
    Person,
)
from app.core.db import first, rows, value, values
from app.core.errors import NotFound

PAGE = 30


@dataclass(frozen=True)
class Office:
    """An organisation, as other features see it."""

    id: str
    code: str
    name: str
    lat: float | None
    lon: float | None
    practice: bool


@dataclass(frozen=True)
class Colleague:
    """A person, as other features see them; `left_at` is Unix seconds or None."""

    id: str
    organisation_id: str
    name: str
    staff_number: str
    department: str
    role: str
    created_at: int
    left_at: int | None


def list_offices(demo: bool) -> list[Office]:
    """The organisations that people can sign in to, by name."""
    query = _office().order_by(Organisation.name)
    if not demo:
        query = query.where(Organisation.practice.is_(False))
    return [Office(*row) for row in rows(query)]


def _office() -> Select[*tuple[Any, ...]]:
    return select(
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.office_lat,
        Organisation.office_lon,
        Organisation.practice,
    )


def find_office(*, code: str = "", organisation_id: str = "") -> Office | None:
    """The organisation of a code or an id."""
    column, value = (Organisation.code, code) if code else (Organisation.id, organisation_id)
    row = first(_office().where(column == value))
    return Office(*row) if row else None


def _colleague() -> Select[*tuple[Any, ...]]:
    return select(
        Person.id,
        Person.organisation_id,
        Person.name,
        Person.staff_number,
        Department.name,
        Person.role,
        Person.created_at,
        Person.left_at,
    ).join(Department, Department.id == Person.department_id)


def get_colleague(organisation_id: str, person_id: str) -> Colleague:
    """A person of the organisation.

    Raises:
        NotFound: when there is none in this organisation.
    """
    query = _colleague().where(Person.id == person_id, Person.organisation_id == organisation_id)
    row = first(query)
    if row is None:
        raise NotFound
    return Colleague(*row)


def list_colleagues(
    organisation_id: str, text: str, page: int, size: int = PAGE
) -> tuple[list[Colleague], int]:
    """A page (from 1) of the people whose name, number or department holds the text; and how
    many there are in all."""
    wanted = Person.organisation_id == organisation_id
    if text:
        wanted = and_(
            wanted,
            or_(
                Person.name.contains(text, autoescape=True),
                Person.staff_number.contains(text, autoescape=True),
                Department.name.contains(text, autoescape=True),
            ),
        )
    query = _colleague().where(wanted)
    total = value(select(func.count()).select_from(query.subquery()))
    query = query.order_by(Person.left_at.is_not(None), Department.name, Person.name, Person.id)
    found = rows(query.offset((page - 1) * size).limit(size))
    return [Colleague(*row) for row in found], total


def list_departments(organisation_id: str) -> list[str]:
    """The names of the organisation's departments."""
    query = select(Department.name).where(Department.organisation_id == organisation_id)
    return values(query.order_by(Department.name))


def find_trial_person(role: str) -> str | None:
    """The id of the first person of that role in a practice organisation."""
    query = (
        select(Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Organisation.practice.is_(True), Person.role == role, Person.left_at.is_(None))
        .order_by(Person.staff_number)
        .limit(1)
    )
    found: str | None = value(query)
    return found


def list_person_ids(organisation_id: str, text: str, limit: int = 200) -> list[str]:
    """The ids of the organisation's people whose name, number or department holds the text."""
    query = (
        select(Person.id)
        .join(Department, Department.id == Person.department_id)
        .where(
            Person.organisation_id == organisation_id,
            or_(
                Person.name.contains(text, autoescape=True),
                Person.staff_number.contains(text, autoescape=True),
                Department.name.contains(text, autoescape=True),
            ),
        )
        .limit(limit)
    )
    return values(query)


def list_department_ids(organisation_id: str, department: str) -> list[str]:
    """The ids of everybody who is or was in the organisation's department of that name."""
    query = (
        select(Person.id)
        .join(Department, Department.id == Person.department_id)
        .where(Person.organisation_id == organisation_id, Department.name == department)
    )
    return values(query)


def list_by_ids(organisation_id: str, person_ids: set[str]) -> dict[str, Colleague]:
    """People of the organisation by id."""
    query = _colleague().where(Person.organisation_id == organisation_id, Person.id.in_(person_ids))
    return {row[0]: Colleague(*row) for row in rows(query)}


def list_here(person_ids: Collection[str]) -> set[str]:
    """Those of some people who have not left, of whatever organisation."""
    here = select(Person.id).where(Person.id.in_(person_ids), Person.left_at.is_(None))
    return set(values(here))


def list_ids_of_role(organisation_id: str, role: str) -> list[str]:
    """The ids of the organisation's people of a role who have not left."""
    query = select(Person.id).where(
        Person.organisation_id == organisation_id, Person.role == role, Person.left_at.is_(None)
    )
    return values(query.order_by(Person.id))


def list_all_of_role(role: str) -> list[tuple[str, str]]:
    """The people of a role who have not left, of every organisation: (person, organisation)."""
    everybody = select(Person.id, Person.organisation_id)
    query = everybody.where(Person.role == role, Person.left_at.is_(None)).order_by(Person.id)
    return [(row[0], row[1]) for row in rows(query)]


def list_all_ids(organisation_id: str) -> list[str]:
    """The ids of everybody who is or was in the organisation."""
    return values(select(Person.id).where(Person.organisation_id == organisation_id))
