"""The offices of the directory, as the product ships them.

An office's names and area code are tokens of each of its entries. Nobody changes them but a new
release of the product; the index then forgets the entries by their old tokens and takes them up by
the new ones, office by office, each in one transaction with the change.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from sqlalchemy import update
from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.directory.gateways import catalogue
from app.directory.gateways.catalogue import Shipped
from app.directory.models import Office
from app.directory.queries import entries as entries_q
from app.directory.queries.entries import OfficeRow
from app.directory.rules.refusals import OfficeBusy
from app.directory.service import index, synonyms

LOG = logging.getLogger("app.directory")
TRIES = 3


def seed() -> int:
    """Take up the shipped offices that are not there yet, and those that a new release ships with
    other names or another area code; how many. May run at every start.

    Raises:
        OfficeBusy: others kept changing an office meanwhile; the next start comes back to it.
    """
    known = {office.number: office for office in entries_q.list_offices()}
    shipped = catalogue.read_offices()
    new = [one for one in shipped if one.number not in known]
    _add(new, first=not known)
    other = [one for one in shipped if one.number in known and _as(known[one.number], one)
             != known[one.number]]  # fmt: skip
    for one in other:
        _renew(one)
    if other:
        index.optimize()
    return len(new) + len(other)


def _add(new: list[Shipped], *, first: bool) -> None:
    with db.transaction():
        db.run_many(
            insert(Office).on_conflict_do_nothing(),
            [
                {
                    "number": one.number, "name": one.name, "sido": one.sido, "kind": one.kind,
                    "aliases": json.dumps(one.aliases, ensure_ascii=False),
                    "area_code": one.area_code, "entries": 0,
                }
                for one in new
            ],
        )  # fmt: skip
        if first:
            index.begin()
            synonyms.seed()
        elif new:
            index.moved(words=True)


def _as(office: OfficeRow, one: Shipped) -> OfficeRow:
    """An office as it is shipped now."""
    return replace(
        office, name=one.name, sido=one.sido, kind=one.kind, aliases=one.aliases,
        area_code=one.area_code,
    )  # fmt: skip


def _renew(one: Shipped) -> None:
    for _ in range(TRIES):
        before, stored = entries_q.get_office(one.number), entries_q.list_entries_of(one.number)
        after = _as(before, one)
        gone, words = index.analyse(stored, before), index.analyse(stored, after)
        with db.transaction():
            if (entries_q.get_office(one.number), entries_q.list_entries_of(one.number)) != (
                before, stored,
            ):  # fmt: skip
                continue
            values = {
                "name": one.name, "sido": one.sido, "kind": one.kind,
                "aliases": json.dumps(one.aliases, ensure_ascii=False), "area_code": one.area_code,
            }  # fmt: skip
            db.run(update(Office).where(Office.number == one.number).values(values))
            index.change_office(words, gone)
        LOG.info("office renewed", extra={"facts": {"office": one.name, "entries": len(stored)}})
        return
    raise OfficeBusy
