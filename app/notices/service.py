"""Telling people something, once, and what they do with it.

The danger removed here: a job that is killed between two people and runs again must tell nobody
twice and leave nobody out. A notice is a row with a key that is unique for its person, written in
the transaction of whoever tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db
from app.core.guard import Viewer
from app.core.ids import new_id
from app.notices import queries
from app.notices.models import Notice
from app.notices.queries import Line, total_of

DAY = 86_400
KEEP_READ_S, KEEP_UNREAD_S = 90 * DAY, 180 * DAY
MOST_TEXT, MOST_TITLE = 400, 200
_NOTICES: Table = Notice.__table__  # type: ignore[assignment]
_OTHERS = _NOTICES.alias()
_LAST = select(func.max(_OTHERS.c.told)).where(_OTHERS.c.person_id == bindparam("whose"))
_LATER: ColumnElement[int] = func.max(
    bindparam("moment"), func.coalesce(_LAST.scalar_subquery() + 1, 0)
)
_NEW = insert(_NOTICES).values(told=_LATER)
_TELL = _NEW.on_conflict_do_nothing(index_elements=["person_id", "key"])
_SAID = {name: _NEW.excluded[name] for name in ("kind", "title", "body", "url")}
_TELL_MANY = _NEW.on_conflict_do_update(
    index_elements=["person_id", "key"],
    set_={
        **_SAID, "created_at": _NEW.excluded.created_at, "told": _NEW.excluded.told,
        "read_at": None, "withdrawn_at": None,
    },
    where=total_of(_NOTICES.c.body) < total_of(_NEW.excluded.body),
)  # fmt: skip
_ONE = (_NOTICES.c.person_id == bindparam("person"), _NOTICES.c.key == bindparam("of"))
_WITHDRAW_UNREAD = delete(_NOTICES).where(*_ONE, _NOTICES.c.read_at.is_(None))
_FORGET = delete(_NOTICES).where(*_ONE)
_SAY = update(_NOTICES).where(*_ONE).values({name: bindparam(f"new_{name}") for name in _SAID})
_WITHDRAW = (
    update(_NOTICES)
    .where(*_ONE, _NOTICES.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("now"))
)
__all__ = ["Line", "Told"]


@dataclass(frozen=True)
class Told:
    """A notice to be told. `title` and the lines' labels are lazy texts of the catalogue; the rest
    is data. `url` is a path of ours. `count`: of how many things it tells, where the title says it
    ("%(count)s"); a notice of a single thing leaves it out. `places`: in how many places these are,
    where the title says that too ("%(places)s"). `total`: of how many things it told so far, with
    those that are void now, where these are more than it says: by that it has grown or not."""

    kind: str
    key: str
    title: object
    about: str
    lines: tuple[Line, ...]
    url: str
    count: int = 0
    places: int = 0
    total: int = 0


@dataclass(frozen=True)
class Reader:
    """Whom to tell."""

    person_id: str
    organisation_id: str


def tell(readers: Iterable[Reader], told: Told) -> None:
    """Tell some people something, in the open transaction; who has a notice of that key already is
    told nothing."""
    rows = _rows(readers, told)
    db.run_many(_TELL, rows)


def tell_many(tellings: Sequence[tuple[Sequence[Reader], Told]]) -> None:
    """The same for many notices at once. Who has a notice of a key already that told of fewer
    things in all has the new one instead of it, not read; so the same again tells nothing, in
    whatever order two workers come."""
    db.run_many(_TELL_MANY, [row for readers, told in tellings for row in _rows(readers, told)])


def say_anew(tellings: Sequence[tuple[Sequence[Reader], Told]]) -> None:
    """Let notices that some people have say something else, in the open transaction: what was read
    stays read, and who has none gets none."""
    rows = [row for readers, told in tellings for row in _rows(readers, told)]
    whose = {"person_id": "person", "key": "of"} | {name: f"new_{name}" for name in _SAID}
    db.run_many(_SAY, [{to: row[name] for name, to in whose.items()} for row in rows])


def _rows(readers: Iterable[Reader], told: Told) -> list[dict[str, object]]:
    with force_locale("ko"):  # what is kept is the Korean text: it is the catalogue's key
        title, lines = str(told.title)[:MOST_TITLE], [_line(one) for one in told.lines]
    counts = {"count": told.count, "places": told.places, "total": told.total}
    said: dict[str, object] = {"about": told.about[:MOST_TEXT], "lines": lines}
    said |= {name: number for name, number in counts.items() if number}
    body = json.dumps(said, ensure_ascii=False)
    kept = {
        "kind": told.kind, "key": told.key, "title": title, "body": body, "url": told.url,
        "created_at": clock.now(), "moment": clock.precise(),
    }  # fmt: skip
    return [
        kept
        | {"id": new_id(), "person_id": one.person_id, "organisation_id": one.organisation_id}
        | {"whose": one.person_id}
        for one in readers
    ]


def _line(line: Line) -> dict[str, str]:
    parts = {"label": line.label, "what": line.what, "before": line.before, "after": line.after}
    return {name: str(text)[:MOST_TEXT] for name, text in parts.items()}


def withdraw(told: Iterable[tuple[str, str]]) -> None:
    """Some notices turned out to be void: who has not read one never sees it, who has sees that it
    is, and nobody is called again (open transaction).

    Args:
        told: of each the person and the key; each pair is one look into an index.
    """
    pairs = [{"person": person_id, "of": key} for person_id, key in told]
    db.run_many(_WITHDRAW_UNREAD, pairs)
    db.run_many(_WITHDRAW, [one | {"now": clock.now()} for one in pairs])


def take_back(key: str) -> None:
    """Take a notice back from everybody who has not read it yet, in the open transaction."""
    db.run(delete(Notice).where(Notice.key == key, Notice.read_at.is_(None)))


def count_unread(viewer: Viewer) -> int:
    """How many notices a person has not read."""
    return queries.count_unread(viewer.person_id)


def mark_read(person_id: str, notice_id: str, seen: int | None = None) -> str:
    """A person has read a notice of their own; the path to what it is about.

    Args:
        person_id: theirs.
        notice_id: of the notice.
        seen: its `told` when they saw what it says, where they go no further; what was added since
            keeps it unread.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    notice = queries.get_notice(person_id, notice_id)
    if notice.read_at is None and (seen is None or notice.told <= seen):
        _mark(person_id, notice_id, clock.now())
    return notice.url


