"""First use: the consent, and a phone's key that cannot be anybody else's."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from werkzeug.test import TestResponse

from app.core.ids import b64u
from app.trips.rules import cose
from tests.scene import Scene

OLD = "0" * 64


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """A phone's new key."""
    return ec.generate_private_key(ec.SECP256R1())


def proof(key: ec.EllipticCurvePrivateKey, person_id: str, kid: bytes) -> bytes:
    """r||s over what enrolment signs."""
    message = f"enrol-v1:{person_id}:{kid.hex()}".encode()
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def request_of(key: ec.EllipticCurvePrivateKey, person_id: str, **changes: Any) -> dict[str, Any]:
    """The enrolment of a key for a person."""
    x, y = cose.point(key.public_key())
    signed = proof(key, person_id, cose.device_kid(x, y))
    return {"x": b64u(x), "y": b64u(y), "proof": b64u(signed), "label": "내 전화"} | changes


def enrol(scene: Scene, role: str, body: dict[str, Any]) -> TestResponse:
    """Send an enrolment as the person of that role."""
    return scene.enter(role).post("/api/devices", json=body)


def test_a_key_is_enrolled_once_however_often_it_is_sent(scene: Scene) -> None:
    key, person = fresh_key(), scene.office.people["auditor"]
    body = request_of(key, person)
    first, second = enrol(scene, "auditor", body), enrol(scene, "auditor", body)
    x, y = cose.point(key.public_key())
    kid = cose.device_kid(x, y)
    assert first.get_json() == second.get_json() == {"kid": kid.hex(), "state": "active"}
    assert scene.rows("SELECT person_id, label FROM device_keys WHERE kid = ?", kid) == [
        (person, "내 전화")
    ]
    state = scene.enter("auditor").get(f"/api/state?kid={kid.hex()}").get_json()
    assert state["device"] == {"kid": kid.hex(), "state": "active"}


def test_a_key_is_not_enrolled_without_its_private_half(scene: Scene) -> None:
    key, person = fresh_key(), scene.office.people["officer"]
    good = request_of(key, person)
    x, y = cose.point(key.public_key())
    kid = cose.device_kid(x, y)
    wrong = {
        "another key": proof(fresh_key(), person, kid),
        "another person": proof(key, scene.office.people["auditor"], kid),
        "another key id": proof(key, person, bytes(8)),
        "zeros": bytes(64),
        "ones": b"\xff" * 64,
    }
    for name, signed in wrong.items():
        refused = enrol(scene, "officer", good | {"proof": b64u(signed)})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "bad-device-key"), name
    assert scene.rows("SELECT count(*) FROM device_keys") == [(1,)]


@pytest.mark.parametrize("name", ["x", "y"])
def test_a_point_off_the_curve_is_refused(shared: Scene, name: str) -> None:
    body = request_of(fresh_key(), shared.office.people["officer"])
    for point in (bytes(32), b"\xff" * 32, bytes(31) + b"\x05"):
        refused = enrol(shared, "officer", body | {name: b64u(point)})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "bad-device-key")


@pytest.mark.parametrize("name", ["x", "y", "proof"])
@pytest.mark.parametrize(
    "given", [None, "", 5, "AAAA", "not base64url!", "A" * 5000, ["x"], "é" * 43]
)
def test_what_is_no_key_is_named_by_its_field(shared: Scene, name: str, given: Any) -> None:
    body = request_of(fresh_key(), shared.office.people["officer"])
    if given is None:
        del body[name]
    else:
        body[name] = given
    refused = enrol(shared, "officer", body)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.get_json()["errors"]] == [name]


def test_the_key_of_a_colleague_is_refused(scene: Scene) -> None:
    key = fresh_key()
    assert (
        enrol(scene, "officer", request_of(key, scene.office.people["officer"])).status_code == 200
    )
    refused = enrol(scene, "auditor", request_of(key, scene.office.people["auditor"]))
    assert (refused.status_code, refused.get_json()["code"]) == (409, "key-of-another")


def test_a_revoked_key_never_comes_back(scene: Scene) -> None:
    key, person = fresh_key(), scene.office.people["officer"]
    body = request_of(key, person)
    kid = enrol(scene, "officer", body).get_json()["kid"]
    client = scene.enter("officer")
    assert client.post(f"/me/devices/{kid}/revoke").status_code == 303
    refused = enrol(scene, "officer", body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "key-revoked")
    assert client.get(f"/api/state?kid={kid}").get_json()["device"]["state"] == "revoked"


