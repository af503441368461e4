"""What was understood of a menu sheet so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from app.cafeteria.rules import menu_words as words

MOST_ITEMS: Final = 30  # of a meal
MOST_PROBLEMS: Final = 200
FAR_DAYS: Final = 60
USUAL: Final = "lunch"  # where no meal is named
SHOWN: Final = 60  # characters of a text that was not understood
ORDER: Final = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True)
class Found:
    """What there is to eat at a meal, as it was understood."""

    day: date
    meal: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """What of a row was not taken as a menu: a code of `menu_problems`, the text, and the day whose
    it is where that is known."""

    row: int
    code: str
    text: str
    day: date | None = None


@dataclass(frozen=True)
class Parsed:
    """Meals in the order of their days, and problems in the order of the rows."""

    menus: tuple[Found, ...]
    problems: tuple[Problem, ...]


@dataclass
class Book:
    """What was understood so far, and where the reader stands. `week`: the Monday that weekdays
    without a date are of; `meal`: "" while it is one that is not kept."""

    week: date
    day: date | None = None
    meal: str | None = None
    row: int = 0
    items: dict[tuple[date, str], list[str]] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    said: set[tuple[str, str, date | None]] = field(default_factory=set)

    @property
    def near(self) -> date:
        """The middle of the week, for days without a year."""
        return self.week + timedelta(days=2)

    def say(self, code: str, text: str = "", day: date | None = None) -> None:
        """Note what was not understood of the row; what a day said before is not said again."""
        told = (code, text[:SHOWN], day)
        if day is not None and told in self.said:
            return
        self.said.add(told)
        if len(self.problems) < MOST_PROBLEMS:
            self.problems[Problem(self.row, *told)] = None

    def day_of(self, text: str) -> words.Day | None:
        """The day that a cell names."""
        return words.day_of(text, self.near)

    def resolved(self, day: words.Day, text: str) -> date | None:
        """The date of a day; None, and a problem, when there is no such day."""
        if day.wrong:
            self.say("no-such-day", text)
            return None
        if day.differs:
            self.say("weekday-differs", text)
        if day.date is None:
            return self.week + timedelta(days=day.weekday or 0)
        if abs((day.date - self.near).days) > FAR_DAYS:
            self.say("far", text)
        return day.date

    def add(self, day: date | None, meal: str | None, text: str) -> None:
        """Take a cell's dishes for a meal."""
        if not text or words.is_nothing(text):
            return
        if words.says_rest(text):
            self.say("rests", text, day)
        elif words.says_not_served(text):
            self.say("not-served", text, day)
        elif day is None:
            self.say("no-day", text)
        elif meal == "":
            self.say("no-meal", text, day)
        else:
            self._add(self.items.setdefault((day, meal or USUAL), []), text)

    def _add(self, known: list[str], text: str) -> None:
        for one in words.dishes(text):
            if words.is_note(one):
                self.say("note", one)
            elif len(one) > words.MOST_ITEM:
                self.say("long", one)
            elif one not in known and len(known) >= MOST_ITEMS:
                self.say("many", one)
            elif one not in known:
                known.append(one)
