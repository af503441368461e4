"""Requests not to be listed, as an organisation's administrators see them: those that they were
asked for themselves."""

from __future__ import annotations

from app.accounts.service import people
from app.core.errors import NotFound
from app.core.guard import Viewer
from app.directory.queries import removals as removals_q
from app.directory.queries.removals import RemovalRow
from app.directory.service import removals


def list_own(viewer: Viewer) -> list[tuple[RemovalRow, str]]:
    """The organisation's requests, newest first, each with the name of who was asked."""
    found = removals_q.list_removals()
    own = people.list_by_ids(viewer.organisation_id, {one.person_id for one in found})
    return [(one, own[one.person_id].name) for one in found if one.person_id in own]


def take_back(viewer: Viewer, removal_id: str) -> None:
    """End a request, in the open transaction.

    Raises:
        NotFound: the organisation has no such request.
    """
    found = removals_q.find_removal(removal_id)
    if found is None or not people.list_by_ids(viewer.organisation_id, {found.person_id}):
        raise NotFound
    removals.take_back(removal_id)
