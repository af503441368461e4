"""Organisations and their people."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Update, insert, select, update

from app.accounts import gateways
from app.accounts.models import Department, Organisation, Person
from app.accounts.queries import devices as devices_q
from app.accounts.queries import people as people_q
from app.accounts.queries.people import Colleague, Office
from app.accounts.rules.refusals import (
    AlreadySetUp,
    NotOnYourself,
    OrganisationTaken,
    OwnRole,
    StaffNumberTaken,
)
from app.accounts.service import sign_in
from app.accounts.service.devices import revoke_device
from app.core import clock, db
from app.core.errors import NotFound
from app.core.guard import Viewer
from app.core.ids import new_id

OPERATORS = "operator"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def make_password() -> str:
    """A first password that can be read out on the telephone: 60 bits in four groups."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(3)) for _ in range(4))


def add_organisation(
    code: str, name: str, office: tuple[float, float] | None, practice: bool
) -> str:
    """Make an organisation; its id.

    Raises:
        OrganisationTaken: when the code is in use.
    """
    if people_q.find_office(code=code) is not None:
        raise OrganisationTaken
    organisation_id = new_id()
    db.run(
        insert(Organisation).values(
            id=organisation_id,
            code=code,
            name=name,
            office_lat=office[0] if office else None,
            office_lon=office[1] if office else None,
            practice=practice,
            created_at=clock.now(),
        )
    )
    return organisation_id


def add_person(
    organisation_id: str,
    name: str,
    staff_number: str,
    department: str,
    role: str,
    password_hash: str,
) -> str:
    """Make a person, and the department when it is new; the person's id.

    Raises:
        StaffNumberTaken: when the number is in use in the organisation.
    """
    taken = db.first(
        select(Person.id).where(
            Person.organisation_id == organisation_id, Person.staff_number == staff_number
        )
    )
    if taken is not None:
        raise StaffNumberTaken
    person_id = new_id()
    db.run(
        insert(Person).values(
            id=person_id,
            organisation_id=organisation_id,
            department_id=_department(organisation_id, department),
            staff_number=staff_number,
            name=name,
            role=role,
            password_hash=password_hash,
            created_at=clock.now(),
        )
    )
    return person_id


def _department(organisation_id: str, name: str) -> str:
    found: str | None = db.value(
        select(Department.id).where(
            Department.organisation_id == organisation_id, Department.name == name
        )
    )
    if found is not None:
        return found
    department_id = new_id()
    db.run(insert(Department).values(id=department_id, organisation_id=organisation_id, name=name))
    return department_id


def needs_set_up() -> bool:
    """True until there is an organisation that is neither practice nor the operators'."""
    return all(office.code == OPERATORS for office in people_q.list_offices(demo=False))


@dataclass(frozen=True)
class NewOffice:
    """A new organisation; `point` is its office's latitude and longitude (WGS84)."""

    code: str
    name: str
    point: tuple[float, float] | None


@dataclass(frozen=True)
class FirstPerson:
    """The first administrator of a new organisation."""

    name: str
    staff_number: str
    department: str
    password_hash: str


def set_up(office: NewOffice, first: FirstPerson) -> str:
    """Make the first organisation and its first administrator; the latter's id.

    Raises:
        AlreadySetUp: when there is an organisation that is not a practice one.
        OrganisationTaken: the code is in use, or that of the operators.
    """
    if not needs_set_up():
        raise AlreadySetUp
    if office.code.lower() == OPERATORS:
        raise OrganisationTaken
    organisation_id = add_organisation(office.code, office.name, office.point, practice=False)
    return add_person(
        organisation_id,
        first.name,
        first.staff_number,
        first.department,
        "administrator",
        first.password_hash,
    )


def end_person(viewer: Viewer, person_id: str) -> None:
    """A person leaves: they can no longer sign in; what they stamped stays theirs.

    Raises:
        NotFound: no such person in the viewer's organisation, or gone already.
        NotOnYourself: it is the viewer.
    """
    if person_id == viewer.person_id:
        raise NotOnYourself
    gone = db.first(
        update(Person)
        .where(
            Person.id == person_id,
            Person.organisation_id == viewer.organisation_id,
            Person.left_at.is_(None),
        )
        .values(left_at=clock.now())
        .returning(Person.id)
    )
    if gone is None:
        raise NotFound
    sign_in.end_all_sign_ins(person_id)
    for device in devices_q.list_devices(person_id):
        if device.revoked_at is None:
            revoke_device(person_id, device.kid, viewer.person_id, "퇴직·전출")


