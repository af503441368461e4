"""A week of serving hours as it is typed: two times a meal and weekday, both empty where nothing is
served."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

MEALS: Final = ("breakfast", "lunch", "dinner")
WORKDAYS: Final = range(5)
TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
Form = Mapping[str, str]


@dataclass(frozen=True)
class Slot:
    """A meal of a weekday (0 is Monday): minutes after midnight."""

    weekday: int
    meal: str
    opens: int
    closes: int


def field(weekday: int, meal: str, which: str) -> str:
    """The name of a field; `which`: opens or closes."""
    return f"{weekday}-{meal}-{which}"


def shown(minutes: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def typed(slots: list[Slot]) -> dict[str, str]:
    """Slots as the form holds them."""
    return {
        field(one.weekday, one.meal, which): shown(minutes)
        for one in slots
        for which, minutes in (("opens", one.opens), ("closes", one.closes))
    }


def copied(form: Form) -> dict[str, str]:
    """The form with Monday's times on every workday."""
    monday = {
        (meal, which): form.get(field(0, meal, which), "")
        for meal in MEALS
        for which in ("opens", "closes")
    }
    days = {field(day, *key): time for day in WORKDAYS for key, time in monday.items()}
    return dict(form) | days


def read(form: Form) -> tuple[list[Slot], dict[str, str]]:
    """The slots of a form, and what is wrong: `{"0-lunch": code of form_words}`."""
    slots, errors = list[Slot](), dict[str, str]()
    for weekday in range(7):
        day = list[Slot]()
        for meal in MEALS:
            found = _slot(form, weekday, meal)
            if isinstance(found, str):
                errors[f"{weekday}-{meal}"] = found
            elif found is not None:
                day.append(found)
        errors |= dict(_overlaps(day))
        slots += day
    return slots, errors


def _slot(form: Form, weekday: int, meal: str) -> Slot | str | None:
    """A meal of a weekday; what is wrong with it; None when it is not served."""
    texts = [form.get(field(weekday, meal, one), "").strip() for one in ("opens", "closes")]
    if not any(texts):
        return None
    if not all(texts):
        return "hours_half"
    found = [_minutes(one) for one in texts]
    opens, closes = found
    if opens is None or closes is None:
        return "hours_time"
    return Slot(weekday, meal, opens, closes) if opens < closes else "hours_order"


def _minutes(text: str) -> int | None:
    found = TIME.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def _overlaps(day: list[Slot]) -> Iterator[tuple[str, str]]:
    """The meals of a day that begin before the one before them is over."""
    ordered = sorted(day, key=lambda one: (one.opens, one.closes))
    for before, one in itertools.pairwise(ordered):
        if one.opens < before.closes:
            yield f"{one.weekday}-{one.meal}", "hours_overlap"
