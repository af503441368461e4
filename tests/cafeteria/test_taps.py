"""Presses of the kitchen's buttons by the API: once each, at their true time, in their canteen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from app.cafeteria.queries import taps as taps_q
from app.cafeteria.rules import presses
from app.cafeteria.rules.press_refusals import TooLateToUndo
from app.cafeteria.service import links, taps
from app.core import clock
from app.core.db import transaction
from app.core.errors import NotFound
from tests.cafeteria.made import Made, make_canteen, make_link
from tests.client import StrictClient
from tests.scene import Scene, scene

__all__ = ["scene"]

MINUTE = 60_000
HOUR = 60 * MINUTE
DUTY = "/api/canteen/duty/taps"


class Kitchen:
    """A canteen, its link, and who presses."""

    def __init__(self, scene: Scene) -> None:
        """Make them."""
        self.scene = scene
        self.made: Made = make_canteen(scene, "한식 줄", "일품 줄")
        self.link_id, self.text = make_link(scene, self.made.canteen_id, "kiosk")
        self.client: StrictClient = scene.visitor()
        self.api = f"/api/canteen/taps/{self.text}"

    def body(self, **changes: Any) -> dict[str, Any]:
        """A press of 20 people just now, but for the changes."""
        new = {"id": str(uuid.uuid4()), "line_id": self.made.line_id, "kind": "mark"}
        return new | {"people": 20, "ago_ms": 0} | changes

    def post(self, **changes: Any) -> tuple[int, dict[str, Any]]:
        """Press; status and answer."""
        answer = self.client.post(self.api, json=self.body(**changes))
        found: dict[str, Any] = answer.get_json()
        return answer.status_code, found

    def undo(self, tap_id: str, ago_ms: int = 0) -> int:
        """Take it back; the status."""
        answer = self.client.post(f"{self.api}/{tap_id}/undo", json={"ago_ms": ago_ms})
        return answer.status_code

    def taps(self) -> list[tuple[str, int | None]]:
        """What stands of the first line."""
        with self.scene.app.app_context():
            found = taps_q.list_taps(self.made.line_id, 0, 2**53)
        return [(one.kind, one.people) for one in found]


@pytest.fixture
def kitchen(scene: Scene) -> Kitchen:
    """A canteen with two lines and a link."""
    return Kitchen(scene)


def shift(scene: Scene, ms: int) -> None:
    """Let the product's clocks stand so much ahead."""
    begin, precise = clock.now(), clock.precise()
    scene.patch.setattr("app.core.clock.now", lambda: begin + ms // 1000)
    scene.patch.setattr("app.core.clock.precise", lambda: precise + ms * 1000)


def test_a_press_has_the_time_when_it_was_pressed(kitchen: Kitchen) -> None:
    shift(kitchen.scene, 0)
    status, found = kitchen.post(ago_ms=7 * MINUTE)
    assert (status, found["known"]) == (200, False)
    assert found["tap"]["at_ms"] == clock.precise() // 1000 - 7 * MINUTE
    assert (found["tap"]["kind"], found["tap"]["people"]) == ("mark", 20)
    assert found["tap"]["undone"] is False
    [row] = kitchen.scene.rows("SELECT received_ms - at_ms, source FROM canteen_taps")
    assert row == (7 * MINUTE, "kiosk")


def test_the_same_press_again_is_known_and_keeps_its_time(kitchen: Kitchen) -> None:
    body = kitchen.body()
    _, first = kitchen.post(**body)
    shift(kitchen.scene, 3 * HOUR)
    status, again = kitchen.post(**body | {"ago_ms": 3 * HOUR})  # long after it was received
    assert (status, again["known"], again["tap"]) == (200, True, first["tap"])
    assert kitchen.taps() == [("mark", 20)]


@pytest.mark.parametrize("change", [{"people": 30}, {"kind": "open", "people": None}])
def test_an_id_that_is_used_again_for_something_else_is_refused(
    kitchen: Kitchen, change: dict[str, Any]
) -> None:
    body = kitchen.body()
    kitchen.post(**body)
    status, found = kitchen.post(**body | change)
    assert (status, found["code"]) == (409, "canteen-tap-taken")
    assert kitchen.post(**body | {"line_id": kitchen.made.line_ids[1]})[0] == 409
    assert kitchen.taps() == [("mark", 20)]


@pytest.mark.parametrize(
    "change",
    [
        {"people": 501}, {"people": -1}, {"people": 10**30}, {"people": 1.5}, {"people": "20"},
        {"people": True}, {"people": None}, {"kind": "open", "people": 5}, {"kind": "full"},
        {"ago_ms": -1}, {"ago_ms": 10**13}, {"ago_ms": "0"}, {"ago_ms": None}, {"id": "x"},
        {"id": None}, {"line_id": "'; DROP TABLE"}, {"kind": None},
    ],
)  # fmt: skip
def test_absurd_presses_are_refused(kitchen: Kitchen, change: dict[str, Any]) -> None:
    status, found = kitchen.post(**change)
    assert (status, found["code"]) == (422, "bad-input")
    assert kitchen.taps() == []


def test_a_body_that_is_no_object_is_refused(kitchen: Kitchen) -> None:
    bodies: list[Any] = [[], "x", 7]
    for body in bodies:
        assert kitchen.client.post(kitchen.api, json=body).status_code in {400, 422}
    assert kitchen.client.post(kitchen.api, data="{}").status_code == 415


def test_people_at_both_ends_count(kitchen: Kitchen) -> None:
    assert [kitchen.post(people=number)[0] for number in (0, 500)] == [200, 200]
    assert sorted(kitchen.taps()) == [("mark", 0), ("mark", 500)]


def test_a_press_of_more_than_two_hours_ago_says_nothing_any_more(kitchen: Kitchen) -> None:
    assert kitchen.post(ago_ms=2 * HOUR)[0] == 200
    status, found = kitchen.post(ago_ms=2 * HOUR + 1)
    assert (status, found["code"]) == (422, "canteen-tap-too-old")


def test_a_line_of_another_canteen_is_not_found(kitchen: Kitchen) -> None:
    sister = make_canteen(kitchen.scene, name="별관 식당")
    foreign = make_canteen(kitchen.scene, office=kitchen.scene.other_office())
    for line_id in (sister.line_id, foreign.line_id, str(uuid.uuid4())):
        assert kitchen.post(line_id=line_id)[0] == 404
    assert kitchen.scene.rows("SELECT count(*) FROM canteen_taps") == [(0,)]


def test_a_revoked_link_takes_nothing(kitchen: Kitchen) -> None:
    _, found = kitchen.post()
    with kitchen.scene.app.app_context(), transaction():
        links.revoke_link(kitchen.made.canteen_id, kitchen.link_id)
    status, refused = kitchen.post(people=40)
    assert (status, refused["code"]) == (410, "canteen-link-revoked")
    assert kitchen.undo(found["tap"]["id"]) == 410
    assert kitchen.taps() == [("mark", 20)]
    assert kitchen.client.post("/api/canteen/taps/x", json=kitchen.body()).status_code == 404


def test_an_undone_press_is_left_out_and_stays_undone(kitchen: Kitchen) -> None:
    body = kitchen.body(people=10, ago_ms=MINUTE)
    kitchen.post(**body)
    _, second = kitchen.post(people=40)
    assert kitchen.undo(second["tap"]["id"]) == 200
    assert kitchen.undo(second["tap"]["id"]) == 200
    assert kitchen.taps() == [("mark", 10)]
    with kitchen.scene.app.app_context():
        last = taps_q.find_last_tap(kitchen.made.line_id)
    assert last is not None
    assert last.people == 10
    _, again = kitchen.post(**kitchen.body(id=second["tap"]["id"], people=40))
    assert (again["known"], again["tap"]["undone"]) == (True, True)
    assert kitchen.taps() == [("mark", 10)]


def test_two_minutes_later_it_cannot_be_undone_but_an_undo_that_came_late_can(
    kitchen: Kitchen,
) -> None:
    ids = [kitchen.post()[1]["tap"]["id"] for _ in range(2)]
    shift(kitchen.scene, 10 * MINUTE)
    assert kitchen.undo(ids[0]) == 409
    assert kitchen.undo(ids[1], ago_ms=9 * MINUTE) == 200  # pressed a minute after, sent now
    assert len(kitchen.taps()) == 1


def test_the_time_to_undo_has_an_end() -> None:
    last = presses.UNDO_MS + presses.UNDO_SLACK_MS
    presses.check_undo(0, last, 0)
    with pytest.raises(TooLateToUndo):
        presses.check_undo(0, last + 1, 0)
    long = presses.UNDO_MS + presses.TAP_LIVES_MS
    presses.check_undo(0, 0, long)
    with pytest.raises(TooLateToUndo):
        presses.check_undo(0, 0, long + 1)


def test_what_was_pressed_hours_ago_stays_whatever_a_phone_says(kitchen: Kitchen) -> None:
    tap_id = kitchen.post()[1]["tap"]["id"]
    shift(kitchen.scene, 5 * HOUR)
    for ago_ms in (10**12, 5 * HOUR, 5 * HOUR - MINUTE, 0):
        assert kitchen.undo(tap_id, ago_ms) in {409, 422}
    assert kitchen.taps() == [("mark", 20)]


def test_nobody_wants_back_what_they_have_not_pressed_yet(kitchen: Kitchen) -> None:
    shift(kitchen.scene, 0)
    tap_id = kitchen.post()[1]["tap"]["id"]
    assert kitchen.undo(tap_id, presses.UNDO_SLACK_MS + 1) == 422
    assert kitchen.taps() == [("mark", 20)]
    assert kitchen.undo(tap_id, presses.UNDO_SLACK_MS) == 200  # the press took long to get here
    assert kitchen.scene.rows("SELECT undone_ms - at_ms FROM canteen_taps") == [(0,)]


def test_nobody_takes_back_what_another_canteen_pressed(kitchen: Kitchen) -> None:
    sister = make_canteen(kitchen.scene, name="별관 식당")
    _, text = make_link(kitchen.scene, sister.canteen_id, "kiosk")
    tap_id = kitchen.post()[1]["tap"]["id"]
    answer = kitchen.client.post(f"/api/canteen/taps/{text}/{tap_id}/undo", json={})
    assert answer.status_code == 404
    other = kitchen.scene.enter("canteen", kitchen.scene.other_office())
    assert other.post(f"{DUTY}/{tap_id}/undo", json={}).status_code == 404
    assert kitchen.taps() == [("mark", 20)]


def test_who_is_on_duty_presses_in_every_canteen_of_the_office_only(kitchen: Kitchen) -> None:
    sister = make_canteen(kitchen.scene, name="별관 식당")
    foreign = make_canteen(kitchen.scene, office=kitchen.scene.other_office())
    client = kitchen.scene.enter("canteen")
    for line_id, status in ((kitchen.made.line_id, 200), (sister.line_id, 200)):
        answer = client.post(DUTY, json=kitchen.body(line_id=line_id))
        assert answer.status_code == status
    assert client.post(DUTY, json=kitchen.body(line_id=foreign.line_id)).status_code == 404
    assert kitchen.scene.rows("SELECT DISTINCT source FROM canteen_taps") == [("duty",)]
    tap_id = kitchen.scene.rows("SELECT id FROM canteen_taps LIMIT 1")[0][0]
    assert client.post(f"{DUTY}/{tap_id}/undo", json={"ago_ms": 0}).status_code == 200
    assert kitchen.scene.enter("officer").post(DUTY, json=kitchen.body()).status_code == 403
    assert kitchen.client.post(DUTY, json=kitchen.body()).status_code == 401


def test_presses_are_read_in_the_order_of_their_time(kitchen: Kitchen) -> None:
    shift(kitchen.scene, 0)
    for people, ago in ((30, 0), (10, 20 * MINUTE), (20, 10 * MINUTE)):
        kitchen.post(people=people, ago_ms=ago)
    kitchen.post(people=40, line_id=kitchen.made.line_ids[1])
    now = clock.precise() // 1000
    assert [people for _, people in kitchen.taps()] == [10, 20, 30]
    with kitchen.scene.app.app_context():
        some = taps_q.list_taps(kitchen.made.line_id, now - 20 * MINUTE, now)
        last = taps_q.find_last_tap(kitchen.made.line_id)
    assert [one.people for one in some] == [10, 20]
    assert last is not None
    assert last.people == 30


def test_old_presses_are_deleted(kitchen: Kitchen) -> None:
    kitchen.post(ago_ms=HOUR)
    kitchen.post(people=30)
    with kitchen.scene.app.app_context(), transaction():
        assert taps.forget(clock.precise() // 1000 - MINUTE) == 1
    assert kitchen.taps() == [("mark", 30)]


def test_a_press_of_a_removed_canteen_is_nobodys(kitchen: Kitchen) -> None:
    tap_id = kitchen.post()[1]["tap"]["id"]
    kitchen.scene.rows("UPDATE canteens SET removed_at = 1")
    with kitchen.scene.app.app_context(), pytest.raises(NotFound):
        taps_q.get_tap(kitchen.scene.office.organisation_id, tap_id)
