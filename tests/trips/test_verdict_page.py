"""The page behind a QR: the right verdict for everyone, coordinates for nobody."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from app.core.ids import b64u, from_b64u
from app.trips.rules import cose
from app.trips.rules.claims import ARRIVE, OFFLINE, PRACTICE, encode_claims
from app.trips.rules.token import token_text
from app.trips.rules.verdict import TONES
from tests.conftest import hold_the_minute
from tests.factories import seal
from tests.scene import Scene, text_of

LAT, LON = 35.227164, 128.681117
KOREAN = re.compile(r"[가-힣]")
CHALLENGED = re.compile(r"35[.,]2[0-9]|128[.,]6[0-9]")


def path_of(token: bytes) -> str:
    """Where a token's verdict stands."""
    return "/S/" + token_text(token)


def inside(scene: Scene, cose_sign1: bytes) -> str:
    """The path of a token that holds a COSE_Sign1."""
    with scene.app.app_context():
        return path_of(seal(scene.office.organisation_id, cose_sign1))


def good(scene: Scene, **changes: Any) -> bytes:
    """A stamp's COSE_Sign1."""
    claims = scene.claims(lat=LAT, lon=LON, **changes)
    return cose.sign(scene.phone.kid, encode_claims(claims), scene.phone.private)


def valid(scene: Scene) -> str:
    """Received and right."""
    return scene.stamp(lat=LAT, lon=LON).url


def not_received(scene: Scene) -> str:
    """Made, and on its way."""
    return path_of(from_b64u(scene.body(lat=LAT, lon=LON)["token"]))


def void(scene: Scene) -> str:
    """Cancelled."""
    sent = scene.stamp(lat=LAT, lon=LON)
    assert scene.void(sent, int(time.time())).status_code == 200
    return sent.url


def wrong_signature(scene: Scene) -> str:
    """Signed by another key under the phone's name."""
    forger = ec.generate_private_key(ec.SECP256R1())
    claims = scene.claims(lat=LAT, lon=LON)
    return inside(scene, cose.sign(scene.phone.kid, encode_claims(claims), forger))


def high_s(scene: Scene) -> str:
    """The other half of a good signature."""
    parts = cose.parse_sign1(good(scene))
    s = cose.ORDER - int.from_bytes(parts.signature[32:])
    signature = parts.signature[:32] + s.to_bytes(32)
    return inside(scene, cose.build_sign1(parts.kid, parts.payload, signature))


def wrong_owner(scene: Scene) -> str:
    """Signed by a good key over a colleague's number."""
    return inside(scene, good(scene, staff_number=scene.office.staff_numbers["auditor"]))


def unknown_key(scene: Scene) -> str:
    """Signed by a key that was never enrolled."""
    stranger = ec.generate_private_key(ec.SECP256R1())
    x, y = cose.point(stranger.public_key())
    claims = encode_claims(scene.claims(lat=LAT, lon=LON))
    return inside(scene, cose.sign(cose.device_kid(x, y), claims, stranger))


def unknown_audit_key(scene: Scene) -> str:
    """Sealed to an office that is not here."""
    audit = ec.generate_private_key(ec.SECP256R1())
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    token = cose.seal(good(scene), b"\x09\x09\x09\x09", audit.public_key(), ephemeral, bytes(12))
    return path_of(token)


def another_office(scene: Scene) -> str:
    """A key of one office inside a token of another."""
    other = scene.other_office()
    with scene.app.app_context():
        return path_of(seal(other.organisation_id, good(scene)))


def revoked(scene: Scene) -> str:
    """Made after the key was revoked."""
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    return scene.stamp(lat=LAT, lon=LON, captured_at=int(time.time()) + 2).url


def revoked_late(scene: Scene) -> str:
    """Made before the key was revoked, they say, and never received before."""
    body = scene.body(lat=LAT, lon=LON, captured_at=int(time.time()) - 60)
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    return path_of(from_b64u(body["token"]))


def practice(scene: Scene) -> str:
    """Made for practice."""
    return scene.stamp(lat=LAT, lon=LON, kind=ARRIVE | PRACTICE).url


