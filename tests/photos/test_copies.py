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


def copy_of(scene: Scene, made: Made, number: int, side: int) -> Path:
    """Where a copy of a photo lies."""
    one = made.record.photos[number]
    with scene.app.app_context():
        return office.path_of(
            names.derivative(scene.phone.organisation_id, one.sha256, one.id, side)
        )


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


@pytest.mark.parametrize("lost", ["large_sha256 = NULL, small_sha256 = NULL, seal", "seal"])
def test_of_older_copies_nothing_is_known_until_they_are_made_anew(scene: Scene, lost: str) -> None:
    made = put(scene, 2)
    scene.rows(f"UPDATE photos SET {lost} = NULL")  # noqa: S608
    page = scene.enter("officer").get(f"/photos/{made.photo_ids[0]}/verify").get_data(as_text=True)
    assert 'data-verdict="unsealed"' in page
    assert "원본은 찍은 그대로입니다" in page
    with scene.app.app_context():
        assert verify.examine(made.photo_ids[0]).verdict == "unsealed"
        swap(place(scene, made, "original"))
        assert copies.seal_older(9) == 1  # the other one cannot be
        sealed = photos_q.find_photo(made.photo_ids[1])
        assert sealed is not None
        assert sealed.large_sha256
        assert verify.examine(sealed.id).verdict == "genuine"
        assert photo_of(made).seal is None
        assert photos_q.list_unsealed_ids(9) == made.photo_ids[:1]


@pytest.mark.parametrize("lost", ["large_sha256 = NULL, small_sha256 = NULL, seal", "seal"])
def test_a_copy_without_a_seal_is_never_taken_as_it_lies(scene: Scene, lost: str) -> None:
    made = put(scene)
    other = swap(place(scene, made))
    scene.rows("UPDATE photos SET large_sha256 = ?", hashlib.sha256(other).digest())
    scene.rows(f"UPDATE photos SET {lost} = NULL")  # noqa: S608
    with scene.app.app_context():
        assert verify.examine(made.photo_ids[0]).verdict == "unsealed"
        assert copies.read_large(photo_of(made)) != other
        assert verify.examine(made.photo_ids[0]).verdict == "genuine"


@pytest.mark.parametrize("column", ["small_sha256", "large_sha256"])
def test_one_hash_of_two_is_no_older_row(scene: Scene, column: str) -> None:
    made = put(scene)
    scene.rows(f"UPDATE photos SET {column} = NULL")  # noqa: S608
    with scene.app.app_context():
        assert verify.examine(made.photo_ids[0]).wrong == ("copies",)


@pytest.mark.parametrize("columns", ["large_sha256 small_sha256", "large_sha256 small_sha256 seal"])
def test_copies_of_two_photos_exchanged_with_their_hashes_are_told(
    scene: Scene, columns: str
) -> None:
    made = put(scene, 2)
    one, two = ([copy_of(scene, made, number, side) for side in names.SIZES] for number in (0, 1))
    for first, second in zip(one, two, strict=True):
        here, there = first.read_bytes(), second.read_bytes()
        first.write_bytes(there)
        second.write_bytes(here)
    for column in columns.split():
        values = dict(scene.rows(f"SELECT id, {column} FROM photos"))  # noqa: S608
        for mine, its in (made.photo_ids, made.photo_ids[::-1]):
            scene.rows(f"UPDATE photos SET {column} = ? WHERE id = ?", values[its], mine)  # noqa: S608
    with scene.app.app_context():
        for photo_id in made.photo_ids:
            found = verify.examine(photo_id)
            assert (found.verdict, found.wrong) == ("changed", ("copies",))
        theirs = one[1].read_bytes()
        assert copies.read_large(photo_of(made)) != theirs


def test_copies_of_another_original_are_not_sealed_for_this_one(scene: Scene) -> None:
    """Whoever lets the server make copies of a picture of his under a photo's id gains nothing."""
    made = put(scene)
    one, forged = made.record.photos[0], office.picture(77)
    sha256 = hashlib.sha256(forged).digest()
    own = (scene.phone.organisation_id, sha256, one.id)
    with scene.app.app_context():
        office.keep(names.original(*own), forged)
    scene.rows("UPDATE photos SET sha256 = ?, seal = NULL", sha256)
    with scene.app.app_context():
        assert copies.seal_older(9) == 1
        for side in names.SIZES:
            place(scene, made, side).write_bytes(
                office.path_of(names.derivative(*own, side)).read_bytes()
            )
    scene.rows("UPDATE photos SET sha256 = ?", one.sha256)
    with scene.app.app_context():
        assert verify.examine(one.id).wrong == ("copies",)


def test_the_columns_are_those_of_the_sizes() -> None:
    columns: dict[str, Any] = dict(Photo.__table__.columns)
    assert set(names.HASHES) == set(names.SIZES)
    assert set(names.HASHES.values()) <= set(columns)
