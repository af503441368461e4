"""What has arrived is handed to processing at once, and again after a failure."""

from __future__ import annotations

import time

import pytest

from app.core import clock, lanes
from app.photos.jobs import LANES
from app.photos.service import process
from tests.photos.sender import Sender
from tests.scene import Scene

PROCESS = next(lane for lane in LANES if lane.name == "photo-process")


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
