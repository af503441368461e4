"""What comes in and goes out, checked once at the door."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from app.core.ids import from_b64u

LONGEST_NUMBER = 24


def _bytes_of(size: int) -> AfterValidator:
    def check(text: str) -> str:
        if len(from_b64u(text)) != size:
            raise ValueError(f"{size} bytes in base64url")
        return text

    return AfterValidator(check)


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in text):
        raise ValueError("no control characters, and none that turn the direction of writing")
    return text


def _short(text: str) -> str:
    if len(text.encode()) > LONGEST_NUMBER:
        raise ValueError("at most 24 bytes: the stamp's token has no room for more")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_plain)
]
StaffNumber = Annotated[Line, Field(max_length=24), AfterValidator(_short)]
Password = Annotated[str, StringConstraints(min_length=10, max_length=128)]
Bytes32 = Annotated[str, StringConstraints(max_length=64), _bytes_of(32)]
Bytes64 = Annotated[str, StringConstraints(max_length=128), _bytes_of(64)]
Role = Literal["officer", "auditor", "administrator", "canteen"]


class Door(BaseModel):
    """The base: unknown fields are ignored in forms, values are checked strictly."""

    model_config = ConfigDict(frozen=True)


class SignInForm(Door):
    """The login form."""

    organisation: Annotated[str, StringConstraints(strip_whitespace=True, max_length=16)] = ""
    staff_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] = ""
    password: Annotated[str, StringConstraints(max_length=128)] = ""
    next: Annotated[str, StringConstraints(max_length=2000)] = ""


class ConsentIn(Door):
    """Agreement to the text whose SHA-256 is given in hex."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DeviceIn(Door):
    """A phone's new public key with the proof that the phone holds the private half."""

    x: Bytes32
    y: Bytes32
    proof: Bytes64
    label: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class PersonForm(Door):
    """A new member of staff."""

    name: Annotated[Line, Field(max_length=40)]
    staff_number: StaffNumber
    department: Annotated[Line, Field(max_length=40)]
    role: Role = "officer"


class PersonChangeForm(Door):
    """What may be put right about a member of staff; the staff number stands in their stamps."""

    name: Annotated[Line, Field(max_length=40)]
    department: Annotated[Line, Field(max_length=40)]
    role: Role | None = None  # None: as it is


class PasswordForm(Door):
    """A change of one's own password."""

    current: Annotated[str, StringConstraints(max_length=128)]
    new: Password


class RevokeForm(Door):
    """Why a key is revoked."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class FirstRunForm(Door):
    """The organisation and its first administrator."""

    setup_code: Annotated[Line, Field(max_length=32)]
    organisation_code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{2,16}$")]
    organisation_name: Annotated[Line, Field(max_length=40)]
    department: Annotated[Line, Field(max_length=40)]
    name: Annotated[Line, Field(max_length=40)]
    staff_number: StaffNumber
    password: Password
    password_again: str
    office_lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    office_lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None

    @field_validator("password_again")
    @classmethod
    def _same(cls, again: str, given: ValidationInfo) -> str:
        if again != given.data.get("password", again):
            raise PydanticCustomError("passwords_differ", "the passwords differ")
        return again

    @property
    def office(self) -> tuple[float, float] | None:
        """The office's point, when both halves were given."""
        if self.office_lat is None or self.office_lon is None:
            return None
        return self.office_lat, self.office_lon
