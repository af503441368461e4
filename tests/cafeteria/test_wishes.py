"""Wishes to be told that a line is short: once, today, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from app.cafeteria.queries import wishes as wishes_q
from app.cafeteria.service import addresses, wishes
from app.core import db
from app.core.db import transaction
from tests.cafeteria.made import make_canteen, make_link
from tests.client import StrictClient
from tests.scene import Scene, scene, text_of

__all__ = ["scene"]

API = "/api/canteen/wishes"
TITLE = "구내식당 줄이 짧아졌어요"


def wish(client: StrictClient, canteen_id: str, minutes: object) -> int:
    """Ask to be told; the status."""
    return client.put(f"{API}/{canteen_id}", json={"minutes": minutes}).status_code


def tell(scene: Scene, canteen_id: str, *waits: float) -> int:
    """What the live document does when it is made."""
    names = [f"줄 {number}" for number, _ in enumerate(waits, 1)]
    with scene.app.app_context(), transaction():
        return wishes.tell_due(canteen_id, waits, names)


def told(scene: Scene) -> list[tuple[Any, ...]]:
    """Whom which notices reached."""
    return scene.rows("SELECT person_id, title, body, url FROM notices ORDER BY person_id")


def test_a_wish_is_kept_changed_and_taken_back(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    path = f"{API}/{made.canteen_id}"
    assert client.get(path).get_json() == {"minutes": None}
    assert wish(client, made.canteen_id, 5) == 200
    assert wish(client, made.canteen_id, 8) == 200
    assert client.get(path).get_json() == {"minutes": 8}
    assert scene.enter("auditor").get(path).get_json() == {"minutes": None}
    assert client.delete(path).get_json() == {"minutes": None}
    assert client.delete(path).status_code == 200
    assert client.get(path).get_json() == {"minutes": None}


@pytest.mark.parametrize("minutes", [0, 61, -1, "5", 1.5, None, True])
def test_absurd_minutes_are_refused(scene: Scene, minutes: object) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    assert wish(client, made.canteen_id, minutes) == 422
    assert scene.rows("SELECT count(*) FROM canteen_wishes") == [(0,)]


def test_another_organisations_canteen_is_not_found(scene: Scene) -> None:
    made = make_canteen(scene, office=scene.other_office())
    client = scene.enter("officer")
    assert wish(client, made.canteen_id, 5) == 404
    assert client.get(f"{API}/{made.canteen_id}").status_code == 404
    assert client.delete(f"{API}/{made.canteen_id}").status_code == 404


def test_who_waits_for_it_is_told_once_of_the_shortest_line(scene: Scene) -> None:
    made = make_canteen(scene)
    for role, minutes in (("officer", 8), ("auditor", 5)):
        assert wish(scene.enter(role), made.canteen_id, minutes) == 200
    assert tell(scene, made.canteen_id, 12.0, 8.0) == 0  # under eight, not eight
    assert tell(scene, made.canteen_id) == 0
    assert tell(scene, made.canteen_id, 12.0, 6.6) == 1
    [(person, title, body, url)] = told(scene)
    assert (person, title, url) == (scene.office.people["officer"], TITLE, "/canteen")
    assert "본관 식당" in body
    assert "줄 2" in body
    assert "약 7분" in body
    assert tell(scene, made.canteen_id, 1.0) == 1
    assert tell(scene, made.canteen_id, 1.0) == 0
    assert len(told(scene)) == 2
    html = text_of(scene.enter("officer").get("/notices"))
    assert TITLE in html
    assert "약 7분" in html


def test_who_wishes_again_is_told_again(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    for seconds in (0, 60):
        scene.later(seconds)
        wish(client, made.canteen_id, 5)
        assert tell(scene, made.canteen_id, 2.0) == 1
    assert len(told(scene)) == 2


def test_killed_in_between_neither_has_happened(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_canteen(scene)
    wish(scene.enter("officer"), made.canteen_id, 5)
    run = db.run

    def dies(statement: Any, given: Any = None) -> int:
        """The process ends where a wish is deleted."""
        if str(statement).startswith("DELETE FROM canteen_wishes"):
            raise KeyboardInterrupt
        return run(statement, given)

    with monkeypatch.context() as patch:
        patch.setattr(db, "run", dies)
        with pytest.raises(KeyboardInterrupt):
            tell(scene, made.canteen_id, 2.0)
    assert told(scene) == []
    assert scene.rows("SELECT count(*) FROM canteen_wishes") == [(1,)]
    assert tell(scene, made.canteen_id, 2.0) == 1
    assert len(told(scene)) == 1


def test_a_wish_is_for_today_and_its_canteen(scene: Scene) -> None:
    made, other = make_canteen(scene), make_canteen(scene, name="별관 식당")
    client = scene.enter("officer")
    wish(client, made.canteen_id, 5)
    assert tell(scene, other.canteen_id, 1.0) == 0
    scene.later(24 * 3600)
    assert tell(scene, made.canteen_id, 1.0) == 0
    assert client.get(f"{API}/{made.canteen_id}").get_json() == {"minutes": None}
    wish(scene.enter("auditor"), made.canteen_id, 5)
    with scene.app.app_context(), transaction():
        assert wishes.forget_old(wishes.today()) == 1
        assert wishes.forget_old(wishes.today()) == 0
    with scene.app.app_context():
        [left] = wishes_q.list_wishes(made.canteen_id, wishes.today(), 0.0)
    assert left.person_id == scene.office.people["auditor"]


def test_a_person_is_shown_the_canteens_of_their_office(scene: Scene) -> None:
    made = make_canteen(scene, "한식 줄", "일품 줄")
    make_canteen(scene, office=scene.other_office(), name="남의 식당")
    officer = scene.enter("officer")
    wish(officer, made.canteen_id, 7)
    found = officer.get("/api/canteen/mine").get_json()
    [canteen] = found["canteens"]
    assert (canteen["id"], canteen["name"], canteen["wish"]) == (made.canteen_id, "본관 식당", 7)
    assert [one["name"] for one in canteen["lines"]] == ["한식 줄", "일품 줄"]
    assert [one["id"] for one in canteen["lines"]] == list(made.line_ids)
    with scene.app.app_context():
        for name in ("live", "chart"):
            start, _, token = canteen[name].rpartition("/")
            assert start == f"/api/canteen/{name}"
            assert addresses.read_token(token) == (made.canteen_id, "")


@pytest.mark.parametrize(
    ("role", "can_tap", "can_manage"),
    [
        ("officer", False, False),
        ("auditor", False, False),
        ("canteen", True, False),
        ("administrator", True, True),
    ],
)
def test_it_says_what_a_person_may_do(
    scene: Scene, role: str, can_tap: bool, can_manage: bool
) -> None:
    found = scene.enter(role).get("/api/canteen/mine").get_json()
    assert (found["can_tap"], found["can_manage"], found["canteens"]) == (can_tap, can_manage, [])


def test_what_is_asked_by_strangers_is_closed(scene: Scene) -> None:
    made = make_canteen(scene)
    make_link(scene, made.canteen_id, "kiosk")
    assert scene.visitor().get("/api/canteen/mine").status_code == 401
    assert wish(scene.visitor(), made.canteen_id, 5) == 401
