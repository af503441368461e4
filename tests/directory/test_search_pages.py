"""The search as people meet it: the page without JavaScript, the list, the table, synonyms."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.directory.queries import entries as entries_q
from app.directory.rules import letters
from app.directory.service import reading, search, synonyms
from app.directory.service.replace import replace
from app.directory.service.search import Answer
from tests.client import StrictClient
from tests.directory.desk import JONGNO, Desk, line, lines
from tests.scene import Scene, text_of

HOSTILE = (
    '"', "'", '청년" OR "', "NEAR(청년 창업)", "청년*", "^청년", "{x}: 청년", "-청년",
    "a AND NOT b", "(", "()", "'; DROP TABLE directory_entries; --", "%", "_",
    "\\", "\x00청년\x00", "\u202e청년",
    "👩🏽‍🚒", "ㅋ" * 4000, "청" * 10_000, "\ud7b0\u1100", "#0552", "@청년", "\t\n", "청년 " * 3000,
    "ﬀ①㎡", "<script>alert(1)</script>", "가\u0300", "0" * 500, "ㅊ년ㅊ업", "‰", "\ufffe",
)  # fmt: skip


@pytest.fixture
def officer(scene: Scene) -> StrictClient:
    """An officer, and two offices that have entries."""
    with scene.app.app_context():
        desk = Desk()
        replace(desk.number, desk.source, lines(30))
        other = entries_q.find_office_named(JONGNO)
        assert other is not None
        twins = [line(duty="상수도 요금", phone="02-2148-1234"), line(name="", duty="상수도 공사")]
        replace(other.number, desk.source, twins)
    return scene.enter("officer")


def test_strangers_are_led_to_the_sign_in(scene: Scene) -> None:
    answer = scene.visitor().get("/directory?q=청년")
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=/directory")


def test_the_page_works_without_javascript(officer: StrictClient) -> None:
    empty = text_of(officer.get("/directory"))
    assert "한 낱말이면 됩니다" in empty
    found = text_of(officer.get("/directory?q=상수도"))
    assert "1개 기관 · 2명" in found
    assert "<mark>상수도</mark> 요금" in found
    assert 'href="tel:0221481234"' in found
    assert "명단.csv" in found
    assert 'value="상수도"' in found
    nothing = text_of(officer.get("/directory?q=우주정거장"))
    assert "찾은 것이 없습니다" in nothing


@pytest.mark.parametrize(("query", "said"), [("ㅅ수ㄷ", "1명"), ("ㅇ무1", "찾은 것이 없습니다")])
def test_the_page_says_when_only_some_rows_were_looked_at(
    officer: StrictClient, monkeypatch: pytest.MonkeyPatch, query: str, said: str
) -> None:
    monkeypatch.setattr(letters, "MOST_SPELLED", 1)
    whole = text_of(officer.get(f"/directory?q={query}"))
    assert "일부만 살펴보았습니다" not in whole
    monkeypatch.setattr(reading, "LOOKED_AT", 1)
    monkeypatch.setattr(letters, "holds", lambda entry, _: entry.duty.startswith("상수도"))
    part = text_of(officer.get(f"/directory?q={query} "))
    assert said in part
    assert "일부만 살펴보았습니다" in part
    table = text_of(officer.get(f"/directory/table?q={query} "))
    assert "일부만 살펴보았습니다" in table
    assert "살펴본 것 가운데에는 없습니다" in table
    book = load_workbook(io.BytesIO(officer.get(f"/directory/table.xlsx?q={query} ").data))
    assert {row[7].value for row in list(book.active.rows)[1:]} == {"?"}


def test_rows_found_before_a_change_are_not_kept_for_after_it(
    scene: Scene, officer: StrictClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = search.ask

    def ask(*given: Any) -> Answer:
        """The search, and somebody goes before its rows are written down."""
        found = real(*given)
        monkeypatch.setattr(search, "ask", real)
        other = entries_q.find_office_named(JONGNO)
        assert other is not None
        replace(other.number, Desk().source, [line(duty="상수도 요금", phone="02-2148-1234")])
        return found

    monkeypatch.setattr(search, "ask", ask)
    assert "상수도</mark> 공사" in text_of(officer.get("/directory/found?q=상수도"))
    after = text_of(officer.get("/directory/found?q=상수도"))
    assert "1개 기관 · 1명" in after
    assert "상수도</mark> 공사" not in after


def test_english_counts_one_and_many(officer: StrictClient) -> None:
    said = text_of(officer.get("/directory?q=상수도&lang=en"))
    assert "1 office · 2 people" in said
    said = text_of(officer.get("/directory?q=상수도 공사&lang=en"))
    assert "1 office · 1 person" in said
    said = text_of(officer.get("/directory/table?q=상수도&lang=en"))
    assert "1 of 2 offices has somebody in charge" in said


def test_an_address_can_be_passed_on_with_its_province_and_office(officer: StrictClient) -> None:
    found = text_of(officer.get("/directory?q=업무&sido=경상남도"))
    assert "1개 기관 · 30명" in found
    assert "30명 모두 보기" in found
    inside = text_of(officer.get("/directory?q=업무&office=225"))
    assert inside.count('class="hit"') in {0, 30}
    lost = text_of(officer.get("/directory?q=상수도&sido=경상남도"))
    assert "고른 지역 안에는 없습니다" in lost
    assert officer.get("/directory?q=업무&office=x&page=99").status_code == 200


def test_the_list_alone_is_a_whole_page_too(officer: StrictClient) -> None:
    answer = officer.get("/directory/found?q=상수")
    assert answer.status_code == 200
    assert 'id="said"' in text_of(answer)
    assert "<form" not in text_of(answer)


def test_while_somebody_types_the_first_offices_are_enough(
    scene: Scene, officer: StrictClient
) -> None:
    with scene.app.app_context():
        source = Desk().source
        for one in entries_q.list_offices()[:12]:
            replace(one.number, source, [line(duty="상수도 요금")])
    brief = text_of(officer.get("/directory/found?brief=1&q=상수도"))
    whole = text_of(officer.get("/directory/found?q=상수도"))
    assert (brief.count("<section"), whole.count("<section")) == (3, 10)
    assert ("data-more" in brief, "data-more" in whole) == (True, False)
    assert ('rel="next"' in brief, 'rel="next"' in whole) == (False, True)
    said = re.compile(r'<p class="status".*?</p>')
    assert said.findall(brief) == said.findall(whole)
    sections = re.compile(r"<section.*?</section>", re.DOTALL)
    assert sections.findall(whole)[:3] == sections.findall(brief)
    few = text_of(officer.get("/directory/found?brief=1&q=창원 창업지원팀"))
    assert "data-more" not in few


def test_the_rest_can_be_reached_when_it_does_not_come(scene: Scene, officer: StrictClient) -> None:
    with scene.app.app_context():
        source = Desk().source
        for one in entries_q.list_offices()[:6]:
            replace(one.number, source, [line(duty="상수도 요금")])
    brief = text_of(officer.get("/directory/found?brief=1&q=상수도"))
    assert 'class="rest"><a class="btn" href="/directory?q=%EC%83%81%EC%88%98%EB%8F%84"' in brief
    assert 'class="rest"' not in text_of(officer.get("/directory/found?q=상수도"))


def test_which_province_comes_first_is_kept_for_the_person(
    officer: StrictClient, scene: Scene
) -> None:
    answer = officer.post("/directory/near", data={"sido": "경상남도", "q": "청년"})
    assert (answer.status_code, answer.location) == (303, "/directory?q=%EC%B2%AD%EB%85%84")
    page = text_of(officer.get("/directory?q=창업지원팀"))
    assert page.index("경상남도 창원시") < page.index("서울특별시 종로구")
    other = text_of(scene.enter("auditor").get("/directory?q=창업지원팀"))
    assert other.index("서울특별시 종로구") < other.index("경상남도 창원시")
    assert officer.post("/directory/near", data={"sido": "-"}).status_code == 303
    assert officer.post("/directory/near", data={"sido": ""}).status_code == 303
    assert officer.post("/directory/near", data={"sido": "평양"}).status_code == 404


def test_what_is_kept_for_one_is_shown_to_no_other_in_another_way(
    officer: StrictClient, scene: Scene
) -> None:
    auditor, asked = scene.enter("auditor"), "/directory/found?q=창업지원팀"
    officer.post("/directory/near", data={"sido": "경상남도", "q": ""})
    first, other = text_of(officer.get(asked)), text_of(auditor.get(asked))
    assert first.index("경상남도 창원시") < first.index("서울특별시 종로구")
    assert other.index("서울특별시 종로구") < other.index("경상남도 창원시")
    english = text_of(officer.get(f"{asked}&lang=en"))
    assert "offices" in english
    assert text_of(officer.get(f"{asked}&lang=ko")) == first
    assert text_of(officer.get(f"{asked}&brief=1")) != "" != text_of(officer.get(f"{asked}&page=9"))


def test_one_row_an_office_on_the_screen_and_as_a_workbook(officer: StrictClient) -> None:
    page = text_of(officer.get("/directory/table?q=상수도"))
    assert "2개 기관 가운데 1개에 담당자가 있습니다" in page
    assert 'class="nation"' in page
    assert "모두 2명" in page
    assert "업무를 쓰면" in text_of(officer.get("/directory/table"))
    answer = officer.get("/directory/table.xlsx?q=상수도")
    assert str(answer.mimetype).endswith("spreadsheetml.sheet")
    sheet = load_workbook(io.BytesIO(answer.get_data())).active
    assert sheet is not None
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert len(rows) == 3
    assert rows[0][:2] == ["시·도", "기관"]
    assert rows[1][1:6] == [JONGNO, "청년정책과 창업지원팀", "김하늘", "주무관", "상수도 요금"]
    assert rows[2][1] == "경상남도 창원시"
    assert rows[2][7] == "0"


def test_a_workbook_of_a_name_that_no_sheet_may_have(officer: StrictClient) -> None:
    answer = officer.get("/directory/table.xlsx", query_string={"q": "=청년[]:*?/\\" + "창" * 60})
    assert load_workbook(io.BytesIO(answer.get_data())).sheetnames


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_queries_are_answered(officer: StrictClient, query: str) -> None:
    for path in ("/directory", "/directory/found", "/directory/table"):
        assert officer.get(path, query_string={"q": query}).status_code == 200


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=60))
def test_any_query_is_answered(officer: StrictClient, query: str) -> None:
    assert officer.get("/directory/found", query_string={"q": query}).status_code == 200


def test_only_an_administrator_edits_synonyms(officer: StrictClient) -> None:
    assert officer.get("/directory/synonyms").status_code == 403
    assert officer.post("/directory/synonyms", data={"words": "가, 나"}).status_code == 403


def test_synonyms_are_added_changed_removed_and_brought_back(
    officer: StrictClient, scene: Scene
) -> None:
    desk = scene.enter("administrator")
    assert "아동수당, 양육지원" in text_of(desk.get("/directory/synonyms"))
    assert desk.post("/directory/synonyms", data={"words": "물값, 상수도"}).status_code == 303
    assert "1개 기관 · 2명" in text_of(officer.get("/directory?q=물값"))
    page = text_of(desk.get("/directory/synonyms"))
    before = page.rindex("/directory/synonyms/", 0, page.index('value="물값, 상수도"'))
    path = page[before : page.index('"', before)]
    assert desk.post(path, data={"words": "물 요금, 상수도"}).status_code == 303
    assert "찾은 것이 없습니다" in text_of(officer.get("/directory?q=물값"))
    removed = text_of(desk.post(f"{path}/remove"))
    assert "‘물 요금, 상수도’ 묶음을 지웠습니다" in removed
    assert desk.post("/directory/synonyms", data={"words": "물 요금, 상수도"}).status_code == 303
    assert "1개 기관 · 2명" in text_of(officer.get("/directory?q=물요금"))


@pytest.mark.parametrize(
    ("words", "status"),
    [("하나", 422), ("", 422), ("가, 가", 422), (", ,", 422), (f"가, {'나' * 41}", 422),
     (",".join(map(str, range(11))), 422), ("가, 나", 303)],
)  # fmt: skip
def test_a_group_has_two_to_ten_terms(scene: Scene, words: str, status: int) -> None:
    desk = scene.enter("administrator")
    assert desk.post("/directory/synonyms", data={"words": words}).status_code == status


def test_a_group_that_is_gone_or_there_already_says_so(scene: Scene) -> None:
    desk = scene.enter("administrator")
    gone = "/directory/synonyms/018f0000-0000-7000-8000-000000000000"
    assert desk.post(gone, data={"words": "가, 나"}).status_code == 404
    assert desk.post(f"{gone}/remove").status_code == 404
    for words in ("가, 나", "다, 라"):
        desk.post("/directory/synonyms", data={"words": words})
    page = text_of(desk.get("/directory/synonyms"))
    before = page.rindex("/directory/synonyms/", 0, page.index('value="다, 라"'))
    path = page[before : page.index('"', before)]
    answer = desk.post(path, data={"words": "가, 나"})
    assert answer.status_code == 409
    html = text_of(answer)
    assert "이미 있는 묶음입니다" in field_of(html, 'id="words-2"', "가, 나")
    assert 'value="다, 라"' not in html  # what was typed stands in its place
    assert html.count('aria-invalid="true"') == 1
    assert 'role="alert"' in html


def field_of(html: str, which: str, value: str) -> str:
    """What stands below a field as its error; the field holds a value and points at it."""
    found = re.search(rf'<input[^>]*{which}[^>]*value="{re.escape(value)}"[^>]*>', html)
    assert found
    assert 'aria-invalid="true"' in found[0]
    said = re.search(r'aria-describedby="(?:[\w-]+ )?([\w-]+-error)"', found[0])
    assert said
    text = re.search(rf'<p class="error"[^>]*id="{said[1]}">(.*?)</p>', html)
    assert text
    return text[1]


@pytest.mark.parametrize("typed", ["하나", "&quot;가&quot;"])
def test_a_wrong_group_is_shown_again_as_it_was_typed(
    officer: StrictClient, scene: Scene, typed: str
) -> None:
    desk = scene.enter("administrator")
    words = typed.replace("&quot;", '"')
    html = text_of(desk.post("/directory/synonyms", data={"words": words}))
    assert "쉼표로 나누어 둘 이상" in field_of(html, 'id="words"', typed.replace("&quot;", "&#34;"))
    assert "아동수당, 양육지원" in html
    page = text_of(desk.get("/directory/synonyms"))
    path = re.search(r'action="(/directory/synonyms/[\w-]+)"', page)
    assert path
    html = text_of(desk.post(path[1], data={"words": words}))
    written = typed.replace("&quot;", "&#34;")
    assert "쉼표로 나누어 둘 이상" in field_of(html, r'id="words-1"', written)
    assert 'id="words" name="words" type="text" value=""' in html


def test_one_group_too_many_is_shown_again(
    officer: StrictClient, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synonyms, "MOST", 1)
    answer = scene.enter("administrator").post("/directory/synonyms", data={"words": "가, 나"})
    assert answer.status_code == 409
    assert "쓰지 않는 묶음을 지우고" in field_of(text_of(answer), 'id="words"', "가, 나")
