"""Links to files: signed, short-lived, of one organisation; originals by hand and written down."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from PIL import Image

from app.photos.service import links
from tests.photos import helpers_office as office
from tests.photos.helpers_office import Made
from tests.scene import Scene, text_of

LOOKS = "SELECT viewer_id, subject_id, what, target_id, why FROM access_records"


def put(scene: Scene, count: int = 1, **more: Any) -> Made:
    """A record in the scene's office."""
    with scene.app.app_context():
        return office.put(scene.phone, count, **more)


def link(scene: Scene, made: Made, size: int | str = 320) -> str:
    """A link to a derivative of the first photo."""
    with scene.app.app_context():
        return links.sign(made.photo_ids[0], scene.office.organisation_id, size)


def test_a_derivative_is_shown_and_nothing_of_it_runs(scene: Scene) -> None:
    made = put(scene)
    answer = scene.enter("officer").get(link(scene, made))
    assert answer.mimetype == "image/jpeg"
    assert answer.content_length == len(answer.get_data())
    with Image.open(io.BytesIO(answer.get_data())) as image:
        assert max(image.size) <= 320
        assert not image.getexif()
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("inline; filename=")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in headers["Cache-Control"]
    again = scene.enter("officer").get(
        link(scene, made), headers={"If-None-Match": headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.get_data() == b""


def test_a_link_is_for_signed_in_people_of_the_organisation(scene: Scene) -> None:
    path = link(scene, put(scene))
    for role in ("officer", "auditor", "administrator", "canteen"):
        assert scene.enter(role).get(path).status_code == 200, role
    assert scene.visitor().get(path).status_code == 302
    refused = scene.enter("auditor", scene.other_office()).get(path)
    assert refused.status_code == 404
    assert "링크의 기한이 지났습니다" in text_of(refused)


def test_a_link_lives_fifteen_minutes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    path = link(scene, put(scene))
    client = scene.enter("officer")
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 15 * 60 - 2)
    assert client.get(path).status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 15 * 60 + 2)
    assert client.get(path).status_code == 404


def test_a_link_that_was_changed_or_made_up_opens_nothing(scene: Scene) -> None:
    made = put(scene)
    path = link(scene, made)
    client = scene.enter("officer")
    for wrong in (path[:-1], path + "A", path[:-2] + "AA", "/photos/file/x", "/photos/file/a.b.c"):
        assert client.get(wrong).status_code == 404, wrong
    for size in ("original", 0, 2015, "../../office.db"):
        assert client.get(link(scene, made, size)).status_code == 404, size


def test_a_file_that_is_gone_is_no_fault(scene: Scene) -> None:
    made = put(scene, arrived=0)
    assert scene.enter("officer").get(link(scene, made)).status_code == 404


def test_an_original_is_given_when_it_was_written_down_why(scene: Scene) -> None:
    made = put(scene)
    path = f"/photos/{made.photo_ids[0]}/original"
    client = scene.enter("canteen")
    assert client.post(path, data={"reason": " "}).status_code == 422
    assert client.post(path).status_code == 422
    assert scene.rows(LOOKS) == []
    answer = client.post(path, data={"reason": "  민원  회신 "})
    assert answer.get_data() == made.originals[0]
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    people = scene.office.people
    look = (people["canteen"], people["officer"], "photo", made.photo_ids[0], "민원 회신")
    assert scene.rows(LOOKS) == [look]
    assert "민원 회신" in text_of(scene.enter("officer").get("/me"))


def test_an_original_that_has_not_come_is_not_written_down(scene: Scene) -> None:
    made = put(scene, arrived=0)
    client = scene.enter("officer")
    path = f"/photos/{made.photo_ids[0]}/original"
    assert client.post(path, data={"reason": "민원"}).status_code == 404
    assert scene.rows(LOOKS) == []
    assert client.get(path).status_code == 405


def test_a_link_to_copy_is_made_for_who_may_see_the_photo(scene: Scene) -> None:
    made = put(scene)
    path = f"/api/photos/{made.photo_ids[0]}/link"
    answer = json.loads(scene.enter("officer").post(path).get_data())
    assert answer["minutes"] == 15
    assert scene.enter("auditor").get(answer["url"]).status_code == 200
    assert scene.enter("auditor", scene.other_office()).post(path).status_code == 404
    assert scene.visitor().post(path).status_code == 401
