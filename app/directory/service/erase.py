"""Deleting what an organisation's people left in the directory, before the people themselves.

The danger removed here: a table that is forgotten would keep the demonstration from being reset.
So the tables are asked which of them name an organisation or a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Table, delete, select, update

from app.core import db
from app.directory.models import Import, Problem, Removal, Run
from app.notices import service as notices


def erase_organisation(organisation_id: str, person_ids: Sequence[str]) -> None:
    """Delete the organisation's follows, favourites, reports, imports and whatever else is its, and
    what its people were told (open transaction). The entries that came by its imports stay, with
    what others were or will be told of them; and what need not name one of its people stays without
    the name: so a request not to be listed outlives who was asked, but for their words."""
    notices.erase_organisation(organisation_id)
    imports = select(Import.id).where(Import.organisation_id == organisation_id)
    db.run(delete(Problem).where(Problem.import_id.in_(imports)))
    db.run(update(Run).where(Run.import_id.in_(imports)).values(import_id=None))
    db.run(update(Removal).where(Removal.person_id.in_(person_ids)).values(reason=""))
    for table, column in _naming("organisations"):
        db.run(delete(table).where(column == organisation_id))
    for table, column in _naming("persons"):
        named = column.in_(person_ids)
        nameless = update(table).where(named).values({column.name: None})
        db.run(nameless if column.nullable else delete(table).where(named))


def _naming(whom: str) -> Iterator[tuple[Table, Column[str]]]:
    """The directory's columns that hold the id of a row of another table."""
    for table in db.Base.metadata.sorted_tables:
        for column in table.columns if table.name.startswith("directory_") else ():
            if any(key.target_fullname == f"{whom}.id" for key in column.foreign_keys):
                yield table, column
