"""Menus as people write them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from app.cafeteria.rules.menu_book import MOST_ITEMS
from app.cafeteria.rules.menu_words import MOST_ITEM, YEARS, monday_of, tidy
from app.cafeteria.rules.plain import made_plain

Meal = Literal["breakfast", "lunch", "dinner"]
MOST_MEALS: Final = 200  # that are saved at once


def _day(day: date) -> date:
    if day.year not in YEARS:
        raise PydanticCustomError("day_far", "another century")
    return day


def _items(text: object) -> tuple[str, ...]:
    """One dish a line; empty lines and repeated dishes do not count."""
    lines = (tidy(one) for one in made_plain(str(text)).splitlines())
    found = tuple(dict.fromkeys(one for one in lines if one))
    if not found:
        raise PydanticCustomError("menu_empty", "no dish")
    if len(found) > MOST_ITEMS:
        raise PydanticCustomError("menu_many", "too many dishes")
    if any(len(one) > MOST_ITEM for one in found):
        raise PydanticCustomError("menu_long", "a dish is too long")
    return found


Day = Annotated[date, AfterValidator(_day)]


class MealKey(BaseModel):
    """Which meal of which day."""

    model_config = ConfigDict(frozen=True)
    day: Day
    meal: Meal


class MealForm(MealKey):
    """What there is to eat at a meal."""

    items: Annotated[tuple[str, ...], BeforeValidator(_items)]


class WeekAsked(BaseModel):
    """The week of any of its days; the Monday is kept."""

    model_config = ConfigDict(frozen=True)
    week: Annotated[Day, AfterValidator(monday_of)]
