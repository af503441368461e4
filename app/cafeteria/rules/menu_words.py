"""What the words of a menu sheet mean: days, meals, dishes, and what is none of them.

Nothing here invents: a dish is a piece of what was written, and what is not understood is None.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

MOST_ITEM: Final = 60  # characters of a dish
YEARS: Final = range(2000, 2100)  # others are misread
WEEKDAYS: Final = "월화수목금토일"
MEALS: Final = {
    "조식": "breakfast", "아침": "breakfast", "조찬": "breakfast", "breakfast": "breakfast",
    "중식": "lunch", "점심": "lunch", "오찬": "lunch", "lunch": "lunch",
    "석식": "dinner", "저녁": "dinner", "만찬": "dinner", "dinner": "dinner",
}  # fmt: skip
OTHER_MEAL: Final = re.compile(r"(간식|야식|새참)")
_NAMES = "|".join(MEALS)
_MEAL = re.compile(
    rf"[\[(<【]?({_NAMES})(?:식사|메뉴|식단|코너|시간)?(?![가-힣]).*", re.IGNORECASE | re.DOTALL
)
_MEAL_FIRST = re.compile(
    rf"[\[(<【]?\s*({_NAMES})(?:식사|메뉴|식단)?\s*(?:[\])>】]|[:：]|\s-\s|\s|$)\s*[:：-]?\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_WEEKDAY = r"[(\[（]?\s*(?P<weekday>[월화수목금토일])(?:요일)?\s*[)\]）]?"
_DATE = (
    r"(?:(?:(?P<year>\d{4}|\d{2}(?=\s*[.년]\s*\d{1,2}\s*[.월]\s*\d))\s*[-./년]\s*)?"
    r"(?P<month>\d{1,2})\s*[-./월]\s*(?P<day>\d{1,2})\s*일?\.?(?!\d))"
)
_WHOLE_DAYS = tuple(
    re.compile(one)
    for one in (
        rf"{_DATE}(?:\s*\d\d:\d\d(?::\d\d)?)?\s*(?:{_WEEKDAY})?",
        rf"{_WEEKDAY}\s*[(\[（]?\s*{_DATE}\s*[)\]）]?",
        rf"(?P<day>\d{{1,2}})\s*일\s*(?:{_WEEKDAY})?",
        r"(?P<day>\d{1,2})\s*[(\[（]\s*(?P<weekday>[월화수목금토일])(?:요일)?\s*[)\]）]",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
        _WEEKDAY,
    )
)
_DAY_FIRST = re.compile(rf"{_DATE}\s*(?:{_WEEKDAY}(?![가-힣]))?\s*[:：,]?\s*(.*)", re.DOTALL)
_DAY_INSIDE = re.compile(_DATE)
_SPLIT = re.compile(r"[,，;·ㆍ・•∙|\n]|(?<![\d<])/|(?<!<)/(?!\d)")
_NOTE = re.compile(
    r"kcal|㎉|칼로리|열량|원산지|알레르기|알러지|영양\s*성분|영양량|변경될 수|변동될 수|^[※*＊]"
    r"|^[가-힣() ]+[:：]\s*[가-힣, /]+산\)?$",
    re.IGNORECASE,
)
_NOTE_LABEL = re.compile(
    r"kcal|㎉|칼로리|열량|에너지|원산지|알레르기|알러지|영양|단백질|탄수화물|나트륨|비고|가격|단가"
    r"|식수|인원|작성|결재|합계|^[※*＊]",
    re.IGNORECASE,
)
_RESTS = re.compile(
    r".*(휴무|휴일|휴관|휴업|휴점|미운영|미개방|운영하지|운영 ?안|쉽니다|쉬는 ?날).*|휴"
    r"|(신정|새해 첫날|설날|설 연휴|설연휴|삼일절|3\.1절|어린이날|부처님 ?오신 ?날|석가탄신일"
    r"|현충일|제헌절|광복절|추석|추석 ?연휴|개천절|한글날|성탄절|크리스마스|노동절|근로자의 날"
    r"|.{0,6}선거일)",
    re.DOTALL,
)
_NOT_SERVED = re.compile(
    rf"[\W_]*(?:{_NAMES}|식사|배식|급식|식단|메뉴)(?:은|는|이|가)?\s*"
    r"(?:없음|없습니다|없어요|없는 ?날|미제공|미배식|미실시|안 ?함|안 ?합니다|제공 ?안 ?함"
    r"|제공하지 않\w*|하지 않\w*|실시하지 않\w*|쉼)[\W_]*",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"[\W\d_]*|없음|미정", re.DOTALL)


@dataclass(frozen=True)
class Day:
    """A day as it was written: with a date, or by its weekday only. `differs`: the weekday beside
    the date is another day's. `wrong`: it looks like a date and there is no such day."""

    date: date | None
    weekday: int | None
    differs: bool = False
    wrong: bool = False


