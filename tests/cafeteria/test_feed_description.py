"""The description of the interface is what the schemas say, and what the server does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cafeteria.counters import PATH, make_counter
from tests.scene import Scene, scene
from tools import describe_feed

__all__ = ["scene"]


def described() -> dict[str, Any]:
    """The file that is kept."""
    found: dict[str, Any] = json.loads(describe_feed.FILE.read_text(encoding="utf-8"))
    return found


def test_the_kept_file_is_what_the_schemas_say() -> None:
    assert described() == describe_feed.document(), "run python -m tools.describe_feed"


def test_anybody_may_read_it(scene: Scene) -> None:
    answer = scene.visitor().get("/api/canteen/openapi.json")
    assert answer.get_json() == described()
    again = {"If-None-Match": answer.headers["ETag"]}
    assert scene.visitor().get("/api/canteen/openapi.json", headers=again).status_code == 304


def test_it_is_valid_openapi() -> None:
    judge = pytest.importorskip("openapi_spec_validator", reason="requirements-dev.txt")
    judge.validate(described())
    broken = described()
    del broken["info"]["title"]
    with pytest.raises(Exception, match="title"):
        judge.validate(broken)


def test_what_is_answered_is_described(scene: Scene) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="requirements-dev.txt")
    whole = described()
    answers = whole["paths"][PATH]["post"]["responses"]
    counter = make_counter(scene)
    asked = [
        counter.send(seq=1, entered=1),
        counter.send(seq=1, entered=2),
        counter.send(seq=2, ts=0, entered=2),
        counter.send(seq=2, entered=-2),
        counter.send(secret="0" * 64, seq=2, entered=1),
        counter.post(b"{", ""),
        counter.post(b" " * 70_000, ""),
    ]
    assert [one.status_code for one in asked] == [200, 409, 422, 422, 401, 400, 413]
    for one in asked:
        [(kind, form)] = answers[str(one.status_code)]["content"].items()
        assert one.mimetype == kind
        jsonschema.validate(
            one.get_json(force=True), form["schema"] | {"components": whole["components"]}
        )


def test_what_is_described_is_taken(scene: Scene) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="requirements-dev.txt")
    whole = described()
    form = whole["paths"][PATH]["post"]["requestBody"]["content"]["application/json"]["schema"]
    form = form | {"components": whole["components"]}
    counter = make_counter(scene)
    one: dict[str, Any] = {"device": counter.id, "seq": 1, "in": 1}
    many: dict[str, Any] = {
        "device": counter.id,
        "sent": 2.0,
        "readings": [{"seq": 2, "ts": 1.0, "out": 1}],
    }
    for good in (one, many):
        jsonschema.validate(good, form)
        assert counter.send(**good).status_code == 200
    for bad in (one | {"in": -1}, one | {"count": 1}, one | {"mac": "x"}, many | {"readings": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, form)
        assert counter.send(**bad).status_code == 422
