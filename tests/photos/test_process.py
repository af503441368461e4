"""A photo that has arrived becomes ready or refused, once, whoever is killed in between."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert, select, update

from app.core import db, http
from app.core.db import transaction
from app.core.ids import new_id
from app.photos.gateways import imaging, storage
from app.photos.gateways.storage import AnyStore
from app.photos.models import Photo, PhotoRecord
from app.photos.queries import photos
from app.photos.queries.photos import PhotoRow
from app.photos.rules import names
from app.photos.service import process as verb
from app.photos.service.process import OriginalChangedError, OriginalLostError, process
from tests import factories
from tests.factories import Office
from tests.photos import corpus


@dataclass
class Desk:
    """An office whose photos are processed, and the store."""

    office: Office
    store: AnyStore

    def arrived(self, data: bytes, **changes: object) -> str:
        """A photo whose bytes have just arrived; its id."""
        record_id, photo_id, digest = new_id(), new_id(), hashlib.sha256(data).digest()
        phone, at = self.office.phone, int(time.time())
        record = {
            "id": record_id, "organisation_id": phone.organisation_id,
            "person_id": phone.person_id, "device_kid": phone.kid, "series": new_id(),
            "site": "시험", "board": "{}", "captured_at": at, "received_at": at,
            "signed": record_id.encode(), "receipt": b"receipt",
            "signed_sha256": hashlib.sha256(record_id.encode()).digest(),
        }  # fmt: skip
        photo = {
            "id": photo_id, "record_id": record_id, "organisation_id": phone.organisation_id,
            "person_id": phone.person_id, "position": 0, "sha256": digest, "size": len(data),
            "captured_at": at, "phase": "", "source": "camera", "state": "arrived",
            "arrived_at": at, "changed": 1,
        }  # fmt: skip
        with transaction():
            db.run(insert(PhotoRecord).values(record))
            db.run(insert(Photo).values(photo | changes))
        self.place(photo_id, data)
        return photo_id

    def place(self, photo_id: str, data: bytes) -> None:
        """Put bytes where the photo's original lies."""
        photo = self.photo(photo_id)
        given = http.config().instance_dir / "given"
        given.write_bytes(data)
        self.store.put(names.original(photo.organisation_id, photo.sha256, photo.id), given)

    def photo(self, photo_id: str) -> PhotoRow:
        """The photo as it stands."""
        found = photos.find_photo(photo_id)
        assert found is not None
        return found

    def derivative(self, photo_id: str, side: int) -> str:
        """The name of a derivative."""
        photo = self.photo(photo_id)
        return names.derivative(photo.organisation_id, photo.sha256, photo.id, side)


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    """An office in a fresh application."""
    with app.app_context():
        yield Desk(factories.make_office(), storage.store(http.config()))


def test_a_photo_becomes_ready(desk: Desk) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    assert process(photo_id) == "ready"
    photo = desk.photo(photo_id)
    assert (photo.state, photo.kind, photo.width, photo.height) == ("ready", "jpeg", 400, 300)
    assert photo.reason is None
    assert photo.ready_at is not None
    assert photo.changed == 2
    kept = {side: getattr(photo, names.HASHES[side]) for side in names.SIZES}
    assert kept == {side: desk.store.sha256(desk.derivative(photo_id, side)) for side in kept}
    for side, size in ((2016, (400, 300)), (320, (320, 240))):
        with desk.store.open(desk.derivative(photo_id, side)) as file, Image.open(file) as picture:
            assert (picture.format, picture.size) == ("JPEG", size)


def test_the_original_is_untouched(desk: Desk) -> None:
    data = corpus.good()["heic"]
    photo_id = desk.arrived(data)
    process(photo_id)
    photo = desk.photo(photo_id)
    name = names.original(photo.organisation_id, photo.sha256, photo.id)
    with desk.store.open(name) as file:
        assert file.read() == data


def test_a_hostile_photo_is_refused_with_the_reason(desk: Desk) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"] + corpus.archive())
    assert process(photo_id) == "refused"
    photo = desk.photo(photo_id)
    assert (photo.state, photo.reason, photo.kind) == ("refused", "hidden-file", None)
    assert photo.changed == 2
    assert not Path(desk.store.path(desk.derivative(photo_id, 320))).exists()


