"""Every select of this feature; each takes the organisation it may see."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, func, or_, select

from app.accounts.models import (
    AccessRecord,
    Consent,
    Department,
    DeviceKey,
    Organisation,
    Person,
    SignIn,
    SignInFailure,
)
from app.core.db import session
from app.core.errors import NotFound
from app.core.guard import Viewer

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


@dataclass(frozen=True)
class Device:
    """A device key; times in Unix seconds."""

    kid: bytes
    organisation_id: str
    person_id: str
    x: bytes
    y: bytes
    label: str
    created_at: int
    revoked_at: int | None
    revoke_reason: str | None

    @property
    def state(self) -> str:
        """`active` or `revoked`."""
        return "active" if self.revoked_at is None else "revoked"


@dataclass(frozen=True)
class Agreement:
    """A consent; `version` is the text's SHA-256."""

    version: bytes
    agreed_at: int
    withdrawn_at: int | None


@dataclass(frozen=True)
class View:
    """One entry of the access log, as the person concerned reads it."""

    at: int
    viewer: str
    viewer_department: str
    what: str
    why: str
    target_id: str


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
    .where(SignIn.revoked_at.is_(None), Person.left_at.is_(None))
)


def find_viewer(sign_in_id: str, demo: bool) -> Viewer | None:
    """The signed-in person of a sign-in; people of a practice organisation only in the demo."""
    row = session().execute(_VIEWER.where(SignIn.id == sign_in_id)).first()
    if row is None or (row[9] and not demo):
        return None
    return Viewer(*row[:9])


def count_organisations() -> int:
    """How many organisations there are, practice ones included."""
    return session().execute(select(func.count()).select_from(Organisation)).scalar_one()


def list_offices(demo: bool) -> list[Office]:
    """The organisations that people can sign in to, by name."""
    query = _office().order_by(Organisation.name)
    if not demo:
        query = query.where(Organisation.practice.is_(False))
    return [Office(*row) for row in session().execute(query)]


def _office() -> Select[tuple[str, str, str, float | None, float | None, bool]]:
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
    row = session().execute(_office().where(column == value)).first()
    return Office(*row) if row else None


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
    row = session().execute(query).first()
    return (row[0], row[1], row[2]) if row else None


def find_password_hash(person_id: str) -> str | None:
    """The password hash of a person."""
    return session().execute(
        select(Person.password_hash).where(Person.id == person_id)
    ).scalar_one_or_none()


def count_failures(account: bytes, address: bytes, since: int) -> tuple[int, int, int]:
    """`(failures of the account, failures from the address, newest)` after `since`."""
    mine = SignInFailure.account == account
    theirs = SignInFailure.address == address
    row = session().execute(
        select(
            func.count().filter(mine),
            func.count().filter(theirs),
            func.max(SignInFailure.at),
        ).where(SignInFailure.at > since, or_(mine, theirs))
    ).one()
    return row[0], row[1], row[2] or 0


def _colleague() -> Select[tuple[str, str, str, str, str, str, int, int | None]]:
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
    query = _colleague().where(
        Person.id == person_id, Person.organisation_id == organisation_id
    )
    row = session().execute(query).first()
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
    total = session().execute(select(func.count()).select_from(query.subquery())).scalar_one()
    query = query.order_by(Person.left_at.is_not(None), Department.name, Person.name, Person.id)
    rows = session().execute(query.offset((page - 1) * size).limit(size))
    return [Colleague(*row) for row in rows], total


def list_departments(organisation_id: str) -> list[str]:
    """The names of the organisation's departments."""
    query = select(Department.name).where(Department.organisation_id == organisation_id)
    return list(session().execute(query.order_by(Department.name)).scalars())


def list_sign_ins(person_id: str) -> list[tuple[str, str, int, int]]:
    """`(id, label, created_at, last_seen)` of the living sign-ins, newest use first."""
    query = (
        select(SignIn.id, SignIn.label, SignIn.created_at, SignIn.last_seen)
        .where(SignIn.person_id == person_id, SignIn.revoked_at.is_(None))
        .order_by(SignIn.last_seen.desc())
    )
    return [(row[0], row[1], row[2], row[3]) for row in session().execute(query)]


