"""An entry's page: what is known of it, what happened to it, the star, and "it is wrong"."""

from __future__ import annotations

import json
import re

import pytest
from flask import render_template_string

from app.core.ids import new_id
from app.directory.queries.entries import EntryRow, get_office
from app.directory.rules import alike, phones, told
from app.directory.service import removals
from tests.client import StrictClient
from tests.directory import living
from tests.directory.living import Step
from tests.scene import Scene, text_of


def put(scene: Scene, *changes: dict[str, str], kind: str = "file") -> list[EntryRow]:
    """Entries of an office, as its first run brought them."""
    with scene.app.app_context():
        office = living.office_number()
        rows = [living.entry(office, **one) for one in changes or ({},)]
        living.put(office, *rows, kind=kind)
    return rows


def page_of(client: StrictClient, row: EntryRow) -> str:
    """The entry's page."""
    return text_of(client.get(f"/directory/entry/{row.uid}"))


def test_it_shows_all_that_is_known_and_where_it_was_seen(scene: Scene) -> None:
    [one] = put(scene, {"phone": "055)000-1234, 000-1235, 4321", "fax": "055-000-9999"})
    page = page_of(scene.enter("officer"), one)
    for words in ("김○○", "주무관", "청년정책과", "청년지원팀", "경제국", "경상남도 창원시"):
        assert words in page
    assert re.findall(r'href="tel:(\d+)"', page) == ["0550001234", "0550001235"]
    assert "내선 4321" in page
    assert re.search(r"\d{4}-\d\d-\d\d에 창원시 누리집에서 봤습니다", page)
    assert 'href="https://www.changwon.go.kr/staff"' in page
    assert "창원시 누리집에서 처음 봤습니다" in page
    assert "연습</span>" not in page
    assert scene.visitor().get(f"/directory/entry/{one.uid}").status_code == 302


def test_an_entry_without_a_name_is_told_by_its_duty(scene: Scene) -> None:
    [one] = put(scene, {"name": "", "position": "", "team": ""}, kind="demo")
    page = page_of(scene.enter("canteen"), one)
    assert '<h1 class="entry-title">청년 창업 지원</h1>' in page
    assert "<dt>이름</dt>" not in page
    assert '<span class="badge warn">연습</span>' in page


def test_its_history_is_a_line_of_who_came_when(scene: Scene) -> None:
    [one] = put(scene, {"phone": "055-000-1234"})
    with scene.app.app_context():
        first = living.handover(one, "이○○", "055-000-1235")
        living.change(one.office, first)
        assert first.after is not None
        second = living.handover(first.after, "박○○", "055-000-1236")
        run_id = living.change(one.office, second)
    page = page_of(scene.enter("officer"), one)
    told = re.findall(r'<span class="muted whole">([^<]+)</span>.*?<b class="whole">([^<]+)<', page)
    assert told == [
        ("이○○ 055-000-1235", "박○○ 055-000-1236"),
        ("김○○ 055-000-1234", "이○○ 055-000-1235"),
    ]
    with scene.app.app_context():
        living.undo(run_id, second)
    assert "박○○" not in page_of(scene.enter("officer"), one), "what was undone is no history"


def test_a_name_that_the_office_hides_now_is_hidden_in_what_was_before(scene: Scene) -> None:
    [one] = put(scene, {"name": "김하늘"})
    with scene.app.app_context():
        first = living.handover(one, "이새벽", "055-000-1235")
        living.change(one.office, first)
    assert "김하늘" in page_of(scene.enter("officer"), one)
    with scene.app.app_context():
        assert first.after is not None
        living.change(one.office, living.handover(first.after, "박○○", "055-000-1236"))
    page = page_of(scene.enter("officer"), one)
    assert "김○○" in page
    assert "김하늘" not in page
    assert "이새벽" not in page
    before, after = told.Facts(name="김하늘", phone="1234"), told.Facts(name="이○○", phone="1234")
    assert [(line.before, line.after) for line in told.lines(before, after)] == [
        ("김○○ 1234", "이○○ 1234")
    ]
    assert told.lines(before, told.Facts(name="", position="주무관"))[0].before == "김○○ 1234"
    assert told.lines(before, told.Facts(name="박새롬"))[0].before == "김하늘 1234"
    assert told.hidden(told.Facts(name="김")).name == "김○"


