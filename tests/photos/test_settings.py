"""The organisation's choices about photos: what phones are told, and what an administrator sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.photos.rules import board
from app.photos.rules.board import Field
from app.photos.service import settings
from tests.client import StrictClient
from tests.scene import Scene, text_of

ROWS = [("공사명", "text", ""), ("공종", "choice", "석축, 포장,석축"), ("날짜", "date", "남음")]


def form(rows: list[tuple[str, str, str]], **more: Any) -> dict[str, Any]:
    """The settings form, filled in."""
    columns = dict(zip(("name", "kind", "choices"), zip(*rows, strict=True), strict=True))
    return {"daily_mb": "2048", **{name: list(given) for name, given in columns.items()}, **more}


def told(client: StrictClient) -> dict[str, Any]:
    """What a phone is told."""
    found = json.loads(client.get("/api/photos/settings").get_data())
    assert isinstance(found, dict)
    return found


def test_a_new_organisation_has_the_usual_board(scene: Scene) -> None:
    fields = [{"name": name, "kind": "text"} for name in ("공사명", "공종", "위치", "내용")]
    fields.append({"name": "날짜", "kind": "date"})
    assert told(scene.enter("officer")) == {"board": fields, "picked": False}


def test_an_administrator_changes_the_board_and_phones_follow(scene: Scene) -> None:
    client = scene.enter("administrator")
    done = client.post("/photos/settings", data=form([*ROWS, ("", "text", "")], picked="1"))
    assert done.status_code == 303
    assert told(scene.enter("officer")) == {
        "board": [
            {"name": "공사명", "kind": "text"},
            {"name": "공종", "kind": "choice", "choices": ["석축", "포장"]},
            {"name": "날짜", "kind": "date"},
        ],
        "picked": True,
    }
    with scene.app.app_context():
        found = settings.find(scene.office.organisation_id)
        assert (found.picked, found.daily_mb) == (True, 2048)
        other = settings.find(scene.other_office().organisation_id)
    assert other == settings.DEFAULT
    page = text_of(client.get("/photos/settings"))
    assert 'value="석축, 포장"' in page
    assert "저장했습니다" in page


@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("up-1", ["공종", "공사명", "날짜"]),
        ("down-1", ["공사명", "날짜", "공종"]),
        ("drop-0", ["공종", "날짜"]),
        ("up-0", ["공사명", "공종", "날짜"]),
        ("down-2", ["공사명", "공종", "날짜"]),
        ("drop-9", ["공사명", "공종", "날짜"]),
        ("up-²", ["공사명", "공종", "날짜"]),
        ("burn-1", ["공사명", "공종", "날짜"]),
    ],
)
def test_fields_are_moved_and_taken_away(scene: Scene, act: str, names: list[str]) -> None:
    client = scene.enter("administrator")
    client.post("/photos/settings", data=form(ROWS, act=act))
    assert [one["name"] for one in told(client)["board"]] == names


@pytest.mark.parametrize(
    ("rows", "more", "said"),
    [
        ([("같음", "text", ""), ("같음", "text", "")], {}, "같은 이름의 항목"),
        ([("긴" * 21, "text", "")], {}, "20자까지"),
        ([("공종", "choice", " , ")], {}, "쉼표로"),
        ([("공종", "choice", "가" * 41)], {}, "쉼표로"),
        ([("", "text", "")], {}, "1개에서 20개"),
        ([(f"항목{n}", "text", "") for n in range(21)], {}, "고친 뒤"),
        (ROWS, {"daily_mb": "많이"}, "숫자로 적어 주세요"),
        (ROWS, {"daily_mb": "1"}, "50 이상"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    scene: Scene, rows: list[tuple[str, str, str]], more: dict[str, str], said: str
) -> None:
    client = scene.enter("administrator")
    answer = client.post("/photos/settings", data=form(rows, **more))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert scene.rows("SELECT * FROM photo_settings") == []


def test_what_was_typed_stands_there_to_be_corrected(scene: Scene) -> None:
    client = scene.enter("administrator")
    said = text_of(client.post("/photos/settings", data=form(ROWS, daily_mb="많이", picked="1")))
    assert 'value="많이"' in said
    assert 'name="picked" value="1" checked' in said
    assert 'href="/photos" aria-current="true"' in said, "the page lies below the inbox"


@pytest.mark.parametrize("role", ["officer", "auditor", "canteen"])
def test_only_administrators_choose(scene: Scene, role: str) -> None:
    client = scene.enter(role)
    assert client.get("/photos/settings").status_code == 403
    assert client.post("/photos/settings", data=form(ROWS)).status_code == 403


def test_a_template_survives_being_stored() -> None:
    fields = (Field("공종", "choice", ("석축", "포장")), Field("날짜", "date"), Field("내용"))
    assert board.from_text(board.to_text(fields)) == fields
