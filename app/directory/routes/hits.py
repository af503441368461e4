"""The offices of the list and their rows as HTML.

Danger removed here: a template that writes every text of a list, at every stroke of everybody who
types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from app.core import filters, pages
from app.directory.queries.entries import EntryRow, OfficeRow
from app.directory.rules import marks
from app.directory.rules.dial import dial
from app.directory.service.search import Group

CHOSEN = ' aria-current="true"'
Link = Callable[[str, int | str], str]
EDGE = "\x1f"  # a control character, which no page holds (core/filters.py)


def html_of(text: str, terms: Sequence[str]) -> Markup:
    """A text with the terms marked as HTML's <mark>."""
    [written] = _html([text], terms)
    return Markup(written)  # noqa: S704  escaped


@dataclass(frozen=True)
class Labels:
    """Words of the list in the reader's language; # stands for the number or the day."""

    without_duty: str
    one: str
    many: str
    all_of: str
    seen: str
    practice: str
    locale: str

    def korean(self, name: str) -> str:
        """The name of a place or a source, which is Korean on an English page too."""
        return str(escape(filters.korean(filters.visible(name), self.locale)))

    def count(self, number: int) -> str:
        """So many people."""
        return (self.one if number == 1 else self.many).replace("#", f"{number:,}")


@lru_cache(maxsize=len(pages.LANGUAGES))
def labels_in(locale: str) -> Labels:
    """The words in the language of this answer, which is `locale`."""
    return Labels(
        without_duty=gettext("업무가 적혀 있지 않음"),
        one=ngettext("%(count)s명", "%(count)s명", 1, count="#"),
        many=ngettext("%(count)s명", "%(count)s명", 2, count="#"),
        all_of=gettext("%(count)s명 모두 보기", count="#"),
        seen=gettext("%(day)s에 본 자료", day="#"),
        practice=gettext("연습"),
        locale=locale,
    )


def chips(sidos: Mapping[str, int], chosen: str, labels: Labels, link: Link) -> Markup:
    """A link for each province with how many hits it has."""
    return _joined(
        f'<a class="chip" href="/directory{escape(link(sido, ""))}"'
        f"{CHOSEN if sido == chosen else ''}>{labels.korean(sido)}"
        f' <span class="num small">{count:,}</span></a>'
        for sido, count in sidos.items()
    )


def sections(
    groups: Sequence[Group], terms: Sequence[str], labels: Labels, link: Link | None
) -> Markup:
    """The offices, each with its best hits.

    Args:
        groups: the offices with their entries, the best first.
        terms: why each is a hit.
        labels: words.
        link: the address of this search in one office; None when it is in one.
    """
    texts = list[str]()
    for group in groups:
        for one in group.hits:
            place = f"{one.department} {one.team}" if one.team else one.department
            texts += (marks.cut(one.duty, terms), place, one.name, one.position, one.phone)
    written = iter(_html(texts, terms))
    return _joined(_section(one, written, labels, link) for one in groups)


def _section(group: Group, written: Iterator[str], labels: Labels, link: Link | None) -> str:
    office, nothing = group.office, escape(labels.without_duty)
    head = f"office-{office.number}"
    badge = ""
    if office.source_kind == "demo":
        badge = f'<span class="badge warn">{escape(labels.practice)}</span>'
    rows = "\n".join([_row(one, office.area_code, written, nothing) for one in group.hits])
    return (
        f'<section class="office stack tight" aria-labelledby="{head}"><div class="office-head">'
        f'<h2 id="{head}">{labels.korean(office.name)}</h2>{badge}'
        f" {_count(group, labels, link)}</div>"
        f'<ul class="hits">{rows}</ul>{_seen(office, labels)}</section>'
    )


def _count(group: Group, labels: Labels, link: Link | None) -> str:
    """How many hits an office has, and the way to those that are not shown."""
    if group.count <= len(group.hits) or link is None:
        return f'<span class="muted small num">{escape(labels.count(group.count))}</span>'
    words = escape(labels.all_of.replace("#", f"{group.count:,}"))
    return f'<a class="small" href="/directory{escape(link("", group.office.number))}">{words}</a>'


def _seen(office: OfficeRow, labels: Labels) -> str:
    """When and where the entries of an office were seen."""
    if not office.seen_at:
        return ""
    day = escape(labels.seen.replace("#", filters.day_time(office.seen_at, "%Y-%m-%d")))
    source = f" · {labels.korean(office.source)}" if office.source else ""
    return f'<p class="small muted seen">{day}{source}</p>'


def _joined(parts: Iterable[str]) -> Markup:
    return Markup("\n".join(parts))  # noqa: S704  each text of a part is escaped


def _row(one: EntryRow, area_code: str, written: Iterator[str], nothing: str) -> str:
    duty, who, name, position, phone = islice(written, 5)
    if one.position or one.name:
        who = f"{who} · {name} {position}"
    call = ""
    if one.phone:
        number = escape(dial(one.phone, area_code))
        call = f'<a class="call num" href="tel:{number}">{phone}</a>'
    return (
        f'<li class="hit" data-uid="{one.uid}"><a class="what" href="/directory/entry/{one.uid}">'
        f'<span class="duty">{duty or nothing}</span> <span class="who">{who}</span></a>{call}</li>'
    )


def _html(texts: Sequence[str], terms: Sequence[str]) -> list[str]:
    """Texts as HTML with the terms marked; escaped together, as few hold anything to escape."""
    if filters.UNSEEN.search("\n".join(texts)):
        texts = [str(filters.visible(one)) for one in texts]
    together = str(escape(EDGE.join(marks.mark_all(texts, terms))))
    return together.replace(marks.OPEN, "<mark>").replace(marks.CLOSE, "</mark>").split(EDGE)
