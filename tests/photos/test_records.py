"""Records from phones: taken once, refused with a reason, answered alike for ever."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.service import devices
from app.core.db import transaction
from app.core.ids import b64u, from_b64u, new_id
from app.photos.rules.record import MAX_RECORD_BYTES, payload_of
from app.photos.service import records, settings
from app.photos.service.settings import Settings
from app.trips.rules import cbor, cose
from tests import factories
from tests.conftest import MakeApp
from tests.factories import SentRecord
from tests.photos.sender import Sender, read, refusal
from tests.scene import Scene

PATH = "/api/photos/records"


def record(scene: Scene, *pictures: bytes, **changes: Any) -> SentRecord:
    """A record that the phone has signed and not sent."""
    with scene.app.app_context():
        return factories.photo_record(changes.pop("phone", scene.phone), *pictures, **changes)


def post(scene: Scene, sent: SentRecord) -> TestResponse:
    """Hand in a record without a session."""
    return scene.visitor().post(PATH, json=sent.body)


def test_a_record_gets_a_receipt_a_ticket_and_its_photos(scene: Scene) -> None:
    sent = record(scene, factories.picture(1), factories.picture(2))
    answer = post(scene, sent)
    receipt = read(scene, answer)
    assert receipt.sha256 == hashlib.sha256(sent.signed).digest()
    assert receipt.id == sent.record.id
    assert abs(receipt.stored_at - time.time()) < 5
    body = answer.get_json()
    assert set(body) == {"receipt", "ticket", "photos"}
    assert body["photos"] == [
        {"id": photo_id, "state": "expected", "receipt": None} for photo_id in sent.photo_ids
    ]
    columns = "site, place, board, trip, practice, marks, person_id, signed"
    [row] = scene.rows(f"SELECT {columns} FROM photo_records")  # noqa: S608
    assert row[0] == "중앙로 보도 정비"
    assert row[2] == '{"공사명": "중앙로 보도 정비", "위치": "중앙동 12"}'
    assert row[6:] == (scene.phone.person_id, sent.signed)


def test_the_same_bytes_get_the_same_receipt_and_a_living_ticket(scene: Scene) -> None:
    sent = record(scene)
    first = post(scene, sent).get_json()
    scene.later(40 * 24 * 3600)
    again = post(scene, sent).get_json()
    assert again["receipt"] == first["receipt"]
    assert again["ticket"] != first["ticket"]
    assert scene.rows("SELECT count(*) FROM photo_records") == [(1,)]
    assert scene.rows("SELECT count(*) FROM photos") == [(1,)]


def test_the_answer_tells_which_photos_have_arrived(scene: Scene) -> None:
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    receipt = sender.send().get_json()["receipt"]
    photos = post(scene, sender.sent).get_json()["photos"]
    assert [(one["state"], one["receipt"]) for one in photos] == [
        ("arrived", receipt), ("expected", None),
    ]  # fmt: skip


def test_other_bytes_under_the_same_id_are_refused(scene: Scene) -> None:
    first = record(scene)
    assert post(scene, first).status_code == 200
    second = record(scene, id=first.record.id)
    assert refusal(post(scene, second))[:2] == (409, "record-taken")
    assert scene.rows("SELECT signed FROM photo_records") == [(first.signed,)]
    assert post(scene, first).status_code == 200


def test_nobody_promises_photos_without_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_PROMISED", 3)
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    full, more = record(scene), record(scene)
    assert post(scene, full).status_code == 200
    answer = post(scene, more)
    assert refusal(answer)[:2] == (429, "too-many-promised")
    assert answer.headers["Retry-After"] == "600"
    assert scene.rows("SELECT count(*) FROM photos") == [(3,)]
    assert post(scene, full).status_code == 200, "what was taken is answered as before"
    other = record(scene, phone=scene.new_phone("auditor"))
    assert post(scene, other).status_code == 200
    sender.send()
    assert post(scene, more).status_code == 200, "there is room again"


def test_many_at_once_are_stored_once(scene: Scene) -> None:
    sent = [record(scene, *map(factories.picture, range(3))) for _ in range(3)]

    def one(number: int) -> str:
        """The receipt of one post."""
        answer = FlaskClient(scene.app).post(PATH, json=sent[number % 3].body)
        assert answer.status_code == 200
        return str(answer.get_json()["receipt"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(one, range(24)))) == 3
    assert scene.rows("SELECT count(*) FROM photo_records") == [(3,)]
    assert scene.rows("SELECT count(*) FROM photos") == [(9,)]


def revoke(scene: Scene) -> None:
    """Revoke the phone's key."""
    with scene.app.app_context(), transaction():
        devices.revoke_device(scene.phone.person_id, scene.phone.kid, None, "lost")


def test_a_revoked_key_is_refused_but_an_old_record_keeps_its_receipt(scene: Scene) -> None:
    before, after = record(scene), record(scene)
    receipt = post(scene, before).get_json()["receipt"]
    revoke(scene)
    assert refusal(post(scene, after))[:2] == (422, "key-revoked")
    assert post(scene, before).get_json()["receipt"] == receipt


def test_another_ones_name_is_refused(scene: Scene) -> None:
    other = scene.other_office()
    for changes in (
        {"staff_number": scene.office.staff_numbers["auditor"]},
        {"organisation": other.code},
    ):
        assert refusal(post(scene, record(scene, **changes))) == (422, "bad-record", "owner")


def test_a_time_of_another_day_is_refused_and_a_wrong_clock_is_not(scene: Scene) -> None:
    now = int(time.time())
    late, early = record(scene, captured_at=now + 23 * 3600), record(scene, captured_at=now - 9000)
    assert post(scene, late).status_code == post(scene, early).status_code == 200
    assert scene.rows("SELECT marks FROM photo_records ORDER BY captured_at") == [
        ("before-key",), ("",),
    ]  # fmt: skip
    ahead = record(scene, captured_at=now + 25 * 3600)
    assert refusal(post(scene, ahead)) == (422, "bad-record", "time")


