"""Stamps from those who mean harm: forged, foreign, borrowed, broken, too large."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.ids import b64u, from_b64u
from app.trips.rules import cbor, cose
from app.trips.rules.claims import encode_claims
from tests.factories import Phone, seal
from tests.scene import Scene, Sent, text_of

MARK = 1.2345678806304932  # a float32 that stands nowhere else
STRANGE = {
    "NaN": "f97e00",
    "NaN, single": "fa7fc00000",
    "NaN, double": "fb7ff8000000000000",
    "a signalling NaN": "fa7f800001",
    "infinity": "f97c00",
    "minus infinity": "f9fc00",
    "infinity, double": "fb7ff0000000000000",
    "1e39": "fb48078287f49c4a1d",
    "an integer": "1823",
    "a negative integer": "3822",
    "text": "6433352e32",
    "null": "f6",
    "true": "f5",
    "a list": "81f93c00",
    "a big number": "c249010000000000000000",
    "a decimal fraction": "c48221196ab3",
}
KEPT = "SELECT count(*) FROM stamps"


def post(scene: Scene, cose_sign1: bytes, sealed_for: str = "", inner: bytes = b"") -> Sent:
    """Post a COSE_Sign1 in a token sealed to an organisation."""
    with scene.app.app_context():
        token = seal(sealed_for or scene.office.organisation_id, inner or cose_sign1)
    return scene.post({"token": b64u(token), "cose_sign1": b64u(cose_sign1)})


def signed(scene: Scene, phone: Phone, **changes: Any) -> bytes:
    """A COSE_Sign1 by the phone."""
    return cose.sign(phone.kid, encode_claims(scene.claims(phone, **changes)), phone.private)


def raw(scene: Scene, change: Any) -> bytes:
    """A COSE_Sign1, validly signed, over claims that no encoder of ours would write."""
    decoded = cbor.decode(encode_claims(scene.claims()))
    change(decoded)
    return cose.sign(scene.phone.kid, cbor.encode(decoded), scene.phone.private)


def refused(scene: Scene, sent: Sent, *expected: tuple[int, str]) -> None:
    """The stamp was refused for that reason and nothing was kept."""
    assert sent.refusal in expected
    assert scene.rows(KEPT) == [(0,)]
    assert scene.rows("SELECT count(*) FROM trips") == [(0,)]


def test_a_forger_with_another_key_is_refused(scene: Scene) -> None:
    forger = ec.generate_private_key(ec.SECP256R1())
    payload = encode_claims(scene.claims())
    refused(
        scene, post(scene, cose.sign(scene.phone.kid, payload, forger)), (422, "wrong-signature")
    )
    x, y = cose.point(forger.public_key())
    own = cose.sign(cose.device_kid(x, y), payload, forger)
    refused(scene, post(scene, own), (422, "unknown-key"))


def test_the_other_half_of_a_signature_is_refused(scene: Scene) -> None:
    parts = cose.parse_sign1(signed(scene, scene.phone))
    s = cose.ORDER - int.from_bytes(parts.signature[32:])
    twin = cose.build_sign1(parts.kid, parts.payload, parts.signature[:32] + s.to_bytes(32))
    sent = post(scene, twin)
    refused(scene, sent, (422, "wrong-signature"))
    assert sent.json["reason"] == "high-s"


def test_every_changed_byte_of_a_signed_stamp_is_refused(scene: Scene) -> None:
    good = bytearray(signed(scene, scene.phone))
    with scene.app.app_context():
        token = b64u(seal(scene.office.organisation_id, bytes(good)))
    client = scene.visitor()
    for place in range(0, len(good), 7):
        bad = bytearray(good)
        bad[place] ^= 0x01
        answer = client.post("/api/stamps", json={"token": token, "cose_sign1": b64u(bytes(bad))})
        assert answer.status_code == 422, place
    assert scene.rows(KEPT) == [(0,)]


def test_a_key_speaks_for_its_own_person_only(scene: Scene) -> None:
    other = scene.other_office()
    for changes in (
        {"staff_number": scene.office.staff_numbers["auditor"]},
        {"organisation": other.code},
        {"organisation": other.code, "staff_number": other.staff_numbers["officer"]},
    ):
        sent = post(scene, signed(scene, scene.phone, **changes))
        refused(scene, sent, (422, "wrong-organisation"))


def test_a_token_of_another_organisation_is_refused(scene: Scene) -> None:
    other = scene.other_office()
    inner = signed(scene, scene.phone)
    refused(scene, post(scene, inner, other.organisation_id), (422, "wrong-organisation"))
    theirs = signed(scene, other.phone)
    refused(scene, post(scene, theirs), (422, "wrong-organisation"))


def test_a_token_sealed_to_an_unknown_audit_key_is_refused(scene: Scene) -> None:
    body = scene.body()
    token = bytearray(from_b64u(body["token"]))
    with scene.app.app_context():
        kid = cose.parse_token(bytes(token)).audit_kid
    place = bytes(token).index(kid)
    token[place : place + 4] = b"\x00\x01\x02\x03"
    refused(scene, scene.post(body, token=b64u(bytes(token))), (422, "wrong-organisation"))


def test_a_token_with_other_contents_of_the_same_phone_is_kept_and_marked(scene: Scene) -> None:
    inner, outer = signed(scene, scene.phone, kind=1), signed(scene, scene.phone, kind=2)
    sent = post(scene, outer, inner=inner)
    assert sent.stamp["marks"] == ["token-mismatch"]
    garbage = post(scene, signed(scene, scene.phone, seq=2), inner=b"no COSE at all")
    assert "token-mismatch" in garbage.stamp["marks"]
    broken = scene.body(seq=3)
    token = bytearray(from_b64u(broken["token"]))
    token[60] ^= 1
    assert "token-mismatch" in scene.post(broken, token=b64u(bytes(token))).stamp["marks"]


def test_a_colleague_cannot_take_a_token_that_was_not_sent_yet(scene: Scene) -> None:
    """Whoever scans a QR holds its token; posting it under one's own signature must not stop
    the stamp of the person who made it."""
    thief = scene.new_phone("auditor")
    body = scene.body()
    stolen = scene.post(body, cose_sign1=b64u(signed(scene, thief)))
    refused(scene, stolen, (422, "wrong-organisation"), (422, "wrong-signature"))
    mine = scene.post(body)
    assert mine.stamp["kid"] == scene.phone.kid.hex()
    assert mine.stamp["marks"] == []
    listed = scene.enter("officer").get("/api/stamps").get_json()["stamps"]
    assert [one["sha256"] for one in listed] == [mine.sha256]


@pytest.mark.parametrize("beside", ["AAAA", "own"])
def test_whoever_holds_only_the_qr_learns_nothing_from_posting_it(
    scene: Scene, beside: str
) -> None:
    sent = scene.stamp()
    thief = scene.new_phone("auditor")
    other = b64u(signed(scene, thief)) if beside == "own" else beside
    answer = scene.post(sent.body, cose_sign1=other)
    shown = text_of(answer.response)
    for secret in (scene.phone.kid.hex(), sent.stamp["id"], sent.stamp["trip"], '"score"'):
        assert secret not in shown
    assert scene.post(sent.body).json == sent.json


@pytest.mark.parametrize("member", [1, 2, 3, 4, 5, 6, 7])
def test_numbers_that_are_none_are_refused(shared: Scene, member: int) -> None:
    claims = cbor.decode(encode_claims(shared.claims()))
    claims[264][member] = MARK
    payload = cbor.encode(claims)
    assert payload.count(cbor.encode(MARK)) == 1
    for name, spelled in STRANGE.items():
        wrong = payload.replace(cbor.encode(MARK), bytes.fromhex(spelled))
        bad = cose.sign(shared.phone.kid, wrong, shared.phone.private)
        assert post(shared, bad, inner=b"x").refusal == (422, "damaged"), name
    assert shared.rows(KEPT) == [(0,)]


@pytest.mark.parametrize(
    ("member", "number"),
    [(1, 90.5), (1, -91.0), (2, 180.5), (2, -181.0), (4, -1.0), (6, 361.0), (7, -0.5), (4, 6e7)],
)
def test_numbers_out_of_range_are_refused(shared: Scene, member: int, number: float) -> None:
    bad = raw(shared, lambda claims: claims[264].update({member: number}))
    sent = post(shared, bad)
    refused(shared, sent, (422, "damaged"))
    assert sent.json["reason"] == "out-of-range"


def test_claims_out_of_shape_are_refused(scene: Scene) -> None:
    changes = (
        lambda claims: claims.update({99: 1}),
        lambda claims: claims[264].update({10: 1.0}),
        lambda claims: claims[-70001].update({11: b"x"}),
        lambda claims: claims.pop(7),
        lambda claims: claims.update({7: b"short"}),
        lambda claims: claims.update({6: -5}),
        lambda claims: claims.update({6: 2**33}),
        lambda claims: claims[-70001].update({2: 0}),
        lambda claims: claims[-70001].update({5: 3}),
        lambda claims: claims[-70001].update({5: 64}),
        lambda claims: claims[-70001].update({1: "../../etc"}),
        lambda claims: claims[-70001].update({7: "a\x00b"}),
        lambda claims: claims[-70001].update({7: "x" * 401}),
    )
    for number, change in enumerate(changes):
        sent = post(scene, raw(scene, change), inner=b"x")
        assert sent.refusal == (422, "damaged"), number
    assert scene.rows(KEPT) == [(0,)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"token": 5, "cose_sign1": null}',
        b'{"token": "", "cose_sign1": ""}',
        b'{"token": "%%%", "cose_sign1": "AAAA"}',
        b'{"token": "AAAA", "cose_sign1": "AAAA", "sent_at": NaN}',
        b'{"token": "AAAA", "cose_sign1": "AAAA", "sent_at": Infinity}',
        b'{"token": "AAAA", "cose_sign1": "AAAA", "sent_at": 1e400}',
        b'{"token": "AAAA", "cose_sign1": "AAAA", "sent_at": "yesterday"}',
        b'{"token": "\\ud800", "cose_sign1": "AAAA"}',
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b'{"token":' * 6_000,
        b'{"token": "' + b"A" * 5000 + b'", "cose_sign1": "AAAA"}',
    ],
)
@pytest.mark.parametrize("path", ["/api/stamps", "/api/voids"])
def test_what_is_no_stamp_is_refused_and_never_a_fault(
    shared: Scene, path: str, body: bytes
) -> None:
    answer = shared.visitor().post(path, data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.get_json()["code"] in {"bad-input", "damaged"}


def test_ten_megabytes_are_turned_away(scene: Scene) -> None:
    big = json.dumps({"token": "A" * 10_000_000, "cose_sign1": "AAAA"}).encode()
    for path in ("/api/stamps", "/api/voids"):
        answer = scene.visitor().post(path, data=big, content_type="application/json")
        assert (answer.status_code, answer.get_json()["code"]) == (413, "too-large")
    page = scene.visitor().post("/login", data={"staff_number": "x" * 10_000_000})
    assert page.status_code == 413
    officer = scene.enter("officer")
    assert officer.post("/api/consent", data=big).status_code == 413
    assert officer.post("/me/password", data={"new": "x" * 10_000_000}).status_code == 413


def test_a_token_longer_than_the_format_is_refused(scene: Scene) -> None:
    long = scene.claims(name="가" * 60, department="나" * 30)
    bad = cose.sign(scene.phone.kid, encode_claims(long), scene.phone.private)
    refused(scene, post(scene, bad), (413, "too-large"))


def test_texts_of_a_phone_stay_texts_wherever_they_are_shown(scene: Scene) -> None:
    nasty = "<script>alert(1)</script>"
    sent = scene.stamp(name=nasty[:20], department="<img src=x onerror=alert(1)>")
    assert sent.stamp["marks"] == []
    turned = scene.stamp(name="\u202ekrow", department="'; DROP TABLE stamps;--")
    for one in (sent, turned):
        for client in (scene.visitor(), scene.enter("auditor")):
            page = text_of(client.get(one.url))
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "\u202e" not in page
    assert scene.rows(KEPT) == [(2,)]


def test_no_session_is_needed_and_none_helps(scene: Scene) -> None:
    body = scene.body()
    assert scene.enter("officer").post("/api/stamps", json=body).status_code == 200
    foreign = {"Sec-Fetch-Site": "cross-site"}
    refused_answer = scene.visitor().post("/api/stamps", json=scene.body(), headers=foreign)
    assert (refused_answer.status_code, refused_answer.get_json()["code"]) == (
        403,
        "foreign-origin",
    )
    program = scene.visitor().post("/api/stamps", json=scene.body(), same_origin=False)
    assert program.status_code == 200


def test_hundreds_of_stamps_from_one_address_are_welcome(scene: Scene) -> None:
    begun = time.monotonic()
    bodies = [scene.body() for _ in range(70)]
    client = scene.visitor()
    answers = {client.post("/api/stamps", json=body).status_code for body in bodies}
    assert answers == {200}
    assert time.monotonic() - begun < 30
