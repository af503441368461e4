"""Which province comes first for a person: the one chosen, or that of their organisation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.core.errors import NotFound
from app.directory.models import Near
from app.directory.queries import nears
from app.directory.service import library

NOWHERE = "-"


@dataclass(frozen=True)
class Facts:
    """What the page says about the directory as a whole."""

    sidos: tuple[str, ...]
    offices: int
    entries: int


def facts() -> Facts:
    """The provinces, how many offices have entries, and how many entries there are."""
    offices = library.get().offices.values()
    sidos = tuple(dict.fromkeys(one.sido for one in offices))
    filled = [one for one in offices if one.entries]
    return Facts(sidos, len(filled), sum(one.entries for one in filled))


def sido_of(person_id: str, organisation: str) -> str:
    """The province that comes first for a person; "" for none."""
    chosen = nears.find_sido(person_id)
    if chosen is not None:
        return "" if chosen == NOWHERE else chosen
    return library.get().sidos.get(organisation, "")  # 중구 is in six of them


def start_with(person_ids: Iterable[str], sido: str) -> None:
    """Let a province come first for people who have chosen none, in the open transaction: those of
    an organisation that is no office of the directory.

    Args:
        person_ids: who.
        sido: as offices have it.
    """
    rows = [{"person_id": one, "sido": sido} for one in person_ids]
    db.run_many(insert(Near).on_conflict_do_nothing(), rows)


def set_sido(person_id: str, sido: str) -> None:
    """Choose a province in the open transaction; "-" for none, "" for that of the organisation.

    Raises:
        NotFound: there is no such province.
    """
    if sido == "":
        db.run(delete(Near).where(Near.person_id == person_id))
        return
    if sido not in {NOWHERE, *facts().sidos}:
        raise NotFound
    written = insert(Near).values(person_id=person_id, sido=sido)
    db.run(written.on_conflict_do_update(index_elements=["person_id"], set_={"sido": sido}))
