"""Exact places lie in no column in plain: the bytes of the disk are searched for them."""

from __future__ import annotations

import struct
import time

import pytest

from app.core.ids import from_b64u
from app.trips.rules import cbor, cose
from tests.scene import Scene

LAT, LON = 35.227163, 128.681117


def spellings(number: float) -> dict[str, bytes]:
    """Ways in which a number may stand in a file, to about a hundred metres."""
    single = cbor.to_single(number)
    found = {
        f"{name} {order}": struct.pack(order + form, value)
        for name, form, value in (
            ("float32", "f", single),
            ("float64", "d", number),
            ("float64 of float32", "d", single),
        )
        for order in "<>"
    }
    # The ends of the fraction may be rounded: four digits after the point are enough to find it.
    found["text"] = f"{number:.4f}"[:-1].encode()
    found["microdegrees"] = str(int(number * 1e6))[:-1].encode()
    for scale in (1e5, 1e6, 1e7):
        for value in (round(number * scale), round(single * scale)):
            for order in ("big", "little"):
                found[f"integer {scale} {order} {value}"] = value.to_bytes(4, order)
    return found


def leaks(disk: bytes) -> list[str]:
    """Where the coordinates stand in plain."""
    return [
        f"{number}: {name}"
        for number in (LAT, LON)
        for name, spelled in spellings(number).items()
        if spelled in disk
    ]


def test_the_search_finds_what_lies_in_plain() -> None:
    assert leaks(b"..." + struct.pack(">d", LAT) + b"...")
    assert leaks(b'{"lat": 35.22716}')
    with_claims = cbor.encode({1: cbor.to_single(LAT)})
    assert leaks(with_claims)


def test_exact_places_lie_nowhere_in_plain(scene: Scene) -> None:
    sent = scene.stamp(lat=LAT, lon=LON)
    rival = scene.body(lat=LAT, lon=LON, seq=1, prev=bytes(8))
    scene.post(rival)
    same = scene.claims(lat=LAT, lon=LON, cti=bytes.fromhex(sent.stamp["cti"]))
    with scene.app.app_context():
        fork = dict(scene.phone.body(same))
    assert scene.post(fork).json["stamp"] is None
    scene.void(sent, int(time.time()))
    auditor = scene.enter("auditor")
    auditor.get(sent.url)
    asked = {"message": "여기가 맞나요?", "contact": ""}
    scene.visitor().post(sent.url + "/ask", data=asked)
    disk = scene.disk()
    assert leaks(disk) == []
    payload = cose.parse_sign1(from_b64u(str(sent.body["cose_sign1"]))).payload
    assert leaks(payload)
    assert payload not in disk
    assert payload[-60:] not in disk
    assert from_b64u(str(sent.body["cose_sign1"])) not in disk


def test_the_point_can_be_opened_again_and_dies_with_its_key(scene: Scene) -> None:
    sent = scene.stamp(lat=LAT, lon=LON)
    client, path = scene.enter("officer"), f"/api/stamps/{sent.stamp['id']}/point"
    assert abs(client.get(path).get_json()["lat"] - LAT) < 1e-5
    scene.rows("UPDATE stamps SET wrapped_key = NULL")
    assert client.get(path).status_code == 404
    assert scene.verdict(sent.url) == "valid"
    repeat = scene.post(sent.body)
    assert repeat.json["receipt"] == sent.json["receipt"]


def test_equal_points_are_known_by_a_keyed_hash_only(scene: Scene) -> None:
    scene.stamp(lat=LAT, lon=LON)
    other = scene.other_office()
    scene.stamp(other.phone, lat=LAT, lon=LON)
    tags = scene.rows("SELECT hex(point_tag) FROM stamps")
    assert len(tags) == 2
    secret = (scene.folder / "secrets" / "places").read_bytes()
    assert secret not in scene.disk()


@pytest.mark.parametrize("path", ["/api/stamps", "/history", "/today"])
def test_no_list_tells_a_point(shared: Scene, path: str) -> None:
    shared.stamp(lat=LAT, lon=LON)
    shown = shared.enter("officer").get(path).get_data()
    assert leaks(shown) == []
