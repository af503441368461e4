"""What every answer carries, whoever asks for whatever."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core.errors import NotFound
from app.core.http import FILE_HEADERS, HEADERS
from tests.cafeteria.made import make_canteen, make_link
from tests.client import StrictClient
from tests.conftest import MakeApp, client_of
from tests.scene import Scene, text_of

Ask = tuple[str, str, dict[str, Any]]
KINDS: dict[str, tuple[int, Ask]] = {
    "a page": (200, ("GET", "/", {})),
    "a shell": (200, ("GET", "/today", {})),
    "the API": (200, ("GET", "/api/state", {})),
    "a file": (200, ("GET", "/static/pwa/src/js/api.js", {})),
    "the worker": (200, ("GET", "/sw.js", {})),
    "the manifest": (200, ("GET", "/manifest.webmanifest", {})),
    "an outline": (200, ("GET", "/api/outlines/48121", {})),
    "health": (200, ("GET", "/health/live", {})),
    "a redirect": (302, ("GET", "/me", {})),
    "no page": (404, ("GET", "/nowhere", {})),
    "no API": (404, ("GET", "/api/nowhere", {})),
    "no file": (404, ("GET", "/static/pwa/src/js/nowhere.js", {})),
    "a way out": (404, ("GET", "/static/pwa/src/../../../wsgi.py", {})),
    "another way out": (404, ("GET", "/static/pwa/src/%2e%2e/%2e%2e/%2e%2e/wsgi.py", {})),
    "a wrong method": (405, ("PUT", "/today", {})),
    "a wrong method of the API": (405, ("DELETE", "/api/stamps", {})),
    "no sign-in": (401, ("POST", "/api/consent", {})),
    "another site": (403, ("POST", "/login", {"headers": {"Origin": "https://evil.example"}})),
    "too much": (413, ("POST", "/api/stamps", {"data": b"x" * 100_000})),
    "too much in a form": (413, ("POST", "/login", {"data": {"next": "x" * 100_000}})),
    "no document": (422, ("POST", "/api/stamps", {"data": b"{"})),
    "the first run": (404, ("GET", "/first-run", {})),
}


def ask(client: StrictClient, kind: str, **more: Any) -> TestResponse:
    """Send the request of that kind."""
    method, path, given = KINDS[kind][1]
    return client.open(path, method=method, **(given | more))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_the_headers(client: StrictClient, kind: str) -> None:
    answer = ask(client, kind)
    answer.close()  # of a file
    assert answer.status_code == KINDS[kind][0]
    is_file = kind == "a file"  # no document: only what says something to a file
    for name, value in (FILE_HEADERS if is_file else HEADERS).items():
        assert answer.headers[name] == value, name
    assert "Strict-Transport-Security" not in answer.headers
    assert "unsafe" not in answer.headers.get("Content-Security-Policy", "")
    if not is_file:
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-ID"])


def test_a_fault_carries_them_too_and_tells_nothing(app: Flask) -> None:
    def fail() -> str:
        """A view with a secret in its fault."""
        raise RuntimeError("SELECT password_hash FROM persons")

    app.add_url_rule("/api/health-fault", "health.fault", fail)
    app.add_url_rule("/fault", "health.fault_page", fail)
    for path in ("/api/health-fault", "/fault"):
        answer = plain(app, path)
        assert answer.status_code == 500
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        page = text_of(answer)
        assert "password_hash" not in page
        assert "Traceback" not in page
        assert answer.headers["X-Request-ID"] in page
        assert answer.headers["Cache-Control"] == "no-store"


def plain(app: Flask, path: str) -> TestResponse:
    """An answer past the strict client, which would call a fault a fault."""
    app.test_client_class = None
    return app.test_client().get(path)


def test_https_is_asked_to_stay(make_app: MakeApp) -> None:
    client = client_of(make_app(PUBLIC_URL="https://stamp.example.kr"))
    answer = client.get("/nowhere", base_url="https://stamp.example.kr")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("kind", [kind for kind, (status, _) in KINDS.items() if status >= 400])
def test_each_refusal_speaks_both_languages(client: StrictClient, kind: str) -> None:
    def words(language: str) -> str:
        """The refusal without what differs each time."""
        method, path, given = KINDS[kind][1]
        headers = given.get("headers", {}) | {"Accept-Language": language}
        answer = client.open(path, method=method, **(given | {"headers": headers}))
        if path.startswith("/api/"):
            document = json.loads(answer.get_data())
            return f"{document['title']} {document['detail']}"
        page = text_of(answer)
        assert f'<html lang="{language}"' in page
        found = re.search(r"<h1>(.*?)</h1>.*?<p class=\"lead\">(.*?)</p>", page, re.DOTALL)
        assert found is not None
        return f"{found[1]} {found[2]}"

    korean, english = words("ko"), words("en")
    assert re.search("[가-힣]", korean)
    assert not re.search("[가-힣]", english)
    assert len(english) > 20


def test_a_browser_gets_a_page_and_a_program_a_document(client: StrictClient) -> None:
    assert client.get("/nowhere").mimetype == "text/html"
    document = client.get("/api/nowhere")
    assert document.mimetype == "application/problem+json"
    body = document.get_json(force=True)
    assert body["type"] == "urn:problem:not-found"
    assert body["request_id"] == document.headers["X-Request-ID"]
    assert NotFound.code == body["code"]


def test_a_request_id_is_not_taken_from_a_stranger(make_app: MakeApp) -> None:
    given = {"X-Request-ID": "my-own-request-id", "X-Forwarded-For": "203.0.113.5"}
    alone = client_of(make_app()).get("/health/live", headers=given)
    assert alone.headers["X-Request-ID"] != "my-own-request-id"
    behind = client_of(make_app(TRUSTED_PROXIES="1"))
    assert behind.get("/health/live", headers=given).headers["X-Request-ID"] == "my-own-request-id"
    for bad in ("short", "a b c d e f g", "x" * 65, '"><script>', "é" * 10):
        answer = behind.get("/health/live", headers={"X-Request-ID": bad})
        assert answer.headers["X-Request-ID"] != bad


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://localhost:1"},
        {"Origin": "http://user@localhost"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://["},
        {"Origin": "localhost"},
    ],
)
def test_no_other_site_acts_for_a_signed_in_person(shared: Scene, headers: dict[str, str]) -> None:
    client = shared.enter("administrator")
    for path in ("/logout", "/people", "/me/password", "/me/consent/withdraw"):
        assert client.post(path, headers=headers, data={}).status_code == 403, path
    for path in ("/api/consent/withdraw", "/api/devices", "/api/stamps"):
        refused = client.post(path, headers=headers, json={})
        assert (refused.status_code, refused.get_json()["code"]) == (403, "foreign-origin")
    assert client.get("/me").status_code == 200


def test_our_own_pages_act_with_either_header(shared: Scene) -> None:
    for headers in (
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
    ):
        answer = shared.enter("officer").post("/api/consent/withdraw", headers=headers, json={})
        assert answer.status_code == 200


def test_a_cookie_without_an_origin_is_not_enough(shared: Scene) -> None:
    client = shared.enter("officer")
    answer = client.post("/api/consent/withdraw", json={}, same_origin=False)
    assert answer.status_code == 403


def test_a_signed_in_persons_pages_are_stored_nowhere(shared: Scene) -> None:
    for role, paths in {
        "officer": ("/me", "/api/stamps", "/api/consent", "/api/state"),
        "auditor": ("/audit",),
        "administrator": ("/people", f"/people/{shared.office.people['officer']}"),
    }.items():
        client = shared.enter(role)
        for path in paths:
            assert client.get(path).headers["Cache-Control"] == "no-store", path


def test_shells_are_the_same_for_everyone(shared: Scene) -> None:
    for path in ("/today", "/history", "/start", "/offline"):
        alone = shared.visitor().get(path).get_data()
        for role in shared.office.people:
            client = shared.enter(role)
            client.set_cookie("theme", "contrast")
            assert client.get(path).get_data() == alone, (path, role)
        assert shared.visitor().get(path + "?lang=en").get_data() != alone


def test_alive_and_ready(client: StrictClient) -> None:
    live, ready = client.get("/health/live"), client.get("/health/ready")
    assert (live.status_code, live.get_data()) == (200, b"ok\n")
    assert (ready.status_code, ready.get_json()["ready"]) == (200, True)


def test_alive_but_not_ready_without_its_tables(scene: Scene) -> None:
    scene.rows("ALTER TABLE alembic_version RENAME TO gone")
    client = scene.visitor()
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.get_json()["ready"] is False
    assert "alembic" not in text_of(answer)


DEEP = [b"[" * 50_000, b'{"a":' * 10_000, b"[" * 30_000 + b"]" * 30_000]


@pytest.mark.parametrize("body", DEEP)
def test_json_that_is_nested_too_deeply_is_no_fault_of_ours(scene: Scene, body: bytes) -> None:
    """The strict client fails the test at a 500."""
    made = make_canteen(scene)
    _, link = make_link(scene, made.canteen_id, "kiosk")
    headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
    press = f"/api/canteen/taps/{link}"
    for client, path in (
        (scene.visitor(), press),
        (scene.visitor(), f"{press}/{uuid.uuid4()}/undo"),
        (scene.enter("officer"), "/api/canteen/check-ins"),
        (scene.enter("canteen"), "/api/canteen/duty/taps"),
    ):
        answer = client.post(path, data=body, headers=headers)
        assert (answer.status_code, answer.get_json(force=True)["code"]) == (400, "bad-request")
    for path in ("/api/stamps", "/api/photos", "/api/consent", "/api/canteen/readings"):
        answer = scene.enter("officer").post(path, data=body, headers=headers)
        assert 400 <= answer.status_code < 500, path