def test_a_label_is_shown_as_it_is_and_no_markup(scene: Scene) -> None:
    person = scene.office.people["officer"]
    for label in ('<img src=x onerror="alert(1)">', "'; DROP TABLE device_keys; --", "\x00\x07"):
        enrol(scene, "officer", request_of(fresh_key(), person, label=label))
    assert scene.enter("officer").get("/me").status_code == 200
    assert scene.enter("administrator").get(f"/people/{person}").status_code == 200


def test_a_long_label_is_refused_and_a_missing_one_is_named_after_the_browser(
    scene: Scene,
) -> None:
    person = scene.office.people["officer"]
    assert (
        enrol(scene, "officer", request_of(fresh_key(), person, label="x" * 81)).status_code == 422
    )
    body = request_of(fresh_key(), person, label="")
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
    client = scene.enter("officer")
    assert client.post("/api/devices", json=body, headers={"User-Agent": agent}).status_code == 200
    assert ("Android · Chrome",) in scene.rows("SELECT label FROM device_keys")


def test_consent_is_given_once_and_counts_from_the_first_time(scene: Scene) -> None:
    client = scene.enter("auditor")
    shown = client.get("/api/consent").get_json()
    assert shown["agreed"] is False
    assert shown["paragraphs"]
    first = client.post("/api/consent", json={"version": shown["version"]}).get_json()
    assert first["agreed"] is True
    again = client.post("/api/consent", json={"version": shown["version"]}).get_json()
    assert again == first
    assert client.get("/api/consent").get_json()["agreed"] is True
    person = scene.office.people["auditor"]
    assert scene.rows("SELECT count(*) FROM consents WHERE person_id = ?", person) == [(1,)]


def test_the_version_is_that_of_the_korean_text_in_every_language(scene: Scene) -> None:
    client = scene.enter("auditor")
    korean = client.get("/api/consent?lang=ko").get_json()
    english = client.get("/api/consent?lang=en").get_json()
    assert korean["version"] == english["version"]
    assert korean["paragraphs"] != english["paragraphs"]
    assert len(korean["paragraphs"]) == len(english["paragraphs"])


def test_withdrawing_ends_it_and_agreeing_again_begins_anew(scene: Scene) -> None:
    client = scene.enter("officer")
    version = client.get("/api/consent").get_json()["version"]
    assert client.post("/api/consent/withdraw", json={}).get_json() == {"agreed": False}
    assert client.get("/api/state").get_json()["consent"]["agreed"] is False
    assert client.post("/api/consent/withdraw", json={}).status_code == 200
    assert client.post("/api/consent", json={"version": version}).status_code == 200
    assert client.get("/api/state").get_json()["consent"]["agreed"] is True
    person = scene.office.people["officer"]
    kept = scene.rows(
        "SELECT withdrawn_at IS NULL FROM consents WHERE person_id = ? ORDER BY agreed_at", person
    )
    assert kept == [(0,), (1,)]


def test_an_old_text_cannot_be_agreed_to(shared: Scene) -> None:
    refused = shared.enter("auditor").post("/api/consent", json={"version": OLD})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "old-consent-text")


def test_a_consent_to_an_older_text_is_no_longer_in_force(scene: Scene) -> None:
    scene.rows("UPDATE consents SET version = ?", bytes(32))
    client = scene.enter("officer")
    assert client.get("/api/state").get_json()["consent"]["agreed"] is False
    assert scene.stamp().refusal == (422, "consent-missing")


@pytest.mark.parametrize(
    "version", [None, "", "x" * 64, OLD.upper() + "A", 5, "0" * 63, OLD + "\n"]
)
def test_a_version_that_is_none_is_refused(shared: Scene, version: Any) -> None:
    refused = shared.enter("auditor").post("/api/consent", json={"version": version})
    assert refused.status_code == 422


@pytest.mark.parametrize("path", ["/api/consent", "/api/devices"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 60_000, b'{"x":' * 9_000]
)
def test_what_is_no_document_is_refused_and_never_a_fault(
    shared: Scene, path: str, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    refused = shared.enter("officer").post(path, data=body, headers=headers)
    assert refused.status_code in {400, 422}


@pytest.mark.parametrize("path", ["/api/consent", "/api/consent/withdraw", "/api/devices"])
def test_a_stranger_gets_a_problem_document(shared: Scene, path: str) -> None:
    refused = shared.visitor().post(path, json={})
    assert (refused.status_code, refused.get_json()["code"]) == (401, "sign-in-needed")
