"""What columns and rows of offices' files are taken for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.sheets.lines import Line
from app.directory.gateways.catalogue import read_offices
from app.directory.rules import columns, headers
from app.directory.rules.columns import guess
from app.directory.rules.lines import LeftOut, Mapping, Reader, Taken
from app.directory.rules.place_names import Offices
from app.directory.rules.row import Row
from tests.directory import files

SYNONYMS = {
    "name": "이름|성명|성함|담당자|직원명|userNm|empNm",
    "department": "부서|부서명|소속|소속부서|조직|실과명|orgnztNm|deptNm",
    "unit": "조직구분|jobDiv",
    "team": "팀|팀명|담당|계",
    "position": "직위|직급|직책|직위(직급)|ofcpsNm|position",
    "duty": "담당업무|업무|주요업무|업무내용|담당사무|분장사무|task|mngWork",
    "phone": "전화번호|전화|연락처|행정전화|사무실 번호|내선|tell|offmTelno",
    "bureau": "국|실국|상위부서명",
    "office": "시군명|기관명",
    "fax": "팩스번호|FAX",
}


def lines(*rows: Sequence[str]) -> list[Line]:
    """Rows with their numbers."""
    return [Line(number, tuple(row)) for number, row in enumerate(rows, 1)]


def read(found: list[Line], **changes: object) -> list[Taken | LeftOut]:
    """What rows mean under the guessed mapping, but for the changes."""
    made = guess(found)
    given = {"columns": made.columns, "head": made.last_head, "fill": made.fill} | changes
    reader = Reader(Mapping(0, given["columns"], given["head"], given["fill"], None))  # type: ignore[arg-type]
    return [reader.read(line) for line in found]


def rows(found: list[Line], **changes: object) -> list[Row]:
    """The entries among them."""
    return [one.row for one in read(found, **changes) if isinstance(one, Taken)]


@pytest.mark.parametrize(
    ("target", "head"), [(key, head) for key, said in SYNONYMS.items() for head in said.split("|")]
)
def test_every_known_head_is_recognised(target: str, head: str) -> None:
    assert headers.target_of(head) == target
    assert headers.target_of(f" {head[:1]} {head[1:]} ") == target


@pytest.mark.parametrize("head", ["번호", "연번", "비고", "데이터기준일자", "", "○", "대체자"])
def test_other_heads_are_left_alone(head: str) -> None:
    assert headers.target_of(head) == ""


def test_a_plain_file_is_understood() -> None:
    made = guess(lines(files.HEAD, *files.BODY))
    assert made.columns == ("department", "position", "name", "duty", "phone")
    assert (made.first_head, made.last_head, made.fill) == (1, 1, False)


def test_titles_above_and_two_rows_of_heads() -> None:
    found = lines(
        ["○○시 직원 안내", "", "", "", ""],
        ["2026. 11. 26. 기준", "", "", "", ""],
        ["소속", "", "담당자", "", "연락처"],
        ["과", "팀", "직급", "성명", "전화"],
        ["청년과", "창업팀", "주무관", "김하늘", "055-211-1000"],
    )
    made = guess(found)
    assert made.columns == ("department", "team", "position", "name", "phone")
    assert (made.first_head, made.last_head) == (3, 4)
    assert rows(found)[0] == Row(
        "김하늘", "", "청년과", "창업팀", "주무관", "", "055-211-1000", "", "row 5"
    )


def test_a_head_that_is_merged_over_two_telephones() -> None:
    found = lines(
        ["부서", "성명", "전화번호", "", "업무"],
        ["", "", "행정", "일반", ""],
        ["청년과", "김하늘", "1000", "055-211-1000", "창업"],
    )
    (row,) = rows(found, columns=("department", "name", "phone", "phone", "duty"), head=2)
    assert row.phone == "1000, 055-211-1000"


def test_without_heads_the_content_says_it() -> None:
    body = [
        ["청년정책과", "주무관", "김하늘", "청년 창업 지원과 공간 운영", "055-211-1000"],
        ["수도행정과", "팀장", "이○○", "상수도 요금 부과와 징수", "055-211-1001"],
        ["교통정책과", "과장", "박구름", "불법 주정차 과태료 업무", "055-211-1002"],
    ]
    made = guess(lines(*body))
    assert made.columns == ("department", "position", "name", "duty", "phone")
    assert made.last_head == 0
    assert len(rows(lines(*body))) == 3


def test_damdang_is_a_team_or_a_duty_by_what_stands_below() -> None:
    team = lines(["부서", "담당", "전화"], ["청년과", "창업담당", "055-211-1000"])
    duty = lines(["부서", "담당", "전화"], ["청년과", "청년 창업 공간 조성", "055-211-1000"])
    assert guess(team).columns[1] == "team"
    assert guess(duty).columns[1] == "duty"


@pytest.mark.parametrize(
    ("head", "cells", "target"),
    [
        ("성명(직위)", ["강현숙(팀장)", "김하늘(주무관)"], "person"),
        ("성명(직위)", ["강현숙 팀장", "김하늘 주무관"], "person"),
        ("성명(직위)", ["강현숙", "김하늘"], "name"),
        ("성명(직위)", ["김○○", "이○○"], "name"),
        ("성명(직위)", ["과장", "주무관"], "position"),
        ("성명(직위)", [], "person"),
        ("담당자(직급)", ["주무관", "행정주사"], "position"),
        ("담당자(직급)", ["김하늘(7급)", "이바다(8급)"], "person"),
        ("담당자(직급)", ["김하늘", "이바다"], "name"),
        ("직급/성명", ["7급 김하늘", "8급 이바다"], "person"),
        ("담당자", ["과장", "주무관"], "position"),
        ("담당자(연락처)", ["055-211-1000", "055-211-1001"], "phone"),
        ("담당자(연락처)", ["김하늘(1000)", "이바다(1001)"], "name"),
        ("담당자", ["청년정책과", "도로시설과"], "department"),
        ("성명", ["김길동", "정은실"], "name"),
        ("부서(팀)", ["청년과 창업팀", "청년과 공간팀"], "unit"),
        ("직위(직급)", ["과장(5급)", "주무관(7급)"], "position"),
        ("연락처(팩스 아님)", ["055-211-1000"], "phone"),
    ],
)  # fmt: skip
def test_a_head_in_brackets_is_settled_by_what_stands_below(
    head: str, cells: list[str], target: str
) -> None:
    found = lines(["번호", "업무내용", head], *(["1", "일", one] for one in cells))
    assert guess(found).columns[2] == target


def test_positions_beside_a_column_of_positions_are_no_names() -> None:
    found = lines(
        ["부서", "직위", "담당자(직급)", "업무"],
        ["청년과", "팀장", "주무관", "창업"], ["청년과", "담당", "주무관", "공간"],
    )  # fmt: skip
    assert guess(found).columns == ("department", "position", "", "duty")


def test_the_title_above_the_heads() -> None:
    found = lines(["창원시", "직원 현황"], ["2026년"], files.HEAD, *files.BODY)
    assert columns.titles(found, guess(found)) == ["창원시 직원 현황", "2026년"]
    assert columns.titles(lines(["창원시"]), guess(lines(["창원시"]))) == []


def test_what_is_written_once_counts_for_the_rows_below() -> None:
    found = lines(
        ["국", "과", "팀", "업무"],
        ["경제국", "청년과", "창업팀", "가"],
        ["", "", "", "나"],
        ["", "", "공간팀", "다"],
        ["", "세무과", "", "라"],
        ["복지국", "노인과", "", "마"],
    )
    got = [(row.bureau, row.department, row.team) for row in rows(found)]
    assert got == [
        ("경제국", "청년과", "창업팀"),
        ("경제국", "청년과", "창업팀"), ("경제국", "청년과", "공간팀"),
        ("경제국", "세무과", ""), ("복지국", "노인과", ""),
    ]  # fmt: skip


def test_titles_notes_totals_and_repeated_heads_are_no_entries() -> None:
    found = lines(
        ["직위", "성명", "담당업무", "전화"],
        ["청년정책과", "", "", ""],
        ["주무관", "김하늘", "청년 창업", "055-211-1000"],
        ["직위", "성명", "담당업무", "전화"],
        ["창업지원팀", "", "", ""],
        ["주무관", "이바다", "공간 운영", "055-211-1001"],
        ["합  계", "", "2", ""],
        ["※ 자리를 비우면 당직실로", "", "", ""],
    )
    codes = [one.code for one in read(found) if isinstance(one, LeftOut)]
    assert codes == ["head", "title", "head", "title", "total", "note"]
    assert [(row.department, row.name) for row in rows(found)] == [
        ("청년정책과", "김하늘"), ("창업지원팀", "이바다"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heads", "cells", "wanted"),
    [
        (["부서", "성명"], ["청년과(팀장)", "김"], {"department": "청년과", "position": "팀장"}),
        (["부서", "직위성명"], ["청년과", "팀장 강현숙"], {"position": "팀장", "name": "강현숙"}),
        (["부서", "직위/성명"], ["청년과", "강현숙(팀장)"], {"position": "팀장", "name": "강현숙"}),
        (["부서", "담당자"], ["청년과", "주무관 김○○"], {"position": "주무관", "name": "김○○"}),
        (["부서", "성명(직위)"], ["청년과", "김솔(팀장)"], {"position": "팀장", "name": "김솔"}),
        (["부서", "성명(직위)"], ["청년과", "강현숙 팀장"], {"position": "팀장", "name": "강현숙"}),
        (["부서", "성명"], ["청년과", "강현숙(팀장)"], {"position": "팀장", "name": "강현숙"}),
        (["부서", "담당자(전화)"], ["청년과", "강현숙(1234)"], {"phone": "1234", "name": "강현숙"}),
        (
            ["부서", "담당자(전화)"], ["청년과", "팀장 강현숙(055-211-1000)"],
            {"phone": "055-211-1000", "name": "강현숙", "position": "팀장"},
        ),
        (
            ["조직구분", "성명"], ["경제국 > 청년과 > 창업팀", "김하늘"],
            {"bureau": "경제국", "department": "청년과", "team": "창업팀"},
        ),
        (
            ["부서", "성명"], ["경제국/청년과/창업팀", "김하늘"],
            {"bureau": "경제국", "department": "청년과", "team": "창업팀"},
        ),
        (
            ["조직구분", "성명"], ["경제국 청년과 창업팀", "김하늘"],
            {"bureau": "경제국", "department": "청년과", "team": "창업팀"},
        ),
        (["조직구분", "성명"], ["감사담당관", "김하늘"], {"department": "감사담당관", "team": ""}),
        (["부서", "전화"], ["청년과", "552111234"], {"phone": "0552111234"}),
        (["부서", "전화"], ["청년과", "055-1\n055-2"], {"phone": "055-1, 055-2"}),
        (["부서", "업무"], ["청년과", "가\n- 나"], {"duty": "가\n- 나"}),
    ],
)  # fmt: skip
def test_two_things_in_one_cell_are_taken_apart(
    heads: list[str], cells: list[str], wanted: dict[str, str]
) -> None:
    found = lines([*heads, "업무내용"], [*cells, "일"])
    columns_of = (*(headers.target_of(head) for head in heads), "duty")
    (row,) = rows(found, columns=columns_of, head=1, fill=False)
    said = {key: getattr(row, key) for key in wanted}
    if "duty" in wanted:
        said["duty"] = said["duty"].removesuffix("\n일")
    assert said == wanted


def test_what_is_wrong_with_a_row_is_said() -> None:
    found = lines(
        ["부서", "성명", "업무", "전화"],
        ["", "김하늘", "", "055-211-1000"],
        ["청년과", "", "", ""],
        ["청년과", "이바다", "업무" * 3000, "없음"],
        ["청년과", "박\ufffd름", "일", "1000"],
    )
    said = read(found, fill=False)
    assert [one.code for one in said[1:3] if isinstance(one, LeftOut)] == ["no-department", "title"]
    assert [one.notes[0][0] for one in said[3:] if isinstance(one, Taken)] == [
        "cut", "lost-characters",
    ]  # fmt: skip
    assert ("odd-phone", "없음") in [note for one in said if isinstance(one, Taken)
                                   for note in one.notes]  # fmt: skip


def test_a_column_is_taken_once_but_for_telephones_and_duties() -> None:
    assert columns.check(("phone", "phone", "duty", "duty", "")) == (
        "phone", "phone", "duty", "duty", "",
    )  # fmt: skip
    for wrong in (("name", "name"), ("salary",)):
        with pytest.raises(ValueError):
            columns.check(wrong)
    assert guess(lines(["소속", "부서", "이름"], ["국", "과", "김하늘"])).columns[:2] == (
        "bureau", "department",
    )  # fmt: skip


CELL = st.sampled_from(
    [
        "",
        "부서",
        "성명",
        "합계",
        "※ 주",
        "청년과",
        "팀장 강현숙",
        "055-211-1000",
        "a" * 90,
        "과\n팀",
        "/",
    ]
)


@given(st.lists(st.lists(CELL, max_size=7), max_size=12))
def test_any_table_is_read_without_a_fault(table: list[list[str]]) -> None:
    found = lines(*table)
    made = guess(found)
    assert columns.check(made.columns) == made.columns
    for one in read(found):
        if isinstance(one, Taken):
            assert one.row.department or one.row.duty or one.row.team


class TestOffices:
    """Which office a cell names."""

    known = Offices((one.number, one.name, one.sido, one.aliases) for one in read_offices())
    names = {one.number: one.name for one in read_offices()}

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("경상남도 창원시", "경상남도 창원시"), ("경남 창원시", "경상남도 창원시"),
            ("창원시", "경상남도 창원시"), ("창원시청", "경상남도 창원시"), ("경남", "경상남도"),
            ("경상남도", "경상남도"), ("경상남도청", "경상남도"),
            ("서울시 종로구", "서울특별시 종로구"),
            ("서울 중구", "서울특별시 중구"), ("부산광역시중구청", "부산광역시 중구"),
            ("중구", None), ("고성군", None), ("어디시", None), ("", None),
        ],
    )  # fmt: skip
    def test_a_name_names_one_office_or_none(self, text: str, name: str | None) -> None:
        found = self.known.find(text)
        assert (None if found is None else self.names[found]) == name

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("창원시 직원 현황", "경상남도 창원시"), ("경남창원시업무분장표", "경상남도 창원시"),
            ("2026_경남 고성군 업무분장(최종).xlsx", "경상남도 고성군"), ("경남 직원", "경상남도"),
            ("서울 중구 행정전화", "서울특별시 중구"), ("남양주시 전화번호부", "경기도 남양주시"),
            ("고성군 업무분장표", None), ("중구 직원", None), ("○○군 업무분장표", None),
            ("창원시와 김해시", None), ("강남구청장", "서울특별시 강남구"),
            ("직원 명단", None), ("", None),
            ("창원시설관리공단_직원현황.csv", None), ("서울시설공단 직원", None),
            ("서울특별시교육청 업무분장", None), ("성남시의료원", None),
            ("경기도일자리재단 명단", None), ("여수시설 현황", None),
            ("경상남도 2026년 창원시 직원", "경상남도 창원시"),
        ],
    )  # fmt: skip
    def test_a_title_speaks_of_one_office_or_none(self, text: str, name: str | None) -> None:
        found = self.known.mentioned(text)
        assert (None if found is None else self.names[found]) == name

    def test_every_office_is_found_in_a_title_of_its_whole_name(self) -> None:
        for number, name in self.names.items():
            assert self.known.mentioned(f"2026년 {name} 업무분장표") == number, name

    @given(st.text(max_size=40))
    def test_any_title_is_read(self, text: str) -> None:
        assert self.known.mentioned(text) in {None, *self.names}

    def test_the_province_tells_those_of_one_name_apart(self) -> None:
        found = self.known.find("고성군", "경남")
        assert found is not None
        assert self.names[found] == "경상남도 고성군"

    def test_every_office_is_found_by_its_whole_name(self) -> None:
        assert all(self.known.find(name) == number for number, name in self.names.items())
