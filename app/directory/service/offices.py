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
    other names or another area code; how many. May run at every start; the next one comes back to
    an office that others kept changing meanwhile.
    """
    known = {office.number: office for office in entries_q.list_offices()}
    shipped = catalogue.read_offices()
    new = [one for one in shipped if one.number not in known]
    _add(new, first=not known)
    renewed = [_renewed(known[one.number], one) for one in shipped if one.number in known]
    rows = [count for count in renewed if count is not None]
    if sum(rows) >= index.OPTIMIZE_FROM:
        index.optimize()
    return len(new) + len(rows)


def _renewed(office: OfficeRow, one: Shipped) -> int | None:
    """Renew an office if it is shipped otherwise; how many entries it has, None when nothing was
    done."""
    if _as(office, one) == office:
        return None
    try:
        return _renew(one)
    except OfficeBusy as error:  # it must not hold up the others
        LOG.error("office not renewed", exc_info=error, extra={"facts": {"office": office.name}})
        return None


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
    """An office as it is shipped now. What is hidden in it is recognised without its names and its
    area code (rules/removal.py)."""
    return replace(
        office, name=one.name, sido=one.sido, kind=one.kind, aliases=one.aliases,
        area_code=one.area_code,
    )  # fmt: skip


def _renew(one: Shipped) -> int:
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
                "aliases": json.dumps(one.aliases, ensure_ascii=False),
                "area_code": after.area_code,
            }  # fmt: skip
            db.run(update(Office).where(Office.number == one.number).values(values))
            index.change_office(words, gone)
        LOG.info("office renewed", extra={"facts": {"office": one.name, "entries": len(stored)}})
        return len(stored)
    raise OfficeBusy
