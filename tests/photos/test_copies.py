"""The copies that people look at: what is not what was made is told, and never goes out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from app.core import db
from app.photos.gateways import imaging
from app.photos.models import Photo
from app.photos.queries import deliveries as deliveries_q
from app.photos.queries import photos as photos_q
from app.photos.queries.photos import PhotoRow
from app.photos.rules import names
from app.photos.rules.delivery import Damaged
from app.photos.service import copies, hand_over, outgoing, verify
from app.photos.service.copies import LostCopyError
from tests.photos import helpers_office as office
from tests.photos import peers
from tests.photos.helpers_office import Made
from tests.scene import Scene


def put(scene: Scene, count: int = 1) -> Made:
    """A record whose photos are ready."""
    with scene.app.app_context():
        return office.put(scene.phone, count)


def place(scene: Scene, made: Made, name: str | int = names.LARGE) -> Path:
    """Where a copy (by side) or the original of the first photo lies."""
    one = made.record.photos[0]
    own = (scene.phone.organisation_id, one.sha256, one.id)
    with scene.app.app_context():
        if isinstance(name, int):
            return office.path_of(names.derivative(*own, name))
        return office.path_of(names.original(*own))


def swap(path: Path) -> bytes:
    """Lay another picture in place of a file; its bytes."""
    other = office.picture(77, (30, 20))
    path.write_bytes(other)
    return other


def photo_of(made: Made) -> PhotoRow:
    """The first photo as it stands."""
    found = photos_q.find_photo(made.photo_ids[0])
    assert found is not None
    return found


def test_the_copy_that_was_made_is_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    made = put(scene)
    monkeypatch.setattr(imaging, "make", None)
    with scene.app.app_context():
        assert copies.read_large(photo_of(made)) == place(scene, made).read_bytes()


@pytest.mark.parametrize("lost", [True, False])
def test_another_copy_is_made_anew_from_the_original(scene: Scene, lost: bool) -> None:
    made = put(scene)
    path = place(scene, made)
    other = swap(path)
    if lost:
        path.unlink()
    with scene.app.app_context():
        content = copies.read_large(photo_of(made))
        assert content != other
        assert path.read_bytes() == content
        photo = photo_of(made)
        assert photo.large_sha256 == hashlib.sha256(content).digest()
        small = place(scene, made, names.SMALL).read_bytes()
        assert photo.small_sha256 == hashlib.sha256(small).digest()
        assert verify.examine(photo.id).verdict == "genuine"


@pytest.mark.parametrize("reason", ["changed", "missing"])
def test_nothing_goes_out_when_the_original_is_another_too(scene: Scene, reason: str) -> None:
    made = put(scene)
    path = place(scene, made)
    swap(path)
    if reason == "missing":
        path.unlink()
    swap(place(scene, made, "original"))
    with scene.app.app_context(), pytest.raises(LostCopyError, match=reason):
        copies.read_large(photo_of(made))


def test_a_fault_of_this_machine_is_no_lost_original(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(scene)
    swap(place(scene, made))
    monkeypatch.setattr(imaging, "make", lambda *_: Path("/none/such").read_bytes())
    with scene.app.app_context(), pytest.raises(FileNotFoundError):
        copies.read_large(photo_of(made))


def test_a_delivery_does_not_take_a_changed_copy(scene: Scene) -> None:
    made = put(scene)
    with scene.app.app_context():
        peers.connect(scene.office, "webhook", "https://work.example.kr/in", peers.SECRET)
        with db.transaction():
            hand_over.add_for_photo(scene.phone.organisation_id, made.photo_ids[0])
        due = deliveries_q.find_due(2**40, set())
        assert due is not None
        other = swap(place(scene, made))
        assert outgoing.parcel_of(due).content != other
        swap(place(scene, made))
        swap(place(scene, made, "original"))
        with pytest.raises(Damaged, match="changed-file"):
            outgoing.parcel_of(due)


@pytest.mark.parametrize("side", names.SIZES)
@pytest.mark.parametrize("lost", [True, False])
def test_the_check_tells_a_changed_and_a_lost_copy(scene: Scene, side: int, lost: bool) -> None:
    made = put(scene, 2)
    path = place(scene, made, side)
    swap(path)
    if lost:
        path.unlink()
    with scene.app.app_context():
        found = verify.examine(made.photo_ids[0])
        assert (found.verdict, found.wrong) == ("changed", ("copies",))
        assert verify.examine(made.photo_ids[1]).verdict == "genuine"
    page = scene.enter("officer").get(f"/photos/{made.photo_ids[0]}/verify").get_data(as_text=True)
    assert "보관한 사본이 처음 만든 것과 다르거나 없습니다" in page


def test_older_copies_are_taken_as_they_lie_until_they_are_made_anew(scene: Scene) -> None:
    made = put(scene, 2)
    scene.rows("UPDATE photos SET large_sha256 = NULL, small_sha256 = NULL")
    with scene.app.app_context():
        assert copies.read_large(photo_of(made)) == place(scene, made).read_bytes()
        assert verify.examine(made.photo_ids[0]).verdict == "genuine"
        swap(place(scene, made, "original"))
        assert copies.hash_older(9) == 1  # the other one cannot be
        hashed = photos_q.find_photo(made.photo_ids[1])
        assert hashed is not None
        assert hashed.large_sha256
        assert photo_of(made).large_sha256 is None
        assert photos_q.list_unhashed_ids(9) == made.photo_ids[:1]


def test_one_hash_of_two_is_no_older_row(scene: Scene) -> None:
    made = put(scene)
    scene.rows("UPDATE photos SET small_sha256 = NULL")
    with scene.app.app_context():
        assert verify.examine(made.photo_ids[0]).wrong == ("copies",)


def test_the_columns_are_those_of_the_sizes() -> None:
    columns: dict[str, Any] = dict(Photo.__table__.columns)
    assert set(names.HASHES) == set(names.SIZES)
    assert set(names.HASHES.values()) <= set(columns)
