"""The receipt: given for bytes that are safe, the same for ever, whoever is killed in between."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.engine import Engine

from app.core import outbox
from app.core.db import db, run, transaction
from app.core.files import Store
from app.core.ids import new_id
from app.photos import jobs
from app.photos.gateways.spool import Held
from app.photos.models import Connector
from app.photos.rules import names
from app.photos.service import receipts, uploads
from tests import factories
from tests.photos.sender import Sender, read, refusal
from tests.scene import Scene


def original(sender: Sender, photo_id: str = "") -> Path:
    """Where the first photo's original must lie."""
    name = names.original(
        sender.scene.office.organisation_id,
        hashlib.sha256(sender.whole).digest(),
        photo_id or sender.photo_id,
    )
    return sender.scene.folder / "files" / name


def tasks(scene: Scene) -> list[tuple[Any, ...]]:
    """The tasks of the outbox."""
    return scene.rows("SELECT kind, key FROM tasks")


def ready(scene: Scene, *pictures: bytes) -> Sender:
    """A phone whose first photo has been sent whole; no receipt yet."""
    sender = Sender(scene, *pictures)
    assert sender.create().status_code == 201
    assert sender.patch(0, sender.whole).status_code == 204
    return sender


def test_a_photo_arrives(scene: Scene) -> None:
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    receipt = read(scene, sender.send())
    assert (receipt.sha256, receipt.id) == (hashlib.sha256(sender.whole).digest(), sender.photo_id)
    assert original(sender).read_bytes() == sender.whole
    assert not list((scene.folder / "spool").iterdir())
    assert scene.rows("SELECT count(*) FROM photo_uploads") == [(0,)]
    states = "SELECT state, kind, arrived_at, changed FROM photos ORDER BY position"
    first, second = scene.rows(states)
    assert first == ("arrived", "jpeg", receipt.stored_at, 2)
    assert second == ("expected", None, None, 1)
    assert tasks(scene) == [("photo-process", sender.photo_id)]


def test_the_same_receipt_however_often_it_is_asked(scene: Scene) -> None:
    sender = Sender(scene)
    first = sender.send().get_json()
    scene.later(100)
    assert sender.receipt().get_json() == first
    assert tasks(scene) == [("photo-process", sender.photo_id)]


def test_not_complete_says_how_far_it_came(scene: Scene) -> None:
    sender = Sender(scene)
    answer = sender.receipt()
    assert refusal(answer)[:2] == (409, "not-complete")
    assert answer.get_json()["offset"] == 0
    sender.create()
    assert sender.receipt().get_json()["offset"] == 0
    sender.patch(0, sender.whole[:70])
    answer = sender.receipt()
    assert (answer.status_code, answer.get_json()["offset"]) == (409, 70)
    assert sender.spool() == sender.whole[:70]
    assert sender.state() == ("expected", False)


def test_other_bytes_are_refused_and_may_be_sent_again(scene: Scene) -> None:
    sender = Sender(scene)
    sender.create()
    sender.patch(0, bytes([sender.whole[0] ^ 1]) + sender.whole[1:])
    assert refusal(sender.receipt())[:2] == (409, "hash-mismatch")
    assert sender.state() == ("expected", False)
    assert not list((scene.folder / "spool").iterdir())
    assert not (scene.folder / "files").exists()
    assert sender.head().status_code == 404
    assert tasks(scene) == []
    assert sender.send().status_code == 200


@pytest.mark.parametrize("bad", [b"<svg xmlns='x'/>", b"GIF89a", b"%PDF-1.7", bytes(100), b"\xff"])
def test_what_is_no_picture_is_refused_for_good(scene: Scene, bad: bytes) -> None:
    sender = Sender(scene, bad)
    assert refusal(sender.send())[:2] == (422, "not-a-picture")
    assert sender.state() == ("refused", False)
    assert refusal(sender.receipt())[:2] == (422, "not-a-picture")
    assert refusal(sender.create())[:2] == (422, "not-a-picture")
    assert not (scene.folder / "files").exists()
    assert not list((scene.folder / "spool").iterdir())
    assert scene.rows("SELECT reason, changed FROM photos") == [("not-a-picture", 2)]
    assert tasks(scene) == []


