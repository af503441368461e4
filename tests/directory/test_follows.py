"""The list of what a person follows: following, following no longer, and back again."""

from __future__ import annotations

import re

import pytest

from app.core.ids import new_id
from app.directory.rules import follows as follows_r
from tests.client import StrictClient
from tests.directory import living
from tests.directory.test_entry_page import put
from tests.scene import Scene, text_of


def removals(client: StrictClient) -> list[str]:
    """Where the buttons of the list go."""
    page = text_of(client.get("/directory/follows"))
    return re.findall(r'action="(/directory/follows/[0-9a-f-]{36}/remove)"', page)


def test_the_buttons_of_an_entry_follow_and_end_it(scene: Scene) -> None:
    [one] = put(scene)
    client, path = scene.enter("officer"), f"/directory/entry/{one.uid}"
    form = {"what": "entry", "target": one.uid, "back": path}
    answer = client.post("/directory/follows", data=form)
    assert (answer.status_code, answer.location) == (303, path)
    client.post("/directory/follows", data=form)
    unit = {"what": "department", "target": "청년정책과", "office": str(one.office), "back": path}
    client.post("/directory/follows", data=unit)
    page = text_of(client.get(path))
    assert page.count('aria-pressed="true"') == 2
    assert len(removals(client)) == 2
    assert removals(scene.enter("auditor")) == []
    for action in removals(client):
        client.post(action)
    assert text_of(client.get(path)).count('aria-pressed="true"') == 0


def test_removing_can_be_undone_without_losing_since_when(scene: Scene) -> None:
    client = scene.enter("officer")
    with scene.app.app_context():
        living.office_number()
    client.post("/directory/follows", data={"what": "duty", "target": "청년  창업"})
    before = scene.rows("SELECT * FROM directory_follows")
    assert [row[-3:-1] for row in before] == [("청년 창업", "청년 창업")]
    client.post(removals(client)[0])
    assert scene.rows("SELECT * FROM directory_follows") == []
    page = text_of(client.get("/directory/follows"))
    assert 'action="/directory/follows/restore"' in page
    client.post("/directory/follows/restore")
    assert scene.rows("SELECT * FROM directory_follows") == before
    assert "/directory/follows/restore" not in text_of(client.get("/directory/follows"))
    client.post("/directory/follows/restore")
    assert scene.rows("SELECT * FROM directory_follows") == before


def test_what_was_removed_long_ago_is_not_put_back(scene: Scene) -> None:
    client = scene.enter("officer")
    client.post("/directory/follows", data={"what": "duty", "target": "청년 창업"})
    client.post(removals(client)[0])
    scene.later(601)
    assert "/directory/follows/restore" not in text_of(client.get("/directory/follows"))
    client.post("/directory/follows/restore")
    assert scene.rows("SELECT * FROM directory_follows") == []


@pytest.mark.parametrize(
    ("place", "office", "sido"),
    [("", "", ""), ("sido:경상남도", "", "경상남도"), ("office:{}", living.CHANGWON, "")],
)
def test_a_duty_is_followed_in_a_place(scene: Scene, place: str, office: str, sido: str) -> None:
    with scene.app.app_context():
        number = living.office_number()
    client = scene.enter("officer")
    form = {"what": "duty", "target": "청년 창업", "place": place.format(number)}
    assert client.post("/directory/follows", data=form).status_code == 303
    client.post("/directory/follows", data=form)
    assert scene.rows("SELECT office, sido FROM directory_follows") == [
        (number if office else 0, sido)
    ]
    page = text_of(client.get("/directory/follows"))
    assert (office or sido or "전국") in page.partition('id="list-title"')[2]


@pytest.mark.parametrize(
    "form",
    [
        {"what": "duty", "target": "가"},
        {"what": "duty", "target": "ㅊㄴ"},
        {"what": "duty", "target": ""},
        {"what": "duty", "target": "청년", "place": "sido:한양"},
        {"what": "department", "target": "청년정책과"},
        {"what": "department", "target": "()", "office": "1"},
    ],
)
def test_what_says_nothing_is_sent_back_with_the_reason(scene: Scene, form: dict[str, str]) -> None:
    with scene.app.app_context():
        living.office_number()
    answer = scene.enter("officer").post("/directory/follows", data=form)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text_of(answer)
    assert scene.rows("SELECT * FROM directory_follows") == []


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"what": "entry", "target": new_id()}, 404),
        ({"what": "duty", "target": "청년", "place": "office:99999"}, 404),
        ({"what": "else", "target": "청년"}, 422),
        ({"what": "duty", "target": "청년", "back": "https://example.org/"}, 422),
        ({"what": "duty", "target": "청년", "office": "x"}, 422),
    ],
)
def test_what_does_not_exist_is_not_followed(
    scene: Scene, form: dict[str, str], status: int
) -> None:
    assert scene.enter("officer").post("/directory/follows", data=form).status_code == status
    assert scene.rows("SELECT * FROM directory_follows") == []


def test_nobody_follows_without_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follows_r, "MOST", 2)
    client = scene.enter("officer")
    for words, status in (("청년", 303), ("창업", 303), ("상수도", 409)):
        form = {"what": "duty", "target": words}
        assert client.post("/directory/follows", data=form).status_code == status


def test_the_address_fills_the_form_in(scene: Scene) -> None:
    with scene.app.app_context():
        number = living.office_number()
    page = text_of(
        scene.enter("officer").get(f"/directory/follows?words=청년+창업&office={number}")
    )
    assert 'value="청년 창업"' in page
    assert f'<option value="office:{number}" selected>' in page
