"""How many hits there are, by what is kept and by counting: the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.rules import fts5
from app.directory.service import counts, library, totals
from app.directory.service.reading import read
from app.directory.service.replace import replace
from tests.directory.desk import Desk, line

# What 돗, 행저 and 총고 may become, alone, together in one row, and as it stands.
DUTIES = (
    *["도시 계획", "도서 대출", "행정 총괄", "총괄 업무"] * 70,
    *["도시 도서관", "행전 준비", "행정 행적", "총관 총괄", "돗자리 대여", "저수지 총고 행저"] * 4,
)


@pytest.fixture
def desk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """An office whose common terms are counted."""
    monkeypatch.setattr(counts, "LEAST", 50)
    with app.app_context():
        made = Desk()
        rows = [line(duty=duty, name=f"이{at}", phone="") for at, duty in enumerate(DUTIES)]
        replace(made.number, made.source, rows)
        while counts.count_when_needed():
            pass
        yield made


@pytest.mark.parametrize("query", ["돗", "행저", "총고", "총과", "행정", "도ㅅ", "젓"])
@pytest.mark.usefixtures("desk")
def test_what_is_kept_counts_a_growing_syllable_as_the_index_does(query: str) -> None:
    kept = library.get()
    reading = read(query, kept)
    assert reading.ids
    live = matches.count_by_office(fts5.match(reading.everything))
    assert totals.by_office(reading, kept) == live


@pytest.mark.parametrize(("query", "taken"), [("돗", "도ㅅ"), ("행저", "행정"), ("총과", "총괄")])
@pytest.mark.usefixtures("desk")
def test_the_most_of_a_growing_syllable_is_not_counted_again(
    query: str, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    real = matches.count_by_office

    def count(match: str) -> dict[int, int]:
        asked.append(match)
        return real(match)

    monkeypatch.setattr(matches, "count_by_office", count)
    kept = library.get()
    reading = read(query, kept)
    assert reading.grown
    most = sum((index_q.find_counts(taken) or {}).values())
    found = sum(totals.by_office(reading, kept).values())
    assert found >= most >= 70
    assert [sum(real(match).values()) for match in asked] == [found - most]