_DEVICE = select(
    DeviceKey.kid,
    DeviceKey.organisation_id,
    DeviceKey.person_id,
    DeviceKey.x,
    DeviceKey.y,
    DeviceKey.label,
    DeviceKey.created_at,
    DeviceKey.revoked_at,
    DeviceKey.revoke_reason,
)


def find_device(kid: bytes) -> Device | None:
    """The device key of a key id (8 bytes), of any organisation: signatures name no other."""
    row = session().execute(_DEVICE.where(DeviceKey.kid == kid)).first()
    return Device(*row) if row else None


def list_devices(person_id: str) -> list[Device]:
    """All device keys a person ever enrolled, newest first."""
    query = _DEVICE.where(DeviceKey.person_id == person_id)
    return [Device(*row) for row in session().execute(query.order_by(DeviceKey.created_at.desc()))]


def find_agreement(person_id: str) -> Agreement | None:
    """The person's newest consent, in force or withdrawn."""
    query = (
        select(Consent.version, Consent.agreed_at, Consent.withdrawn_at)
        .where(Consent.person_id == person_id)
        .order_by(Consent.agreed_at.desc(), Consent.withdrawn_at.is_not(None))
        .limit(1)
    )
    row = session().execute(query).first()
    return Agreement(*row) if row else None


def list_agreements(person_id: str) -> list[Agreement]:
    """Every consent a person gave, newest first."""
    query = (
        select(Consent.version, Consent.agreed_at, Consent.withdrawn_at)
        .where(Consent.person_id == person_id)
        .order_by(Consent.agreed_at.desc())
    )
    return [Agreement(*row) for row in session().execute(query)]


def list_views(subject_id: str, limit: int = 50) -> list[View]:
    """Who looked at what of this person, newest first."""
    query = (
        select(
            AccessRecord.at,
            Person.name,
            Department.name,
            AccessRecord.what,
            AccessRecord.why,
            AccessRecord.target_id,
        )
        .join(Person, Person.id == AccessRecord.viewer_id)
        .join(Department, Department.id == Person.department_id)
        .where(AccessRecord.subject_id == subject_id)
        .order_by(AccessRecord.at.desc())
        .limit(limit)
    )
    return [View(*row) for row in session().execute(query)]


def find_trial_person(role: str) -> str | None:
    """The id of the first person of that role in a practice organisation."""
    query = (
        select(Person.id)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .where(Organisation.practice.is_(True), Person.role == role, Person.left_at.is_(None))
        .order_by(Person.staff_number)
        .limit(1)
    )
    return session().execute(query).scalar_one_or_none()


@dataclass(frozen=True)
class Signer:
    """A device key with the person who enrolled it and their office; times in Unix seconds."""

    kid: bytes
    x: bytes
    y: bytes
    created_at: int
    revoked_at: int | None
    revoke_reason: str | None
    person_id: str
    name: str
    staff_number: str
    department: str
    organisation_id: str
    organisation_code: str
    organisation_name: str
    office_lat: float | None
    office_lon: float | None


_SIGNER = (
    select(
        DeviceKey.kid,
        DeviceKey.x,
        DeviceKey.y,
        DeviceKey.created_at,
        DeviceKey.revoked_at,
        DeviceKey.revoke_reason,
        Person.id,
        Person.name,
        Person.staff_number,
        Department.name,
        Organisation.id,
        Organisation.code,
        Organisation.name,
        Organisation.office_lat,
        Organisation.office_lon,
    )
    .join(Person, Person.id == DeviceKey.person_id)
    .join(Department, Department.id == Person.department_id)
    .join(Organisation, Organisation.id == DeviceKey.organisation_id)
    .where(DeviceKey.kid == bindparam("kid"))
)


def find_signer(kid: bytes) -> Signer | None:
    """Whose key a key id (8 bytes) is, in any organisation: a signature names no other."""
    row = session().execute(_SIGNER, {"kid": kid}).first()
    return Signer(*row) if row else None