def test_two_equal_pictures_are_two_photos(scene: Scene) -> None:
    same = factories.picture(9)
    sender = Sender(scene, same, same)
    first = read(scene, sender.send())
    second_id = sender.sent.photo_ids[1]
    sender.create(second_id)
    sender.patch(0, same)
    second = read(scene, sender.receipt(second_id))
    assert first.sha256 == second.sha256
    assert first.id != second.id
    assert original(sender, second_id).read_bytes() == same


def test_receipts_asked_at_once_are_one(scene: Scene) -> None:
    sender = ready(scene)
    headers = {"Authorization": f"Bearer {sender.ticket}"}

    def ask(_number: int) -> tuple[int, str]:
        """Status and receipt (or code)."""
        path = f"/api/photos/{sender.photo_id}/receipt"
        answer = FlaskClient(scene.app).post(path, headers=headers)
        body = answer.get_json()
        return answer.status_code, body.get("receipt") or body["code"]

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(40)))
    assert {one for one in found if one[0] != 200} <= {(423, "upload-busy")}
    assert len([one for one in found if one[0] == 200]) == 1
    assert tasks(scene) == [("photo-process", sender.photo_id)]


def test_a_second_arrival_changes_nothing(scene: Scene) -> None:
    sender = ready(scene)
    with scene.app.app_context():
        with uploads.ending(sender.url.rpartition("/")[2]) as held:
            photo = uploads.get_photo(sender.sent.record.id, sender.photo_id)
            arrival = receipts.examine(photo, held)
            with transaction():
                first = receipts.store(arrival)
        with transaction():
            assert receipts.store(replace(arrival, receipt=b"another", stored_at=1)) == first
    assert scene.rows("SELECT receipt FROM photos") == [(first,)]


# --- killed in between ---


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_at(owner: object, name: str, *, after: bool) -> Iterator[None]:
    """Let the process die before or after a step, as far as a program can tell."""
    real = getattr(owner, name)

    def dies(*words: Any, **more: Any) -> Any:
        """Do it or not, and die."""
        if after:
            real(*words, **more)
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, dies)
        yield


