"""Links that open without an account, until they are revoked."""

from __future__ import annotations

import pytest

from app.cafeteria.queries import links as reads
from app.cafeteria.rules.refusals import LinkRevoked
from app.cafeteria.service import links
from app.core.db import transaction
from app.core.errors import NotFound
from tests.cafeteria.made import make_canteen, make_link
from tests.scene import Scene, scene

__all__ = ["scene"]


def test_a_link_opens_for_its_kind_only(scene: Scene) -> None:
    made = make_canteen(scene)
    link_id, text = make_link(scene, made.canteen_id, "kiosk")
    with scene.app.app_context():
        assert links.open_link(text, "kiosk").id == link_id
        with pytest.raises(NotFound):
            links.open_link(text, "wall")
        with pytest.raises(NotFound):
            links.open_link(text[:-1] + ("A" if text[-1] != "A" else "B"), "kiosk")


def test_a_revoked_link_opens_nothing_and_keeps_when_it_was_revoked(scene: Scene) -> None:
    made, other = make_canteen(scene), make_canteen(scene, office=scene.other_office())
    link_id, text = make_link(scene, made.canteen_id, "kiosk")
    with scene.app.app_context():
        with pytest.raises(NotFound), transaction():
            links.revoke_link(other.canteen_id, link_id)
        with transaction():
            links.revoke_link(made.canteen_id, link_id)
        first = reads.list_links(made.canteen_id)[0].revoked_at
        with transaction():
            links.revoke_link(made.canteen_id, link_id)
        assert first is not None
        assert reads.list_links(made.canteen_id)[0].revoked_at == first
        with pytest.raises(LinkRevoked):
            links.open_link(text, "kiosk")
