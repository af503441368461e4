"""Deleting what an organisation's people left in the directory, before the people themselves."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.core import db
from app.directory.models import Favourite, Follow, Import, Problem, Removal, Report, Run, Synonym
from app.notices import service as notices


def erase_organisation(organisation_id: str, person_ids: list[str]) -> None:
    """Delete the organisation's follows, favourites, reports, imports and requests, and what its
    people were told (open transaction). The entries that came by its imports stay."""
    notices.erase_organisation(organisation_id)
    for table in (Follow, Favourite, Report):
        db.run(delete(table).where(table.organisation_id == organisation_id))
    imports = select(Import.id).where(Import.organisation_id == organisation_id)
    db.run(update(Run).where(Run.import_id.in_(imports)).values(import_id=None))
    db.run(delete(Problem).where(Problem.import_id.in_(imports)))
    db.run(delete(Import).where(Import.organisation_id == organisation_id))
    db.run(delete(Removal).where(Removal.person_id.in_(person_ids)))
    db.run(update(Synonym).where(Synonym.changed_by.in_(person_ids)).values(changed_by=None))
