"""Signed addresses of a canteen's live pages."""

from __future__ import annotations

import pytest

from app.cafeteria.rules.address_refusals import LiveExpired
from app.cafeteria.service import addresses, links
from app.core.errors import NotFound
from tests.scene import Scene, scene

__all__ = ["scene"]


def test_an_address_says_its_canteen_and_its_link_for_a_day(scene: Scene) -> None:
    with scene.app.app_context():
        plain, wall = addresses.live_token("a"), addresses.live_token("a", "b")
        assert addresses.read_token(plain) == ("a", "")
        assert addresses.read_token(wall) == ("a", "b")
        scene.later(addresses.LIVES_S - 60)
        assert addresses.read_token(plain) == ("a", "")
        scene.later(addresses.LIVES_S + 60)
        with pytest.raises(LiveExpired):
            addresses.read_token(plain)


def test_what_we_never_made_is_not_found(scene: Scene) -> None:
    with scene.app.app_context():
        token = addresses.live_token("a")
        other_salt = links.text_of("a", "wall")
        for text in ("", "x", token[:-2], f"{token}A", token.replace(".", "", 1), other_salt, "é"):
            with pytest.raises(NotFound):
                addresses.read_token(text)
