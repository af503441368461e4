"""One person is one person, however many browsers they have."""

from __future__ import annotations

from uuid import uuid4

from app.cafeteria.service import standing
from tests.cafeteria.made import make_canteen
from tests.scene import Scene, scene

__all__ = ["scene"]


def test_a_second_browser_of_one_person_checks_in_once(scene: Scene) -> None:
    made = make_canteen(scene)
    answers = [
        scene.enter("officer").post(
            "/api/canteen/check-ins",
            json={"id": str(uuid4()), "line_id": made.line_id, "ago_ms": 0},
        )
        for _ in range(3)
    ]
    assert [one.status_code for one in answers] == [200] * 3
    assert len({one.json["check_in"]["id"] for one in answers if one.json}) == 1
    assert scene.rows("SELECT count(*) FROM canteen_check_ins") == [(1,)]


def test_who_took_it_back_may_check_in_again(scene: Scene) -> None:
    made, officer = make_canteen(scene), scene.enter("officer")
    for _ in range(2):
        body = {"id": str(uuid4()), "line_id": made.line_id, "ago_ms": 0}
        answer = officer.post("/api/canteen/check-ins", json=body)
        assert answer.json is not None
        assert answer.json["check_in"]["id"] == body["id"]
        assert officer.delete(f"/api/canteen/check-ins/{body['id']}").status_code == 200


def test_what_is_over_is_forgotten_and_memory_has_an_end() -> None:
    kept = standing.Standing()
    kept.note("a", "line", "one", until=100, now=0)
    assert kept.find("a", "line", 99) == "one"
    assert kept.find("a", "line", 100) == ""
    for number in range(standing.MOST + 5):
        kept.note(f"p{number}", "line", "x", until=300, now=200)
    assert len(kept._kept) <= standing.MOST
