"""Links that open without an account: made, shown as a QR, printed, revoked. The addresses stand in
`settings`."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from pydantic import ValidationError

from app.cafeteria.queries.links import LinkRow
from app.cafeteria.routes.settings_page import Wrong, back, get_canteen, page
from app.cafeteria.rules.form_words import messages
from app.cafeteria.schemas.settings import LinkForm
from app.cafeteria.service import links
from app.core.db import transaction
from app.core.guard import get_viewer


def add(canteen_id: object) -> ResponseReturnValue:
    """A new link; its page follows."""
    canteen, given = get_canteen(canteen_id), request.form.to_dict()
    try:
        form = LinkForm.model_validate(given)
    except ValidationError as error:
        return page(canteen, Wrong("links", given, messages(error)))
    with transaction():
        link_id = links.make_link(canteen.id, form.kind, form.name)
    said = gettext("링크를 만들었어요. QR을 찍거나 주소를 복사해 여세요.")
    return back(f"{canteen.id}/links/{link_id}", said)


def show(canteen_id: object, link_id: object) -> ResponseReturnValue:
    """A link's QR and address, for the screen and for paper."""
    canteen, link = get_canteen(canteen_id), _link(canteen_id, link_id)
    return render_template(
        "cafeteria/settings_link.html",
        canteen=canteen,
        link=link,
        address=links.address_of(link),
    )


def draw(canteen_id: object, link_id: object) -> ResponseReturnValue:
    """The QR alone; whoever has it may press the buttons, so nothing keeps it."""
    svg = links.draw_link(_link(canteen_id, link_id))
    return Response(svg, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def revoke(canteen_id: object, link_id: object) -> ResponseReturnValue:
    """The link opens nothing any more."""
    link = _link(canteen_id, link_id)
    with transaction():
        links.revoke_link(link.canteen_id, link.id)
    said = gettext("‘%(name)s’ 링크를 없앴어요. 이제 그 주소로는 열리지 않아요.", name=link.name)
    return back(link.canteen_id, said, "links-title")


def _link(canteen_id: object, link_id: object) -> LinkRow:
    return links.get_link(get_viewer().organisation_id, str(canteen_id), str(link_id))
