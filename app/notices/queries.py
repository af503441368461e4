"""Reads of notices: a person's own only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, case, func, select

from app.core import db
from app.core.errors import NotFound
from app.notices.models import Notice

PAGE = 20


@dataclass(frozen=True)
class Line:
    """A line of a notice. `label` is a text of the catalogue, or empty; the rest is data."""

    label: object = ""
    what: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class NoticeRow:
    """A notice as it is shown; times in Unix seconds, but `told` (models.py). `count` 0: the title
    has no number; `places` 0: it says of no number of places."""

    id: str
    kind: str
    title: str
    about: str
    lines: tuple[Line, ...]
    url: str
    created_at: int
    read_at: int | None
    withdrawn_at: int | None
    told: int
    count: int
    places: int


_NOTICE = select(
    Notice.id, Notice.kind, Notice.title, Notice.body, Notice.url, Notice.created_at,
    Notice.read_at, Notice.withdrawn_at, Notice.told,
)  # fmt: skip
_MINE = Notice.person_id == bindparam("person_id")
_UNREAD = select(func.count(), func.max(Notice.told)).where(_MINE, Notice.read_at.is_(None))
_ALL = select(func.count()).where(_MINE)
_LAST_TOLD = select(func.max(Notice.told)).where(_MINE)
_PAGE = (
    _NOTICE.where(_MINE)
    .order_by(case((Notice.read_at.is_(None), 0), else_=1), Notice.told.desc(), Notice.id)
    .limit(bindparam("most"))
    .offset(bindparam("after"))
)


def total_of(body: SQLColumnExpression[str]) -> ColumnElement[int]:
    """Of how many things a notice told so far, void ones too, by its body."""
    total, count = (func.json_extract(body, f"$.{name}") for name in ("total", "count"))
    return func.coalesce(total, count, 1)


def _row(found: tuple[Any, ...]) -> NoticeRow:
    notice_id, kind, title, body, url, created_at, read_at, withdrawn_at, told = found
    said = json.loads(body)
    lines = tuple(Line(**one) for one in said["lines"])
    return NoticeRow(
        notice_id, kind, title, said["about"], lines, url, created_at, read_at, withdrawn_at, told,
        said.get("count", 0), said.get("places", 0),
    )  # fmt: skip


def list_page(person_id: str, page: int) -> tuple[list[NoticeRow], int]:
    """A page (from 1) of a person's notices, those not read first, each part by when it was told or
    grew, the last first; and how many there are in all."""
    given = {"person_id": person_id, "most": PAGE, "after": (page - 1) * PAGE}
    found = [_row(row) for row in db.rows(_PAGE, given)]
    return found, db.value(_ALL, {"person_id": person_id})


def count_unread(person_id: str) -> int:
    """How many of a person's notices are not read."""
    return unread_state(person_id)[0]


def unread_state(person_id: str) -> tuple[int, int]:
    """How many are not read, and when one of them was last told or grew (`told`; 0 for none): new
    with whatever a person is told, and whenever the number changes."""
    row = db.first(_UNREAD, {"person_id": person_id})
    return (0, 0) if row is None else (row[0], row[1] or 0)


def find_last_told(person_id: str) -> int:
    """The `told` of what a person was told last; 0 when they were told nothing."""
    return db.value(_LAST_TOLD, {"person_id": person_id}) or 0


def find_last_read(person_id: str) -> int:
    """When a person last read a notice, Unix seconds; 0 for never."""
    last = select(func.max(Notice.read_at)).where(_MINE)
    return db.value(last, {"person_id": person_id}) or 0


def get_notice(person_id: str, notice_id: str) -> NoticeRow:
    """A notice of a person's own.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    row = db.first(_NOTICE.where(_MINE, Notice.id == notice_id), {"person_id": person_id})
    if row is None:
        raise NotFound
    return _row(row)
