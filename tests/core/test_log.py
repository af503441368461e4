"""Logs help to find faults and hold nobody's data."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Iterator

import pytest

from app.core.log import JsonLines
from tests.factories import PASSWORD
from tests.scene import Scene, text_of

LAT, LON = 35.227164, 128.681117


@pytest.fixture
def lines(scene: Scene) -> Iterator[io.StringIO]:
    """Everything that the product logs, at the most talkative level, libraries included."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(), logging.getLogger("app")]
    before = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.DEBUG)
    yield out
    for one, level in zip(loggers, before, strict=True):
        one.removeHandler(handler)
        one.setLevel(level)


def test_a_whole_day_leaves_no_personal_data_in_the_log(scene: Scene, lines: io.StringIO) -> None:
    office, visitor = scene.office, scene.visitor()
    account = {
        "organisation": office.code,
        "staff_number": office.staff_numbers["officer"],
        "password": PASSWORD,
    }
    visitor.post("/login", data=account)
    visitor.post("/login", data=account | {"password": "wrong-secret-password"})
    visitor.post(
        "/me/password", data={"current": "wrong-secret-password", "new": "new-secret-word"}
    )
    sent = scene.stamp(lat=LAT, lon=LON, name="홍길동o")
    scene.void(sent, int(time.time()), reason="까닭-비밀")
    scene.post(sent.body, cose_sign1="AAAA")
    scene.visitor().post("/api/stamps", data=b'{"token": "secret-in-broken-json')
    scene.visitor().get(sent.url)
    scene.visitor().get(sent.url[:-20])
    asked = {"message": "질문-비밀입니다", "contact": "010-9999-8888"}
    scene.visitor().post(sent.url + "/ask", data=asked)
    auditor = scene.enter("auditor")
    auditor.get("/audit?q=홍길동o")
    auditor.get(sent.url)
    admin = scene.enter("administrator")
    new = {"name": "김비밀", "staff_number": "N-SECRET", "department": "비밀과", "role": "officer"}
    shown = text_of(admin.post("/people", data=new))
    admin.post("/people", data=new)
    admin.get(f"/people/{office.people['officer']}")
    admin.get("/people?q=김비밀")
    visitor.post("/logout")
    said = lines.getvalue()
    password = shown.split('<dd class="code">')[1].split("<")[0]
    secrets = [
        PASSWORD,
        "wrong-secret-password",
        "new-secret-word",
        password,
        "홍길동",
        "김비밀",
        "비밀과",
        "N-SECRET",
        "까닭-비밀",
        "질문-비밀",
        "010-9999-8888",
        "secret-in-broken-json",
        "127.0.0.1",
        "35.227",
        "128.681",
        office.people["officer"],
        sent.stamp["id"],
        sent.stamp["cti"],
        scene.phone.kid.hex(),
        str(sent.body["token"])[:40],
        sent.url[3:43],
        *office.staff_numbers.values(),
    ]
    assert [secret for secret in secrets if secret in said] == []
    requests = [json.loads(line) for line in said.splitlines()]
    assert len([one for one in requests if one["event"] == "request"]) >= 15
    assert {"route", "method", "status", "ms", "request_id"} <= set(requests[-1])
    assert any(one.get("route") == "/S/<path:text>" for one in requests)


def test_a_fault_is_logged_by_its_place_and_not_by_its_values(
    scene: Scene, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*words: object, **more: object) -> object:
        """A fault that quotes a row."""
        raise ValueError("홍길동o 35.227164")

    monkeypatch.setattr("app.trips.service.receive.examine", fail)
    body = scene.body(lat=LAT, lon=LON)
    scene.app.test_client_class = None
    answer = scene.app.test_client().post("/api/stamps", json=body)
    assert answer.status_code == 500
    said = lines.getvalue()
    assert "ValueError" in said
    assert "test_log.py" in said
    for secret in ("홍길동", "35.227", "128.681", str(body["token"])[:40]):
        assert secret not in said
        assert secret not in answer.get_data(as_text=True)
    faults = [json.loads(line) for line in said.splitlines() if '"fault"' in line]
    assert faults[0]["request_id"] == answer.headers["X-Request-ID"]
