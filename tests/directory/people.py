"""Invented officials, and the truth about what a query must find, by brute force."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.directory.rules import hangul
from app.directory.rules.text import segments, unmasked
from app.directory.rules.tokens import Text, phone_tokens

PLACES = (
    ("경상남도", ("경남",), "055"), ("경상남도 창원시", ("경남",), "055"),
    ("서울특별시 종로구", ("서울", "서울시"), "02"), ("제주특별자치도", ("제주", "제주도"), "064"),
    ("강원특별자치도 춘천시", ("강원", "강원도"), "033"),
)  # fmt: skip
TOPICS = (
    "청년 창업", "청년 정책", "상수도 요금", "하수도 관로", "아동 수당", "문화재 보수", "도로 점용",
    "CCTV 설치", "GIS 구축", "물 관리", "지방 소득세", "가축 방역", "119 신고", "보조금 정산",
    "불법 주정차", "창원 특례시 출범", "가수 도우미", "원어민 교실", "위반 건축물", "워크숍 운영",
)  # fmt: skip
ACTIONS = ("지원", "업무", "추진", "지도·점검", "총괄", "홍보", "실태 조사", "운영 및 관리")
DEPARTMENTS = (
    "청년정책과",
    "상하수도사업소",
    "문화재과",
    "세무1과",
    "도로과",
    "정보통신과",
    "복지정책과",
)
SURNAMES, GIVEN = "김이박최정강조윤장임", "지영은민현수정성재미"


@dataclass(frozen=True)
class Row:
    """An entry with its number in the index."""

    id: int
    text: Text

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """All its segments, without spaces."""
        return tuple(squeezed(self.text))


def people(count: int, seed: int = 1) -> list[Row]:
    """Officials of five organisations, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    return [Row(number % 5 << 16 | number, _one(chance, number % 5)) for number in range(count)]


def _one(chance: random.Random, place: int) -> Text:
    organisation, aliases, area = PLACES[place]
    name = chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN)
    if chance.random() < 0.4:
        name = chance.choice((f"{name[0]}○○", f"{name[0]}**", f"{name[0]}OO", ""))
    between = chance.choice((", ", "\n- ", " · ", "\n○ ", " / ", "; "))
    items = (_item(chance) for _ in range(chance.randint(1, 5)))
    form = chance.choice(("{}-{}-{}", "{}){}-{}", "{}.{}.{}"))
    phone = form.format(area, chance.randint(200, 899), f"{chance.randint(0, 9999):04}")
    team = chance.choice(TOPICS).replace(" ", "") + "팀"
    return Text(
        name, "경제국", chance.choice(DEPARTMENTS), team, chance.choice(("주무관", "팀장")),
        between.join(items), phone, organisation, aliases, area,
    )  # fmt: skip


def _item(chance: random.Random) -> str:
    words = f"{chance.choice(TOPICS)} {chance.choice(ACTIONS)}"
    return words if chance.random() < 0.6 else words.replace(" ", "")


def fields(entry: Text) -> Iterator[str]:
    """Every field in which a word may stand."""
    yield from (unmasked(entry.name), entry.bureau, entry.department, entry.team, entry.position)
    yield from (entry.duty, entry.organisation, *entry.aliases)


def squeezed(entry: Text) -> list[str]:
    """All segments of an entry, without spaces."""
    return [segment.text for field in fields(entry) for segment in segments(field)]


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern with lone consonants stands anywhere in a text."""
    return any(
        all(
            one in (char, hangul.initial(char))
            for one, char in zip(pattern, text[at:], strict=False)
        )
        for at in range(len(text) - len(pattern) + 1)
    )


def truth(rows: Sequence[Row], terms: Sequence[str]) -> set[int]:
    """Which rows have every term in one of their segments, or at a telephone's group."""
    return {row.id for row in rows if all(_has(row, term) for term in terms)}


def _has(row: Row, term: str) -> bool:
    if any(term in text for text in row.pieces):
        return True
    phones = phone_tokens(row.text.phone, row.text.area_code)
    return term.isdecimal() and len(term) >= 3 and any(one[1:].startswith(term) for one in phones)
