"""Cancelling a wrong tap: within five minutes, by the phone that made it, once."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.core.ids import b64u, from_b64u
from app.trips.rules import cbor, cose, receipt
from tests.scene import Scene, Sent, text_of


def refusal(answer: TestResponse) -> tuple[int, str]:
    """`(status, code)` of a refusal."""
    return answer.status_code, answer.get_json()["code"]


def record(scene: Scene, sent: Sent, at: int, reason: str = "잘못 눌렀어요") -> dict[str, str]:
    """The void record of a stamp as the phone posts it."""
    with scene.app.app_context():
        return scene.phone.void_body(sent.token, at, reason)


def post(scene: Scene, body: dict[str, Any]) -> TestResponse:
    """Post a void record."""
    return scene.visitor().post("/api/voids", json=body)


def test_within_five_minutes_it_is_a_new_record_beside_the_stamp(scene: Scene) -> None:
    sent = scene.stamp()
    before = scene.rows("SELECT * FROM stamps")
    at = sent.stamp["captured_at"] + 300
    body = record(scene, sent, at)
    answer = post(scene, body)
    assert answer.status_code == 200
    assert scene.rows("SELECT * FROM stamps") == before
    assert scene.rows("SELECT reason, voided_at FROM stamp_voids") == [("잘못 눌렀어요", at)]
    assert scene.verdict(sent.url) == "void"
    [mine] = scene.enter("officer").get("/api/stamps").get_json()["stamps"]
    assert mine["voided_at"] == at
    key = scene.receipt_key()
    signed = from_b64u(answer.get_json()["receipt"])
    proof = receipt.read_receipt(signed, cose.public_key(key.x, key.y))
    assert proof.sha256 == hashlib.sha256(from_b64u(body["cose_sign1"])).digest()
    assert proof.cti is None


def test_the_same_bytes_get_the_same_receipt(scene: Scene) -> None:
    sent = scene.stamp()
    body = record(scene, sent, int(time.time()))
    first = post(scene, body).get_json()
    scene.later(3600)
    assert post(scene, body).get_json() == first
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    assert post(scene, body).get_json() == first
    assert scene.rows("SELECT count(*) FROM stamp_voids") == [(1,)]


@pytest.mark.parametrize("offset", [301, 3600, -121, 86_400, -86_400])
def test_outside_the_five_minutes_it_is_refused(shared: Scene, offset: int) -> None:
    sent = shared.stamp()
    answer = post(shared, record(shared, sent, sent.stamp["captured_at"] + offset))
    assert refusal(answer) == (422, "void-too-late")
    assert shared.verdict(sent.url) == "valid"


def test_it_is_cancelled_once(scene: Scene) -> None:
    sent = scene.stamp()
    at = int(time.time())
    assert post(scene, record(scene, sent, at)).status_code == 200
    assert refusal(post(scene, record(scene, sent, at, "다른 까닭"))) == (409, "already-voided")
    assert scene.rows("SELECT reason FROM stamp_voids") == [("잘못 눌렀어요",)]


def test_a_stamp_of_another_is_not_cancelled(scene: Scene) -> None:
    sent = scene.stamp()
    at = int(time.time())
    colleague = scene.new_phone("auditor")
    stranger = scene.other_office().phone
    second = scene.new_phone("officer")
    for phone in (colleague, stranger, second):
        assert refusal(scene.void(sent, at, phone)) == (404, "not-found")
    assert scene.verdict(sent.url) == "valid"


def test_a_stamp_that_never_came_is_not_cancelled(scene: Scene) -> None:
    body = scene.body()
    sent = Sent(body, scene.visitor().get("/health/live"))
    assert refusal(scene.void(sent, int(time.time()))) == (404, "not-found")


def test_a_revoked_key_cancels_nothing(scene: Scene) -> None:
    sent = scene.stamp()
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    assert refusal(scene.void(sent, int(time.time()))) == (422, "unknown-key")


def test_a_forged_record_is_refused(scene: Scene) -> None:
    sent = scene.stamp()
    good = from_b64u(record(scene, sent, int(time.time()))["cose_sign1"])
    parts = cose.parse_sign1(good)
    high = cose.ORDER - int.from_bytes(parts.signature[32:])
    twin = cose.build_sign1(parts.kid, parts.payload, parts.signature[:32] + high.to_bytes(32))
    changed = bytearray(good)
    changed[-1] ^= 1
    for bad in (twin, bytes(changed)):
        assert refusal(post(scene, {"cose_sign1": b64u(bad)})) == (422, "wrong-signature")
    strange = cose.sign(bytes(8), parts.payload, scene.phone.private)
    assert refusal(post(scene, {"cose_sign1": b64u(strange)})) == (422, "unknown-key")
    assert scene.rows("SELECT count(*) FROM stamp_voids") == [(0,)]


def test_a_record_out_of_shape_is_refused(scene: Scene) -> None:
    sent = scene.stamp()
    sha, now = hashlib.sha256(sent.token).digest(), int(time.time())
    payloads: list[object] = [
        {},
        {1: sha, 2: now},
        {1: sha, 2: now, 3: "x" * 201},
        {1: sha, 2: now, 3: b"x"},
        {1: sha, 2: -1, 3: "x"},
        {1: sha, 2: 2**40, 3: "x"},
        {1: sha[:31], 2: now, 3: "x"},
        {1: sha, 2: now, 3: "x", 4: 1},
        [sha, now, "x"],
    ]
    for payload in payloads:
        signed = cose.sign(scene.phone.kid, cbor.encode(payload), scene.phone.private)
        assert refusal(post(scene, {"cose_sign1": b64u(signed)})) == (422, "damaged"), payload
    whole_stamp = {"cose_sign1": sent.body["cose_sign1"]}
    assert refusal(post(scene, whole_stamp)) == (422, "damaged")


@pytest.mark.parametrize("reason", ["", "<b>x</b>", "'; DELETE FROM stamps; --", "\x00\u202e"])
def test_any_reason_is_a_text(scene: Scene, reason: str) -> None:
    sent = scene.stamp()
    assert post(scene, record(scene, sent, int(time.time()), reason)).status_code == 200
    for role in ("officer", "auditor"):
        assert "<b>x</b>" not in text_of(scene.enter(role).get(sent.url))
    assert scene.rows("SELECT reason FROM stamp_voids") == [(reason,)]


def test_a_cancelled_stamp_still_answers_its_phone(scene: Scene) -> None:
    sent = scene.stamp()
    scene.void(sent, int(time.time()))
    again = scene.post(sent.body)
    assert again.json["receipt"] == sent.json["receipt"]
    assert again.stamp["voided_at"] is not None