def test_a_second_run_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = desk.arrived(corpus.good()["png"])
    refused = desk.arrived(corpus.SVG)
    assert (process(ready), process(refused)) == ("ready", "refused")
    before = desk.photo(ready), desk.photo(refused)
    monkeypatch.setattr(imaging, "make", None)  # a second decoding would fail
    assert (process(ready), process(refused)) == ("ready", "refused")
    assert (desk.photo(ready), desk.photo(refused)) == before
    assert before[1].changed == before[0].changed + 1


def test_of_two_runs_at_once_one_moves_it_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    real = imaging.make

    def overtaken(source: Path, folder: Path) -> imaging.Made:
        monkeypatch.setattr(imaging, "make", real)
        assert process(photo_id) == "ready"
        return real(source, folder)

    monkeypatch.setattr(imaging, "make", overtaken)
    assert process(photo_id) == "ready"
    assert desk.photo(photo_id).changed == 2


def test_a_photo_whose_bytes_are_not_here_waits(desk: Desk) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"], state="expected")
    assert process(photo_id) == "expected"
    assert desk.photo(photo_id).state == "expected"


def test_a_photo_that_is_gone_is_no_fault(desk: Desk) -> None:
    assert process(new_id()) == "gone"


@pytest.mark.parametrize("change", [b"", b"x", b"longer"])
def test_other_bytes_than_the_receipt_names_are_never_shown(desk: Desk, change: bytes) -> None:
    data = corpus.good()["jpeg"]
    photo_id = desk.arrived(data)
    desk.place(photo_id, data[:-1] if not change else data + change)
    with pytest.raises(OriginalChangedError):
        process(photo_id)
    assert desk.photo(photo_id).state == "arrived"


def test_a_lost_original_is_a_fault(desk: Desk) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    photo = desk.photo(photo_id)
    desk.store.remove(names.original(photo.organisation_id, photo.sha256, photo.id))
    with pytest.raises(OriginalLostError):
        process(photo_id)


def test_a_machine_at_fault_leaves_it_to_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    with monkeypatch.context() as patch:
        patch.setattr(imaging, "DECODER", tmp_path / "none.py")
        with pytest.raises(imaging.UnfinishedError):
            process(photo_id)
    assert desk.photo(photo_id).state == "arrived"
    assert process(photo_id) == "ready"


def test_killed_after_the_files_before_the_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    with monkeypatch.context() as patch:
        patch.setattr(verb, "_move_on", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            process(photo_id)
    assert Path(desk.store.path(desk.derivative(photo_id, 2016))).exists()
    assert process(photo_id) == "ready"


def test_a_folder_of_another_lane_may_go_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = desk.arrived(corpus.good()["jpeg"])
    work = http.config().instance_dir / "work"
    (work / "of another lane").mkdir(parents=True)
    real = Path.iterdir

    def listed(path: Path) -> Iterator[Path]:
        """What is there; then the other lane is done."""
        found = list(real(path))
        if path == work:
            (work / "of another lane").rmdir()
        return iter(found)

    monkeypatch.setattr(Path, "iterdir", listed)
    assert process(photo_id) == "ready"


def test_nothing_is_left_in_the_working_folder(desk: Desk) -> None:
    work = http.config().instance_dir / "work"
    work.mkdir()
    for name, age in (("old", 7200), ("young", 60)):
        (work / name).mkdir()
        (work / name / "original").write_bytes(b"left by a killed worker")
        os.utime(work / name, (time.time() - age,) * 2)
    process(desk.arrived(corpus.good()["jpeg"]))
    process(desk.arrived(corpus.SVG))
    assert [one.name for one in work.iterdir()] == ["young"]


def test_changes_are_numbered_within_the_organisation(desk: Desk) -> None:
    first, second = (desk.arrived(corpus.good()["jpeg"]) for _ in range(2))
    other = Desk(factories.make_office(), desk.store)
    foreign = other.arrived(corpus.good()["jpeg"])
    with transaction():
        db.run(update(Photo).where(Photo.id == foreign).values(changed=900))
    for photo_id in (first, second):
        process(photo_id)
    wanted = select(Photo.changed).where(Photo.id.in_((first, second))).order_by(Photo.changed)
    assert db.values(wanted) == [2, 3]
