"""The shapes of menu sheets: each reads the rows below its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.cafeteria.rules import menu_words as words
from app.cafeteria.rules.menu_book import ORDER, Book


@dataclass
class Week:
    """Days stand over the columns; a meal stands before its rows, or in the first of them."""

    days: Mapping[int, date]
    dated: bool
    has_rows: bool = False

    def take(self, cells: Sequence[str], book: Book) -> None:
        """Read a row."""
        heads = [one for at, one in enumerate(cells) if one and at not in self.days]
        meals = {head: words.meal_of(head) for head in heads}
        meal = next((one for one in meals.values() if one is not None), None)
        notes = [head for head, one in meals.items() if one is None and words.is_note_label(head)]
        if notes:
            book.meal = book.meal if meal is None else meal
            book.say("note", notes[0])
            return
        within = [(at, cells[at]) for at in self.days if at < len(cells) and cells[at]]
        if within and {words.meal_of(one) for _, one in within} <= {*ORDER, ""}:
            book.meal, within = words.meal_of(within[0][1]), []  # a meal over all columns
        elif meal is not None:
            book.meal = meal
        elif not within and heads:
            book.say("no-place", heads[0])
        self.has_rows = self.has_rows or bool(within)
        for at, text in within:
            book.add(self.days[at], book.meal, text)


@dataclass
class Downwards:
    """Meals stand over the columns; a day stands before its rows, or in the first of them."""

    meals: Mapping[int, str]

    def take(self, cells: Sequence[str], book: Book) -> None:
        """Read a row."""
        heads = [one for at, one in enumerate(cells) if one and at not in self.meals]
        named = [(one, day) for one in heads if (day := book.day_of(one))]
        if named:
            text, day = max(named, key=lambda pair: pair[1].date is not None)
            book.day = book.resolved(day, text)
        within = [(meal, cells[at]) for at, meal in self.meals.items() if at < len(cells)]
        if heads and not named and (not any(text for _, text in within) or _is_note(heads)):
            book.say("note" if _is_note(heads) else "no-place", heads[0])
            return
        for meal, text in within:
            book.add(book.day, meal, text)


def _is_note(heads: Sequence[str]) -> bool:
    return any(map(words.is_note_label, heads))


@dataclass
class Table:
    """A list: a day, a meal and dishes in each row."""

    day: int
    meal: int | None
    menus: Sequence[int]

    def take(self, cells: Sequence[str], book: Book) -> None:
        """Read a row."""

        def at(place: int | None) -> str:
            return cells[place] if place is not None and place < len(cells) else ""

        if at(self.day):
            day = book.day_of(at(self.day))
            if day is None:
                book.say("no-day", at(self.day))
            book.day = book.resolved(day, at(self.day)) if day else None
            book.meal = None
        if at(self.meal):
            meal = words.meal_of(at(self.meal))
            if meal is None:
                book.say("no-meal", at(self.meal))
            book.meal = "" if meal is None else meal
        for place in self.menus:
            book.add(book.day, book.meal, at(place))


class Plain:
    """Lines without a table: a day, a meal and dishes behind one another or below one another."""

    def take(self, cells: Sequence[str], book: Book) -> None:
        """Read a line, or a row whose cells say for themselves what they are."""
        for text in filter(None, cells):
            self._take(text, book)

    def _take(self, text: str, book: Book) -> None:
        day = book.day_of(text)
        begun = None if day else words.day_first(text, book.near)
        if begun and not begun[1].startswith(("~", "∼", "〜", "-", "–")):
            day, text = begun
        elif day:
            text = ""
        if day:
            book.day, book.meal = book.resolved(day, text), None
        if text:
            self._take_meal(text, book)

    def _take_meal(self, text: str, book: Book) -> None:
        meal, begun = words.meal_of(text), words.meal_first(text)
        if begun and begun[1]:
            book.meal = begun[0]
            book.add(book.day, book.meal, begun[1])
        elif meal is not None:
            book.meal = meal
        elif book.day is None:
            book.say("no-place", text)
        else:
            book.add(book.day, book.meal, text)


Shape = Week | Downwards | Table | Plain
