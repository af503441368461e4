"""What the office's pages ask for while they are open, and what a phone needs to know."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.core.guard import get_viewer
from app.photos.queries import exports as exports_q
from app.photos.queries import inbox as inbox_q
from app.photos.rules import asked as asked_r
from app.photos.rules import board, names
from app.photos.rules import exports as exports_r
from app.photos.service import inbox, links, settings

LARGEST = 2**53
bp = Blueprint("photo_inbox_api", __name__)


@bp.get("/api/photos/live")
def live() -> ResponseReturnValue:
    """What changed since the caller looked; 304 when nothing did."""
    viewer = get_viewer()
    tag = inbox.state_tag(viewer)
    if request.if_none_match.contains(tag):
        return _tagged(Response(status=304), tag)
    since = request.args.get("since", 0, type=int) or 0
    since = since if 0 <= since < LARGEST else 0  # what is no change number is the beginning
    news = inbox.list_live(viewer, asked_r.read(request.args), since)
    return _tagged(jsonify(news), str(news["newest"]))


def _tagged(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/api/photos/<uuid:photo_id>/link")
def link(photo_id: object) -> ResponseReturnValue:
    """A new link to a photo's small or large picture, for people of the organisation."""
    shot = inbox_q.get_shot(inbox.scope_of(get_viewer()), str(photo_id))
    size = names.SMALL if request.args.get("size") == "small" else names.LARGE
    url = links.sign(shot.id, shot.organisation_id, size)
    return jsonify(url=url, minutes=links.MINUTES)


@bp.get("/api/photos/exports/<uuid:export_id>")
def export(export_id: object) -> ResponseReturnValue:
    """How far a sheet or a bundle is."""
    row = exports_q.get_export(get_viewer().person_id, str(export_id))
    told = {"state": row.state, "done": row.done, "total": row.total, "error": row.error}
    stage = exports_r.stage(row.state, row.error, row.live)
    return jsonify(told | {"url": links.of_export(row), "stage": stage})


@bp.get("/api/photos/settings")
def chosen() -> ResponseReturnValue:
    """The board's fields of the person's organisation, and whether it takes picked pictures."""
    found = settings.find(get_viewer().organisation_id)
    return jsonify(board=[board.to_json(one) for one in found.board], picked=found.picked)
