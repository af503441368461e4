"""The shipped definitions, taken up once, off and untried."""

from __future__ import annotations

from sqlalchemy.dialects.sqlite import insert

from app.core import db
from app.core.ids import new_id
from app.directory.gateways import catalogue
from app.directory.gateways.catalogue import ShippedSource
from app.directory.models import Source
from app.directory.queries import entries as entries_q
from app.directory.queries import sources as sources_q
from app.directory.rules import definition as definition_r
from app.directory.service import offices


def seed() -> int:
    """Take up the shipped definitions that are not there yet, after the offices; how many. One that
    an administrator has changed stays as it is. May run at every start."""
    offices.seed()
    known = sources_q.list_shipped()
    numbers = {office.name: office.number for office in entries_q.list_offices()}
    new = [
        _row(one, numbers[one.office])
        for one in catalogue.read_sources()
        if one.name not in known and one.office in numbers
    ]
    with db.transaction():
        db.run_many(insert(Source).on_conflict_do_nothing(), new)
    return len(new)


def _row(one: ShippedSource, office: int) -> dict[str, object]:
    made = definition_r.read(one.definition)
    return {
        "id": new_id(), "office": office, "kind": made.kind, "label": one.label,
        "url": made.start[0][:500], "definition": made.to_json(), "shipped": one.name,
        "state": "off", "failures": 0,
    }  # fmt: skip
