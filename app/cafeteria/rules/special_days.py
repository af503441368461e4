"""Days with a rule of their own, as people think of them: from a day to a day, for one reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.cafeteria.rules.hours import SpecialLike


@dataclass(frozen=True)
class Span:
    """Days behind one another with the same rule and reason."""

    first: date
    last: date
    serves: bool
    reason: str


def spans(days: Iterable[SpecialLike]) -> list[Span]:
    """Days in their order, those behind one another together."""
    found = list[Span]()
    for one in days:
        day = date.fromisoformat(one.day)
        new = Span(day, day, one.serves, one.reason)
        before = found[-1] if found else None
        if before and new == replace(before, first=day, last=day) and _follows(before, day):
            found[-1] = replace(before, last=day)
        else:
            found.append(new)
    return found


def _follows(before: Span, day: date) -> bool:
    return before.last + timedelta(days=1) == day


def days_of(first: date, last: date) -> list[date]:
    """Every day from one to another, both included."""
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]
