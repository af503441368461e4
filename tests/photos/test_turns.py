"""Photos are made ready in turns: of organisations, and of the people within one."""

from __future__ import annotations

from itertools import count as counted
from itertools import islice

import pytest
from sqlalchemy import update

from app.core import db, lanes, outbox
from app.photos.jobs import LANES
from app.photos.models import Photo
from app.photos.service import process, undone
from app.photos.service.turns import Turns
from tests import factories
from tests.factories import Office
from tests.photos import peers
from tests.scene import Scene

NUMBERS = counted()
PROCESS = next(lane for lane in LANES if lane.name == "photo-process")


def arrive(office: Office, whose: str, count: int) -> list[str]:
    """Photos of a person that have just arrived."""
    found = []
    for number in islice(NUMBERS, count):
        photo_id = peers.ready_photo(office, number, size=10, state="arrived")
        with db.transaction():
            person = update(Photo).where(Photo.id == photo_id)
            db.run(person.values(person_id=office.people[whose]))
            outbox.add(undone.PROCESS, photo_id, photo_id=photo_id)
        found.append(photo_id)
    return found


def test_whoever_sends_many_photos_holds_up_nobody(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(process, "process", seen.append)
    with scene.app.app_context():
        flood = arrive(scene.office, "officer", 12)
        scene.later(1)
        colleague = arrive(scene.office, "auditor", 2)
        other = arrive(factories.make_office("other"), "officer", 3)
    assert lanes.step(scene.app, PROCESS) == 17
    assert sorted(seen) == sorted(flood + colleague + other)
    assert [seen.index(photo_id) for photo_id in other] == [1, 3, 5]
    assert [seen.index(photo_id) for photo_id in colleague] == [2, 6]
    assert scene.rows("SELECT count(*) FROM tasks") == [(0,)]


def test_turns_go_on_from_one_round_to_the_next(scene: Scene) -> None:
    turns = Turns()
    with scene.app.app_context():
        first = arrive(scene.office, "officer", 2)
        second = arrive(factories.make_office("other"), "officer", 2)
        done = []
        for _ in range(4):
            task = outbox.claim((undone.PROCESS,), chosen=turns.choose())
            assert task is not None
            done.append(str(task.given["photo_id"]))
            outbox.finish(task)
        assert turns.choose() is None
    assert {*done[::2]} in ({*first}, {*second})
    assert {*done} == {*first, *second}


def test_a_task_that_was_chosen_is_claimed_once(scene: Scene) -> None:
    with scene.app.app_context():
        arrive(scene.office, "officer", 2)
        chosen = Turns().choose()
        assert chosen is not None
        claimed = outbox.claim((undone.PROCESS,), chosen=chosen)
        assert claimed is not None
        assert claimed.id == chosen
        assert outbox.claim((undone.PROCESS,), chosen=chosen) is None  # its lease runs
        assert outbox.claim(("other",), chosen=chosen) is None
        assert outbox.claim((undone.PROCESS,)) is not None


def test_a_task_of_no_photo_is_done_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(process, "process", seen.append)
    with scene.app.app_context(), db.transaction():
        outbox.add(undone.PROCESS, "gone", photo_id="gone")
    assert lanes.step(scene.app, PROCESS) == 1
    assert seen == ["gone"]


def test_what_is_remembered_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.photos.service.turns.MOST_REMEMBERED", 10)
    turns = Turns()
    for number in range(50):
        turns._serve(f"o{number}", f"p{number}")
    assert len(turns.served) <= 12
