"""An office has one address: junk from it shuts off neither the kitchen nor the walls."""

from __future__ import annotations

import uuid

import pytest
from werkzeug.test import TestResponse

from app.cafeteria.routes.opened import A_MINUTE
from app.cafeteria.service import links
from app.core.db import transaction
from tests.cafeteria.made import make_canteen, make_link
from tests.conftest import hold_the_minute
from tests.scene import Scene, scene

__all__ = ["scene"]


def press(scene: Scene, text: str, line_id: str) -> TestResponse:
    """A press of the kitchen's button."""
    body = {"id": str(uuid.uuid4()), "line_id": line_id, "kind": "open", "ago_ms": 0}
    return scene.visitor().post(f"/api/canteen/taps/{text}", json=body)


def test_junk_shuts_off_no_kitchen(scene: Scene) -> None:
    hold_the_minute(scene.patch)
    made = make_canteen(scene)
    _, good = make_link(scene, made.canteen_id, "kiosk")
    visitor = scene.visitor()
    for _ in range(A_MINUTE):
        assert visitor.post("/api/canteen/taps/junk", json={}).status_code == 404
    refused = visitor.post("/api/canteen/taps/junk", json={})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert visitor.get("/canteen/kiosk/junk").status_code == 429
    assert press(scene, good, made.line_id).status_code == 200
    assert visitor.get(f"/canteen/kiosk/{good}").status_code == 200


@pytest.mark.parametrize("path", ["/canteen/wall/", "/api/canteen/wall/"])
def test_junk_shuts_off_no_wall(scene: Scene, path: str) -> None:
    hold_the_minute(scene.patch)
    made = make_canteen(scene)
    _, good = make_link(scene, made.canteen_id, "wall")
    gone_id, gone = make_link(scene, made.canteen_id, "wall")
    with scene.app.app_context(), transaction():
        links.revoke_link(made.canteen_id, gone_id)
    visitor = scene.visitor()
    for n in range(A_MINUTE):
        text, status = ("junk", 404) if n % 2 else (gone, 410)
        assert visitor.get(path + text).status_code == status
    assert visitor.get(path + gone).status_code == 429
    assert visitor.get(path + good).status_code == 200


def test_each_link_has_its_own_number_of_presses(scene: Scene) -> None:
    hold_the_minute(scene.patch)
    made = make_canteen(scene)
    one, other = (make_link(scene, made.canteen_id, "kiosk")[1] for _ in range(2))
    for _ in range(A_MINUTE):
        assert press(scene, one, made.line_id).status_code == 200
    assert press(scene, one, made.line_id).status_code == 429
    assert press(scene, other, made.line_id).status_code == 200
