"""Hand-over across separated networks: whole files, once, whenever the worker is killed."""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from app.core import db
from app.core.db import transaction
from app.photos.gateways.folder import NOT_MOUNTED, Folder
from app.photos.models import Connector
from app.photos.service import deliver, hand_over
from tests.photos import peers
from tests.photos.peers import OtherSide
from tests.scene import Scene, scene

__all__ = ["scene"]


@pytest.fixture
def side(scene: Scene) -> OtherSide:
    """The other side of the office's hand-over folder, with a connector that waits for it."""
    found = peers.other_side(scene.folder / "handover" / scene.office.code / "out")
    with scene.app.app_context():
        peers.connect(scene.office, "folder", f"folder:{scene.office.code}/out?ack=wait")
    return found


def content_to_be(scene: Scene) -> peers.Took:
    """What must arrive."""
    with scene.app.app_context():
        return peers.wanted(scene.office)


def state_of(scene: Scene) -> dict[str, Any]:
    """The one delivery."""
    with scene.app.app_context():
        return peers.row()


def photo(scene: Scene, number: int = 0, state: str = "ready") -> str:
    """A photo with its delivery."""
    with scene.app.app_context():
        return peers.ready_photo(scene.office, number, state=state)


def acknowledge(scene: Scene, ack: str) -> None:
    """Change what the connector takes for an acknowledgement."""
    with scene.app.app_context(), transaction():
        db.run(update(Connector).values(url=f"folder:{scene.office.code}/out?ack={ack}"))


def test_a_photo_is_taken_with_its_data_and_acknowledged(scene: Scene, side: OtherSide) -> None:
    photo_id = photo(scene)
    assert peers.send(scene.app) == 0  # handed over; nobody has acknowledged it
    assert state_of(scene)["state"] == "sent"
    assert sorted(path.suffix for path in side.folder.iterdir()) == [".jpg", ".json", ".sha256"]
    assert side.take() == 1
    scene.later(60)
    assert peers.send(scene.app) == 1
    assert state_of(scene)["state"] == "done"
    assert side.hashes == content_to_be(scene)
    assert not side.torn
    assert list(side.folder.iterdir()) == []
    data = json.loads(next(side.taken.glob("*.json")).read_bytes())
    assert data["format"] == "photo-delivery/1"
    assert data["photo"]["id"] == photo_id
    assert data["record"]["board"] == {"공사명": "중앙로 0"}
    assert data["record"]["person"]["staff_number"] == scene.office.staff_numbers["officer"]
    assert data["record"]["organisation"]["code"] == scene.office.code
    assert len(data["original"]["sha256"]) == 64
    assert data["original"]["sha256"] != data["file"]["sha256"]


def test_read_back_is_enough_when_the_office_says_so(scene: Scene, side: OtherSide) -> None:
    acknowledge(scene, "read")
    photo(scene)
    assert peers.send(scene.app) == 1
    assert side.take(answer="") == 1
    assert side.hashes == content_to_be(scene)
    assert peers.send(scene.app) == 0


@pytest.mark.parametrize("state", ["expected", "arrived"])
def test_what_is_not_ready_waits(scene: Scene, side: OtherSide, state: str) -> None:
    photo(scene, state=state)
    peers.send(scene.app)
    assert state_of(scene)["state"] == "waiting"
    assert state_of(scene)["tries"] == 0
    assert list(side.folder.iterdir()) == []


def test_what_is_no_picture_is_given_up(scene: Scene, side: OtherSide) -> None:
    photo(scene, state="refused")
    peers.send(scene.app)
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("dead", "refused-photo")


def test_a_refusal_is_final_and_can_be_sent_again(scene: Scene, side: OtherSide) -> None:
    photo(scene)
    peers.send(scene.app)
    side.take(answer="nak")
    scene.later(60)
    peers.send(scene.app)
    dead = state_of(scene)
    assert (dead["state"], dead["error"]) == ("dead", "nak:사진이 흐립니다")
    scene.later(100_000)
    assert peers.send(scene.app) == 0
    with scene.app.app_context(), transaction():
        hand_over.resend(scene.office.organisation_id, dead["id"])
    peers.send(scene.app)
    side.take()
    scene.later(200_000)
    assert peers.send(scene.app) == 1
    assert state_of(scene)["key"] == dead["key"]  # so that the other side knows it