def test_one_that_is_gone_shows_what_was_known_and_who_does_its_work_now(scene: Scene) -> None:
    one, heir, _other = put(
        scene, {}, {"name": "최○○", "duty": "청년 창업 지원 총괄"}, {"duty": "상수도 요금"}
    )
    with scene.app.app_context():
        living.change(one.office, Step("removed", one, None))
    answer = scene.enter("officer").get(f"/directory/entry/{one.uid}")
    page = text_of(answer)
    assert answer.status_code == 200
    assert "지금은 기관의 누리집에 없습니다" in page
    assert re.findall(r'<li><a href="/directory/entry/([^"]+)">', page) == [heir.uid]
    assert "tel:" not in page
    assert 'action="/directory/entry/reports"' not in page


def test_of_one_that_nobody_knows_nothing_is_told(scene: Scene) -> None:
    assert scene.enter("officer").get(f"/directory/entry/{new_id()}").status_code == 410


def test_one_whose_history_was_emptied_is_gone_too(scene: Scene) -> None:
    [one] = put(scene)
    with scene.app.app_context():
        living.change(one.office, Step("removed", one, None))
    scene.rows("UPDATE directory_changes SET before = NULL")
    assert scene.enter("officer").get(f"/directory/entry/{one.uid}").status_code == 410


def test_the_star_is_kept_and_told_to_the_phone(scene: Scene) -> None:
    one, two = put(scene, {"phone": "055-000-1234"}, {})
    client = scene.enter("officer")
    for row in (one, two, one):
        answer = client.post("/directory/favourites", data={"uid": row.uid, "act": "add"})
        assert (answer.status_code, answer.location) == (303, f"/directory/entry/{row.uid}")
    assert 'aria-pressed="true"' in page_of(client, one)
    found = json.loads(client.get("/api/directory/mine").get_data())["favourites"]
    assert {card["uid"] for card in found} == {one.uid, two.uid}
    [card] = [card for card in found if card["uid"] == one.uid]
    assert card["numbers"] == [{"shown": "055-000-1234", "tel": "0550001234"}]
    assert scene.enter("auditor").get("/api/directory/mine").json == {"favourites": []}
    client.post("/directory/favourites", data={"uid": two.uid, "act": "drop"})
    with scene.app.app_context():
        living.change(one.office, Step("removed", one, None))
    [card] = client.get("/api/directory/mine").json["favourites"]  # type: ignore[index]
    assert (card["uid"], card["gone"], card["numbers"]) == (one.uid, True, [])
    nobody = client.post("/directory/favourites", data={"uid": new_id(), "act": "add"})
    assert nobody.status_code == 404
    assert scene.visitor().get("/api/directory/mine").status_code == 401


def test_what_was_hidden_is_hidden_on_the_phone_too(scene: Scene) -> None:
    named = {"name": "김하늘", "duty": "가축 방역"}, {"name": "이새벽", "duty": "도로 점용"}
    one, two, three = put(scene, *named, {})
    client = scene.enter("officer")
    asked = {"recent": [three.uid, two.uid, one.uid, new_id()]}
    found = client.post("/api/directory/mine", json=asked).json
    assert found is not None
    assert [card["uid"] for card in found["recent"]] == [three.uid, two.uid, one.uid]
    assert found["person"] == scene.office.people["officer"]
    administrator = scene.office.people["administrator"]
    with scene.app.app_context():
        removals.hide(administrator, one.uid, "entry", "본인 요청")
        removals.hide(administrator, two.uid, "name", "본인 요청")
    found = client.post("/api/directory/mine", json=asked).json
    assert found is not None
    assert [card["uid"] for card in found["recent"]] == [three.uid, two.uid]
    assert "이새벽" not in json.dumps(found, ensure_ascii=False)
    assert client.post("/api/directory/mine", json={"recent": ["x"]}).status_code == 422
    assert scene.visitor().post("/api/directory/mine", json=asked).status_code == 401


