"""A screen on a wall, by a link without an account."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import places
from app.cafeteria.queries.links import LinkRow
from app.cafeteria.routes.opened import open_link
from app.cafeteria.service import addresses, links
from app.core import pages
from app.core.db import transaction

bp = Blueprint("canteen_wall", __name__, template_folder="../templates")


@bp.get("/canteen/wall/<wall>")
def show(wall: str) -> ResponseReturnValue:
    """The screen: what it shows comes by the live address in it."""
    link = _open(wall)
    canteen = places.get_canteen(link.organisation_id, link.canteen_id)
    asked = request.args.get("theme", "")
    facts = {"theme": asked if asked in pages.THEMES else "auto", "canteen": canteen}
    renew = url_for("canteen_wall.renew", wall=wall)
    page = render_template(
        "cafeteria/wall.html", **facts, live=_live(link), renew=renew, link_id=link.id
    )
    return _unkept(page)


@bp.get("/api/canteen/wall/<wall>")
def renew(wall: str) -> ResponseReturnValue:
    """A fresh live address for a screen that hangs there for weeks, and the version of its
    script: the screen opens itself anew when that is another one."""
    link = _open(wall)
    return _unkept(jsonify(live=_live(link), version=pages.asset("js/wall.js")))


def _open(wall: str) -> LinkRow:
    link = open_link(wall, "wall")
    with transaction():
        links.note_use(link)
    return link


def _live(link: LinkRow) -> str:
    return f"/api/canteen/live/{addresses.live_token(link.canteen_id, link.id)}"


def _unkept(body: ResponseReturnValue) -> ResponseReturnValue:
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response
