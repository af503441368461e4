"""Requests not to be listed, as administrators see them. The directory is one for the installation
and so are these: every organisation's administrators see all of them and may end them. Of another
organisation only its name is told, and not in whose words or for which reason."""

from __future__ import annotations

import logging
from dataclasses import replace

from app.accounts.service import people
from app.core.guard import Viewer
from app.directory.queries import removals as removals_q
from app.directory.queries.removals import RemovalRow
from app.directory.service import removals

LOG = logging.getLogger("app.directory")


def list_all(viewer: Viewer) -> list[tuple[RemovalRow, str]]:
    """Every request, newest first, each with who was asked: their name in the viewer's own
    organisation, that of the organisation elsewhere, nothing where it is gone."""
    found = removals_q.list_removals()
    asked = {one.person_id for one in found if one.person_id}
    names: dict[str | None, str] = {}
    for office in people.list_offices():
        for person_id, person in people.list_by_ids(office.id, asked).items():
            own = office.id == viewer.organisation_id
            names[person_id] = person.name if own else office.name
    mine = people.list_by_ids(viewer.organisation_id, asked)
    return [
        (one if one.person_id in mine else replace(one, reason=""), names.get(one.person_id, ""))
        for one in found
    ]


def take_back(viewer: Viewer, removal_id: str) -> None:
    """End a request, whoever was asked, in the open transaction.

    Raises:
        NotFound: there is no such request.
    """
    removals.take_back(removal_id)
    facts = {"person": viewer.person_id, "removal": removal_id}
    LOG.info("removal taken back", extra={"facts": facts})