STEPS = [
    (Held, "sha256"),
    (Store, "put"),
    (receipts, "store"),
    (outbox, "add"),
    (Held, "remove"),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
def test_a_kill_at_any_step_leads_to_one_receipt(
    scene: Scene, owner: object, name: str, after: bool
) -> None:
    sender = ready(scene)
    with killed_at(owner, name, after=after), pytest.raises(Killed):
        sender.receipt()
    known = scene.rows("SELECT receipt FROM photos")[0][0]
    assert (known is not None) == (name == "remove")
    receipt = sender.receipt()
    assert read(scene, receipt).sha256 == hashlib.sha256(sender.whole).digest()
    again = sender.receipt().get_json()
    assert again == receipt.get_json()
    assert original(sender).read_bytes() == sender.whole
    assert [path.name for path in original(sender).parent.iterdir()] == ["original"]
    assert tasks(scene) == [("photo-process", sender.photo_id)]
    with scene.app.app_context():
        uploads.sweep()
    assert not list((scene.folder / "spool").iterdir())


def test_the_sweep_removes_what_has_no_row_and_nothing_else(scene: Scene) -> None:
    sender = Sender(scene)
    sender.create()
    sender.patch(0, sender.whole[:10])
    stray = scene.folder / "spool" / new_id()
    stray.write_bytes(b"left behind")
    with scene.app.app_context():
        assert jobs.expire_uploads() == 1
    assert not stray.exists()
    assert sender.offset == 10
    scene.later(uploads.LASTS_S + 1)
    with scene.app.app_context():
        assert jobs.expire_uploads() == 1
    assert scene.rows("SELECT count(*) FROM photo_uploads") == [(0,)]
    assert not list((scene.folder / "spool").iterdir())


def test_a_lost_spool_begins_anew(scene: Scene) -> None:
    """As after a database was restored without its spool."""
    sender = ready(scene)
    for path in (scene.folder / "spool").iterdir():
        path.unlink()
    assert sender.receipt().get_json()["offset"] == 0
    assert sender.offset == 0
    assert sender.patch(0, sender.whole).status_code == 204
    assert sender.receipt().status_code == 200


# --- full disk, locked database ---


def test_a_full_disk_is_told_and_nothing_is_lost(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(scene)
    sender.create()
    sender.patch(0, sender.whole[:100])
    real = os.write

    def full(handle: int, data: bytes) -> int:
        """Write some, then no more."""
        if len(data) > 40:
            return real(handle, data[:40])
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "write", full)
    answer = sender.patch(100, sender.whole[100:])
    assert refusal(answer)[:2] == (507, "storage-full")
    assert answer.headers["Retry-After"] == "60"
    monkeypatch.undo()
    assert sender.spool() == sender.whole[:100]
    assert sender.patch(100, sender.whole[100:]).status_code == 204
    with monkeypatch.context() as patch:
        patch.setattr(Store, "put", lambda *_words: raise_full())
        assert refusal(sender.receipt())[:2] == (507, "storage-full")
    assert sender.state() == ("expected", False)
    assert sender.receipt().status_code == 200


def raise_full() -> None:
    """The disk is full."""
    raise OSError(errno.ENOSPC, "no space")


@contextmanager
def impatient(scene: Scene) -> Iterator[None]:
    """Every connection of the application gives up on a lock at once."""
    with scene.app.app_context():
        engine: Engine = db.engine
        engine.dispose()
        held = [engine.connect() for _ in range(20)]
        for one in held:
            one.exec_driver_sql("PRAGMA busy_timeout=50")
            one.rollback()
        for one in held:
            one.close()
    yield


def test_a_locked_database_is_told_and_nothing_is_lost(scene: Scene) -> None:
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    sender.create()
    with impatient(scene):
        lock = sqlite3.connect(scene.folder / "office.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        try:
            assert sender.patch(0, sender.whole).status_code == 204  # needs no lock
            for answer in (sender.receipt(), sender.create(sender.sent.photo_ids[1])):
                assert refusal(answer)[:2] == (503, "database-busy")
                assert answer.headers["Retry-After"] == "5"
        finally:
            lock.close()
    assert sender.state() == ("expected", False)
    sender.create()
    assert sender.offset == len(sender.whole)
    assert sender.receipt().status_code == 200


def test_a_database_without_room_is_told(scene: Scene) -> None:
    with scene.app.app_context():
        db.engine.dispose()
        [(pages,)] = scene.rows("PRAGMA page_count")
        with db.engine.connect() as connection:  # the pool's only one: the next request gets it
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        pictures = [factories.picture(seed) for seed in range(60)]
        records = [factories.photo_record(scene.phone, *pictures) for _ in range(40)]
    client = scene.visitor()
    answers = [client.post("/api/photos/records", json=one.body) for one in records]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    assert {refusal(answer)[:2] for answer in refused} == {(507, "storage-full")}
    assert scene.rows("SELECT count(*) FROM photos") == [(60 * (40 - len(refused)),)]


# --- what follows ---


def connect(scene: Scene, organisation_id: str, *, enabled: bool = True) -> str:
    """Make a connector of an organisation."""
    connector_id = new_id()
    row = {
        "id": connector_id, "organisation_id": organisation_id, "kind": "folder", "name": "폴더",
        "url": "file:///tmp/x", "account": "", "enabled": enabled, "created_at": 1,
    }  # fmt: skip
    with scene.app.app_context(), transaction():
        run(insert(Connector).values(row))
    return connector_id


def test_each_enabled_connector_gets_one_delivery(scene: Scene) -> None:
    here, there = scene.office.organisation_id, scene.other_office().organisation_id
    on = {connect(scene, here), connect(scene, here)}
    connect(scene, here, enabled=False)
    connect(scene, there)
    sender = Sender(scene)
    sender.send()
    sender.receipt()
    found = scene.rows(
        "SELECT connector_id, photo_id, state, organisation_id FROM photo_deliveries"
    )
    assert {row[0] for row in found} == on
    assert {row[1:] for row in found} == {(sender.photo_id, "waiting", here)}
    assert len(found) == 2
