"""Menu sheets of every shape as meals; and whatever a sheet holds, it is read without a fault."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.cafeteria.rules import menu_words as words
from app.cafeteria.rules.menu import MOST_CELL, MOST_TEXT, Parsed, parse
from app.cafeteria.rules.menu_book import MOST_ITEMS, MOST_PROBLEMS
from app.cafeteria.rules.menu_text import lines_of
from app.cafeteria.rules.plain import made_plain
from app.core.sheets.lines import Line

WEEK = date(2026, 11, 23)
Said = dict[tuple[str, str], list[str]]


def read(rows: Sequence[Sequence[str]], week: date = WEEK) -> Parsed:
    """What is understood of rows."""
    return parse([Line(at, tuple(one)) for at, one in enumerate(rows, 1)], week)


def said(parsed: Parsed) -> Said:
    """The dishes by day and meal."""
    return {(one.day.isoformat()[5:], one.meal): list(one.items) for one in parsed.menus}


def codes(parsed: Parsed) -> list[tuple[int, str]]:
    """Which rows were not understood, and why."""
    return [(one.row, one.code) for one in parsed.problems]


WEEKLY = [
    ["본관 구내식당 주간 식단표", "", "", ""],
    ["구분", "11/23(월)", "11/24(화)", "11/25(수)"],
    ["조식", "전복죽\n김치\n과일", "토스트, 우유", ""],
    ["중식", "쌀밥", "잡곡밥", "비빔밥"],
    ["중식", "미역국", "된장국", "계란국"],
    ["중식", "불고기(쇠고기:호주산, 마늘)", "고등어구이", "김치"],
    ["열량", "812kcal", "790kcal", "905kcal"],
    ["석식", "라면/김치", "돈가스·샐러드", "휴무"],
    ["※ 식단은 사정에 따라 변경될 수 있습니다.", "", "", ""],
]


def test_a_week_with_meals_merged_downwards() -> None:
    found = read(WEEKLY)
    assert said(found) == {
        ("11-23", "breakfast"): ["전복죽", "김치", "과일"],
        ("11-23", "lunch"): ["쌀밥", "미역국", "불고기(쇠고기:호주산, 마늘)"],
        ("11-23", "dinner"): ["라면", "김치"],
        ("11-24", "breakfast"): ["토스트", "우유"],
        ("11-24", "lunch"): ["잡곡밥", "된장국", "고등어구이"],
        ("11-24", "dinner"): ["돈가스", "샐러드"],
        ("11-25", "lunch"): ["비빔밥", "계란국", "김치"],
    }
    assert codes(found) == [(1, "no-place"), (7, "note"), (8, "rests"), (9, "note")]


def test_a_meal_that_stands_in_its_first_row_only_goes_on() -> None:
    rows = [["", "월", "화"], ["중식", "밥", "면"], ["", "국", ""], ["석식", "죽", ""]]
    assert said(read(rows)) == {
        ("11-23", "lunch"): ["밥", "국"],
        ("11-24", "lunch"): ["면"],
        ("11-23", "dinner"): ["죽"],
    }


@pytest.mark.parametrize(
    "heads",
    [
        ["11/23(월)", "11/24(화)"],
        ["11월 23일", "11월 24일"],
        ["2026-11-23", "2026-11-24"],
        ["2026. 11. 23.", "2026. 11. 24."],
        ["26.11.23", "26.11.24"],
        ["20261123", "20261124"],
        ["월\n11/23", "화\n11/24"],
        ["월요일(11/23)", "화요일(11/24)"],
        ["23일(월)", "24일(화)"],
        ["23(월)", "24(화)"],
        ["월", "화"],
        ["월요일", "화요일"],
        ["(월)", "(화)"],
        ["2026-11-23 00:00", "2026-11-24 00:00"],
    ],
)
def test_days_are_written_in_many_ways(heads: list[str]) -> None:
    found = read([["구분", *heads], ["중식", "밥", "면"]])
    assert said(found) == {("11-23", "lunch"): ["밥"], ("11-24", "lunch"): ["면"]}
    assert not found.problems


def test_weekdays_under_their_dates_are_one_head() -> None:
    dates, names = ["날짜", "11/30", "12/1"], ["요일", "월", "화"]
    for heads in ([dates, names], [names, dates]):
        assert said(read([*heads, ["중식", "밥", "면"]])) == {
            ("11-30", "lunch"): ["밥"],
            ("12-01", "lunch"): ["면"],
        }


def test_the_title_says_of_which_week_weekdays_are() -> None:
    found = read([["주간식단 (11.30 ~ 12.4)", ""], ["구분", "월", "화"], ["중식", "밥", "면"]])
    assert said(found) == {("11-30", "lunch"): ["밥"], ("12-01", "lunch"): ["면"]}


def test_two_weeks_below_each_other() -> None:
    head, meal = ["구분", "월", "화"], ["중식", "밥", "면"]
    rows = [["11월 23일 ~ 11월 27일"], head, meal, ["11월 30일 ~ 12월 4일"], head, meal]
    assert [day for day, _ in said(read(rows))] == ["11-23", "11-24", "11-30", "12-01"]


def test_a_year_that_is_missing_is_the_nearest() -> None:
    rows = [["구분", "12/31(목)", "1/1(금)"], ["중식", "밥", "면"]]
    for week in (date(2026, 12, 28), date(2027, 1, 4)):
        assert [one.day for one in read(rows, week).menus] == [
            date(2026, 12, 31), date(2027, 1, 1),
        ]  # fmt: skip


def test_a_weekday_that_differs_and_a_day_that_is_none_are_said() -> None:
    found = read([["구분", "11/23(화)", "2/30", "11/25"], ["중식", "밥", "국", "면"]])
    assert said(found) == {("11-23", "lunch"): ["밥"], ("11-25", "lunch"): ["면"]}
    assert codes(found) == [(1, "weekday-differs"), (1, "no-such-day")]


def test_days_that_are_far_away_are_said() -> None:
    found = read([["구분", "2025-11-24", "2025-11-25"], ["중식", "밥", "국"]])
    assert codes(found) == [(1, "far"), (1, "far")]


def test_a_meal_over_all_columns() -> None:
    rows = [["", "11/23", "11/24"], ["중식"] * 3, ["", "밥", "면"], ["석식"] * 3, ["", "국", "죽"]]
    assert said(read(rows)) == {
        ("11-23", "lunch"): ["밥"],
        ("11-24", "lunch"): ["면"],
        ("11-23", "dinner"): ["국"],
        ("11-24", "dinner"): ["죽"],
    }


def test_days_downwards() -> None:
    rows = [
        ["일자", "요일", "조식", "중식", "석식"],
        ["11/23", "월", "죽", "밥\n국\n김치", "면"],
        ["", "", "", "떡", ""],
        ["11/24", "화", "", "한글날 휴무", "휴무"],
        ["비고", "", "", "변경될 수 있음", ""],
    ]
    found = read(rows)
    assert said(found) == {
        ("11-23", "breakfast"): ["죽"],
        ("11-23", "lunch"): ["밥", "국", "김치", "떡"],
        ("11-23", "dinner"): ["면"],
    }
    assert codes(found) == [(4, "rests"), (4, "rests"), (5, "note")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_a_list_with_its_columns_in_any_order(order: tuple[int, int, int]) -> None:
    rows = [
        ["날짜", "구분", "메뉴"],
        ["2026-11-23", "중식", "밥, 국"],
        ["", "석식", "면"],
        ["2026-11-24", "야식", "라면"],
        ["내일", "중식", "죽"],
    ]
    found = read([[row[at] for at in order] for row in rows])
    assert said(found) == {("11-23", "lunch"): ["밥", "국"], ("11-23", "dinner"): ["면"]}
    assert {(4, "no-meal"), (5, "no-day")} <= set(codes(found))


def test_a_list_with_several_columns_of_dishes() -> None:
    rows = [["날짜", "식사", "메뉴1", "메뉴2", "열량"], ["11/23", "중식", "밥", "국", "800"]]
    assert said(read(rows)) == {("11-23", "lunch"): ["밥", "국"]}


def test_a_list_without_a_meal_is_of_lunches() -> None:
    assert said(read([["일자", "식단"], ["11/23", "밥 / 국"]])) == {
        ("11-23", "lunch"): ["밥", "국"]
    }


def test_plain_lines() -> None:
    text = "11월 23일(월)\n중식\n쌀밥\n국\n석식: 라면, 김치\n\n11/24 중식 볶음밥\n11/25: 비빔밥"
    assert said(parse(lines_of(text), WEEK)) == {
        ("11-23", "lunch"): ["쌀밥", "국"],
        ("11-23", "dinner"): ["라면", "김치"],
        ("11-24", "lunch"): ["볶음밥"],
        ("11-25", "lunch"): ["비빔밥"],
    }


def test_what_is_pasted_from_a_spreadsheet_keeps_its_lines_in_a_cell() -> None:
    text = '구분\t11/23(월)\t11/24(화)\r\n중식\t"쌀밥\n미역국\n김치"\t면\r\n'
    assert said(parse(lines_of(text), WEEK)) == {
        ("11-23", "lunch"): ["쌀밥", "미역국", "김치"],
        ("11-24", "lunch"): ["면"],
    }


def test_a_quote_without_its_other_half_is_a_sign_like_any_other() -> None:
    text = '구분\t11/23\t11/24\n중식\t"쌀밥\t면\n석식\t국\t죽'
    assert said(parse(lines_of(text), WEEK))[("11-23", "dinner")] == ["국"]


def test_pasted_csv_is_cut_at_its_commas() -> None:
    text = '날짜,구분,메뉴\n2026-11-23,중식,"밥, 국"\n'
    assert said(parse(lines_of(text), WEEK)) == {("11-23", "lunch"): ["밥", "국"]}


def test_a_dish_is_not_repeated_where_cells_were_merged() -> None:
    rows = [["", "11/23", "11/24"], ["중식", "뷔페", "밥"], ["중식", "뷔페", "국"]]
    assert said(read(rows))[("11-23", "lunch")] == ["뷔페"]


def test_too_many_rows_and_dishes_and_long_names_are_said() -> None:
    dishes = [["중식", f"음식 가{'나' * at}", ""] for at in range(35)]
    found = read([["구분", "11/23", "11/24"], *dishes, ["석식", "가" * 61, "밥"]])
    assert len(said(found)[("11-23", "lunch")]) == MOST_ITEMS
    assert [code for _, code in codes(found)] == ["many"] * 5 + ["long"]
    many = read([["구분", "11/23", "11/24"], *[["중식", "밥", "국"]] * 300])
    assert codes(many) == [(201, "too-many-rows")]


@pytest.mark.parametrize(
    ("text", "meal"),
    [
        ("중식", "lunch"), ("중 식", "lunch"), ("중\n식", "lunch"), ("점심식사", "lunch"),
        ("중식\n(11:30~13:00)", "lunch"), ("중식A", "lunch"), ("[석식]", "dinner"),
        ("아침", "breakfast"), ("Dinner", "dinner"), ("간식", ""), ("중식볶음밥", None),
        ("아침햇살", None), ("", None),
    ],
)  # fmt: skip
def test_meals_have_many_names(text: str, meal: str | None) -> None:
    assert words.meal_of(words.tidy(text)) == meal


@pytest.mark.parametrize(
    "text", ["휴무", "한글날 휴무", "개천절", "임시 휴업", "추석연휴", "운영하지 않음"]
)
def test_days_of_rest(text: str) -> None:
    assert words.says_rest(text)


@pytest.mark.parametrize("text", ["떡국", "추석 특식 송편", "설날 떡국", "한글 과자"])
def test_dishes_are_no_days_of_rest(text: str) -> None:
    assert not words.says_rest(text)


def test_half_a_portion_is_one_dish() -> None:
    assert words.dishes("짜장 1/2 반반 / 단무지") == ["짜장 1/2 반반", "단무지"]
    assert words.dishes("-") == []


PIECES = st.sampled_from(
    [
        "", "월", "화", "11/23", "11/24(화)", "11월 25일", "2/30", "중식", "석식", "야식", "구분",
        "날짜", "메뉴", "요일", "밥\n국", "밥, 국/김치", "휴무", "800kcal", "※ 안내", "(", ")",
        "1/2",
        "11.30 ~ 12.4 식단", "23일(월)", "\x00", "9999-12-31 식단",
        "0001-01-01 식단표", "9999-12-31", "0001-01-01", "00000101", "\n\n\n",
    ]
)  # fmt: skip
CELLS = PIECES | st.text(max_size=25)
GRIDS = st.lists(st.lists(CELLS, max_size=7), max_size=14)


@pytest.mark.parametrize(
    "text",
    [
        "석식 없음",
        "석식없음",
        "(저녁 없음)",
        "중식 미제공",
        "식사 없음",
        "석식은 제공하지 않습니다",
        "- 조식 없음 -",
    ],
)
def test_a_meal_that_is_not_served(text: str) -> None:
    assert words.says_not_served(text)
    found = read([["구분", "11/23", "11/24"], ["석식", text, "라면"]])
    assert [(one.day.day, one.items) for one in found.menus] == [(24, ("라면",))]
    assert [(one.code, one.text) for one in found.problems] == [("not-served", text)]


@pytest.mark.parametrize("text", ["씨 없음 포도", "석식 도시락", "뼈없는 닭발", "점심 특식"])
def test_a_dish_is_served(text: str) -> None:
    assert not words.says_not_served(text)


@pytest.mark.parametrize("text", ["휴무", "미운영", "휴점", "휴"])
def test_a_week_without_dinner_merged_into_one_cell(text: str) -> None:
    found = read([["구분", "11/23", "11/24"], ["중식", "밥", "면"], ["석식", text, text]])
    assert {one.meal for one in found.menus} == {"lunch"}
    assert [one.code for one in found.problems] == ["rests", "rests"]


@given(GRIDS, st.dates(date(2001, 1, 3), date(2098, 1, 1)))
@settings(max_examples=400, deadline=None)
@example([["구분", "9999-12-31", "0001-01-01"], ["중식", "밥", "국"]], date(2026, 11, 23))
def test_it_never_raises_and_says_nothing_that_was_not_written(
    rows: list[list[str]], near: date
) -> None:
    found = read(rows, words.monday_of(near))
    given_texts = [words.tidy(made_plain(cell)) for row in rows for cell in row]
    for one in found.menus:
        assert one.items
        assert len(set(one.items)) == len(one.items)
        assert all(any(item in text for text in given_texts) for item in one.items)
        assert all(0 < len(item) <= words.MOST_ITEM for item in one.items)
    keys = [(one.day, one.meal) for one in found.menus]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(
        keys, key=lambda key: (key[0], ("breakfast", "lunch", "dinner").index(key[1]))
    )
    assert len(found.problems) <= MOST_PROBLEMS
    assert all(1 <= one.row <= len(rows) for one in found.problems)


@given(st.text(max_size=300) | st.lists(CELLS).map("\t".join) | GRIDS.map(
    lambda rows: "\n".join("\t".join(row) for row in rows)
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_pasted_text_is_read(text: str) -> None:
    lines = lines_of(text)
    assert sum(len(cell) for one in lines for cell in one.cells) <= len(text)
    parse(lines, WEEK)


def test_of_very_much_text_the_beginning_is_read() -> None:
    row = ["11/24", "가" * MOST_CELL * 2]
    found = read([["날짜", "식단"], ["11/24", "국, 밥"], *[row] * 199])
    assert said(found)["11-24", "lunch"] == ["국", "밥"]
    last, code = codes(found)[-1]
    assert code == "too-much"
    assert (last - 3) * MOST_CELL <= MOST_TEXT < last * (MOST_CELL + 10)


def test_a_dish_is_read_without_signs_that_nobody_sees() -> None:
    found = read([["날짜", "식단"], ["11/24\u200b", "\ufeff김\u202e치\n쌀\x00밥\n국"]])
    assert said(found) == {("11-24", "lunch"): ["김치", "쌀밥", "국"]}
