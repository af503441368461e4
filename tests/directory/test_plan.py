"""Queries: what they find is the truth, and what is best comes first."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.directory.rules import hangul, plan
from app.directory.rules.expr import Nowhere, has_prefix
from app.directory.rules.plan import Words
from app.directory.rules.readings import readings
from tests.directory.index import Index
from tests.directory.people import Row, fits, people, truth

ROWS = people(1_500)


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    """1,500 officials."""
    made = Index(ROWS)
    yield made
    made.close()


def part(chance: random.Random, row: Row, size: int) -> str:
    """A piece of one of the row's texts."""
    long = [text for text in row.pieces if len(text) >= size]
    text = chance.choice(long)
    start = chance.randrange(len(text) - size + 1)
    return text[start : start + size]


@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_a_piece_of_a_word_finds_exactly_the_rows_that_have_it(index: Index, size: int) -> None:
    chance = random.Random(size)  # noqa: S311  repeatable on purpose
    for _ in range(60):
        term = part(chance, chance.choice(ROWS), size)
        if any(map(hangul.is_consonant, term)):
            continue
        assert index.find(term) == truth(ROWS, [term]), term


def test_several_terms_may_stand_in_different_fields(index: Index) -> None:
    chance = random.Random(9)  # noqa: S311  repeatable on purpose
    for _ in range(60):
        row = chance.choice(ROWS)
        terms = list(dict.fromkeys((part(chance, row, 2), part(chance, row, 3))))
        found = index.find(" ".join(terms))
        assert found == truth(ROWS, terms), terms
        assert row.id in found


@pytest.mark.parametrize(
    "query", ["청년 창업", "청년창업", " 청년　창업 ", "청년·창업", "청년, 창업!"]
)
def test_spaces_and_signs_do_not_matter(index: Index, query: str) -> None:
    assert index.find(query) >= truth(ROWS, ["청년창업"]) != set()


@pytest.mark.parametrize("row", ROWS[:40], ids=lambda row: str(row.id))
def test_a_telephone_is_found_from_each_of_its_groups(index: Index, row: Row) -> None:
    number = "".join(char for char in row.text.phone if char.isdigit())
    for typed in (row.text.phone, number, number[-7:], number[-4:], number[: len(number) - 2]):
        assert row.id in index.find(typed), typed


def test_a_number_inside_a_group_is_not_found(index: Index) -> None:
    assert index.find("552114") == truth(ROWS, ["552114"])


@pytest.mark.parametrize(
    ("query", "text"),
    [("ㅊㄴㅊㅇ", "청년창업"), ("ㅅㅅㄷ", "상수도"), ("ㅁㅎㅈ", "문화재"), ("ㅁㄱㄹ", "물관리")],
)
def test_initials_find_words_from_their_beginning(index: Index, query: str, text: str) -> None:
    wanted = {row.id for row in ROWS if any(piece.startswith(text) for piece in row.pieces)}
    assert index.find(query) >= wanted != set()


@pytest.mark.parametrize("query", ["ㅊ년", "청ㄴ", "청ㄴ창업", "ㅊ년ㅊ업", "상ㅅ도"])
def test_a_lone_consonant_stands_for_any_syllable_with_it(index: Index, query: str) -> None:
    pattern = query
    wanted = {row.id for row in ROWS if any(fits(pattern, piece) for piece in row.pieces)}
    assert index.find(query) == wanted != set()


def test_one_syllable_finds_words_that_begin_with_it(index: Index) -> None:
    found = index.find("물")
    assert found
    assert {row.id for row in ROWS if "물 관리" in row.text.duty} <= found


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("창ㅇ", "창원"),
        ("창우", "창원"),
        ("상숟", "상수도"),
        ("문홪", "문화재"),
        ("원어ㅁ", "원어민"),
        ("총ㄱ", "총괄"),
        ("춪", "추진"),
    ],
)
def test_a_syllable_that_is_still_being_typed(index: Index, typed: str, whole: str) -> None:
    terms = plan.terms_of(typed)
    made = plan.composing(terms, index.words) or plan.plan(terms, index.words)
    assert made is not None
    assert index.ask(made.everything) >= truth(ROWS, [whole]) != set()


def test_a_whole_word_of_latin_letters_is_not_being_composed(index: Index) -> None:
    assert plan.composing(("cctv",), index.words) is None
    assert plan.composing((), index.words) is None


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("tkdtneh", ["상수도"]), ("Rkcl", ["까치"]), ("상수도를", ["상수도"]),
        ("상수도 담당자 전화번호", ["상수도", "상수"]), ("도로", []), ("gis", ["햔"]),
        ("cctv 설치", ["ㅊㅊㅅㅍ 설치"]),
        ("청년창업은 누구", ["청년창업은", "청년창업"]), ("", []), ("물을", []),
    ],
)  # fmt: skip
def test_other_ways_to_read_a_query(query: str, wanted: list[str]) -> None:
    assert [" ".join(found) for found in readings(query)] == wanted


