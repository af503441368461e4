"""Check-ins: waits of people nobody knows, and nothing of them before there are three."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from app.cafeteria.models import CheckIn, Tap
from app.cafeteria.queries import check_ins as check_ins_q
from app.cafeteria.rules import crowd
from app.cafeteria.rules.crowd import Told
from app.cafeteria.service import check_ins
from app.core import clock
from app.core.db import transaction
from tests.cafeteria.made import make_canteen
from tests.cafeteria.test_taps import HOUR, MINUTE, shift
from tests.client import StrictClient
from tests.scene import Scene, scene

__all__ = ["scene"]

API = "/api/canteen/check-ins"


@dataclass(frozen=True)
class Stood:
    """Somebody in a line."""

    joined_ms: int
    served_ms: int | None = None


def join(client: StrictClient, line_id: str, ago_ms: int = 0, **changes: Any) -> dict[str, Any]:
    """Join a line; the answer."""
    body = {"id": str(uuid.uuid4()), "line_id": line_id, "ago_ms": ago_ms} | changes
    answer = client.post(API, json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def served(client: StrictClient, check_in_id: str, ago_ms: int = 0) -> tuple[int, str]:
    """Say that one was served; status and code."""
    answer = client.post(f"{API}/{check_in_id}/served", json={"ago_ms": ago_ms})
    return answer.status_code, (answer.get_json() or {}).get("code", "")


def rows(scene: Scene) -> list[tuple[Any, ...]]:
    """What is kept."""
    return scene.rows("SELECT id, line_id, joined_ms, served_ms FROM canteen_check_ins")


def test_a_wait_is_what_lies_between_both_presses(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    shift(scene, 0)
    now = clock.precise() // 10_000_000 * 10_000  # kept no more exactly than to ten seconds
    found = join(client, made.line_id, ago_ms=9 * MINUTE)
    assert found["known"] is False
    assert found["check_in"]["joined_ms"] == now - 9 * MINUTE
    check_in_id = found["check_in"]["id"]
    assert served(client, check_in_id, ago_ms=MINUTE) == (200, "")
    assert rows(scene) == [(check_in_id, made.line_id, now - 9 * MINUTE, now - MINUTE)]
    assert served(client, check_in_id) == (200, "")  # what was said first stands
    assert rows(scene)[0][3] == now - MINUTE
    with scene.app.app_context():
        listed = check_ins_q.list_check_ins(made.line_id, now - HOUR, now)
    assert [(one.joined_ms, one.served_ms) for one in listed] == [(now - 9 * MINUTE, now - MINUTE)]


def test_a_session_has_one_check_in_for_a_line_and_meal(scene: Scene) -> None:
    made, client = make_canteen(scene, "한식 줄", "일품 줄"), scene.enter("officer")
    first = join(client, made.line_id)
    again = join(client, made.line_id)
    assert (again["known"], again["check_in"]["id"]) == (True, first["check_in"]["id"])
    join(client, made.line_ids[1])
    assert len(rows(scene)) == 2
    shift(scene, 3 * HOUR + MINUTE)
    later = join(client, made.line_id)
    assert (later["known"], len(rows(scene))) == (False, 3)


def test_the_same_id_sent_again_by_a_phone_that_lost_the_answer_is_known(scene: Scene) -> None:
    made, check_in_id = make_canteen(scene, "한식 줄", "일품 줄"), str(uuid.uuid4())
    person = scene.office.people["officer"]
    one, other = scene.enter_as(person), scene.enter_as(person)
    assert join(one, made.line_id, id=check_in_id)["known"] is False
    assert join(other, made.line_id, id=check_in_id)["known"] is True
    body = {"id": check_in_id, "line_id": made.line_ids[1], "ago_ms": 0}
    third = scene.enter("auditor").post(API, json=body)
    assert (third.status_code, third.get_json()["code"]) == (409, "canteen-check-in-taken")
    assert len(rows(scene)) == 1


def test_a_check_in_that_was_taken_back_leaves_nothing_and_another_may_follow(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    first = join(client, made.line_id)["check_in"]["id"]
    assert client.delete(f"{API}/{first}").status_code == 200
    assert rows(scene) == []
    assert client.delete(f"{API}/{first}").status_code == 404
    second = join(client, made.line_id)
    assert second["known"] is False
    assert second["check_in"]["id"] != first


def test_what_cannot_be_a_wait_is_refused_in_words(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    check_in_id = join(client, made.line_id)["check_in"]["id"]
    assert served(client, check_in_id, ago_ms=MINUTE) == (422, "canteen-served-too-early")
    shift(scene, 3 * HOUR + MINUTE)
    assert served(client, check_in_id) == (422, "canteen-served-too-late")
    assert rows(scene)[0][3] is None
    body = {"id": str(uuid.uuid4()), "line_id": made.line_id}
    old = client.post(API, json=body | {"ago_ms": 3 * HOUR + 1})
    assert (old.status_code, old.get_json()["code"]) == (422, "canteen-check-in-too-old")
    for bad in ({"ago_ms": -1}, {"ago_ms": "1"}, {}, {"ago_ms": 0, "id": "x"}):
        assert client.post(API, json=body | bad).status_code == 422
    assert len(rows(scene)) == 1


def test_another_organisation_has_no_line_and_no_check_in(scene: Scene) -> None:
    made, other = make_canteen(scene), scene.other_office()
    check_in_id = join(scene.enter("officer"), made.line_id)["check_in"]["id"]
    stranger = scene.enter("officer", other)
    body = {"id": str(uuid.uuid4()), "line_id": made.line_id, "ago_ms": 0}
    assert stranger.post(API, json=body).status_code == 404
    assert served(stranger, check_in_id) == (404, "not-found")
    assert stranger.delete(f"{API}/{check_in_id}").status_code == 404
    assert len(rows(scene)) == 1


def test_six_a_minute_are_enough_for_one_person(scene: Scene) -> None:
    make_canteen(scene)
    scene.later(0)
    now = clock.now() // 60 * 60
    scene.patch.setattr("app.core.clock.now", lambda: now)
    client = scene.enter("officer")
    body = {"id": str(uuid.uuid4()), "line_id": str(uuid.uuid4()), "ago_ms": 0}
    assert [client.post(API, json=body).status_code for _ in range(7)] == [404] * 6 + [429]
    assert scene.enter("auditor").post(API, json=body).status_code == 404


def test_no_person_is_kept_with_a_check_in_or_a_press(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    assert set(CheckIn.__table__.columns.keys()) == {"id", "line_id", "joined_ms", "served_ms"}
    assert not any("person" in one.name for one in Tap.__table__.columns)
    made, client = make_canteen(scene), scene.enter("officer")
    logging.getLogger("app").propagate = True  # else caplog hears nothing
    try:
        with caplog.at_level(logging.INFO, logger="app"):
            check_in_id = join(client, made.line_id)["check_in"]["id"]
            assert served(client, check_in_id) == (200, "")
    finally:
        logging.getLogger("app").propagate = False
    said = "\n".join(str(vars(one)) for one in caplog.records)
    assert f"{API}/<uuid:check_in_id>/served" in said
    for secret in (check_in_id, scene.office.people["officer"]):
        assert secret not in said
    others = [name for (name,) in scene.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in others:
        if name == "canteen_check_ins" or name.startswith("directory_index"):  # of words only
            continue
        assert check_in_id not in str(scene.rows(f"SELECT * FROM {name}")), name  # noqa: S608


def test_a_check_in_that_was_taken_back_is_not_on_the_disk(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("officer")
    check_in_id = join(client, made.line_id)["check_in"]["id"]
    assert check_in_id.encode() in scene.disk()
    client.delete(f"{API}/{check_in_id}")
    scene.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert check_in_id.encode() not in scene.disk()


def test_the_days_check_ins_are_deleted_when_they_have_taught(scene: Scene) -> None:
    made = make_canteen(scene, "한식 줄", "일품 줄")
    clients = [scene.enter("officer"), scene.enter("auditor")]
    join(clients[0], made.line_id, ago_ms=HOUR)
    join(clients[0], made.line_ids[1], ago_ms=HOUR)
    young = join(clients[1], made.line_id)["check_in"]["id"]
    with scene.app.app_context(), transaction():
        assert check_ins.forget(made.line_id, clock.precise() // 1000 - MINUTE) == 1
    assert {(one[0] == young, one[1]) for one in rows(scene)} == {
        (True, made.line_id),
        (False, made.line_ids[1]),
    }


@pytest.mark.parametrize("count", [0, 1, 2])
def test_one_or_two_people_tell_nothing(count: int) -> None:
    assert crowd.told([Stood(at, at + 5) for at in range(count)]) == []


def test_joins_may_be_told_three_by_three() -> None:
    found = crowd.told([Stood(300), Stood(100), Stood(200), Stood(400), Stood(500)])
    assert found == [Told(300, 100), Told(300, 200), Told(300, 300)]
    six = crowd.told([Stood(at) for at in (100, 200, 300, 400, 500, 600)])
    assert six[3:] == [Told(600, 400), Told(600, 500), Told(600, 600)]


def test_waits_may_be_told_when_the_third_person_was_served() -> None:
    two = [Stood(100, 500), Stood(200, 450), Stood(300), Stood(400)]
    assert all(one.wait_ms is None for one in crowd.told(two))
    three = [*two[:3], Stood(400, 900)]
    waits = [one for one in crowd.told(three) if one.wait_ms is not None]
    assert waits == [Told(900, 450, 250), Told(900, 500, 400), Told(900, 900, 500)]


def test_somebody_served_at_the_first_moment_of_time_counts() -> None:
    found = crowd.told([Stood(0, 0), Stood(0, 0), Stood(0, 0)])
    assert [one.wait_ms for one in found] == [None] * 3 + [0] * 3
