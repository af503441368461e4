"""Favourites and what was opened lately: a page that needs no server, and its data."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from app.core import guard, pages
from app.core.guard import get_viewer
from app.directory.service import mine

MOST_RECENT = 100  # the phone keeps 30
bp = Blueprint("directory_mine", __name__, template_folder="../templates")
api = Blueprint("directory_mine_api", __name__)


@bp.get("/directory/mine")
def show() -> ResponseReturnValue:
    """The page, the same for everyone: what stands on it comes from the phone."""
    return pages.shell()


@bp.get("/directory/offline")
def offline() -> ResponseReturnValue:
    """What a phone shows for a search or an entry while the server is out of reach."""
    return pages.shell()


@api.get("/api/directory/mine")
def favourites() -> ResponseReturnValue:
    """The person's favourites, for the phone to keep."""
    return jsonify(favourites=mine.list_favourites(get_viewer()))


class MineIn(BaseModel):
    """What the phone keeps besides: the entries that were opened lately."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    recent: Annotated[tuple[UUID, ...], Field(max_length=MOST_RECENT)] = ()


@api.post("/api/directory/mine")
@guard.limit(30, by=guard.asking_person)
def renew() -> ResponseReturnValue:
    """Everything that the phone keeps, as it is now: what is missing of it is to be forgotten. What
    the phone has opened is read and kept nowhere, nor does it stand in an address. `person` says
    whose it is: the phone may still know somebody else."""
    given, viewer = MineIn.model_validate_json(request.get_data()), get_viewer()
    cards, favourites = mine.list_cards(map(str, given.recent)), mine.list_favourites(viewer)
    return jsonify(person=viewer.person_id, favourites=favourites, recent=cards)