def test_a_photo_of_another_day_is_refused(scene: Scene) -> None:
    sent = record(scene)
    payload = payload_of(sent.record)
    payload[-70002][4][0][3] += 25 * 3600  # type: ignore[index]
    signed = cose.sign(scene.phone.kid, cbor.encode(payload), scene.phone.private)
    answer = scene.visitor().post(PATH, json={"cose_sign1": b64u(signed)})
    assert refusal(answer) == (422, "bad-record", "time")


def test_picked_pictures_come_in_when_the_organisation_allows_them(scene: Scene) -> None:
    sent = record(scene, source="picked")
    assert refusal(post(scene, sent))[:2] == (422, "picked-not-allowed")
    with scene.app.app_context(), transaction():
        chosen = Settings(settings.DEFAULT.board, picked=True, daily_mb=100)
        settings.save(scene.office.organisation_id, chosen)
    assert post(scene, sent).status_code == 200
    assert scene.rows("SELECT source FROM photos") == [("picked",)]


def test_practice_is_for_the_demonstration(make_app: MakeApp) -> None:
    scene = Scene(make_app(DEMO="1"))
    sent = record(scene, practice=True)
    real = Scene(make_app(DEMO="0"))
    kept = record(real, practice=True)
    assert refusal(post(real, kept)) == (422, "bad-record", "practice")
    assert post(scene, sent).status_code == 200


def test_a_photo_belongs_to_one_record(scene: Scene) -> None:
    first = record(scene)
    assert post(scene, first).status_code == 200
    second = record(scene, photos=first.record.photos)
    assert refusal(post(scene, second)) == (422, "bad-record", "photo-taken")
    assert scene.rows("SELECT count(*) FROM photo_records") == [(1,)]


def test_a_correction_names_a_record_of_ones_own(scene: Scene) -> None:
    first = record(scene)
    assert post(scene, first).status_code == 200
    stranger = scene.new_phone("auditor")
    for phone in (stranger, scene.new_phone("officer", scene.other_office())):
        foreign = record(scene, phone=phone, replaces=first.record.id)
        assert refusal(post(scene, foreign)) == (422, "bad-record", "replaces")
    itself = new_id()
    assert refusal(post(scene, record(scene, id=itself, replaces=itself)))[2] == "replaces"
    assert post(scene, record(scene, replaces=first.record.id)).status_code == 200
    assert post(scene, record(scene, replaces=new_id())).status_code == 200  # comes later


def test_what_is_no_signed_record_is_refused_with_a_reason(scene: Scene) -> None:
    sent, other = record(scene), scene.other_office()
    signed = bytearray(sent.signed)
    signed[-1] ^= 1
    stranger = cose.sign(b"\x01" * 8, b"\xa0", other.phone.private)
    nothing = cose.sign(scene.phone.kid, cbor.encode({}), scene.phone.private)
    long = cose.sign(scene.phone.kid, bytes(MAX_RECORD_BYTES), scene.phone.private)
    for given, reason in (
        (bytes(signed), "signature-mismatch"),
        (sent.signed[:-1], "truncated"),
        (b"", ""),
        (b"\xd2\x84", "truncated"),
        (nothing, "missing-label"),
        (long, "too-long"),
    ):
        answer = scene.visitor().post(PATH, json={"cose_sign1": b64u(given)})
        code = "bad-record" if given else "bad-input"
        assert refusal(answer) == (422, code, reason)
    answer = scene.visitor().post(PATH, json={"cose_sign1": b64u(stranger)})
    assert refusal(answer) == (422, "unknown-key", "")
    assert scene.rows("SELECT count(*) FROM photo_records") == [(0,)]


@pytest.mark.parametrize(
    "body", [{}, {"cose_sign1": 5}, {"cose_sign1": "!!"}, {"cose_sign1": "A" * 40_001}, [], "x"]
)
def test_what_is_no_json_of_ours_is_refused(shared: Scene, body: object) -> None:
    assert refusal(shared.visitor().post(PATH, json=body))[:2] == (422, "bad-input")


def test_a_stamp_is_no_record_and_a_record_no_stamp(scene: Scene) -> None:
    stamp = scene.body()
    answer = scene.visitor().post(PATH, json={"cose_sign1": stamp["cose_sign1"]})
    assert refusal(answer) == (422, "bad-record", "unknown-label")
    sent = record(scene)
    body = {"token": stamp["token"], "cose_sign1": b64u(sent.signed)}
    assert scene.visitor().post("/api/stamps", json=body).status_code == 422
    assert from_b64u(sent.body["cose_sign1"]) == sent.signed


def test_the_largest_record_fits(scene: Scene) -> None:
    board = {f"{number:02d}" + "가" * 18: "나" * 200 for number in range(10)}
    sent = record(scene, *map(factories.picture, range(60)), board=board)
    assert len(sent.signed) < MAX_RECORD_BYTES
    answer = post(scene, sent)
    assert answer.status_code == 200
    assert len(answer.get_json()["photos"]) == 60


def test_each_organisation_counts_its_changes_by_itself(scene: Scene) -> None:
    other = scene.other_office()
    post(scene, record(scene))
    post(scene, record(scene))
    post(scene, record(scene, phone=other.phone))
    changes = scene.rows("SELECT organisation_id, changed FROM photos ORDER BY changed")
    here = scene.office.organisation_id
    assert sorted(changes) == sorted([(here, 1), (here, 2), (other.organisation_id, 1)])