def return_person(viewer: Viewer, person_id: str) -> bool:
    """Undo that a person has left: they can sign in again; their keys stay revoked.

    Returns:
        Whether they had left.

    Raises:
        NotFound: no such person in the viewer's organisation.
    """
    if people_q.get_colleague(viewer.organisation_id, person_id).left_at is None:
        return False
    db.run(_colleague(viewer, person_id).values(left_at=None))
    return True


def change_person(
    viewer: Viewer, person_id: str, name: str, department: str, role: str | None
) -> list[str]:
    """Put right a person's name, department and role (None: as it is).

    Returns:
        Which of `name`, `department` and `role` have changed.

    Raises:
        NotFound: no such person in the viewer's organisation.
        OwnRole: it is the viewer's own role that would change.
    """
    known = people_q.get_colleague(viewer.organisation_id, person_id)
    wanted = {"name": name, "department": department, "role": role or known.role}
    changed = [field for field, text in wanted.items() if text != getattr(known, field)]
    if "role" in changed and person_id == viewer.person_id:
        raise OwnRole
    if changed:
        place = _department(viewer.organisation_id, department)
        written = {"name": name, "department_id": place, "role": wanted["role"]}
        db.run(_colleague(viewer, person_id).values(written))
    return changed


def _colleague(viewer: Viewer, person_id: str) -> Update:
    mine = Person.organisation_id == viewer.organisation_id
    return update(Person).where(Person.id == person_id, mine)


def find_office(*, code: str = "", organisation_id: str = "") -> Office | None:
    """The organisation of a code or an id."""
    return people_q.find_office(code=code, organisation_id=organisation_id)


def add_operator(name: str, staff_number: str, password_hash: str) -> str:
    """Make an operator in the installation's own organisation; the person's id.

    Raises:
        StaffNumberTaken: when the number is in use there.
    """
    office = people_q.find_office(code=OPERATORS)
    organisation_id = office.id if office else add_organisation(OPERATORS, "운영", None, False)
    return add_person(organisation_id, name, staff_number, "운영", "operator", password_hash)


def get_colleague(organisation_id: str, person_id: str) -> Colleague:
    """A person of the organisation.

    Raises:
        NotFound: when there is none in this organisation.
    """
    return people_q.get_colleague(organisation_id, person_id)


def list_person_ids(organisation_id: str, text: str) -> list[str]:
    """The ids of the organisation's people whose name, number or department holds the text."""
    return people_q.list_person_ids(organisation_id, text)


def list_department_ids(organisation_id: str, department: str) -> list[str]:
    """The ids of everybody who is or was in the organisation's department of that name."""
    return people_q.list_department_ids(organisation_id, department)


def list_by_ids(organisation_id: str, person_ids: set[str]) -> dict[str, Colleague]:
    """People of the organisation by id."""
    return people_q.list_by_ids(organisation_id, person_ids)


def list_offices() -> list[Office]:
    """Every organisation, practice ones included."""
    return people_q.list_offices(demo=True)


def hash_password(password: str) -> str:
    """The argon2id hash of a password; takes its time, so it belongs before a transaction."""
    return gateways.hash_password(password)


def list_here(person_ids: Collection[str]) -> set[str]:
    """Those of some people who have not left, of whatever organisation."""
    return people_q.list_here(person_ids)


def list_administrators(organisation_id: str) -> list[str]:
    """The ids of the organisation's administrators."""
    return people_q.list_ids_of_role(organisation_id, "administrator")


def list_all_administrators() -> list[tuple[str, str]]:
    """The administrators of every organisation: (person, organisation)."""
    return people_q.list_all_of_role("administrator")


def list_all_ids(organisation_id: str) -> list[str]:
    """The ids of everybody who is or was in the organisation."""
    return people_q.list_all_ids(organisation_id)
