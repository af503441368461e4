"""A screen on a wall: opened by a link without an account, until the link is revoked."""

from __future__ import annotations

import re

from app.cafeteria.queries import links as reads
from app.cafeteria.service import addresses, links
from app.core import clock
from app.core.db import transaction
from tests.cafeteria.made import make_canteen, make_link
from tests.scene import Scene, scene

__all__ = ["scene"]


def token_in(scene: Scene, address: str) -> tuple[str, str]:
    """The canteen and the link that a live address names."""
    with scene.app.app_context():
        return addresses.read_token(address.removeprefix("/api/canteen/live/"))


def test_a_stranger_with_the_link_sees_the_screen(scene: Scene) -> None:
    made = make_canteen(scene, name="본관 <식당>")
    link_id, text = make_link(scene, made.canteen_id, "wall")
    answer = scene.visitor().get(f"/canteen/wall/{text}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "본관 &lt;식당&gt;" in page
    live = re.search(r'data-live="([^"]+)"', page)
    assert live is not None
    assert token_in(scene, live[1]) == (made.canteen_id, link_id)
    assert 'class="tabs"' not in page


def test_the_address_chooses_theme_and_language(scene: Scene) -> None:
    _, text = make_link(scene, make_canteen(scene).canteen_id, "wall")
    visitor = scene.visitor()
    dark = visitor.get(f"/canteen/wall/{text}?theme=contrast&lang=en").get_data(as_text=True)
    assert '<html lang="en" data-theme="contrast">' in dark
    odd = visitor.get(f"/canteen/wall/{text}?theme=pink").get_data(as_text=True)
    assert 'data-theme="auto"' in odd


def test_who_is_signed_in_sees_the_same_screen(scene: Scene) -> None:
    _, text = make_link(scene, make_canteen(scene).canteen_id, "wall")
    page = scene.enter("administrator").get(f"/canteen/wall/{text}").get_data(as_text=True)
    assert 'class="tabs"' not in page


def test_a_screen_gets_a_fresh_address_that_outlives_the_old_one(scene: Scene) -> None:
    made = make_canteen(scene)
    link_id, text = make_link(scene, made.canteen_id, "wall")
    answer = scene.visitor().get(f"/api/canteen/wall/{text}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert token_in(scene, answer.json["live"]) == (made.canteen_id, link_id)  # type: ignore[index]
    page = scene.visitor().get(f"/canteen/wall/{text}").get_data(as_text=True)
    assert f'data-version="{answer.json["version"]}"' in page  # type: ignore[index]


def test_a_revoked_link_says_what_to_do(scene: Scene) -> None:
    made = make_canteen(scene)
    link_id, text = make_link(scene, made.canteen_id, "wall")
    with scene.app.app_context(), transaction():
        links.revoke_link(made.canteen_id, link_id)
    page = scene.visitor().get(f"/canteen/wall/{text}", headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert "새 링크" in page.get_data(as_text=True)
    again = scene.visitor().get(f"/api/canteen/wall/{text}")
    assert (again.status_code, again.json["code"]) == (410, "canteen-link-revoked")  # type: ignore[index]


def test_another_kind_of_link_and_a_changed_one_open_nothing(scene: Scene) -> None:
    made = make_canteen(scene)
    _, kiosk = make_link(scene, made.canteen_id, "kiosk")
    _, wall = make_link(scene, made.canteen_id, "wall")
    for text in (kiosk, wall[:-1] + ("A" if wall[-1] != "A" else "B"), "x"):
        for path in (f"/canteen/wall/{text}", f"/api/canteen/wall/{text}"):
            assert scene.visitor().get(path).status_code == 404


def test_its_use_is_written_down(scene: Scene) -> None:
    made = make_canteen(scene)
    _, text = make_link(scene, made.canteen_id, "wall")
    scene.visitor().get(f"/canteen/wall/{text}")
    with scene.app.app_context():
        used = reads.list_links(made.canteen_id)[0].used_at
        assert used is not None
        assert used <= clock.now()


def test_the_canteen_page_is_the_same_for_everyone(scene: Scene) -> None:
    pages = {
        role: scene.enter(role).get("/canteen").get_data() for role in ("officer", "administrator")
    }
    assert pages["officer"] == pages["administrator"] == scene.visitor().get("/canteen").get_data()
