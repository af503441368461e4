"""Files of photos on their way to people of the organisation: never stored where others look."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.http import dump_options_header
from werkzeug.wsgi import wrap_file

from app.core import guard
from app.core.db import transaction
from app.core.guard import get_viewer
from app.photos.queries import inbox as inbox_q
from app.photos.service import inbox, links
from app.photos.service.links import MINUTES, Served

bp = Blueprint("photo_files", __name__)


@bp.get("/photos/file/<token>")
def show(token: str) -> ResponseReturnValue:
    """The file that a signed link names: a picture to look at, or an export to keep."""
    return _send(links.open_link(get_viewer(), token))


@bp.post("/photos/<uuid:photo_id>/original")
@guard.limit(60, by=guard.asking_person)
def original(photo_id: object) -> ResponseReturnValue:
    """The untouched bytes, after why and by whom was written to the access log."""
    viewer = get_viewer()
    shot = inbox_q.get_shot(inbox.scope_of(viewer), str(photo_id))
    why = links.check_reason(request.form.get("reason", ""))
    served = links.open_original(shot)
    with transaction():
        links.record_original(viewer, shot, why)
    return _send(served)


def _send(served: Served) -> Response:
    response = Response(wrap_file(request.environ, served.file, 1 << 18), direct_passthrough=True)
    response.content_type = served.kind
    response.content_length = served.size
    way = "attachment" if served.attachment else "inline"
    disposition = dump_options_header(way, {"filename": served.name})
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    keep = f"private, max-age={MINUTES * 60}" if served.etag else "private, no-store"
    response.headers["Cache-Control"] = keep
    if served.etag:
        response.set_etag(served.etag)
        response.make_conditional(request)
    return response
