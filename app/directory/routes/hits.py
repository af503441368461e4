"""The rows of the list as HTML.

Danger removed here: a list of fifty rows whose every text a template writes takes 7 ms, at every
stroke of everybody who types; with its rows written here it takes 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from app.core import filters
from app.directory.queries.entries import EntryRow
from app.directory.rules import marks, ranking
from app.directory.rules.dial import dial

SPECIAL = re.compile("[&<>\"']")


def html_of(parts: marks.Parts) -> Markup:
    """Parts of a text, the marked ones as HTML's <mark>."""
    return Markup(filters.visible(_html(parts)))  # noqa: S704  each part is escaped


def rows(
    found: Iterable[EntryRow], area_code: str, terms: Sequence[str], without_duty: str
) -> Markup:
    """A list's items, one an entry: what and who, and its telephone to tap.

    Args:
        found: the entries, the best first.
        area_code: of their office.
        terms: why each is a hit.
        without_duty: what is said of an entry that has no duty.
    """
    written = "\n".join(_row(one, area_code, terms, without_duty) for one in found)
    return Markup(filters.visible(written))  # noqa: S704  each text of a row is escaped


def _row(one: EntryRow, area_code: str, terms: Sequence[str], without_duty: str) -> str:
    place = f"{one.department} {one.team}" if one.team else one.department
    fields = f"{place}\n{one.name}\n{one.position}\n{one.phone}"
    why = terms if ranking.maybe(fields, terms) else ()  # mostly the duty alone says why

    def marked(text: str) -> str:
        return _html(marks.marked(text, why)) if why else _plain(text)

    duty = _html(marks.excerpt(one.duty, terms)) or _plain(without_duty)
    who = marked(place)
    if one.position or one.name:
        who = f"{who} · {marked(one.name)} {marked(one.position)}"
    call = ""
    if one.phone:
        number = _plain(dial(one.phone, area_code))
        call = f'<a class="call num" href="tel:{number}">{marked(one.phone)}</a>'
    uid = _plain(one.uid)
    return (
        f'<li class="hit" data-uid="{uid}"><a class="what" href="/directory/entry/{uid}">'
        f'<span class="duty">{duty}</span> <span class="who">{who}</span></a>{call}</li>'
    )


def _html(parts: marks.Parts) -> str:
    return "".join(
        [f"<mark>{_plain(text)}</mark>" if marked else _plain(text) for text, marked in parts]
    )


def _plain(text: str) -> str:
    """A text as HTML; most hold nothing to escape, and the escaping is what takes the time."""
    return str(escape(text)) if SPECIAL.search(text) else text
