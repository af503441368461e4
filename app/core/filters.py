"""How templates write times and data."""

from __future__ import annotations

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.core import clock


def day_time(seconds: int | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment in seconds since 1970 as the clock in Seoul shows it; "" for none."""
    return "" if seconds is None else clock.in_seoul(seconds).strftime(form)


@pass_context
def in_korean(words: Context, text: object) -> object:
    """Data of the organisation: on an English page, what begins in Hangul says it is Korean."""
    if words.get("locale") == "ko" or not "가" <= str(text or " ")[0] <= "힣":
        return text
    return Markup('<span lang="ko">{}</span>').format(text)