def tidy(text: str) -> str:
    """A cell's text with one way of writing each letter and no spaces at the ends."""
    told = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[ \t\u00a0\u3000]+", " ", told).strip()


def day_of(text: str, near: date) -> Day | None:
    """The day that a whole cell names; None when it names none.

    Args:
        text: the cell, tidy.
        near: where the year or the month is missing, the nearest such day to this one is meant.
    """
    if not text or len(text) > 40:
        return None
    told = text.replace("\n", " ")
    for pattern in _WHOLE_DAYS:
        found = pattern.fullmatch(told)
        if found:
            return _day(found.groupdict(), near)
    return None


def _day(parts: dict[str, str | None], near: date) -> Day:
    named = parts.get("weekday")
    weekday = WEEKDAYS.index(named) if named else None
    if not parts.get("day"):
        return Day(None, weekday)
    year, month = (int(found) if (found := parts.get(one)) else None for one in ("year", "month"))
    day = _nearest(year, month, int(parts["day"] or 0), near)
    if day is None:
        return Day(None, weekday, wrong=True)
    return Day(day, weekday, differs=weekday is not None and weekday != day.weekday())


def _nearest(year: int | None, month: int | None, day: int, near: date) -> date | None:
    """The nearest day of which that much is known; None when there is none."""
    if year is not None:
        years = [year if year > 99 else 2000 + year]
    else:
        years = [near.year - 1, near.year, near.year + 1]
    months = [month] if month is not None else list(range(1, 13))
    found = [made for one in years for at in months if (made := _made(one, at, day))]
    return min(found, key=lambda one: abs((one - near).days), default=None)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def day_first(text: str, near: date) -> tuple[Day, str] | None:
    """A line that begins with a date, and the rest of it; None when it does not."""
    found = _DAY_FIRST.match(text)
    return (_day(found.groupdict(), near), found.groups()[-1].strip()) if found else None


def day_inside(text: str, near: date) -> date | None:
    """The first date in a title, such as 식단표(11.23 ~ 11.27)."""
    found = _DAY_INSIDE.search(text)
    return _day(found.groupdict() | {"weekday": None}, near).date if found else None


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def meal_of(text: str) -> str | None:
    """The meal that a cell names; "" for one that is not kept here (야식); None for none."""
    told = re.sub(r"\s", "", text) if len(text) < 60 else ""
    found = _MEAL.fullmatch(told)
    if found:
        return MEALS[found[1].lower()]
    return "" if OTHER_MEAL.match(told) and len(told) < 12 else None


def meal_first(text: str) -> tuple[str, str] | None:
    """A line that begins with a meal, and the rest of it: 중식: 밥, 국."""
    found = _MEAL_FIRST.match(text)
    return (MEALS[found[1].lower()], found[2].strip()) if found else None


def dishes(text: str) -> list[str]:
    """The pieces of a cell: its lines when there are several, else parted by the usual signs. What
    stands in brackets (where it comes from, allergens) stays with its dish."""
    if text.count("\n") >= 2:
        found = text.split("\n")
    else:
        found = _parted(text)
    return [told for one in found if (told := one.strip(" -*•·\t")) and not is_nothing(told)]


def _parted(text: str) -> list[str]:
    """The text cut at every sign that stands in no bracket."""
    depth, start, found = 0, 0, []
    cuts = {one.start() for one in _SPLIT.finditer(text)}
    for at, sign in enumerate(text):
        depth = max(0, depth + (sign in "([（") - (sign in ")]）"))
        if at in cuts and (depth == 0 or sign == "\n"):
            found.append(text[start:at])
            start, depth = at + 1, 0
    return [*found, text[start:]]


def is_nothing(text: str) -> bool:
    """Whether a piece says no dish: a dash, a number, nothing."""
    return _NOTHING.fullmatch(text) is not None


def is_note(text: str) -> bool:
    """Whether a piece is a note beside the dishes: energy, origin, a remark."""
    return _NOTE.search(text) is not None


def is_note_label(text: str) -> bool:
    """Whether the head of a row says that it holds no dishes."""
    return _NOTE_LABEL.search(text) is not None


def says_rest(text: str) -> bool:
    """Whether a cell says that the canteen rests."""
    return len(text) < 60 and _RESTS.fullmatch(text) is not None


def says_not_served(text: str) -> bool:
    """Whether a cell says that there is no such meal: 석식 없음."""
    return len(text) < 60 and _NOT_SERVED.fullmatch(text) is not None
