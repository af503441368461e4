"""How templates write texts, times and data."""

from __future__ import annotations

import re

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.core import clock

# What no text of a page may hold: control and reserved characters (HTML allows none of them), and
# those that turn the direction of writing, with which a name could rewrite the words around it.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)


def visible(value: object) -> object:
    """What a template is about to write, without characters that no page may hold."""
    return UNSEEN.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


def day_time(seconds: int | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A moment in seconds since 1970 as the clock in Seoul shows it; "" for none."""
    return "" if seconds is None else clock.in_seoul(seconds).strftime(form)


@pass_context
def in_korean(words: Context, text: object) -> object:
    """Data of the organisation: on an English page, what begins in Hangul says it is Korean."""
    return korean(text, words.get("locale"))


def korean(text: object, locale: object) -> object:
    """The same for who writes HTML without a template."""
    if locale == "ko" or not "가" <= str(text or " ")[0] <= "힣":
        return text
    return Markup('<span lang="ko">{}</span>').format(visible(text))
