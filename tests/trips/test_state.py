"""The state that a phone asks for: enough to work offline, nothing of anybody else."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from app.core.clock import SEOUL
from app.core.ids import from_b64u
from app.trips.rules import cose
from tests.conftest import MakeApp
from tests.scene import Scene


def test_a_stranger_learns_the_time_and_nothing_else(shared: Scene) -> None:
    answer = shared.visitor().get("/api/state")
    state = answer.get_json()
    assert abs(state.pop("server_time") - time.time()) < 5
    known = {name for name, value in state.items() if value not in (None, False)}
    assert known <= {"demo", "public_url", "version"}
    assert answer.headers["Cache-Control"] == "no-store"
    kid = shared.phone.kid.hex()
    assert shared.visitor().get(f"/api/state?kid={kid}").get_json()["device"] is None


def test_an_officer_gets_what_a_stamp_needs(scene: Scene) -> None:
    state = scene.enter("officer").get("/api/state").get_json()
    assert state["signed_in"] is True
    assert state["person"]["organisation"]["code"] == scene.office.code
    assert state["person"]["staff_number"] == scene.phone.staff_number
    assert state["consent"]["agreed"] is True
    assert len(state["consent"]["version"]) == 64
    assert state["audit_key"]["year"] == datetime.now(SEOUL).year
    for name, size in (("audit_key", 8), ("receipt_key", 16)):
        key = state[name]
        assert len(key["kid"]) == size
        cose.public_key(from_b64u(key["x"]), from_b64u(key["y"]))


def test_a_changed_text_is_not_told_as_a_withdrawal(scene: Scene) -> None:
    client = scene.enter("officer")

    def told() -> tuple[bool, bool]:
        """Whether consent is in force, and whether it was withdrawn."""
        consent = client.get("/api/state").get_json()["consent"]
        return consent["agreed"], consent["withdrawn"]

    version = client.get("/api/consent").get_json()["version"]
    assert told() == (True, False)
    scene.rows("UPDATE consents SET version = ?", bytes(32))
    assert told() == (False, False)
    client.post("/api/consent/withdraw", json={})
    assert told() == (False, True)
    client.post("/api/consent", json={"version": version})
    assert told() == (True, False)
    newcomer = scene.enter("auditor").get("/api/state").get_json()["consent"]
    assert (newcomer["agreed"], newcomer["withdrawn"]) == (False, False)


def test_the_audit_key_is_made_when_there_is_none(scene: Scene) -> None:
    scene.rows("DELETE FROM audit_keys")
    first = scene.enter("officer").get("/api/state").get_json()["audit_key"]
    second = scene.enter("auditor").get("/api/state").get_json()["audit_key"]
    assert first == second is not None


@pytest.mark.parametrize(
    "kid", ["", "zz", "0" * 16, "0" * 15, "x" * 5000, "%00", "' OR 1=1", "00 11", "é"]
)
def test_any_key_id_may_be_asked_for(shared: Scene, kid: str) -> None:
    answer = shared.enter("officer").get("/api/state", query_string={"kid": kid})
    assert answer.status_code == 200
    device = answer.get_json()["device"]
    assert device is None or device["state"] == "unknown"


def test_the_key_of_a_colleague_is_unknown(scene: Scene) -> None:
    kid = scene.phone.kid.hex()
    assert scene.enter("officer").get(f"/api/state?kid={kid}").get_json()["device"] == {
        "kid": kid,
        "state": "active",
    }
    for client in (scene.enter("auditor"), scene.enter("officer", scene.other_office())):
        assert client.get(f"/api/state?kid={kid}").get_json()["device"]["state"] == "unknown"


def test_the_state_says_whether_it_is_the_demo_and_where_codes_point(make_app: MakeApp) -> None:
    demo = Scene(make_app(PUBLIC_URL="https://stamp.example.kr/"))
    state = demo.visitor().get("/api/state").get_json()
    assert (state["demo"], state["public_url"]) == (True, "https://stamp.example.kr")
    real = Scene(make_app(DEMO="0"))
    assert real.visitor().get("/api/state").get_json()["demo"] is False


def test_my_stamps_are_listed_by_month_newest_first(scene: Scene) -> None:
    now = int(time.time())
    scene.rows("UPDATE consents SET agreed_at = 0")
    for ago in (40 * 86_400, 120, 60):
        scene.stamp(captured_at=now - ago)
    client = scene.enter("officer")
    listed = client.get("/api/stamps").get_json()
    times = [one["captured_at"] for one in listed["stamps"]]
    assert times == sorted(times, reverse=True)
    assert now - 60 in times
    assert len(listed["months"]) == 2
    assert listed["months"] == sorted(listed["months"], reverse=True)
    older = client.get("/api/stamps?month=" + listed["months"][1]).get_json()
    assert [one["captured_at"] for one in older["stamps"]] == [now - 40 * 86_400]
    assert scene.enter("auditor").get("/api/stamps").get_json()["stamps"] == []


@pytest.mark.parametrize(
    "month",
    ["2026-13", "2026-00", "1969-12", "2107-01", "x", "2026-1", "2026-11-01", "%00", "२०२६-११"],
)
def test_a_month_that_is_none_is_refused(shared: Scene, month: str) -> None:
    answer = shared.enter("officer").get("/api/stamps", query_string={"month": month})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad-month")


def test_only_the_owner_gets_the_point(scene: Scene) -> None:
    sent = scene.stamp(lat=35.2271, lon=128.6811)
    path = f"/api/stamps/{sent.stamp['id']}/point"
    point = scene.enter("officer").get(path).get_json()
    assert abs(point["lat"] - 35.2271) < 1e-5
    assert abs(point["lon"] - 128.6811) < 1e-5
    for role in ("auditor", "administrator", "canteen"):
        assert scene.enter(role).get(path).status_code == 404
    assert scene.enter("officer", scene.other_office()).get(path).status_code == 404
    assert scene.visitor().get(path).status_code == 401


def test_a_list_of_stamps_costs_the_same_however_many_there_are(scene: Scene) -> None:
    client = scene.enter("officer")
    scene.stamp()
    client.get("/api/stamps")
    with scene.counted() as few:
        client.get("/api/stamps")
    for _ in range(12):
        scene.stamp()
    with scene.counted() as many:
        listed = client.get("/api/stamps").get_json()["stamps"]
    assert len(listed) == 13
    assert len(many) == len(few)


@pytest.mark.parametrize(
    "code", ["48121", "00000", "x", "..", "%2e%2e%2f", "4812100000", "４８１２１"]
)
def test_outlines_are_public_and_only_of_towns(shared: Scene, code: str) -> None:
    answer = shared.visitor().get(f"/api/outlines/{code}")
    if code == "48121":
        found = answer.get_json()
        west, south, east, north = found["bbox"]
        assert 128 < west < east < 129
        assert 35 < south < north < 36
        assert "immutable" in answer.headers["Cache-Control"]
    else:
        assert (answer.status_code, answer.get_json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("text", ["x1", "%00", "A" * 700, "A" * 5000, "é", "..%2f", "="])
def test_only_a_token_is_drawn(shared: Scene, text: str) -> None:
    assert shared.visitor().get(f"/qr/{text}.svg").status_code in {404, 413, 422}


def test_a_token_is_drawn_by_the_server(scene: Scene) -> None:
    sent = scene.stamp()
    answer = scene.visitor().get("/qr/" + sent.url.removeprefix("/S/") + ".svg")
    assert answer.status_code == 200
    assert answer.mimetype == "image/svg+xml"
    assert answer.get_data().startswith(b"<svg")


def test_a_revoked_phone_learns_of_it_signed_out(scene: Scene) -> None:
    kid = scene.phone.kid.hex()
    admin, officer = scene.enter("administrator"), scene.office.people["officer"]
    assert admin.post(f"/people/{officer}/devices/{kid}/revoke").status_code == 303
    told = scene.visitor().get(f"/api/state?kid={kid}").get_json()["device"]
    assert told == {"kid": kid, "state": "revoked"}
