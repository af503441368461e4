"""What has arrived is handed to processing at once, and again after a failure."""

from __future__ import annotations

import time

import pytest

from app.core import clock, lanes, outbox
from app.photos.jobs import LANES, revive_photos
from app.photos.service import process, undone
from tests.photos import corpus, peers
from tests.photos.sender import Sender
from tests.scene import Scene

PROCESS = next(lane for lane in LANES if lane.name == "photo-process")


def dead_tasks(scene: Scene) -> str:
    """What the operator's command prints."""
    return scene.app.test_cli_runner().invoke(args=["photos", "dead-tasks"]).output


def test_an_arrived_photo_is_processed_within_seconds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(process, "process", seen.append)
    running = lanes.Running(scene.app, (PROCESS,))
    sender = Sender(scene)
    sender.send()
    end = time.monotonic() + 5
    while not seen and time.monotonic() < end:
        time.sleep(0.02)
    running.stop()
    assert seen == [sender.photo_id]
    assert scene.rows("SELECT count(*) FROM tasks") == [(0,)]


def test_a_failed_photo_is_tried_again_later(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def fails_once(photo_id: str) -> str:
        """Out of memory, the first time."""
        tries.append(photo_id)
        if len(tries) == 1:
            raise MemoryError
        return "ready"

    monkeypatch.setattr(process, "process", fails_once)
    sender = Sender(scene)
    sender.send()
    assert lanes.step(scene.app, PROCESS) == 0
    assert lanes.step(scene.app, PROCESS) == 0  # not due yet
    scene.later(30)
    assert clock.now() > time.time() + 20
    assert lanes.step(scene.app, PROCESS) == 1
    assert tries == [sender.photo_id] * 2


def test_a_photo_that_was_given_up_in_an_outage_is_made_ready_after_all(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(scene, corpus.good()["jpeg"])
    sender.send()
    real = process.process
    monkeypatch.setattr(process, "process", lambda _: 1 // 0)
    for turn in range(outbox.MOST_TRIES):
        scene.later(turn * 4_000)
        assert lanes.step(scene.app, PROCESS) == 0
    monkeypatch.setattr(process, "process", real)
    scene.later(200_000)
    assert lanes.step(scene.app, PROCESS) == 0  # it rests for good
    named = f"photo-not-ready 1\n  {sender.photo_id} ZeroDivisionError\n"
    assert dead_tasks(scene) == f"photo-process 1\n{named}"
    with scene.app.app_context():
        assert revive_photos() == 1
        assert revive_photos() == 0  # it has a task now
    assert lanes.step(scene.app, PROCESS) == 1
    assert scene.rows("SELECT state FROM photos") == [("ready",)]
    with scene.app.app_context():
        assert revive_photos() == 0
        assert outbox.count_dead() == {}
    assert dead_tasks(scene) == "none 0\n"


def test_a_photo_whose_task_was_lost_gets_one(scene: Scene) -> None:
    Sender(scene).send()
    scene.rows("DELETE FROM tasks")
    with scene.app.app_context():
        assert revive_photos() == 0  # too young to be missed
    scene.later(undone.STUCK_S + 5)
    with scene.app.app_context():
        assert revive_photos() == 1
    assert lanes.step(scene.app, PROCESS) == 1


def test_a_photo_that_can_never_be_made_ready_is_named(scene: Scene) -> None:
    """Its original was changed in the store; it is tried again every hour, and so rests never."""
    sender = Sender(scene, corpus.good()["jpeg"])
    sender.send()
    [original] = (scene.folder / "files").rglob("original")
    original.chmod(0o600)
    original.write_bytes(b"other bytes")
    assert lanes.step(scene.app, PROCESS) == 0
    assert dead_tasks(scene) == "none 0\n"  # too young to be missed
    named = f"photo-not-ready 1\n  {sender.photo_id} OriginalChangedError\n"
    for turn in range(1, 30):
        scene.later(turn * 3_600)
        with scene.app.app_context():
            revive_photos()
        assert dead_tasks(scene) == named
        assert lanes.step(scene.app, PROCESS) == 0
    original.write_bytes(sender.whole)
    scene.later(40 * 3_600)
    assert lanes.step(scene.app, PROCESS) == 1
    assert dead_tasks(scene) == "none 0\n"


def test_many_photos_that_do_not_become_ready_are_counted(scene: Scene) -> None:
    with scene.app.app_context():
        for number in range(undone.MOST_NAMED + 2):
            peers.ready_photo(scene.office, number, size=10, state="arrived")
    scene.later(undone.STUCK_S + 5)
    first, *others = dead_tasks(scene).splitlines()
    assert first == f"photo-not-ready {undone.MOST_NAMED + 2}"
    assert len(others) == undone.MOST_NAMED
    assert all(line.endswith(" not tried") for line in others)
