"""What a day teaches: once, made up for when the worker was off, and then no check-in is left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.cafeteria.service import learning, practice
from app.core.db import transaction
from tests.cafeteria.looking import Watched
from tests.cafeteria.stories import few_stories
from tests.cafeteria.test_check_ins import join
from tests.scene import Scene, scene

__all__ = ["few_stories", "scene"]

pytestmark = pytest.mark.usefixtures("few_stories")

AFTER_S = 3 * 3600
DAYS = (-3, -2, -1, 0)  # Monday to Thursday


def learn(watched: Watched) -> int:
    """Learn from what is over; from how many meals."""
    with watched.scene.app.app_context():
        return learning.learn_due()


def learn_all(watched: Watched) -> int:
    """Learn until nothing is due."""
    found = 0
    while count := learn(watched):
        found += count
    return found


def learned(watched: Watched) -> list[tuple[Any, ...]]:
    """What each line learned, and up to when."""
    words = "SELECT line_id, state, last_day FROM canteen_learned ORDER BY line_id"
    return watched.scene.rows(words)


def test_a_meal_teaches_once_and_takes_its_check_ins_along(scene: Scene) -> None:
    watched = Watched(scene)
    watched.report(watched.counter(), 600, entered=4, left=3)
    join(scene.enter("officer"), watched.made.line_id)
    watched.go(5400 + 60)
    learn_all(watched)
    today = [one for one in learned(watched) if one[2] == "2026-11-26"]
    assert (today, watched.count("canteen_check_ins")) == ([], 1)  # late reports may still come
    watched.go(AFTER_S)
    assert learn_all(watched) == 1
    ((_, state, day),) = learned(watched)
    assert day == "2026-11-26"
    assert json.loads(state)["days"] > 0
    assert watched.count("canteen_check_ins") == 0
    assert learn(watched) == 0
    assert learned(watched)[0][1] == state


def test_who_was_off_for_three_days_makes_up_for_it(scene: Scene) -> None:
    watched = Watched(scene)
    counter = watched.counter()
    for days in DAYS:
        for second in range(10, 250, 10):
            watched.go(second, days)
            entered, seq = 4 + second // 10 % 2, 10_000 * (days + 4) + second
            answer = counter.send(seq=seq, entered=entered, left=3)
            assert answer.status_code == 200
    watched.go(AFTER_S)
    assert learn_all(watched) >= len(DAYS)
    at_once = learned(watched)
    scene.rows("DELETE FROM canteen_learned")
    for days in DAYS:
        watched.go(AFTER_S, days)
        learn_all(watched)
    assert learned(watched) == at_once
    assert json.loads(at_once[0][1])["days"] == pytest.approx(len(DAYS), abs=0.5)


def test_killed_in_the_middle_it_teaches_once(scene: Scene) -> None:
    watched = Watched(scene)
    watched.report(watched.counter(), 300, entered=4, left=3)
    join(scene.enter("officer"), watched.made.line_id)
    watched.go(AFTER_S)
    with scene.patch.context() as patch:
        patch.setattr("app.cafeteria.service.check_ins.forget", lambda *_: 1 / 0)
        learn_all(watched)
    assert [one for one in learned(watched) if one[2] == "2026-11-26"] == []
    assert watched.count("canteen_check_ins") == 1
    learn_all(watched)
    assert [one[2] for one in learned(watched)] == ["2026-11-26"]
    assert watched.count("canteen_check_ins") == 0


@pytest.mark.parametrize("taught", [False, True])
def test_one_who_checks_in_alone_teaches_nothing_and_is_forgotten(
    scene: Scene, taught: bool
) -> None:
    watched = Watched(scene)
    if taught:
        watched.report(watched.counter(), 200, entered=4, left=3)
        watched.go(AFTER_S)
        learn_all(watched)
    watched.go(600, days=1)
    join(scene.enter("officer"), watched.made.line_id)
    watched.go(AFTER_S, days=1)
    learn_all(watched)
    assert watched.count("canteen_check_ins") == 0
    assert len(learned(watched)) == taught


def test_a_line_that_fails_does_not_stop_the_others(scene: Scene) -> None:
    watched = Watched(scene, "한식 줄", "일품 줄")
    watched.press("mark", 20)
    watched.press("mark", 20, line=1)
    watched.go(AFTER_S)
    original = learning.reported

    def fails(line_id: str, *words: Any) -> Any:
        if line_id == watched.made.line_ids[0]:
            raise ValueError("a broken line")
        return original(line_id, *words)

    with scene.patch.context() as patch:
        patch.setattr(learning, "reported", fails)
        learn_all(watched)
    assert [one[0] for one in learned(watched)] == [watched.made.line_ids[1]]
    learn_all(watched)
    assert len(learned(watched)) == 2


def test_a_played_lunch_teaches_nothing(scene: Scene) -> None:
    watched = Watched(scene)
    with scene.app.app_context(), transaction():
        played = practice.add(scene.office.organisation_id, "연습 식당", ("한식 줄",))
    watched.go(AFTER_S)
    learn_all(watched)
    ((line_id,),) = scene.rows("SELECT id FROM canteen_lines WHERE canteen_id = ?", played)
    assert line_id not in {one[0] for one in learned(watched)}
