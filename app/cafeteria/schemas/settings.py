"""What the administrator says of a canteen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from app.cafeteria.rules import marks
from app.cafeteria.rules.menu_words import tidy
from app.cafeteria.rules.plain import is_plain
from app.cafeteria.schemas.menus import Day
from app.cafeteria.schemas.plain import plain

MOST_LINES: Final = 12
LONGEST_LINE: Final = 40
MOST_DAYS: Final = 62


def _text(most: int) -> object:
    return StringConstraints(min_length=1, max_length=most)


def _lines(text: object) -> tuple[str, ...]:
    """Names with commas or line breaks between them."""
    names = (tidy(one) for one in str(text).replace("\n", ",").replace("，", ",").split(","))
    found = tuple(one for one in names if one)
    for is_wrong, code in (
        (not all(map(is_plain, found)), "not_plain"),
        (not found, "lines_none"),
        (len(found) > MOST_LINES, "lines_many"),
        (any(len(one) > LONGEST_LINE for one in found), "line_long"),
        (len(set(found)) < len(found), "line_twice"),
    ):
        if is_wrong:
            raise PydanticCustomError(code, "lines")
    return found


def _marks(text: object) -> tuple[int, ...]:
    found, wrong = marks.read(str(text))
    if wrong:
        raise PydanticCustomError(wrong, "marks")
    return found


def _last(last: date | None, info: ValidationInfo) -> date | None:
    first = info.data.get("first")
    if last is not None and first is not None and last < first:
        raise PydanticCustomError("day_before", "before the first")
    if last is not None and first is not None and (last - first).days >= MOST_DAYS:
        raise PydanticCustomError("days_many", "too many days")
    return last


def _or_none(text: object) -> object:
    return text or None


def _tidy(text: object) -> str:
    return tidy(str(text))


Name = Annotated[str, _text(60), BeforeValidator(_tidy), AfterValidator(plain)]
LineName = Annotated[str, _text(LONGEST_LINE), BeforeValidator(_tidy), AfterValidator(plain)]
Reason = Annotated[str, _text(80), BeforeValidator(_tidy), AfterValidator(plain)]


class Form(BaseModel):
    """A form; what it does not know is left out."""

    model_config = ConfigDict(frozen=True)


class BasicsForm(Form):
    """What a canteen is called, and how many eat there on a day."""

    name: Name
    people: Annotated[int, Field(ge=1, le=20_000)]


class CanteenForm(BasicsForm):
    """A new canteen."""

    lines: Annotated[tuple[str, ...], BeforeValidator(_lines)]


class LineForm(Form):
    """A line's name and its marks on the wall."""

    name: LineName
    marks: Annotated[tuple[int, ...], BeforeValidator(_marks)]


class MoveForm(Form):
    """Which way a line goes."""

    way: Literal["up", "down"]


class HolidaysForm(Form):
    """A tick that is not sent is no."""

    rests: bool = False


class SpanForm(Form):
    """From a day to a day; one day when the last is left out."""

    first: Day
    last: Annotated[Day | None, BeforeValidator(_or_none), AfterValidator(_last)] = None


class DaysForm(SpanForm):
    """Days with a rule of their own."""

    serves: bool
    reason: Reason


class LinkForm(Form):
    """A link for the kitchen or a wall."""

    kind: Literal["kiosk", "wall"]
    name: Name