def test_the_better_tier_is_part_of_all_that_follow(index: Index) -> None:
    chance = random.Random(4)  # noqa: S311  repeatable on purpose
    queries = [
        "청년 창업",
        "창원시 청년 창업",
        "물",
        "ㅊㄴㅊㅇ",
        "ㅊ",
        "119",
        "문화재",
        "경남 상수도 요금",
    ]
    queries += [part(chance, chance.choice(ROWS), 3) for _ in range(20)]
    for query in queries:
        made = plan.plan(plan.terms_of(query), index.words)
        assert made is not None
        everything = index.ask(made.everything)
        for tier in made.tiers:
            assert index.ask(tier) <= everything


def test_what_stands_together_at_a_words_beginning_is_best(index: Index) -> None:
    made = plan.plan(plan.terms_of("창원시 청년 창업"), index.words)
    assert made is not None
    best = {row.id: row for row in ROWS if row.id in index.ask(made.tiers[0])}
    assert best
    for row in best.values():
        assert "창원시" in row.text.organisation
        assert any("청년창업" in piece for piece in row.pieces)


def test_terms_that_mean_the_same(index: Index) -> None:
    wanted = truth(ROWS, ["아동수당"]) | truth(ROWS, ["양육지원"])
    assert index.find("아동수당") == wanted != set()


@given(st.text(max_size=400))
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_breaks_the_index(index: Index, query: str) -> None:
    index.find(query)
    terms = plan.terms_of(query)
    assert sum(map(len, terms)) <= plan.LONGEST
    for other in readings(query):
        made = plan.plan(other, index.words)
        assert made is not None
        index.ask(made.everything)
    grown = plan.composing(terms, index.words)
    if grown is not None:
        index.ask(grown.everything)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("업무" * 2_000, ("업무업무업",)),
        ("업무 " * 2_000, ("업무",)),
        ("업무" + " 관리" * 52 + " 청년", ("업무", "관리")),
        ("ㅇ" * 12, ("ㅇ" * 12,)),
        ("0" * 30 + "가ㄱ", ("0" * 30 + "가ㄱ",)),
        ("1" * 10_000, ("1" * plan.MOST_DIGITS,)),
        (
            "가나다라마바사 " + "아" + "자차카타파하" * 7,
            ("가나다라마바사", "아자차카타파하자차카타파하자"),
        ),
        ("02 1234 1234", ("0212341234",)),
        ("청년 창업" + " " * 200 + "지원", ("청년", "창업")),
        (
            "".join(map(chr, range(0xAC00, 0xAC00 + 200))),
            ("".join(map(chr, range(0xAC00, 0xAC00 + plan.LONGEST))),),
        ),
    ],
)
def test_limits_leave_no_half_word(typed: str, terms: tuple[str, ...]) -> None:
    assert plan.terms_of(typed) == plan.terms_of(typed[: 4 * plan.LONGEST]) == terms


@pytest.mark.parametrize("typed", ["055", "022", "064", "000", "099"])
def test_an_area_code_merges_no_lists(index: Index, typed: str) -> None:
    made = plan.plan((typed,), index.words)
    assert made is not None
    assert not has_prefix(made.everything)
    assert index.ask(made.everything) == truth(ROWS, [typed])


def test_a_term_that_stands_nowhere_is_the_whole_plan(index: Index) -> None:
    made = plan.plan(("업무", "젋뷁", "011"), index.words)
    assert made is not None
    assert made.tiers == (Nowhere(("젋뷁",)),)
    assert plan.composing(("젋뷁", "창우"), index.words) is None

    meant = Words(index.words.pairs, set(), {"젋뷁": ("청년창업",)})
    made = plan.plan(("젋뷁",), meant)
    assert made is not None
    assert index.ask(made.everything) == truth(ROWS, ["청년창업"]) != set()


HOSTILE = (
    '"', "' OR 1=1 --", "* NOT x", 'f MATCH "a"', "NEAR(a b)", "^청년", "@청년 #055", "{x}: y",
    "\x00", "청" * 10_000, "ㅊ" * 500, "가ㄱ" * 200, "\u202e청년", "🙂🙂", "a AND OR NOT b", "-",
    "(((", "*", "_ _",
)  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_what_an_attacker_types_is_text(index: Index, query: str) -> None:
    index.find(query)
    for other in readings(query):
        index.find(" ".join(other))