def forked(scene: Scene) -> str:
    """Two in one place."""
    one = scene.stamp(lat=LAT, lon=LON, seq=1, prev=bytes(8))
    scene.stamp(lat=LAT, lon=LON, seq=1, prev=bytes(8))
    return one.url


def mismatch(scene: Scene) -> str:
    """A QR that holds something else than what the phone sent beside it."""
    shown, sent = good(scene), good(scene, trip="20261121-BBBBBB")
    with scene.app.app_context():
        token = seal(scene.office.organisation_id, shown)
    body = {"token": b64u(token), "cose_sign1": b64u(sent)}
    assert scene.visitor().post("/api/stamps", json=body).status_code == 200
    return path_of(token)


def refused(scene: Scene) -> str:
    """Made without a consent: the server would not receive it."""
    return inside(scene, good(scene, consent=bytes(8)))


def damaged(scene: Scene) -> str:
    """Cut short."""
    return valid(scene)[:-40]


def cannot_open(scene: Scene) -> str:
    """A byte of the sealed part was changed."""
    token = bytearray(from_b64u(scene.body()["token"]))
    token[80] ^= 1
    return path_of(bytes(token))


CASES: dict[str, tuple[Callable[[Scene], str], str]] = {
    "valid": (valid, "valid"),
    "not received": (not_received, "not-received"),
    "void": (void, "void"),
    "wrong signature": (wrong_signature, "wrong-signature"),
    "high s": (high_s, "wrong-signature"),
    "wrong owner": (wrong_owner, "wrong-signature"),
    "unknown key": (unknown_key, "unknown-key"),
    "unknown audit key": (unknown_audit_key, "unknown-key"),
    "another office": (another_office, "unknown-key"),
    "revoked": (revoked, "revoked-key"),
    "revoked, late": (revoked_late, "revoked-key"),
    "practice": (practice, "practice"),
    "forked": (forked, "forked"),
    "mismatch": (mismatch, "mismatch"),
    "refused": (refused, "refused"),
    "damaged": (damaged, "damaged"),
    "cannot open": (cannot_open, "damaged"),
}
PLACED = {"valid", "not-received", "void", "revoked-key", "practice", "forked"}
TRUSTED = PLACED | {"mismatch", "refused"}


def test_every_state_has_a_case() -> None:
    assert {state for _, state in CASES.values()} == set(TONES)


@pytest.mark.parametrize("name", CASES)
def test_each_state_is_told_in_both_languages_without_coordinates(scene: Scene, name: str) -> None:
    make, state = CASES[name]
    url = make(scene)
    assert scene.verdict(url) == state
    answer = scene.visitor().get(url)
    korean, english = text_of(answer), text_of(scene.visitor().get(url + "?lang=en"))
    assert f'class="card verdict {TONES[state]}"' in " ".join(korean.split())  # type: ignore[index]
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    for page in (korean, english):
        assert not CHALLENGED.search(page)
        assert "홍길동" not in page
        for secret in (scene.phone.staff_number, scene.phone.kid.hex(), "위도"):
            assert secret not in page
    assert ("홍**o" in korean) is (state in TRUSTED)
    assert ("창원시" in korean) is (state in PLACED)
    heading = re.search(r'<h1 id="finding">(.*?)</h1>', english)
    assert heading is not None
    assert not KOREAN.search(heading[1])
    assert 'lang="en"' in english


def test_a_forged_stamp_names_nobody(scene: Scene) -> None:
    for make in (wrong_signature, high_s, wrong_owner, unknown_key, another_office):
        page = text_of(scene.visitor().get(make(scene)))
        assert "관광정책실" not in page
        assert "찍은 시각" not in page


def test_a_browser_chooses_the_language(scene: Scene) -> None:
    url = valid(scene)
    for given, expected in (("en-US,en;q=0.9", "en"), ("ko-KR", "ko"), ("fr", "ko"), ("", "ko")):
        page = text_of(scene.visitor().get(url, headers={"Accept-Language": given}))
        assert f'<html lang="{expected}"' in page, given