def test_the_page_tells_the_phone_what_to_keep(scene: Scene) -> None:
    [one] = put(scene, {"name": "<b>\"'&", "phone": "055-000-1234"})
    page = page_of(scene.enter("officer"), one)
    kept = re.search(r'data-card="([^"]*)" data-starred="no"', page)
    assert kept is not None
    card = json.loads(kept[1].replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'"))
    assert card["name"] == "<b>\"'&"
    assert card["office"] == "경상남도 창원시"


def test_a_list_of_favourites_asks_the_database_a_few_times_only(scene: Scene) -> None:
    rows = put(scene, *({} for _ in range(12)))
    client = scene.enter("officer")
    for row in rows:
        client.post("/directory/favourites", data={"uid": row.uid, "act": "add"})
    with scene.counted() as statements:
        assert len(client.get("/api/directory/mine").json["favourites"]) == 12  # type: ignore[index]
    assert len([one for one in statements if "directory_" in one]) <= 5


def test_the_page_of_favourites_is_the_same_for_everyone(scene: Scene) -> None:
    mine, nobodys = scene.enter("officer").get("/directory/mine"), scene.visitor()
    assert mine.get_data() == nobodys.get("/directory/mine").get_data()
    assert mine.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("published", "area", "dialled"),
    [
        ("055-211-1234", "055", ["0552111234"]),
        ("055)211-1234/5678", "055", ["0552111234", ""]),
        ("211-1234", "055", ["0552111234"]),
        ("2133-1234", "02", ["0221331234"]),
        ("1234", "055", [""]),
        ("1588-1234", "055", ["15881234"]),
        ("010-1234-5678", "055", ["01012345678"]),
        ("211-1234", "", [""]),
        ("없음", "055", []),
        ("", "055", []),
    ],
)
def test_numbers_are_dialled_as_from_outside(published: str, area: str, dialled: list[str]) -> None:
    assert [one.tel for one in phones.numbers(published, area)] == dialled


def test_likeness_counts_what_is_taken_over() -> None:
    assert alike.likeness("청년 창업 지원", "창업 지원, 청년 센터") > 0.4
    assert alike.likeness("청년 창업 지원", "상수도 요금") == 0
    assert alike.likeness("", "상수도") == 0


def test_a_report_goes_to_the_organisations_administrators_and_its_end_comes_back(
    scene: Scene,
) -> None:
    [one] = put(scene)
    officer, chief = scene.enter("officer"), scene.enter("administrator")
    form = {"uid": one.uid, "reason": "phone", "words": " 번호가 바뀌었어요 "}
    answer = officer.post("/directory/entry/reports", data=form)
    assert (answer.status_code, answer.location) == (303, f"/directory/entry/{one.uid}")
    assert chief.get("/api/notices/live").json == {"unread": 1}
    assert officer.get("/api/notices/live").json == {"unread": 0}
    page = text_of(chief.get("/directory/reports"))
    assert "“번호가 바뀌었어요”" in page
    assert "전화번호가 달라요" in page
    action = re.search(r'action="(/directory/reports/[0-9a-f-]+\?page=1)"', page)
    assert action is not None
    assert "신고가 없습니다" in text_of(
        scene.enter("administrator", scene.other_office()).get("/directory/reports")
    )
    assert officer.get("/directory/reports").status_code == 403
    chief.post(action[1], data={"state": "done"})
    chief.post(action[1], data={"state": "done"})
    assert "처리했습니다" in text_of(officer.get("/notices"))
    assert officer.get("/api/notices/live").json == {"unread": 1}
    chief.post(action[1], data={"state": "open"})
    assert officer.get("/api/notices/live").json == {"unread": 0}, "an unread end is taken back"
    chief.post(action[1], data={"state": "declined"})
    assert "고치지 않기로" in text_of(officer.get("/notices"))
    for state in ("", "weg"):
        assert chief.post(action[1], data={"state": state}).status_code == 422


@pytest.mark.parametrize(
    "change", [{"reason": "x"}, {"words": "가" * 501}, {"uid": "x"}, {"uid": ""}]
)
def test_a_report_that_does_not_fit_is_refused(scene: Scene, change: dict[str, str]) -> None:
    [one] = put(scene)
    form = {"uid": one.uid, "reason": "phone", "words": ""} | change
    assert scene.enter("officer").post("/directory/entry/reports", data=form).status_code == 422


def test_a_report_of_nothing_is_refused(scene: Scene) -> None:
    [one] = put(scene)
    with scene.app.app_context():
        living.change(one.office, Step("removed", one, None))
    form = {"uid": one.uid, "reason": "phone"}
    assert scene.enter("officer").post("/directory/entry/reports", data=form).status_code == 410


def test_a_row_of_a_list_shows_who_and_how_to_call(scene: Scene) -> None:
    [one] = put(scene, {"phone": "055-000-1234"}, kind="demo")
    with scene.app.test_request_context():
        office = get_office(one.office)
        html = render_template_string(
            '{% import "core/macros.html" as ui with context %}'
            '{% import "directory/_entry.html" as who with context %}'
            "<ul>{{ who.row(one, office, numbers) }}</ul>",
            one=one, office=office, numbers=phones.numbers(one.phone, office.area_code),
        )  # fmt: skip
    assert f'href="/directory/entry/{one.uid}"' in html
    assert 'href="tel:0550001234"' in html
    assert "김○○ 주무관" in html
    assert "연습</span>" in html
    assert "청년 창업 지원, 청년 센터 운영" in html
