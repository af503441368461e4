"""A stamp arrives: what it gets back, and what is kept, marked or refused."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import replace
from typing import Any

import pytest

from app.core.ids import b64u, from_b64u
from app.trips.rules import cose, receipt
from app.trips.rules.claims import ARRIVE, COARSE, OFFLINE, PRACTICE, encode_claims
from app.trips.rules.verdict_texts import MARKS
from tests.conftest import MakeApp, client_of
from tests.factories import Phone, make_office, seal
from tests.scene import Scene, Sent, text_of

DAY = 86_400
KEPT = "SELECT count(*) FROM stamps"


def sealed_apart(scene: Scene, phone: Phone, inner: bytes, outer: bytes) -> dict[str, Any]:
    """A post whose token holds other bytes than it says beside it."""
    with scene.app.app_context():
        token = seal(phone.organisation_id, inner)
    return {"token": b64u(token), "cose_sign1": b64u(outer)}


def shown_marks(scene: Scene, url: str) -> list[str]:
    """The marks that the page behind a QR explains, by their labels in Korean."""
    labels = re.findall(
        r'<p><span class="badge warn">(.*?)</span>', text_of(scene.visitor().get(url))
    )
    with scene.app.test_request_context():
        known = {str(label): mark for mark, (label, _) in MARKS.items()}
    return [known[label] for label in labels]


def signed(phone: Phone, scene: Scene, **changes: Any) -> bytes:
    """A COSE_Sign1 by the phone."""
    return cose.sign(phone.kid, encode_claims(scene.claims(phone, **changes)), phone.private)


def test_a_stamp_is_received_named_and_signed_for(scene: Scene) -> None:
    before = int(time.time())
    sent = scene.stamp()
    stamp = sent.stamp
    assert stamp["sha256"] == sent.sha256
    assert stamp["kid"] == scene.phone.kid.hex()
    assert (stamp["kind"], stamp["seq"], stamp["voided_at"]) == ("arrive", 1, None)
    assert stamp["place"]["name"].startswith("경상남도 창원시")
    assert stamp["marks"] == []
    assert not {"token", "url"} & stamp.keys()  # the phone has just sent the token
    [listed] = scene.enter("officer").get("/api/stamps").get_json()["stamps"]
    assert listed["url"] == "HTTP://127.0.0.1:8000" + sent.url
    assert {name: listed[name] for name in stamp} == stamp
    assert before <= stamp["received_at"] <= int(time.time())
    key = scene.receipt_key()
    proof = receipt.read_receipt(from_b64u(sent.json["receipt"]), cose.public_key(key.x, key.y))
    assert proof == receipt.Receipt(
        bytes.fromhex(sent.sha256), stamp["received_at"], bytes.fromhex(stamp["cti"])
    )


def test_the_pinned_key_is_the_one_that_phones_are_told(scene: Scene) -> None:
    told = scene.enter("officer").get("/api/state").get_json()["receipt_key"]
    key = cose.public_key(from_b64u(told["x"]), from_b64u(told["y"]))
    sent = scene.stamp()
    message = cose.parse_sign1(from_b64u(sent.json["receipt"]))
    assert message.kid.hex() == told["kid"]
    cose.verify(message, key)


def test_the_same_bytes_get_the_same_receipt(scene: Scene) -> None:
    sent = scene.stamp()
    scene.later(3600)
    for _ in range(3):
        again = scene.post(sent.body)
        assert again.json == sent.json
    again = scene.post(sent.body, sent_at=5)
    assert again.json == sent.json
    assert scene.rows(KEPT) == [(1,)]


def test_the_same_bytes_get_the_same_receipt_from_another_process(
    scene: Scene, make_app: MakeApp
) -> None:
    sent = scene.stamp()
    other = make_app()
    client = other.test_client()
    answer = client.post("/api/stamps", json=sent.body)
    assert answer.get_json() == sent.json


def test_repeats_are_answered_after_everything_has_ended(scene: Scene) -> None:
    sent = scene.stamp()
    scene.later(500 * DAY)
    officer = scene.enter("officer")
    officer.post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    officer.post("/api/consent/withdraw", json={})
    assert scene.post(sent.body).json["receipt"] == sent.json["receipt"]


def test_other_bytes_under_one_identity_are_kept_and_marked_on_both(scene: Scene) -> None:
    claims = scene.claims()
    with scene.app.app_context():
        one = scene.phone.body(claims, move=False)
        two = scene.phone.body(replace(claims, kind=4), move=False)
    first, second = scene.post(dict(one)), scene.post(dict(two))
    assert first.stamp["marks"] == []
    assert second.response.status_code == 200
    key = scene.receipt_key()
    proof = receipt.read_receipt(from_b64u(second.json["receipt"]), cose.public_key(key.x, key.y))
    assert proof.sha256.hex() == second.sha256
    assert scene.post(dict(two)).json["receipt"] == second.json["receipt"]
    assert scene.rows(KEPT) == [(1,)]
    assert scene.rows("SELECT hex(token_sha256) FROM stamp_forks") == [(second.sha256.upper(),)]
    assert scene.rows("SELECT chain FROM stamps") == [("fork",)]
    for sent in (first, second):
        assert scene.verdict(sent.url) == "forked"
    assert scene.post(dict(one)).json["stamp"]["marks"] == ["chain-fork"]


def test_the_same_signature_sealed_twice_is_a_fork(scene: Scene) -> None:
    inner = signed(scene.phone, scene)
    one, two = (sealed_apart(scene, scene.phone, inner, inner) for _ in range(2))
    assert scene.post(one).stamp["marks"] == []
    assert scene.post(two).json["stamp"] is None
    assert scene.rows("SELECT count(*) FROM stamp_forks") == [(1,)]


@pytest.mark.parametrize(
    ("offset", "marks"),
    [
        (0, []),
        (110, []),
        (180, ["clock-ahead"]),
        (DAY, ["day-ahead"]),
        (-180, []),
        (-DAY, ["arrived-late", "before-key", "before-consent"]),
        (-401 * DAY, ["arrived-late", "clock-absurd", "before-key", "before-consent"]),
        (401 * DAY, ["day-ahead", "clock-absurd"]),
    ],
)
def test_a_time_that_is_off_is_kept_and_marked(scene: Scene, offset: int, marks: list[str]) -> None:
    at = int(time.time()) + offset
    waiting = scene.body(captured_at=at)
    early = [mark for mark in marks if mark != "arrived-late"]
    assert shown_marks(scene, Sent(waiting, scene.visitor().get("/health/live")).url) == early
    sent = scene.post(waiting)
    assert sent.stamp["marks"] == marks
    assert shown_marks(scene, sent.url) == marks
    assert scene.verdict(sent.url) == "valid"


@pytest.mark.parametrize("clock", [-DAY, DAY])
def test_each_stamp_of_a_phone_whose_clock_is_a_day_off_is_kept(scene: Scene, clock: int) -> None:
    for number in range(3):
        now = int(time.time()) + clock + number
        sent = scene.post(scene.body(captured_at=now), sent_at=now)
        assert sent.stamp["marks"][0] == ("clock-behind" if clock < 0 else "day-ahead")
        assert ("before-consent" in sent.stamp["marks"]) is (clock < 0)
    assert scene.rows(KEPT) == [(3,)]


@pytest.mark.parametrize(
    ("clock", "marks"),
    [
        (0, []),
        (-100, []),
        (100, []),
        (-180, ["clock-behind"]),
        (180, ["clock-ahead"]),
        (-DAY, ["clock-behind"]),
        (DAY, ["clock-ahead"]),
        (-(2**70), ["clock-behind"]),
        (2**70, ["clock-ahead"]),
    ],
)
def test_the_clock_at_sending_tells_a_slow_phone_from_a_late_stamp(
    scene: Scene, clock: int, marks: list[str]
) -> None:
    now = int(time.time())
    late = scene.body(captured_at=now - 900, kind=ARRIVE | OFFLINE)
    sent = scene.post(late, sent_at=now + clock)
    assert sent.stamp["marks"] == marks


@pytest.mark.parametrize("at", [0, 5, 1_577_836_799, 0xFFFFFFFF])
def test_an_absurd_time_is_kept_and_marked_and_every_page_shows_it(scene: Scene, at: int) -> None:
    sent = scene.stamp(captured_at=at, fix_time=at)
    assert "clock-absurd" in sent.stamp["marks"]
    assert scene.verdict(sent.url) == "valid"
    auditor, officer = scene.enter("auditor"), scene.enter("officer")
    assert "시계 고장" in text_of(auditor.get(sent.url))
    assert sent.url in text_of(auditor.get("/audit?mark=clock-absurd"))
    [month] = officer.get("/api/stamps").get_json()["months"]
    [listed] = officer.get(f"/api/stamps?month={month}").get_json()["stamps"]
    assert listed["sha256"] == sent.sha256


def test_a_position_of_another_moment_is_marked(scene: Scene) -> None:
    sent = scene.stamp(fix_time=int(time.time()) - 60)
    assert sent.stamp["marks"] == ["fix-time-off"]


def test_a_revoked_key_is_kept_and_marked(scene: Scene) -> None:
    made_before = scene.body(captured_at=int(time.time()) - 30)
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    assert scene.post(made_before).stamp["marks"] == ["key-revoked"]
    made_after = scene.stamp(captured_at=int(time.time()) + 1)
    assert made_after.stamp["marks"] == ["key-revoked"]
    assert scene.rows(KEPT) == [(2,)]


def test_without_a_consent_nothing_is_received(scene: Scene) -> None:
    scene.rows("DELETE FROM consents")
    assert scene.stamp().refusal == (422, "consent-missing")
    assert scene.rows(KEPT) == [(0,)]


def test_a_consent_given_after_the_arrival_does_not_reach_back(scene: Scene) -> None:
    scene.rows("UPDATE consents SET agreed_at = ?", int(time.time()) + 600)
    assert scene.stamp().refusal == (422, "consent-missing")


def test_a_time_before_the_consent_is_refused_once_that_was_withdrawn(scene: Scene) -> None:
    slow = scene.body(captured_at=int(time.time()) - DAY)
    scene.enter("officer").post("/api/consent/withdraw", json={})
    assert scene.post(slow).refusal == (422, "consent-withdrawn")
    assert scene.rows(KEPT) == [(0,)]


def test_a_time_between_two_consents_is_refused(scene: Scene) -> None:
    now, client = int(time.time()), scene.enter("officer")
    scene.rows("UPDATE consents SET agreed_at = ?", now - 9000)
    client.post("/api/consent/withdraw", json={})
    scene.rows("UPDATE consents SET withdrawn_at = ?", now - 6000)
    version = client.get("/api/consent").get_json()["version"]
    assert client.post("/api/consent", json={"version": version}).status_code == 200
    assert scene.stamp(captured_at=now - 3000).refusal == (422, "consent-withdrawn")
    before = scene.stamp(captured_at=now - 7000, seq=1, prev=bytes(8))
    assert before.stamp["marks"] == ["before-key"]


def test_withdrawing_stops_what_comes_after_and_not_what_was_before(scene: Scene) -> None:
    now = int(time.time())
    before = scene.body(captured_at=now - 60)
    after = scene.body(captured_at=now + 60)
    scene.enter("officer").post("/api/consent/withdraw", json={})
    assert scene.post(before).response.status_code == 200
    assert scene.post(after).refusal == (422, "consent-withdrawn")
    assert scene.rows(KEPT) == [(1,)]


def test_a_stamp_that_names_a_text_nobody_agreed_to_is_refused(scene: Scene) -> None:
    assert scene.stamp(consent=bytes(8)).refusal == (422, "consent-missing")


def test_practice_is_received_in_the_demo_only(make_app: MakeApp) -> None:
    demo = Scene(make_app())
    sent = demo.stamp(kind=ARRIVE | PRACTICE)
    assert sent.stamp["practice"] is True
    assert sent.stamp["score"] == 0
    real = Scene(make_app(DEMO="0"))
    assert real.stamp(kind=ARRIVE | PRACTICE).refusal == (422, "practice-not-allowed")
    assert real.stamp().response.status_code == 200


def test_a_practice_office_sends_nothing_when_it_is_not_the_demo(make_app: MakeApp) -> None:
    demo = Scene(make_app(), practice=True)
    old = demo.stamp()
    assert old.response.status_code == 200
    real = make_app(DEMO="0")
    refused = Sent({}, real.test_client().post("/api/stamps", json=demo.body()))
    assert refused.refusal == (422, "practice-not-allowed")
    assert demo.verdict(old.url) == "valid"
    assert demo.verdict(old.url, client_of(real)) == "practice"


def test_flags_are_kept(scene: Scene) -> None:
    stamp = scene.stamp(kind=4 | OFFLINE | COARSE, accuracy=1500.0).stamp
    assert (stamp["kind"], stamp["offline"], stamp["coarse"]) == ("return", True, True)
    assert stamp["accuracy_m"] == 1500


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        (35.6895, 139.6917),
        (0.0, 0.0),
        (-90.0, -180.0),
        (90.0, 180.0),
        (37.5, 131.5),
        (39.03, 125.75),
    ],
)
def test_outside_korea_it_is_received_without_a_place(
    shared: Scene, lat: float, lon: float
) -> None:
    sent = shared.stamp(lat=lat, lon=lon)
    assert sent.stamp["place"] is None
    assert shared.verdict(sent.url) == "valid"
    assert "장소 모름" in text_of(shared.visitor().get(sent.url))


def test_doubts_are_counted_and_never_refuse(scene: Scene) -> None:
    now = int(time.time())
    scene.stamp(captured_at=now - 600)
    far = scene.stamp(captured_at=now, lat=37.5665, lon=126.9780, signals=(1 << 14) - 1)
    assert far.stamp["score"] == 100
    assert far.stamp["marks"] == []


def test_signals_8_and_9_are_found_whatever_the_order_of_arrival(scene: Scene) -> None:
    now = int(time.time())
    seoul: dict[str, Any] = {"lat": 37.5665, "lon": 126.9780}
    scene.rows("UPDATE device_keys SET created_at = 0")
    scene.rows("UPDATE consents SET agreed_at = 0")
    far, here = scene.body(captured_at=now - 60, **seoul), scene.body(captured_at=now)
    yesterday = scene.body(captured_at=now - DAY)
    assert scene.post(here).stamp["score"] == 0
    assert scene.post(far).stamp["score"] == 40  # 8: to the next stamp, in a minute
    assert scene.post(yesterday).stamp["score"] == 25  # 9: the point of a later day


def test_two_offices_have_their_own_keys_and_stamps(scene: Scene) -> None:
    with scene.app.app_context():
        other = make_office()
    here, there = scene.stamp(), scene.stamp(other.phone)
    assert here.stamp["seq"] == there.stamp["seq"] == 1
    assert scene.rows("SELECT count(DISTINCT organisation_id) FROM stamps") == [(2,)]
    mine = scene.enter("officer").get("/api/stamps").get_json()["stamps"]
    assert [one["sha256"] for one in mine] == [here.sha256]


@pytest.mark.parametrize(
    "word",
    [
        "DELETE FROM stamps",
        "DELETE FROM stamp_voids",
        "DELETE FROM access_records",
        "UPDATE stamps SET marks = ''",
        "UPDATE stamps SET score = 0",
        "UPDATE stamps SET place = 'elsewhere'",
        "UPDATE stamps SET token = x'00'",
        "UPDATE stamp_voids SET reason = ''",
        "UPDATE access_records SET why = ''",
    ],
)
def test_what_was_received_is_neither_changed_nor_deleted(scene: Scene, word: str) -> None:
    sent = scene.stamp()
    assert scene.void(sent, int(time.time())).status_code == 200
    scene.enter("auditor").get(sent.url)
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        scene.rows(word)


def test_a_time_before_the_key_was_enrolled_is_marked(scene: Scene) -> None:
    scene.rows("UPDATE consents SET agreed_at = 0")
    sent = scene.stamp(captured_at=int(time.time()) - 2 * 3600)
    assert sent.stamp["marks"] == ["before-key"]
