"""Asking the directory: counts, order, other readings, another process's changes."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from app.core import clock, db
from app.core.db import transaction
from app.core.ids import new_id
from app.directory.models import Entry, Office, Run
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries import matches
from app.directory.queries.entries import EntryRow
from app.directory.rules import fts5, hangul, letters, plan
from app.directory.service import counts, index, library, offices, search, synonyms
from app.directory.service.reading import read, top
from app.directory.service.replace import replace
from app.directory.service.search import Answer, Where
from tests.bench import officials
from tests.directory import people
from tests.directory.desk import CHANGWON, JONGNO, Desk, line, lines
from tests.directory.people import Row
from tests.factories import make_office
from tests.scene import Scene

SIZE = 4_000


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    """An empty office to write in."""
    with app.app_context():
        yield Desk()


@pytest.fixture(scope="module")
def nation(shared: Scene) -> Iterator[list[Row]]:
    """Some thousands of officials of all offices, and what the analyzer sees of each."""
    with shared.app.app_context():
        fill(SIZE)
        kept = library.get()
        yield [
            Row(one.id, index.text_of(one, office))
            for office in kept.offices.values()
            for one in entries_q.list_entries_of(office.number)
        ]


def fill(count: int) -> None:
    """Officials for every office, in one transaction: a test does not wait for 243."""
    desk = Desk()
    replace(desk.number, desk.source, [])
    run = db.value(select(Run.id))
    of_office = defaultdict[int, list[EntryRow]](list)
    for number, row in officials.rows(count):
        entry_id = number << 16 | len(of_office[number])
        of_office[number].append(EntryRow(entry_id, new_id(), **asdict(row)))
    with transaction():
        for office in entries_q.list_offices():
            rows = of_office[office.number]
            db.run_many(insert(Entry), [{**asdict(one), "added_run": run} for one in rows])
            index.change(index.analyse(rows, office), {})
            many = {"entries": len(rows), "source_id": desk.source}
            db.run(update(Office).where(Office.number == office.number).values(many))


def queries(rows: Sequence[Row], count: int) -> list[str]:
    """What somebody may type: words and pieces of what is there, together and apart."""
    chance = random.Random(7)  # noqa: S311  repeatable on purpose
    asked = []
    for _ in range(count):
        piece = chance.choice([one for one in chance.choice(rows).pieces if len(one) > 1])
        start = chance.randrange(len(piece) - 1)
        term = piece[start : start + chance.randint(2, 5)]
        other = chance.choice(chance.choice(rows).pieces)[:3]
        asked.append(chance.choice((term, term, f"{term} {other}", f"{other} {term}")))
    return asked


def test_every_hit_is_found_and_nothing_else(nation: list[Row]) -> None:
    asked = queries(nation, 60)
    assert len(set(asked)) > 40
    for query in asked:
        wanted = people.truth(nation, plan.terms_of(query))
        reading = read(query, library.get())
        found = set(matches.list_ids(fts5.match(reading.everything), -1))
        assert found >= wanted, query
        assert found == wanted or reading.grown, query
        assert search.ask(query).total == len(found), query


def mixtures(rows: Sequence[Row], count: int) -> list[str]:
    """Pieces of what is there with one syllable or two by their initials, not the last alone."""
    chance = random.Random(8)  # noqa: S311  repeatable on purpose
    asked = list[str]()
    while len(asked) < count:
        piece = chance.choice([one for one in chance.choice(rows).pieces if len(one) > 3])
        start = chance.randrange(len(piece) - 3)
        letters = list(piece[start : start + 4])
        for at in chance.sample(range(3), 2):
            letters[at] = hangul.initial(letters[at])
        asked.append("".join(letters))
    return [*asked, *(f"{one} 업무" for one in asked[:5])]


@pytest.mark.parametrize("most", [1, letters.MOST_SPELLED], ids=["looked at", "as it is"])
def test_mixtures_of_letters_find_the_truth(
    nation: list[Row], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_SPELLED", most)
    monkeypatch.setattr("app.directory.service.reading.LOOKED_AT", SIZE)
    monkeypatch.setattr(library.get(), "answers", library.Shelf(9))
    for query in mixtures(nation, 30):
        terms = plan.terms_of(query)
        wanted = {
            row.id
            for row in nation
            if all(any(people.fits(term, one) for one in row.pieces) for term in terms)
        }
        answer = search.ask(query)
        assert answer.total == len(wanted), query
        assert wanted or " " in query
        assert not answer.reading.partly
        assert Counter(one >> 16 for one in wanted) == answer.counts
        assert {hit.id for group in answer.groups for hit in group.hits} <= wanted
        assert set(top(query)) <= wanted


def test_only_the_first_rows_are_looked_at_and_it_is_said(
    nation: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_SPELLED", 1)
    monkeypatch.setattr("app.directory.service.reading.LOOKED_AT", 20)
    monkeypatch.setattr(library.get(), "answers", library.Shelf(9))
    asked, looked = list[int](), list[int]()
    real, rows = matches.list_ids, entries_q.list_entries

    def ids_of(match: str, most: int) -> list[int]:
        asked.append(most)
        return real(match, most)

    def rows_of(ids: Iterable[int]) -> dict[int, EntryRow]:
        found = rows(ids)
        looked.append(len(found))
        return found

    monkeypatch.setattr(matches, "list_ids", ids_of)
    monkeypatch.setattr(entries_q, "list_entries", rows_of)
    answer = search.ask("ㅇ무ㅊ")
    wanted = {row.id for row in nation if any(people.fits("ㅇ무ㅊ", one) for one in row.pieces)}
    assert len(wanted) > answer.total > 0
    assert answer.reading.partly
    assert set(answer.reading.ids) <= wanted
    assert asked in ([21], [21, 21])
    assert looked[0] == 20


def test_the_few_hits_of_a_long_query_are_asked_for_once_and_ordered_by_their_text(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    duties = ["도시 가로수 정비 사업", "낡은 가로수 정비 사업", "가로수 정비 사업 총괄"]
    replace(desk.number, desk.source, [line(phone=f"055-211-000{at}", duty=one)
                                       for at, one in enumerate(duties)])  # fmt: skip
    asked, real = list[str](), matches.list_ids

    def ask(match: str, most: int) -> list[int]:
        asked.append(match)
        return real(match, most)

    monkeypatch.setattr(matches, "list_ids", ask)
    found = top("가로수 정비사업")
    rows = entries_q.list_entries(found)
    assert [rows[one].duty for one in found] == [duties[2], duties[0], duties[1]]
    assert len(asked) == 1


@pytest.mark.usefixtures("nation")
def test_what_stands_nowhere_asks_the_index_for_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = list[str](), matches.list_ids

    def ask(match: str, most: int) -> list[int]:
        asked.append(match)
        return real(match, most)

    monkeypatch.setattr(matches, "list_ids", ask)
    assert search.ask("업무 뷁뷁 관리 051").total == 0
    assert asked == ['"뷁뷁"']
    asked.clear()
    assert search.ask("업무관지").total == 0
    # The best tier and everything, not the two between; nothing here is what 지 may become.
    assert ["^업무" in match for match in asked] == [True, False]


def test_the_pages_of_an_office_show_each_of_its_hits_once(nation: list[Row]) -> None:
    number = Counter(one >> 16 for one in people.truth(nation, ("업무",))).most_common(1)[0][0]
    wanted = {one for one in people.truth(nation, ("업무",)) if one >> 16 == number}
    where = Where(office=number)
    pages = search.ask("업무", where).pages
    assert pages == -(-len(wanted) // search.OF_ONE_OFFICE)
    shown = [
        one.id
        for page in range(1, pages + 1)
        for one in search.ask("업무", where, page).groups[0].hits
    ]
    assert len(shown) == len(wanted)
    assert set(shown) == wanted
    last = search.ask("업무", where, pages + 1)
    assert last.page == pages
    assert last.groups[0].hits


def test_groups_are_the_offices_and_their_counts_the_truth(nation: list[Row]) -> None:
    wanted = Counter(one >> 16 for one in people.truth(nation, ("관리",)))
    assert len(wanted) > 200
    shown = list[int]()
    for page in range(1, search.ask("관리").pages + 1):
        for group in search.ask("관리", page=page).groups:
            shown.append(group.office.number)
            assert group.count == wanted[group.office.number]
            assert 0 < len(group.hits) <= min(5, group.count)
    assert sorted(shown) == sorted(wanted)
    answer = search.ask("관리")
    assert sum(answer.sidos.values()) == answer.total == sum(wanted.values())


def test_mixtures_are_looked_for_in_the_place_that_is_chosen_or_near(
    nation: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_SPELLED", 1)
    monkeypatch.setattr("app.directory.service.reading.LOOKED_AT", 20)
    monkeypatch.setattr(library.get(), "answers", library.Shelf(9))
    fits = [row for row in nation if any(people.fits("ㅇ무ㅊ", one) for one in row.pieces)]
    last = max(row.id >> 16 for row in fits)
    office = library.get().offices[last]
    assert search.ask("ㅇ무ㅊ").counts.get(last) is None  # it is behind the first rows
    inside = search.ask("ㅇ무ㅊ", Where(office=last))
    assert set(inside.counts) == {last}
    around = search.ask("ㅇ무ㅊ", Where(sido=office.sido))
    assert {one.office.sido for one in around.groups} == {office.sido}
    near = search.ask("ㅇ무ㅊ", Where(near=office.sido))
    assert near.groups[0].office.sido == office.sido


def test_that_only_some_rows_were_looked_at_is_said_of_another_reading_too(
    nation: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "MOST_SPELLED", 1)
    monkeypatch.setattr("app.directory.service.reading.LOOKED_AT", 1)
    monkeypatch.setattr(letters, "holds", lambda _entry, terms: terms == ("ㅇ무ㅊ",))
    monkeypatch.setattr(library.get(), "answers", library.Shelf(9))
    answer = search.ask("ㅇ무ㅊ를 담당자")
    assert answer.reading.partly


def test_own_province_comes_first_and_a_filter_keeps_the_rest_out(nation: list[Row]) -> None:
    near = search.ask("관리", Where(near="제주특별자치도"))
    assert near.groups[0].office.sido == "제주특별자치도"
    assert near.total == search.ask("관리").total
    inside = search.ask("관리", Where(sido="경상남도"))
    assert {group.office.sido for group in inside.groups} == {"경상남도"}
    assert inside.total == inside.sidos["경상남도"] < near.total
    assert search.ask("관리", Where(office=9999)).groups == ()


def test_one_row_for_each_office_also_for_those_without(nation: list[Row]) -> None:
    found = search.one_each("관리", Where(near="경상남도"))
    terms, rows = found.reasons, found.rows
    assert terms == ("관리",)
    assert rows[0].office.sido == "경상남도"
    filled = [one for one in library.get().offices.values() if one.entries]
    assert len(rows) == len(filled)
    assert all(bool(one.hits) == bool(one.count) for one in rows)
    assert {one.count for one in search.one_each("없는말이다").rows} == {0}


def test_what_is_kept_stays_the_truth_as_entries_change(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "LEAST", 8)
    other = entries_q.find_office_named(JONGNO)
    assert other is not None
    for number in (desk.number, other.number):
        replace(number, desk.source, lines(40))
    while counts.count_when_needed():
        pass
    kept = index_q.list_counted()
    assert {"업무", "ㅇㅁ", "ㅊㄴㅈ", "업ㅁ", "업", "055"} <= set(kept)
    changed = [
        *lines(30),
        line(duty="업무 지원", name="박수", department="업체지원과"),
        line(name=""),
        line(name="최산", duty="국번 055 안내, 2055", phone="051-05-0551"),
        line(name="최강", duty="국번 05, 55 안내", phone="05"),
    ]
    replace(desk.number, desk.source, changed)
    assert set(index_q.list_counted()) == set(kept)
    words = library.get().words
    for term in kept:
        made = plan.plan((term,), words)
        assert made is not None
        live = matches.count_by_office(fts5.match(made.everything))
        assert index_q.find_counts(term) == live, term


def test_a_term_that_nobody_has_any_more_is_counted_as_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "LEAST", 8)
    replace(desk.number, desk.source, lines(40))
    while counts.count_when_needed():
        pass
    replace(desk.number, desk.source, [line(duty="청소", phone="")])
    assert index_q.find_counts("업무") == {}
    assert counts.count_when_needed() == 0
    assert search.ask("업무").total == 0


def test_what_is_counted_while_the_index_changes_is_counted_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "LEAST", 8)
    replace(desk.number, desk.source, lines(20))
    counts.count_when_needed()  # chooses
    real = library.pairs

    def pairs_of_before() -> dict[str, list[str]]:
        """The dictionary, just before somebody brings a pair that is not in it."""
        found = real()
        monkeypatch.setattr(library, "pairs", real)
        replace(desk.number, desk.source, [*lines(20), line(duty="업민 지원", name="이나무")])
        return found

    monkeypatch.setattr(library, "pairs", pairs_of_before)
    while counts.count_when_needed():
        pass
    assert index_q.find_counts("업ㅁ") == {desk.number: 21}


def test_a_large_change_throws_away_what_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "LEAST", 8)
    replace(desk.number, desk.source, lines(40))
    while counts.count_when_needed():
        pass
    assert index_q.find_counts("업무") == {desk.number: 40}
    monkeypatch.setattr(counts, "BULK", 5)
    replace(desk.number, desk.source, lines(50))
    assert index_q.list_counted() == []
    assert search.ask("업무").total == 50
    while counts.count_when_needed():
        pass
    assert index_q.find_counts("업무") == {desk.number: 50}


@pytest.mark.parametrize(
    ("query", "duty", "other"),
    [
        ("청년창업", "청년 창업 지원", False),
        ("tkdtneh", "상수도 요금", True),
        ("상수도를", "상수도 요금", True),
        ("상수도 담당자", "상수도 요금", True),
        ("상수도", "상수도 요금", False),
        ("ㅅㅅㄷ", "상수도 요금", False),
        ("상수ㄷ", "상수도 요금", False),
        ("상숟", "상수도 요금", False),
        ("창우", "청년 창업 지원", False),
        ("창원 상수도", "상수도 요금", False),
        ("양육지원", "아동수당 지급", False),
        ("2111235", "상수도 요금", False),
    ],
)
def test_what_somebody_types_is_read_as_it_was_meant(
    desk: Desk, query: str, duty: str, other: bool
) -> None:
    rows = [
        line(),
        line(duty="상수도 요금", team="요금팀", department="수도과", phone="055-211-1235"),
        line(duty="아동수당 지급", team="", department="아동과", phone="055-211-1236"),
    ]
    replace(desk.number, desk.source, rows)
    answer = search.ask(query)
    assert answer.groups[0].hits[0].duty == duty
    assert answer.reading.other is other


def test_a_changed_index_is_seen_at_once_and_a_fresh_date_within_a_minute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(desk.number, desk.source, [line()])
    assert search.ask("청년").total == 1
    replace(desk.number, desk.source, [line(), line(name="이새벽", duty="청년 정책")])
    assert search.ask("청년").total == 2
    later = clock.now() + 100
    monkeypatch.setattr(clock, "now", lambda: later)
    replace(desk.number, desk.source, [line(), line(name="이새벽", duty="청년 정책")])
    assert search.ask("청년").groups[0].office.seen_at == later


def test_each_tier_is_a_part_of_everything(nation: list[Row]) -> None:
    words = library.get().words
    for query in (
        *queries(nation, 40),
        "도로 시",
        "ㄷㄹ ㅅㅅ",
        "청 년",
        "업무 ㅊ",
        "시 ㄱㅅ",
        "물",
    ):
        made = plan.plan(plan.terms_of(query), words)
        assert made is not None
        everything = set(matches.list_ids(fts5.match(made.everything), -1))
        for tier in made.tiers:
            assert set(matches.list_ids(fts5.match(tier), -1)) <= everything, query


def test_terms_that_stand_together_count_though_one_is_short(desk: Desk) -> None:
    rows = [line(duty=f"도로시설 {at}호", name=f"김{chr(0xAC00 + at * 29)}") for at in range(60)]
    replace(desk.number, desk.source, rows)
    for query in ("도로 시", "ㄷㄹ ㅅㅅ", "도 로시설"):
        assert search.ask(query).total == 60, query


def test_a_place_may_be_named_by_its_stem(desk: Desk) -> None:
    assert "창원" in library.get().words.places
    assert "고성" not in library.get().words.places  # there are two of them


def test_what_means_the_same_is_marked_and_may_be_typed_with_spaces(desk: Desk) -> None:
    rows = [line(duty="서무, 아동수당 지급", team="", department="과"), line(duty="창원시 행사")]
    replace(desk.number, desk.source, rows)
    for query in ("양육지원", "양육 지원"):
        answer = search.ask(query)
        assert answer.groups[0].hits[0].duty == "서무, 아동수당 지급"
        assert "아동수당" in answer.reading.reasons
    assert "창원" in search.ask("창우").reading.reasons


def test_synonyms_work_from_the_moment_they_are_made(desk: Desk) -> None:
    replace(desk.number, desk.source, [line(duty="가로수 정비", team="", department="녹지과")])
    assert search.ask("나무 심기").total == 0
    person = make_office().people["administrator"]
    with transaction():
        synonyms.add(person, "나무 심기, 가로수")
    assert search.ask("나무심기").total == 1
    assert search.ask("가로수").total == 1


def test_answers_are_kept_for_as_long_as_the_index_is_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(desk.number, desk.source, [line()])
    first = search.ask("청년")
    assert search.ask("청년") is first
    monkeypatch.setattr(library.get(), "answers", library.Shelf(3))
    answers: list[Answer] = [search.ask(f"청년 {at}") for at in range(5)]
    assert search.ask("청년") is not first
    assert search.ask("청년 4") is answers[-1]


def test_an_empty_directory_answers_too(app: Flask) -> None:
    with app.app_context():
        assert search.ask("청년").groups == ()
        assert top("청년") == []
        offices.seed()
        assert search.ask("경상남도").groups == ()
        assert CHANGWON in {one.name for one in library.get().offices.values()}
