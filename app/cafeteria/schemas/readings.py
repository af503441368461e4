"""What counters send, and what they are answered.

The titles and descriptions here are also those of the interface's description
(tools/describe_feed.py), which people read who build counters: they are in English.
"""

from __future__ import annotations

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError, from_json

from app.cafeteria.rules.feed import Told
from app.cafeteria.rules.feed_refusals import NotJson

LAST_SECOND = 100_000_000_000  # of the year 5138: what is beyond is no time
LAST_SEQ = 2**53 - 1  # what every JSON library keeps exactly
MOST_READINGS = 100
STRICT = ConfigDict(frozen=True, strict=True, extra="forbid")
KINDS: JsonDict = {
    "oneOf": [
        {"anyOf": [{"required": ["in"]}, {"required": ["out"]}]},
        {"required": ["count"]},
        {"required": ["level"]},
    ]
}
Seconds = Annotated[float, Field(ge=0, le=LAST_SECOND, allow_inf_nan=False)]
People = Annotated[int, Field(ge=0, le=1_000_000)]
Device = Annotated[UUID, Field(description="The counter's id.")]
Sent = Annotated[
    Seconds | None,
    Field(description="What the counter's clock shows as it sends, Unix seconds. With it a wrong "
                      "clock does no harm."),
]  # fmt: skip


class ReadingIn(BaseModel):
    """One reading: people who came in and went out since the last one, or the people in the line
    now, or a level from 0 (free) to 4 (very crowded)."""

    model_config = STRICT | ConfigDict(json_schema_extra=KINDS)
    seq: int = Field(ge=0, le=LAST_SEQ, description="Each reading's own number; never used again.")
    ts: Seconds | None = Field(
        None, description="When, by the counter's clock, Unix seconds. Left out: now, by ours."
    )
    entered: People | None = Field(None, alias="in", description="People who came in.")
    left: People | None = Field(None, alias="out", description="People who went out.")
    people: People | None = Field(None, alias="count", description="People in the line now.")
    level: Annotated[int, Field(ge=0, le=4)] | None = Field(None, description="0 to 4.")

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        passed = self.entered is not None or self.left is not None
        kinds = (passed, self.people is not None, self.level is not None)
        if sum(kinds) != 1:
            raise PydanticCustomError("one_kind", "in and out, or count, or level")
        return self

    def told(self, place: str) -> Told:
        """The reading for the rules; `place` is where it stood."""
        told_ms = None if self.ts is None else round(self.ts * 1000)
        return Told(self.seq, told_ms, self.entered, self.left, self.people, self.level, place)


class DatedReadingIn(ReadingIn):
    """A reading that waited: it must say when it was made."""

    ts: Seconds = Field(description="When, by the counter's clock, Unix seconds.")


class OneIn(ReadingIn):
    """One reading of a counter."""

    device: Device
    sent: Sent = None

    def readings_told(self) -> list[Told]:
        """The one reading."""
        return [self.told("")]


class ManyIn(BaseModel):
    """Readings that waited for the network: all are taken, or none."""

    model_config = STRICT
    device: Device
    sent: Sent = None
    readings: list[DatedReadingIn] = Field(min_length=1, max_length=MOST_READINGS)

    @model_validator(mode="after")
    def _each_number_once(self) -> Self:
        if len({one.seq for one in self.readings}) < len(self.readings):
            raise PydanticCustomError("seq_twice", "a number stands twice in one batch")
        return self

    def readings_told(self) -> list[Told]:
        """All of them."""
        return [one.told(f"readings.{place}") for place, one in enumerate(self.readings)]


class TakenOut(BaseModel):
    """The readings were taken. Sent again they are `known`, and change nothing."""

    model_config = ConfigDict(frozen=True)
    accepted: int = Field(ge=0, description="Readings that are new.")
    doubtful: int = Field(
        ge=0, description="Of these, how many cannot be true; they are kept and do not count."
    )
    known: int = Field(ge=0, description="Readings that were received before.")
    now: float = Field(description="The server's clock, Unix seconds.")
    testing: bool = Field(description="An administrator tries the counter out: nothing counts.")


class FieldProblem(BaseModel):
    """A field that is wrong."""

    field: str = Field(description="Such as seq or readings.3.in.")
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="What a program goes by.")
    request_id: str
    now: float | None = Field(None, description="The server's clock, where yours is in question.")
    place: str | None = Field(None, description="Where the reading stands, such as readings.3.")
    seq: int | None = Field(None, description="Its number.")
    errors: list[FieldProblem] | None = None


def read(body: bytes) -> OneIn | ManyIn:
    """What a counter sent.

    Raises:
        NotJson: it is no JSON. ValidationError: it is JSON of another form.
    """
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise NotJson from error
    wanted = ManyIn if isinstance(found, dict) and "readings" in found else OneIn
    return wanted.model_validate_json(body)
