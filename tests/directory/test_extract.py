"""People out of pages: every structure as it is, and whatever else a page may hold."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.directory.rules import definition as definition_r
from app.directory.rules import links
from app.directory.rules.definition import Definition
from app.directory.rules.extract import extract
from app.directory.rules.found import Found, Wanted, found_of, found_to_json, wanted_of
from app.directory.rules.row import Row
from tests.directory.fake_offices import BUSY
from tests.directory.fake_pages import STRUCTURES, Asked, Open, OpenXml, Structure
from tests.directory.fake_people import People

BASE = "http://office.example"
TABLE: dict[str, Any] = {"start": [f"{BASE}/list"], "table": {"select": "table"}}
LIST = Wanted(f"{BASE}/list")
HEAD = "<tr><th>부서</th><th>성명</th><th>전화번호</th><th>담당업무</th></tr>"
DEFINITIONS = [kind(People(1, 2, 8), BASE).definition() for kind in (*STRUCTURES, OpenXml)]


def read(made: dict[str, Any]) -> Definition:
    """A definition."""
    return definition_r.read(json.dumps(made))


def rows_of(body: str, **changes: Any) -> list[Row]:
    """What a page of one table holds."""
    return list(extract(read(TABLE | changes), LIST, LIST.url, body).rows)


def crawl(structure: Structure, made: Definition) -> list[Found]:
    """Every page that links lead to, in order, as a crawl reads them."""
    waiting, seen, found = links.first_pages(made), set[str](), list[Found]()
    while waiting:
        one = waiting.pop(0)
        if one.key in seen:
            continue
        seen.add(one.key)
        parts = urlsplit(one.url.replace("{key}", "a%2Bsecret%2Fkey%3D%3D"))
        asked = Asked(parts.path, dict(parse_qsl(parts.query)), dict(one.form or ()))
        text = structure.page(asked)
        assert text is not None, one.url
        found.append(extract(made, one, one.url, text))
        waiting += found[-1].wanted if len(seen) < 40 else ()
    return found


@pytest.mark.parametrize("kind", [*STRUCTURES, OpenXml], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("renamed", [False, True])
def test_everybody_on_the_pages_of_each_structure_is_found(
    kind: type[Structure], renamed: bool
) -> None:
    structure = kind(People(7, 3, 12), BASE)
    if renamed and kind.__name__ not in {"Open", "OpenXml", "Cards"}:
        structure.names = structure.renamed
    if kind.__name__ == "Codes":
        kept, structure.page = structure.page, lambda asked: kept(asked) or "<table></table>"  # type: ignore[method-assign]
    pages = crawl(structure, read(structure.definition()))
    if kind.__name__ == "Repeating":
        assert pages[-1].rows  # the last page again: the service sees that it is the same
        pages = pages[: -(-36 // 7)]
    found = [row for one in pages for row in one.rows]
    shown = structure.shown
    truth = Counter(tuple(getattr(one, name) for name in shown) for one in structure.people.all)
    assert Counter(tuple(getattr(one, name) for name in shown) for one in found) == truth
    assert [one.fatal for one in pages if one.fatal and not one.wanted] in ([], [pages[-1].fatal])


@pytest.mark.parametrize("kind", STRUCTURES, ids=lambda kind: kind.__name__)
def test_a_page_of_maintenance_holds_nobody_and_is_not_believed(kind: type[Structure]) -> None:
    made = read(kind(People(1, 1, 3), BASE).definition())
    found = extract(made, links.first_pages(made)[0], BASE, BUSY)
    assert found.rows == ()
    assert found.fatal is not None


@pytest.mark.parametrize("kind", STRUCTURES, ids=lambda kind: kind.__name__)
def test_a_structure_rebuilt_beyond_recognition_is_not_believed(kind: type[Structure]) -> None:
    structure = kind(People(1, 2, 8), BASE)
    structure.names = structure.ruined
    made = read(structure.definition())
    if kind.__name__ in {
        "Codes",
        "Open",
    }:  # a link is closed; a renamed member is still a telephone
        return
    pages = crawl(structure, made)
    people = [one for one in pages if not one.wanted or one.rows]
    assert all(one.fatal for one in people)


def test_tall_and_wide_cells_are_spread_out() -> None:
    body = f"""<table>{HEAD}
    <tr><td rowspan=3>총무과</td><td>김하늘</td><td rowspan=2>1234</td><td>가</td></tr>
    <tr><td>이봄</td><td>나</td></tr><tr><td>박별</td><td>5678</td><td>다</td></tr>
    <tr><td colspan=2>세무과</td><td>9</td><td>라</td></tr></table>"""
    told = [(one.department, one.name, one.phone, one.duty) for one in rows_of(body)]
    assert told == [
        ("총무과", "김하늘", "1234", "가"), ("총무과", "이봄", "1234", "나"),
        ("총무과", "박별", "5678", "다"), ("세무과", "세무과", "9", "라"),
    ]  # fmt: skip


def test_a_cell_that_says_it_is_a_million_rows_tall_is_no_danger() -> None:
    body = f"<table>{HEAD}<tr><td rowspan=99999999 colspan=99999999>가</td></tr></table>"
    assert rows_of(body) == rows_of(body.replace("99999999", "20000"))


def test_breaks_and_lists_in_a_duty_are_lines_and_spaces_are_none() -> None:
    row = (
        "<tr><td>과</td><td>김</td><td>1</td><td>가 나<br>다  라<ul><li>마</li></ul>\n바</td></tr>"
    )
    assert rows_of(f"<table>{HEAD}{row}</table>")[0].duty == "가 나\n다 라\n마 바"
    plain = "<tr><td>과</td><td>김</td><td>1</td><td>가\n나\r\n  다</td></tr>"
    assert rows_of(f"<table>{HEAD}{plain}</table>")[0].duty == "가 나 다"
    assert rows_of(f"<table>{HEAD}{plain}</table>", lines=True)[0].duty == "가\n나\n다"


def test_scripts_and_comments_are_no_text() -> None:
    row = "<tr><td>과<script>x()</script><!-- y --></td><td>김</td><td>1</td><td>가</td></tr>"
    assert rows_of(f"<table>{HEAD}{row}</table>")[0].department == "과"


def test_what_stands_above_fills_an_empty_cell_where_that_is_said() -> None:
    rows = "".join(f"<tr><td>{one}</td><td>김</td><td>1</td><td>가</td></tr>" for one in ("과", ""))
    assert rows_of(f"<table>{HEAD}{rows}</table>")[1].department == ""
    assert rows_of(f"<table>{HEAD}{rows}</table>", fill=["department"])[1].department == "과"


def test_two_people_in_brackets_and_one_without() -> None:
    rows = "".join(
        f"<tr><td>{one}</td><td>김</td><td>1</td><td>가</td></tr>" for one in ("과(팀장)", "과")
    )
    split = [{"field": "department", "into": "{department}({position})"}]
    found = rows_of(f"<table>{HEAD}{rows}</table>", split=split)
    assert [(one.department, one.position) for one in found] == [("과", "팀장"), ("과", "")]


def test_links_never_leave_the_hosts_of_the_definition() -> None:
    made = read(TABLE | {"tree": [{"links": "a"}]})
    body = """<a href="/a">가</a><a href="http://169.254.169.254/">나</a><a href="//evil/x">다</a>
    <a href="javascript:x()">라</a><a href="http://office.example:8080/">마</a><a>바</a>
    <a href="http://[">사</a><a href="#top">아</a>"""
    found = extract(made, LIST, LIST.url, body)
    assert [one.url for one in found.wanted] == [f"{BASE}/a"]
    assert [one.code for one in found.problems] == ["foreign-link"] * 4


def test_an_entity_in_xml_is_refused() -> None:
    made = read(OpenXml(People(1, 1, 1), BASE).definition())
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><response>&a;</response>'
    found = extract(made, Wanted(f"{BASE}/service/rest/staff"), BASE, bomb)
    assert [one.code for one in found.problems] == ["not-xml"]


def test_a_wrong_key_of_an_api_is_told() -> None:
    structure = Open(People(1, 1, 5), BASE)
    text = structure.page(Asked("/service/rest/staff", {"ServiceKey": "x"}, {}))
    assert text is not None
    found = extract(read(structure.definition()), Wanted(BASE), BASE, text)
    assert [(one.code, one.detail) for one in found.problems] == [("api-code", "30")]
    assert found.wanted == ()


def test_what_a_page_gave_is_kept_as_it_was() -> None:
    structure = STRUCTURES[0](People(3, 2, 8), BASE)
    found = crawl(structure, read(structure.definition()))[0]
    assert found_of(found_to_json(found)) == found
    assert wanted_of(found.wanted[0].to_json()) == found.wanted[0]


TAGS = ("table", "tr", "td", "th", "thead", "h3", "h4", "a", "br", "ul", "li", "option", "select")
ATTRIBUTES = (
    "", ' rowspan="-1"', ' colspan="x"', ' rowspan="3"', ' href="?x=\ud55c"', " href=http://[",
    ' onclick="moveDeptGuide(\'a\',"', ' onclick="moveDeptGuide(1)"', ' class="list tblBody card"',
    " class=tblHead", " class=next href=x", " class=total",
)  # fmt: skip
PIECES = st.one_of(
    st.builds(
        lambda tag, more: f"<{tag}{more}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)
    ),
    st.builds(lambda tag: f"</{tag}>", st.sampled_from(TAGS)),
    st.sampled_from(
        ("부서", "성명", "전화번호", "담당업무", "총무과(과장)", "팀장 김", "{", "]", "\x00")
    ),
    st.text(max_size=8),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join), st.sampled_from(DEFINITIONS), st.integers(0, 2))
def test_no_page_makes_it_fail(body: str, made: dict[str, Any], level: int) -> None:
    definition = read(made)
    at = Wanted(definition.start[0], level=min(level, len(definition.tree)))
    found = extract(definition, at, BASE, body)
    assert found_of(found_to_json(found)) == found
    hosts = definition.allowed_hosts
    assert all(urlsplit(one.url).netloc in hosts for one in found.wanted)


@settings(max_examples=100, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("response", "body", "items", "name", "tell")), inner),
))  # fmt: skip
def test_no_answer_of_an_api_makes_it_fail(answer: Any) -> None:
    made = read(Open(People(1, 1, 1), BASE).definition())
    found = extract(made, Wanted(BASE), BASE, json.dumps(answer))
    assert all(isinstance(row, Row) for row in found.rows)


def test_a_very_deep_page_is_read() -> None:
    assert rows_of("<div>" * 30_000 + f"<table>{HEAD}</table>") == []
    assert rows_of("<table><tr><td>" * 300) == []
