"""What an administrator types about a counter."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.cafeteria.schemas.plain import plain

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(plain),
]


class DeviceForm(BaseModel):
    """A new counter."""

    model_config = ConfigDict(frozen=True)
    line_id: UUID
    name: Name
    measures: Literal["in", "out", "both", "people", "level"]
    period_s: Annotated[int, Field(ge=1, le=60)]


class SureForm(BaseModel):
    """Something that cannot be undone: only who says so means it."""

    model_config = ConfigDict(frozen=True)
    sure: Literal["1"]


class TrialForm(BaseModel):
    """Beginning or ending a test."""

    model_config = ConfigDict(frozen=True)
    on: bool = False
