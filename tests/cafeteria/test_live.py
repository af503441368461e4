"""The canteens as they are now: what is pressed and reported is told at the next look, once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.cafeteria.service import canteens, line_now, practice
from app.cafeteria.service.live import REST_S
from app.core.db import db, transaction
from tests.cafeteria.fault_lunch import OPENS, ZERO, make_usual
from tests.cafeteria.looking import Watched
from tests.cafeteria.made import Made, make_canteen, make_link
from tests.cafeteria.stories import few_stories
from tests.scene import Scene, scene

__all__ = ["few_stories", "scene"]

pytestmark = pytest.mark.usefixtures("few_stories")


@pytest.fixture
def watched(scene: Scene) -> Watched:
    """One canteen with two lines."""
    return Watched(scene, "한식 줄", "일품 줄")


def writes_of(watched: Watched) -> int:
    """How many statements a look writes."""
    found: list[str] = []

    def note(*words: Any) -> None:
        found.append(str(words[2]).split(maxsplit=1)[0].upper())

    with watched.scene.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        watched.turn()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum(one in {"INSERT", "UPDATE", "DELETE"} for one in found)


def test_a_tap_is_told_at_the_next_look(watched: Watched) -> None:
    before = watched.said()["lines"][0]
    assert (before["basis"], before["people"]) == ("unknown", None)
    watched.press("mark", 30)
    now = watched.said()["lines"]
    assert now[0]["basis"] == "live"
    assert 20 <= now[0]["people"] <= 40
    assert now[0]["sources"] == [{"kind": "kitchen", "seen_ms": ZERO * 1000, "ok": True}]
    assert now[1] == before | {"id": watched.made.line_ids[1], "name": "일품 줄"}


def test_a_tap_of_the_kitchens_phone_is_told_as_well(watched: Watched) -> None:
    watched.turn()
    _, link = make_link(watched.scene, watched.made.canteen_id, "kiosk")
    body = {"id": str(uuid.uuid4()), "line_id": watched.made.line_id, "kind": "mark"}
    path = f"/api/canteen/taps/{link}"
    answer = watched.scene.visitor().post(path, json=body | {"people": 10, "ago_ms": 30_000})
    assert answer.status_code == 200
    assert watched.turn() == 1
    line = watched.kept()[1]["lines"][0]
    assert (line["basis"], line["seen_ms"]) == ("live", ZERO * 1000 - 30_000)
    assert watched.turn() == 0


def test_a_tap_that_was_taken_back_is_told_no_more(watched: Watched) -> None:
    tag = watched.tag()
    tap_id = watched.press("mark", 40)
    assert watched.tag() != tag
    path = f"/api/canteen/duty/taps/{tap_id}/undo"
    assert watched.cook.post(path, json={"ago_ms": 0}).status_code == 200
    assert watched.tag() == tag


@pytest.mark.parametrize("kind", ["closed", "sold_out"])
def test_closed_and_sold_out_hold_until_it_is_open_again(watched: Watched, kind: str) -> None:
    watched.press("mark", 30)
    watched.press(kind)
    said = watched.said()
    line = said["lines"][0]
    assert (line["state"], line["basis"]) == (kind, "unknown")
    assert (line["range"], line["people"]) == (None, None)
    assert said["state"] == "open"
    watched.press(kind, line=1)
    assert watched.said()["state"] == kind
    watched.go(60)
    watched.press("open")
    watched.press("open", line=1)
    said = watched.said()
    assert said["state"] == "open"
    assert {one["state"] for one in said["lines"]} == {"open"}


def test_a_line_is_told_by_its_own_sources(watched: Watched) -> None:
    watched.report(watched.counter(), 300, entered=5, left=2)
    watched.press("mark", 10, line=1)
    first, second = watched.said()["lines"]
    assert [one["kind"] for one in first["sources"]] == ["counter"]
    assert [one["kind"] for one in second["sources"]] == ["kitchen"]


def test_one_canteen_that_fails_does_not_stop_the_others(watched: Watched) -> None:
    other_office = watched.scene.other_office()
    other = make_canteen(watched.scene, office=other_office, name="다른 식당")
    third = make_canteen(watched.scene, name="별관 식당")
    original = line_now.reported

    def fails(line_id: str, *words: Any) -> Any:
        if line_id in watched.made.line_ids:
            raise ValueError("a broken line")
        return original(line_id, *words)

    watched.scene.patch.setattr(line_now, "reported", fails)
    assert watched.turn() == 2
    assert watched.kept(other)[1]["canteen"]["name"] == "다른 식당"
    assert watched.kept(third)[1]["canteen"]["name"] == "별관 식당"
    assert watched.count("canteen_documents") == 2
    watched.scene.patch.setattr(line_now, "reported", original)
    assert watched.turn() == 0
    watched.go(REST_S + 1)
    assert watched.said()["canteen"]["name"] == "본관 식당"  # it is tried again


def test_who_begins_anew_says_the_same(watched: Watched) -> None:
    counter = watched.counter()
    watched.report(counter, 240, entered=5, left=2)
    watched.press("mark", 60, ago_ms=30_000)
    watched.report(counter, 420, 250, entered=1, left=3)
    for second in (437, 443):
        watched.go(second)
        tag, said = watched.tag(), watched.kept()[1]
        watched.engine = watched.new_engine()
        assert (watched.tag(), watched.kept()[1]["lines"]) == (tag, said["lines"])
    assert said["lines"][0]["basis"] == "live"


def test_nothing_is_written_while_nothing_changes(watched: Watched) -> None:
    watched.press("mark", 20)
    watched.turn()
    assert writes_of(watched) == 0
    watched.go(2)
    assert writes_of(watched) == 0
    watched.press("mark", 40)
    assert writes_of(watched) > 0
    watched.go(8 * 3600)  # the evening: looked at now and then, told once
    assert writes_of(watched) > 0
    for second in range(0, 600, 7):
        watched.go(8 * 3600 + second)
        assert writes_of(watched) == 0


def test_what_was_shown_is_kept_once_a_minute(scene: Scene) -> None:
    watched = Watched(scene)
    watched.report(watched.counter(), 300, entered=5, left=2)
    rows = scene.rows("SELECT at, day, basis FROM canteen_estimates ORDER BY at")
    assert [one[0] for one in rows] == [ZERO + 60 * n for n in range(6)]
    assert {one[1:] for one in rows} == {("2026-11-26", "live")}


def test_what_is_usual_is_shown_as_such_and_never_becomes_usual(scene: Scene) -> None:
    watched = Watched(scene)
    make_usual(scene, watched.made.line_id)
    line = watched.said()["lines"][0]
    assert (line["basis"], line["people"], line["seen_ms"]) == ("usual", None, None)
    assert line["level"] == 1
    today = scene.rows("SELECT basis FROM canteen_estimates WHERE day = '2026-11-26'")
    assert today == [("usual",)]
    with scene.app.app_context():
        tomorrow = OPENS.date() + timedelta(days=7)
        assert line_now.usual_of(watched.made.line_id, tomorrow).days == 2


def notices_of(watched: Watched) -> int:
    """How many people were told that a line is short."""
    words = "SELECT count(*) FROM notices WHERE kind = 'canteen-wait'"
    return int(watched.scene.rows(words)[0][0])


def test_who_wished_is_told_once_whoever_looks(watched: Watched) -> None:
    officer = watched.scene.enter("officer")
    path = f"/api/canteen/wishes/{watched.made.canteen_id}"
    assert officer.put(path, json={"minutes": 10}).status_code == 200
    watched.turn()
    assert notices_of(watched) == 0  # nothing is measured yet
    watched.press("mark", 10)
    for second in (0, 10, 20):
        watched.go(second)
        watched.turn()
        watched.engine = watched.new_engine()
    assert notices_of(watched) == 1
    assert watched.count("canteen_wishes") == 0


def test_a_notice_that_fails_is_told_later_and_stops_nothing(watched: Watched) -> None:
    officer = watched.scene.enter("officer")
    path = f"/api/canteen/wishes/{watched.made.canteen_id}"
    assert officer.put(path, json={"minutes": 10}).status_code == 200
    watched.press("mark", 10)
    with watched.scene.patch.context() as patch:
        patch.setattr("app.notices.service.tell", lambda *_: 1 / 0)
        watched.turn()
    assert watched.kept()[1]["lines"][0]["basis"] == "live"
    assert (notices_of(watched), watched.count("canteen_wishes")) == (0, 1)
    for second in range(40, 200, 10):
        watched.go(second)
        watched.turn()
    assert (notices_of(watched), watched.count("canteen_wishes")) == (1, 0)


def test_nobody_is_told_by_what_is_usual(scene: Scene) -> None:
    watched = Watched(scene)
    make_usual(scene, watched.made.line_id)
    path = f"/api/canteen/wishes/{watched.made.canteen_id}"
    assert scene.enter("officer").put(path, json={"minutes": 60}).status_code == 200
    assert watched.said()["lines"][0]["basis"] == "usual"
    assert watched.count("canteen_wishes") == 1


def test_before_it_opens_and_after_it_closes(scene: Scene) -> None:
    watched = Watched(scene)
    watched.go(-3600)
    early = watched.said()
    assert (early["state"], early["meal"], early["lines"]) == ("closed", None, [])
    opens, closes = ZERO * 1000, (ZERO + 5400) * 1000
    assert early["next"] == {"kind": "lunch", "opens_ms": opens, "closes_ms": closes}
    watched.go(-599)  # people stand there already
    assert watched.said()["meal"]["opens_ms"] == opens
    watched.go(5400)
    late = watched.said()
    assert (late["state"], late["meal"]) == ("closed", None)
    assert late["next"]["opens_ms"] == int((OPENS + timedelta(days=1)).timestamp()) * 1000


def test_what_the_kitchen_said_at_a_meal_ends_with_it(scene: Scene) -> None:
    watched = Watched(scene)
    watched.go(5000)
    watched.press("sold_out")
    assert watched.said()["state"] == "sold_out"
    watched.go(60, days=1)
    said = watched.said()
    assert (said["state"], said["lines"][0]["sources"]) == ("open", [])


def play(scene: Scene, canteen_id: str, speed: int, anew: bool = False) -> None:
    """Let the lunch go on otherwise."""
    with scene.app.app_context(), transaction():
        practice.play(canteen_id, speed, anew)


def test_a_played_lunch_goes_on_at_another_speed_or_begins_anew(scene: Scene) -> None:
    watched = Watched(scene)
    with scene.app.app_context(), transaction():
        played = practice.add(scene.office.organisation_id, "연습 식당", ("한식 줄",))
        canteens.remove_canteen(watched.made.canteen_id)
    watched.made = Made(played, watched.made.line_ids)
    begin = watched.canteen_ms()
    watched.go(20)
    assert watched.canteen_ms() - begin == 20_000
    play(scene, played, 60)
    watched.go(30)
    assert watched.canteen_ms() - begin == 20_000 + 600_000
    assert watched.said()["clock"]["speed"] == 60
    play(scene, played, 1, anew=True)
    assert watched.canteen_ms() == (ZERO - 600) * 1000
    clock = watched.said()["clock"]
    assert (clock["speed"], clock["played"]) == (1, True)
    bases = scene.rows("SELECT DISTINCT basis FROM canteen_estimates")
    assert ("live",) not in bases
