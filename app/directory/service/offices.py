"""The offices of the directory: those that are shipped, and those that an administrator adds."""

from __future__ import annotations

import json

from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.directory.gateways import catalogue
from app.directory.models import Office
from app.directory.queries import entries as entries_q
from app.directory.service import index, synonyms

FIRST_ADDED = 1001


def seed() -> int:
    """Take up the shipped offices that are not there yet; how many. May run at every start."""
    known = {office.number for office in entries_q.list_offices()}
    new = [one for one in catalogue.read_offices() if one.number not in known]
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
        if not known:
            index.begin()
            synonyms.seed()
        elif new:
            index.moved(words=True)
    return len(new)
