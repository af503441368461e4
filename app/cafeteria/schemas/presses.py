"""The kitchen's presses, check-ins and wishes, as they come in."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

MOST_PEOPLE = 500
Ago = Annotated[int, Field(strict=True, ge=0, le=10**12)]
People = Annotated[int, Field(strict=True, ge=0, le=MOST_PEOPLE)]


class TapIn(BaseModel):
    """A press of the kitchen's buttons; `people` of a mark only."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    line_id: UUID
    kind: Literal["mark", "open", "closed", "sold_out"]
    people: People | None = Field(default=None, validate_default=True)
    ago_ms: Ago

    @field_validator("people")
    @classmethod
    def belongs_to_a_mark(cls, people: int | None, info: ValidationInfo) -> int | None:
        """A mark says how many stand up to it, and nothing else does."""
        kind = info.data.get("kind", "")
        if kind == "mark" and people is None:
            raise PydanticCustomError("missing", "a mark says how many people")
        if kind not in {"mark", ""} and people is not None:
            raise PydanticCustomError("only_of_a_mark", "only a mark says how many people")
        return people


class PressIn(BaseModel):
    """The same from a form: "mark:20", or another kind."""

    model_config = ConfigDict(frozen=True)
    page: UUID
    line_id: UUID
    press: Annotated[str, StringConstraints(pattern=r"^(mark:[0-9]{1,3}|open|closed|sold_out)$")]


class AgoIn(BaseModel):
    """How long ago something was pressed."""

    model_config = ConfigDict(frozen=True)
    ago_ms: Ago = 0


class UndoIn(BaseModel):
    """Which press is to be taken back, from a form."""

    model_config = ConfigDict(frozen=True)
    tap: UUID


class CheckInIn(BaseModel):
    """Somebody joined a line."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    line_id: UUID
    ago_ms: Ago


class WishIn(BaseModel):
    """Somebody wants to be told when the wait is under so many minutes."""

    model_config = ConfigDict(frozen=True)
    minutes: Annotated[int, Field(strict=True, ge=1, le=60)]


class ReplayIn(BaseModel):
    """How fast the demonstration's lunch goes on, or begins anew."""

    model_config = ConfigDict(frozen=True)

    speed: Literal[1, 10, 60]
    anew: bool = False
