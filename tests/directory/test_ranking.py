"""What comes first, and which letters are marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.rules import marks, ranking
from app.directory.rules.ranking import Scorer, Span
from app.directory.rules.tokens import Text

NOBODY = Text("", "", "", "", "주무관", "", "", "경상남도")


def duty(text: str, **more: Any) -> Text:
    """An entry with a duty."""
    return replace(NOBODY, duty=text, **more)


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("청년", duty("청년 정책 총괄"), duty("중장년청년 지원")),
        ("문화재", duty("문화재 보수"), duty("문화재단 지원")),
        ("청년", duty("청년 정책"), duty("보조금 정산, 일반 서무, 청년 정책")),
        ("청년 창업", duty("청년 창업 지원"), duty("청년 정책, 여성 창업")),
        (
            "청년 창업지원 사업",
            duty("청년창업지원사업 총괄"),
            duty("청년 상담, 창업지원 센터 운영, 사업 정산"),
        ),
        ("청년", duty("청년 정책", department="청년과"), duty("청년 정책", department="경제과")),
        ("김민수", duty("청년", name="김민수"), duty("김민수 기념관 청년", name="")),
        ("ㅊㄴ", duty("청년 정책"), duty("중장년청년")),
        ("수도", duty("수도 요금"), duty("가수 도우미")),
    ],
)
def test_the_better_comes_first(query: str, better: Text, worse: Text) -> None:
    scorer = Scorer(query.split())
    assert scorer.score(better) > scorer.score(worse) >= 0


def test_a_place_is_no_part_of_what_stands_together() -> None:
    scorer = Scorer(["창원시", "청년", "창업지원"], topic="청년창업지원")
    together, apart = duty("청년 창업지원 총괄"), duty("청년 상담, 창업지원 센터")
    assert scorer.score(together) - scorer.score(apart) > 60


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("청년 창업 지원", ["청년창업"], ["청년 창업"]),
        ("청년·창업 지원", ["청년", "창업"], ["청년", "창업"]),
        ("CCTV 설치", ["cctv"], ["CCTV"]),
        ("상수도 요금", ["ㅅㅅㄷ"], ["상수도"]),
        ("문화재단, 문화재", ["문화재"], ["문화재", "문화재"]),
        ("055-211-1234", ["0552111234"], ["055-211-1234"]),
        ("①㎡ 관리", ["1m2"], ["①㎡"]),
        ("없음", ["청년"], []), ("", ["청년"], []), ("청년", [], []),
    ],
)  # fmt: skip
def test_the_letters_that_say_why(text: str, terms: list[str], marked: list[str]) -> None:
    found = ranking.spans(text, terms)
    assert [text[span.start : span.end] for span in found] == marked


@given(st.text(max_size=200), st.lists(st.text("청년창업ㅊ1a", min_size=1, max_size=4), max_size=3))
def test_spans_lie_in_the_text_one_after_the_other(text: str, terms: list[str]) -> None:
    end = -1
    for span in ranking.spans(text, terms):
        assert isinstance(span, Span)
        assert end < span.start < span.end <= len(text)
        end = span.end


TEXTS = st.text("청년창업지원 ·,_1aA㎡ﬀ\n", max_size=30)
TERMS = st.lists(st.text("청년창업ㅊㅇ1a", min_size=1, max_size=4), max_size=4)


@given(st.lists(TEXTS, max_size=12), TERMS)
def test_many_texts_are_marked_as_each_alone(texts: list[str], terms: list[str]) -> None:
    alone = ["".join(_signs(marks.marked(one, terms))) for one in texts]
    assert marks.mark_all(texts, terms) == alone


def _signs(parts: marks.Parts) -> list[str]:
    return [f"{marks.OPEN}{text}{marks.CLOSE}" if one else text for text, one in parts]


@given(st.text("가나다 ·,\n", max_size=600), st.text("가나다", min_size=1, max_size=2))
def test_the_part_of_a_long_text_holds_its_first_mark(text: str, term: str) -> None:
    part = marks.cut(text, [term])
    assert len(part) <= marks.LONGEST + 2
    assert bool(ranking.spans(part, [term])) == bool(ranking.spans(text, [term]))
