"""What open pages ask for again and again, by a signed address (service/addresses.py).

Mostly it is answered before Flask (core/first.py, service/shelf.py); here is what that leaves: the
first question, addresses that are too old or no longer allowed, and the chart.
"""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from app.cafeteria.queries import estimates
from app.cafeteria.service import addresses, blank, charts, documents, links
from app.core import guard

bp = Blueprint("canteen_live", __name__)
A_MINUTE = 6000  # charts that one network may ask for, with addresses that are good


def _canteen(token: str) -> str:
    canteen_id, link_id = addresses.read_token(token)
    if link_id:
        links.check_wall(link_id)
    return canteen_id


@bp.get("/api/canteen/live/<token>")
def live(token: str) -> ResponseReturnValue:
    """The canteen's document."""
    canteen_id = _canteen(token)
    found = estimates.find_document(canteen_id)
    if found is not None:
        return _answer(found.body, found.tag)
    said = blank.make(canteen_id)
    return _answer(json.dumps(said), documents.tag_of(said))


@bp.get("/api/canteen/chart/<token>")
def chart(token: str) -> ResponseReturnValue:
    """The last hour of each line, and what is usual on this weekday."""
    canteen_id = _canteen(token)
    guard.count("canteen chart", guard.asking_network(), A_MINUTE)
    kept: charts.Kept = current_app.extensions["canteen_charts"]
    body = kept.body(canteen_id)
    return _answer(body, hashlib.sha256(body.encode()).hexdigest()[:20])


def _answer(body: str, tag: str) -> Response:
    response = Response(body, content_type="application/json")
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