def test_a_stamp_kept_before_its_key_was_revoked_stays_valid(scene: Scene) -> None:
    sent = scene.stamp(captured_at=int(time.time()) - 5)
    scene.later(60)
    scene.enter("officer").post(f"/me/devices/{scene.phone.kid.hex()}/revoke")
    assert scene.verdict(sent.url) == "valid"
    assert "나중에" in text_of(scene.visitor().get(sent.url))


def test_a_stamp_that_is_on_its_way_is_not_called_late(scene: Scene) -> None:
    scene.rows("UPDATE consents SET agreed_at = 0")
    scene.rows("UPDATE device_keys SET created_at = 0")
    old = scene.body(captured_at=int(time.time()) - 3 * 86_400, kind=ARRIVE | OFFLINE)
    url = path_of(from_b64u(old["token"]))
    page = text_of(scene.visitor().get(url))
    assert scene.verdict(url) == "not-received"
    assert "하루 넘어 도착" not in page
    assert scene.post(old).stamp["marks"] == ["arrived-late"]
    assert "하루 넘어 도착" in text_of(scene.visitor().get(url))


def test_looking_writes_nothing(scene: Scene) -> None:
    url, waiting = valid(scene), not_received(scene)
    client = scene.enter("officer")
    with scene.counted() as statements:
        for path in (url, waiting, url[:-7]):
            scene.visitor().get(path)
            client.get(path)
    assert statements
    assert [one for one in statements if not one.startswith(("SELECT", "BEGIN"))] == []


@pytest.mark.parametrize(
    "spell",
    [
        str.lower,
        lambda url: "/s/" + url[3:],
        lambda url: "/s/" + url[3:].lower(),
        lambda url: "/S/" + "".join(f"%{ord(sign):02x}" for sign in url[3:]),
        lambda url: url + "/",
        lambda url: url + "?utm_source=scan",
        lambda url: "/S/%20" + url[3:] + "%20",
        lambda url: "/S/" + quote("https://stamp.example.kr" + url, safe=""),
    ],
)
def test_however_a_scanner_spells_it_the_verdict_is_the_same(
    shared: Scene, spell: Callable[[str], str]
) -> None:
    assert shared.verdict(spell(valid(shared))) == "valid"


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "0189",
        "%00",
        "%ff%fe",
        "<script>alert(1)</script>",
        "%3Cimg%20src=x%20onerror=alert(1)%3E",
        "' OR '1'='1",
        "../../etc/passwd",
        "%252e%252e%252f",
        "AAAA=AAAA",
        "A" * 641,
        "A" * 3000,
        "ＡＢＣＤ",
        "%E2%80%AE" + "ABCD",
    ],
)
def test_anything_else_is_damaged_and_never_a_fault(shared: Scene, text: str) -> None:
    url = "/S/" + text
    assert shared.verdict(url) == "damaged"
    page = text_of(shared.visitor().get(url))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_line_break_in_the_address_leads_nowhere(shared: Scene) -> None:
    for text in ("x%0d%0aSet-Cookie:%20a=b", "%0a"):
        answer = shared.visitor().get("/S/" + text)
        assert answer.status_code in {200, 404}
        assert "Set-Cookie" not in answer.headers


def test_a_token_is_not_believed_because_of_what_it_says_beside_it(scene: Scene) -> None:
    """A stamp was received with other contents than its token holds: the page shows the token's,
    and says that they differ."""
    inner, outer = good(scene, kind=1), good(scene, kind=2)
    with scene.app.app_context():
        token = seal(scene.office.organisation_id, inner)
    assert scene.post({"token": b64u(token), "cose_sign1": b64u(outer)}).response.status_code == 200
    assert "QR과 내용 다름" in text_of(scene.visitor().get(path_of(token)))


def test_there_is_a_limit_to_what_one_address_may_ask(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_the_minute(monkeypatch)
    url, client = valid(scene), FlaskClient(scene.app)  # not the strict one, it reads each page
    answers = [client.get("/S/A").status_code for _ in range(241)]
    assert answers[:240] == [200] * 240
    assert answers[240] == 429
    elsewhere = client.get(url, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 200
