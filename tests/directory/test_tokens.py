"""The analyzer: what a text is compared as, and the tokens of an entry."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.rules import text, tokens
from app.directory.rules.tokens import Text, phone_tokens, stream

EMPTY = Text("", "", "", "", "", "", "", "")


def pieces(given: str) -> list[str]:
    """The segments of a text."""
    return [segment.text for segment in text.segments(given)]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("청년 창업 지원", ["청년창업지원"]),
        ("- 청년 창업\n- 물 관리", ["청년창업", "물관리"]),
        ("1. 수도 요금(부과) 2024년", ["수도요금", "부과", "2024년"]),
        ("지도·점검 / 홍보; 단속", ["지도", "점검", "홍보", "단속"]),
        ("○ 가로등 ● 보안등", ["가로등", "보안등"]),
        ("ＣＣＴＶ 설치", ["cctv설치"]),
        ("청년-창업", ["청년창업"]),
        ("지도ㆍ점검", ["지도", "점검"]),
        ("업무\t총괄\x00", ["업무총괄"]),
        (unicodedata.normalize("NFD", "상수도 요금"), ["상수도요금"]),
        ("ㅊㄴ 정책", ["ㅊㄴ정책"]),
        ("", []), (" - ", []), ("·,/", []), ("🙂", []),
    ],
)  # fmt: skip
def test_segments(given: str, wanted: list[str]) -> None:
    assert pieces(given) == wanted


def test_the_beginnings_of_words_are_kept() -> None:
    [segment] = text.segments("물 관리 총괄")
    assert segment == text.Segment("물관리총괄", (0, 1, 3))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("김○○", "김"), ("이*", "이"), ("박**", "박"), ("최OO", "최"), ("정〇〇", "정"),
        ("강인호", "강인호"), ("남궁ㅇㅇ", "남궁ㅇㅇ"), ("John Oox", "John Oox"), ("○○○", ""),
    ],
)  # fmt: skip
def test_what_hides_a_name_is_not_part_of_it(name: str, shown: str) -> None:
    assert text.unmasked(name) == shown


@given(st.text(max_size=300))
def test_any_text_has_segments_that_stay_themselves(given: str) -> None:
    for segment in text.segments(given):
        assert segment.text
        assert segment.starts[0] == 0
        assert all(start < len(segment.text) for start in segment.starts)
        assert not any(char.isspace() for char in segment.text)
        assert pieces(segment.text) in ([segment.text], [])


def test_the_stream_of_an_entry() -> None:
    entry = Text(
        "김○○",
        "",
        "청년과",
        "",
        "팀장",
        "청년 창업, 물 관리",
        "055)211-1234",
        "경상남도",
        ("경남",),
        "055",
    )
    assert stream(entry) == [
        "@김", "@ㄱ",
        "청년", "년과", "@청", "@청년", "@ㅊ", "@ㅊㄴ", "@ㅊㄴㄱ",
        "청년", "년창", "창업",
        "^청", "^청년", "ㅊ", "ㅊㄴ", "ㅊㄴㅊㅇ", "^창", "^창업", "ㅊ", "ㅊㅇ",
        "물관", "관리", "^물", "^물관", "ㅁ", "ㅁㄱ", "ㅁㄱㄹ", "^관", "^관리", "ㄱ", "ㄱㄹ",
        "팀장", "_", "경상", "상남", "남도", "_", "경남", "_",
        "#0552111234", "#2111234", "#1234", "#055",
    ]  # fmt: skip


def test_an_entry_of_nothing_has_no_tokens() -> None:
    assert stream(EMPTY) == []


@pytest.mark.parametrize(
    ("phone", "area", "wanted"),
    [
        ("055-211-1234", "055", ["#0552111234", "#2111234", "#1234", "#055"]),
        ("055)211-1234", "055", ["#0552111234", "#2111234", "#1234", "#055"]),
        ("055.211.1234", "055", ["#0552111234", "#2111234", "#1234", "#055"]),
        ("211-1234", "055", ["#0552111234", "#2111234", "#1234", "#055"]),
        ("02-2123-4567", "02", ["#0221234567", "#21234567", "#4567", "#022"]),
        ("1234", "055", ["#1234"]),
        ("064 710 1234", "055", ["#0647101234", "#7101234", "#1234", "#064"]),
        ("211-1234, 1235", "055", ["#0552111234", "#2111234", "#1234", "#1235", "#055"]),
        ("없음", "055", []), ("-", "055", []), ("12", "055", []),
    ],
)  # fmt: skip
def test_telephones(phone: str, area: str, wanted: list[str]) -> None:
    assert phone_tokens(phone, area) == wanted


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_tokens_are_safe_for_an_index(duty: str, name: str, phone: str) -> None:
    """One word each, none with a quote, none empty: the index takes the stream as one text."""
    for token in stream(Text(name, "", "", "", "", duty, phone, "경상남도", (), "055")):
        assert token
        assert not set(token) & set("\"' \n\t\x00")
        assert token == token.lower()


def test_only_pairs_are_in_the_dictionary() -> None:
    entry = Text("김", "", "청년과", "", "", "물", "211-1234", "경남", (), "055")
    assert tokens.dictionary(stream(entry)) == {"청년", "년과", "경남"}
