"""A menu sheet, whatever its shape, as meals: rows of texts in, meals and what was not understood
out.

Three shapes are known: a week (days stand over the columns), days downwards (meals stand over the
columns), and a list (day, meal, dishes). Lines without a table are read too. A sheet may hold
several of them; each row is read by the newest head above it. It never raises, and says nothing
that was not written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.cafeteria.rules import menu_words as words
from app.cafeteria.rules.menu_book import ORDER, Book, Found, Parsed, Problem
from app.cafeteria.rules.menu_shapes import Downwards, Plain, Shape, Table, Week
from app.cafeteria.rules.plain import made_plain
from app.core.sheets.lines import Line

__all__ = ["Found", "Parsed", "Problem", "parse"]
MOST_LINES: Final = 200
MOST_CELL: Final = 600  # characters of a cell that are read
MOST_TEXT: Final = 100_000  # and of a sheet
CORNERS: Final = {
    "구분", "식사", "식사구분", "끼니", "시간", "요일", "날짜", "일자", "일시", "date", "meal",
    "제공일", "급식일", "급식일자", "메뉴", "식단", "비고", "월일",
}  # fmt: skip
DATE_HEADS: Final = {"날짜", "일자", "일시", "제공일", "급식일", "급식일자", "월일", "date", "요일"}
MEAL_HEADS: Final = {"식사", "식사구분", "구분", "끼니", "시간", "식사명", "meal", "급식구분"}
MENU_HEADS: Final = (
    "메뉴", "식단", "요리", "음식", "menu", "밥", "국", "주찬", "부찬", "반찬", "김치", "후식",
    "주메뉴", "부메뉴", "주식", "디저트",
)  # fmt: skip


def parse(lines: Sequence[Line], week: date) -> Parsed:
    """Understand a sheet.

    Args:
        lines: its rows; of very many, or of very much text, the first are read.
        week: the Monday of the week that is meant where the sheet names weekdays only.
    """
    book = Book(week)
    reading: Shape = Plain()
    room = MOST_TEXT
    for line in lines[:MOST_LINES]:
        book.row = line.number
        cells = [words.tidy(made_plain(one[:MOST_CELL])) for one in line.cells]
        room -= sum(map(len, cells))
        if room < 0:
            book.say("too-much")
            break
        reading = _read(cells, book, reading)
    if len(lines) > MOST_LINES and room >= 0:
        book.row = lines[MOST_LINES].number
        book.say("too-many-rows")
    found = [Found(day, meal, tuple(items)) for (day, meal), items in book.items.items() if items]
    found.sort(key=lambda one: (one.day, ORDER.index(one.meal)))
    return Parsed(tuple(found), tuple(book.problems))


def _read(cells: Sequence[str], book: Book, shape: Shape) -> Shape:
    """Read a row by the shape that is known, or take it as the head of another."""
    if _is_title(cells, book):
        return shape
    new = _week(cells, book) or _downwards(cells) or _table(cells)
    if new is None:
        shape.take(cells, book)
        return shape
    if isinstance(new, Week) and isinstance(shape, Week) and _is_same_head(shape, new):
        return shape
    book.day = book.meal = None
    return new


def _is_same_head(old: Week, new: Week) -> bool:
    """Whether the weekdays stand under the dates of the same head."""
    return old.dated and not new.dated and not old.has_rows


def _is_title(cells: Sequence[str], book: Book) -> bool:
    """Whether a row is one text with a date in it, which says of which week the rest is."""
    texts = set(filter(None, cells))
    if len(texts) != 1:
        return False
    text = texts.pop()
    found = words.day_inside(text, book.near)
    begun = words.day_first(text, book.near)
    is_line = begun is not None and not begun[1].startswith(("~", "∼", "〜", "-", "–"))
    if found is None or book.day_of(text) or (is_line and "식단" not in text):
        return False
    book.week = words.monday_of(found)
    return True


def _week(cells: Sequence[str], book: Book) -> Week | None:
    """The shape of a week, when a row is the head of one."""
    texts = {at: one for at, one in enumerate(cells) if one}
    days = {at: day for at, one in texts.items() if (day := book.day_of(one))}
    dated = {at: day for at, day in days.items() if day.date or day.wrong}
    chosen = dated or days  # a date and its weekday are no two days
    others = [one for at, one in texts.items() if at not in days and not _is_corner(one)]
    corner = next(iter(texts.values()), "")
    if len(others) > len(chosen) or not chosen:
        return None
    if len(set(chosen.values())) < 2 and not (_is_corner(corner) and not others):
        return None
    found = {at: made for at, day in chosen.items() if (made := book.resolved(day, texts[at]))}
    return Week(found, bool(dated)) if found else None


def _is_corner(text: str) -> bool:
    return "".join(text.split()).lower() in CORNERS


def _downwards(cells: Sequence[str]) -> Downwards | None:
    """The shape of days downwards, when a row is the head of it."""
    meals = {at: one for at, text in enumerate(cells) if (one := words.meal_of(text))}
    others = [one for at, one in enumerate(cells) if one and at not in meals]
    heads = [one for one in others if "".join(one.split()).lower() in DATE_HEADS]
    if len(set(meals.values())) >= 2 and len(others) <= 3:
        return Downwards(meals)
    return Downwards(meals) if meals and heads and len(others) <= 3 else None


def _table(cells: Sequence[str]) -> Table | None:
    """The shape of a list, when a row is the head of one."""
    heads = {at: "".join(one.split()).lower() for at, one in enumerate(cells) if one}
    days = [at for at, one in heads.items() if one in DATE_HEADS]
    meals = [at for at, one in heads.items() if one in MEAL_HEADS]
    menus = [at for at, one in heads.items() if one.rstrip("0123456789명") in MENU_HEADS]
    if not days or not menus:
        return None
    day = min(days, key=lambda at: heads[at] == "요일")
    return Table(day, meals[0] if meals else None, menus)