def test_a_link_in_place_of_an_answer_is_not_read(scene: Scene, side: OtherSide) -> None:
    photo(scene)
    peers.send(scene.app)
    side.take(answer="")
    key = state_of(scene)["key"]
    (side.folder / f"{key}.nak").symlink_to(scene.folder / "secrets" / "setup-code")
    (scene.folder / "secrets" / "setup-code").write_text("topsecret")
    scene.later(60)
    peers.send(scene.app)
    assert state_of(scene)["error"] == "nak:"


def test_a_second_acknowledgement_changes_nothing(scene: Scene, side: OtherSide) -> None:
    photo(scene)
    peers.send(scene.app)
    side.take()
    scene.later(60)
    peers.send(scene.app)
    (side.folder / f"{state_of(scene)['key']}.ack").touch()
    scene.later(120)
    assert peers.send(scene.app) == 0
    assert state_of(scene)["state"] == "done"


def test_nobody_answers_for_a_week(scene: Scene, side: OtherSide) -> None:
    photo(scene)
    for day in range(9):
        scene.later(day * 86_400)
        peers.send(scene.app)
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("dead", "no-answer")
    assert side.take() == 1


def test_a_missing_mount_is_waited_for(scene: Scene, side: OtherSide) -> None:
    photo(scene)
    side.folder.rmdir()
    peers.send(scene.app)
    assert state_of(scene)["error"] == "no-folder"
    assert not side.folder.exists()
    side.folder.mkdir()
    scene.later(60)
    peers.send(scene.app)
    assert side.take() == 1


def test_an_empty_folder_that_nothing_is_mounted_upon_is_waited_for(
    scene: Scene, side: OtherSide
) -> None:
    acknowledge(scene, "read")
    photo(scene)
    below = side.folder / NOT_MOUNTED
    below.touch()
    for turn in range(40):
        scene.later(turn * 4_000)
        assert peers.send(scene.app) == 0
    assert (state_of(scene)["state"], state_of(scene)["error"]) == ("waiting", "no-folder")
    assert list(side.folder.iterdir()) == [below]
    below.unlink()
    scene.later(200_000)
    assert peers.send(scene.app) == 1
    assert side.take(answer="") == 1


def test_a_full_disk_leaves_nothing_half(
    scene: Scene, side: OtherSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo(scene)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        peers.send(scene.app)
    assert state_of(scene)["error"] == "full"
    assert not list(side.folder.glob("*.json"))
    scene.later(60)
    peers.send(scene.app)
    assert side.take() == 1
    assert not side.torn


def ends_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let the worker end suddenly before or after one of the steps of its way."""
    made = itertools.count(1)

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*words: Any, **more: Any) -> Any:
            if next(made) == step:
                raise peers.SuddenEnd
            result = real(*words, **more)
            if next(made) == step:
                raise peers.SuddenEnd
            return result

        return stepped

    patch.setattr(deliver, "_keep", around(deliver._keep))
    for name in ("prepare", "publish", "tidy", "_place", "_write"):
        patch.setattr(Folder, name, around(getattr(Folder, name)))


def goes_through(scene: Scene, side: OtherSide, later: int) -> bool:
    """Hand over, be acknowledged much later; whether the worker lived to see it."""
    try:
        for turn in range(3):
            scene.later(later + turn * 400)
            peers.send(scene.app)
            side.take(answer="")
            if turn:
                side.acknowledge()
    except peers.SuddenEnd:
        return False
    return True


@pytest.mark.parametrize("ack", ["wait", "read"])
def test_a_sudden_end_at_any_step_hands_over_once(scene: Scene, side: OtherSide, ack: str) -> None:
    """The other side takes everything at once, so a second hand-over could not be hidden."""
    acknowledge(scene, ack)
    for step in itertools.count(1):
        photo(scene, step)
        with pytest.MonkeyPatch.context() as patch:
            ends_at(step, patch)
            lived = goes_through(scene, side, step * 10_000)
        side.take(answer="")  # and says nothing yet: the worker has to know by itself
        for turn in range(1, 3):  # past lease and pause
            goes_through(scene, side, step * 10_000 + turn * 2_000)
        if lived:
            break
    assert step > 20
    assert set(side.keys.values()) == {1}
    assert side.hashes == content_to_be(scene)
    assert not side.torn
    assert not list(side.folder.glob("*.part"))


def test_a_kill_in_the_middle_hands_over_once(scene: Scene, side: OtherSide) -> None:
    for number in range(16):
        photo(scene, number)
    peers.kill_in_the_middle(scene.folder)
    side.take()
    for turn in range(1, 4):
        scene.later(turn * 4_000)
        peers.send(scene.app)
        side.take()
    assert set(side.keys.values()) == {1}
    assert side.hashes == content_to_be(scene)
    assert not side.torn