def mark_unread(person_id: str, notice_id: str) -> None:
    """A person wants to see a notice of their own again.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    queries.get_notice(person_id, notice_id)
    _mark(person_id, notice_id, None)


def mark_all_read(person_id: str, seen: int) -> int | None:
    """A person has read everything that they were told up to a point, the greatest `told` when they
    looked: what came since, or was added to a notice, stays unread.

    Returns:
        What to give to `undo_all_read`; None when there was nothing to mark.
    """
    at = max(clock.now(), queries.find_last_read(person_id) + 1)  # a second of its own
    mine = and_(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.told <= seen)
    return at if db.run(update(Notice).where(mine).values(read_at=at)) else None


def undo_all_read(person_id: str, at: int) -> int:
    """Undo a `mark_all_read`; how many are unread again."""
    mine = and_(Notice.person_id == person_id, Notice.read_at == at)
    return db.run(update(Notice).where(mine).values(read_at=None))


def _mark(person_id: str, notice_id: str, at: int | None) -> None:
    mine = and_(Notice.person_id == person_id, Notice.id == notice_id)
    db.run(update(Notice).where(mine).values(read_at=at))


def forget() -> int:
    """Delete notices that were read 90 days ago, and those that nobody read within 180."""
    now = clock.now()
    old = or_(Notice.read_at < now - KEEP_READ_S, Notice.created_at < now - KEEP_UNREAD_S)
    return db.run(delete(Notice).where(old))


def forget_urls(urls: Iterable[str]) -> None:
    """Delete everybody's notices that lead to some pages, in the open transaction: what they say
    is not to be shown any more."""
    db.run(delete(Notice).where(Notice.url.in_(list(urls))))


def forget_of(told: Iterable[tuple[str, str]]) -> None:
    """Delete some notices, each by the person and the key, read or not (open transaction)."""
    db.run_many(_FORGET, [{"person": person_id, "of": key} for person_id, key in told])


def forget_keys(keys: Iterable[str]) -> None:
    """Delete everybody's notices of some keys, in the open transaction, read or not."""
    db.run(delete(Notice).where(Notice.key.in_(list(keys))))


def erase_organisation(organisation_id: str) -> None:
    """Delete every notice of an organisation's people (open transaction)."""
    db.run(delete(Notice).where(Notice.organisation_id == organisation_id))
