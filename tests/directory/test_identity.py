"""Which new line is which old one: by duty first, by name where there is one, one to one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.rules import identity
from app.directory.rules.identity import Match, kind, match
from app.directory.rules.row import Row
from tests.directory.desk import line, lines


def kinds(old: list[Row], new: list[Row]) -> list[tuple[int, int, str]]:
    """The matches as plain tuples."""
    return [(one.old, one.new, one.kind) for one in match(old, new)]


def test_lines_in_another_order_are_the_same() -> None:
    old = lines(20)
    assert kinds(old, old[::-1]) == [(19 - at, at, "same") for at in range(20)]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ({}, {"name": "이바다"}, "handover"),
        ({}, {"phone": "055-1"}, "changed"),
        ({}, {"fax": ""}, "changed"),
        ({}, {"duty": "청년 창업 지원 및 홍보"}, "changed"),
        ({}, {"department": "청년담당관"}, "changed"),
        ({}, {"name": "김○○"}, "changed"),
        ({"name": "김○○"}, {"name": "김하늘"}, "changed"),
        ({"name": "김○○"}, {"name": "이○○"}, "handover"),
        ({"name": "김○○"}, {"name": "김○○", "position": "팀장"}, "handover"),
        ({"name": ""}, {"name": "", "phone": "055-1"}, "handover"),
        ({"name": ""}, {"name": "", "team": "다른팀"}, "changed"),
        ({"name": "김 하늘"}, {"name": "김하늘"}, "changed"),
    ],
)
def test_what_became_of_a_line(old: dict[str, str], new: dict[str, str], what: str) -> None:
    assert kinds([line(**old)], [line(**new)]) == [(0, 0, what)]


def test_another_person_with_another_duty_is_another_line() -> None:
    assert match([line()], [line(name="이바다", duty="가축 방역", phone="1")]) == []


def test_of_several_with_one_duty_each_keeps_their_own() -> None:
    people = (("가나다", "1", "주무관"), ("라마바", "2", "팀장"), ("사아자", "3", "주무관"))
    desk = [line(name=name, duty="민원", phone=phone, position=at) for name, phone, at in people]
    new = [replace(desk[2], fax="9"), replace(desk[0], phone="7"), replace(desk[1], name="새사람")]
    assert kinds(desk, new) == [(2, 0, "changed"), (0, 1, "changed"), (1, 2, "handover")]


def test_duplicates_are_paired_one_to_one() -> None:
    old, new = [line()] * 3, [line()] * 5
    assert kinds(old, new) == [(at, at, "same") for at in range(3)]
    assert kinds(new, old) == [(at, at, "same") for at in range(3)]


def test_two_who_swap_duties_are_two_handovers() -> None:
    old = [line(name="가나다", duty="하나", phone="1"), line(name="라마바", duty="둘", phone="2")]
    new = [replace(old[0], name="라마바"), replace(old[1], name="가나다")]
    assert kinds(old, new) == [(0, 0, "handover"), (1, 1, "handover")]


def test_a_shared_telephone_recognises_nobody() -> None:
    old = [line(name="", duty=duty, phone="055-1") for duty in ("가축 방역", "상수도 요금")]
    new = [line(name="", duty=duty, phone="055-1") for duty in ("도로 점용", "아동 수당")]
    assert match(old, new) == []


def test_the_most_alike_duty_of_the_department_is_the_same_one() -> None:
    old = [line(name="", duty="청년 창업 지원 사업 공고", phone=""),
           line(name="", duty="청년 창업 지원 사업 정산", phone="")]  # fmt: skip
    new = [line(name="", duty="청년 창업 지원 사업 정산 및 점검", phone="")]
    assert [(one.old, one.new) for one in match(old, new)] == [(1, 0)]
    assert match(old, [replace(new[0], department="다른과")]) == []


TEXT = st.sampled_from(
    ["", "가", "나다", "청년 창업", "청년 창업 지원", "김○○", "김하늘", "12", "34"]
)
ROWS = st.lists(st.builds(Row, *[TEXT] * 8), max_size=12)


@given(ROWS, ROWS)
def test_every_line_is_in_one_pair_at_most_and_always_the_same(
    old: list[Row], new: list[Row]
) -> None:
    found = match(old, new)
    assert len({one.old for one in found}) == len({one.new for one in found}) == len(found)
    assert found == match(list(old), list(new))
    assert all(one.kind == kind(old[one.old], new[one.new]) for one in found)
    assert all(type(one) is Match for one in found)


@given(ROWS)
def test_an_unchanged_list_has_nothing_new(rows: list[Row]) -> None:
    assert [one.kind for one in match(rows, rows)] == ["same"] * len(rows)


@pytest.mark.parametrize("departments", [1, 100])
def test_ten_thousand_lines_are_compared_with_few_others_each(
    departments: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(4)  # noqa: S311
    words = ["청년", "창업", "지원", "상수도", "요금", "도로", "점용", "정산", "점검", "홍보"]

    def one(at: int) -> Row:
        duty = " ".join(chance.choices(words, k=5)) + f" {at % 997}"
        return line(name="", duty=duty, phone=str(at), department=f"부서{at % departments}")

    old = [one(at) for at in range(10_000)]
    new = [replace(row, duty=f"{row.duty} 외", phone="", fax=str(at)) for at, row in enumerate(old)]
    work, real = Counter[str](), {name: getattr(identity, name) for name in ("_likeness", "_plain")}

    def counting(name: str) -> Callable[..., Any]:
        def counted(*given: Any) -> Any:
            work[name] += 1
            return real[name](*given)

        return counted

    for name in real:
        monkeypatch.setattr(identity, name, counting(name))
    found = match(old, new)
    assert 0 < work["_likeness"] <= identity.MOST_ALIKE * len(new), "all with all: 100 million"
    assert work["_plain"] <= 8 * (len(old) + len(new)), "each line is made plain once"
    assert len(found) > 9_000
