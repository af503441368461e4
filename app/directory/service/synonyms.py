"""Terms that mean the same, which an administrator edits."""

from __future__ import annotations

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from app.core import clock, db
from app.core.errors import NotFound
from app.core.ids import new_id
from app.directory.gateways import catalogue
from app.directory.models import Synonym
from app.directory.queries import index as index_q
from app.directory.rules import synonyms as synonyms_r
from app.directory.service import index

MOST = 500


def add(person_id: str, words: str) -> None:
    """Add a group in the open transaction; the same group again changes nothing.

    Raises:
        BadGroup: fewer than two terms, or one that is too long. TooManyGroups: there are 500.
    """
    group = synonyms_r.read(words)
    if len(index_q.list_synonyms()) >= MOST:
        raise synonyms_r.TooManyGroups
    row = {"id": new_id(), "words": group, "changed_by": person_id, "changed_at": clock.now()}
    db.run(insert(Synonym).values(row).on_conflict_do_nothing())
    index.moved(words=True)


def change(person_id: str, group_id: str, words: str) -> None:
    """Change a group in the open transaction.

    Raises:
        NotFound: it is gone. BadGroup: as in `add`. SameGroup: there is one of these terms.
    """
    if db.value(select(Synonym.id).where(Synonym.id == group_id)) is None:
        raise NotFound
    group = synonyms_r.read(words)
    same = select(Synonym.id).where(Synonym.words == group, Synonym.id != group_id)
    if db.value(same) is not None:
        raise synonyms_r.SameGroup
    values = {"words": group, "changed_by": person_id, "changed_at": clock.now()}
    db.run(update(Synonym).where(Synonym.id == group_id).values(values))
    index.moved(words=True)


def remove(group_id: str) -> str:
    """Remove a group in the open transaction; its words, so that it can be brought back."""
    words: str | None = db.value(select(Synonym.words).where(Synonym.id == group_id))
    if words is None:
        raise NotFound
    db.run(delete(Synonym).where(Synonym.id == group_id))
    index.moved(words=True)
    return words


def seed() -> None:
    """Take up the shipped groups, in the open transaction of a new installation."""
    if db.value(select(func.count()).select_from(Synonym)):
        return
    now = clock.now()
    groups = map(synonyms_r.read, catalogue.read_synonyms())
    rows = [{"id": new_id(), "words": group, "changed_at": now} for group in groups]
    db.run_many(insert(Synonym), rows)
