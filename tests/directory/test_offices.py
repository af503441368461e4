"""Offices that a new release ships with other names or another area code."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from app.core import db
from app.directory.gateways import catalogue
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries.entries import EntryRow
from app.directory.rules import tokens
from app.directory.rules.refusals import OfficeBusy
from app.directory.service import index, offices, removals, source_seed
from app.directory.service.replace import replace
from tests.directory.desk import JONGNO, Desk, line, lines
from tests.factories import make_office


def ship(monkeypatch: pytest.MonkeyPatch, number: int, **changes: object) -> None:
    """Let the product ship an office with something changed."""
    shipped = [
        dataclasses.replace(one, **changes) if one.number == number else one  # type: ignore[arg-type]
        for one in catalogue.read_offices()
    ]
    monkeypatch.setattr(catalogue, "read_offices", lambda: shipped)


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        desk = Desk()
        replace(desk.number, desk.source, [line(phone="211-1234", duty="청년 창업")])
        other = Desk(JONGNO)
        replace(other.number, other.source, lines(1))
    return desk


def test_what_nobody_changed_is_left_alone(app: Flask, desk: Desk) -> None:
    with app.app_context():
        version = desk.version
        assert offices.seed() == 0
        assert desk.version == version


def test_a_new_release_indexes_the_entries_of_a_changed_office_anew(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(monkeypatch, desk.number, aliases=("마창진",), area_code="077", name="가야특례시")
    with app.app_context():
        assert desk.find("경남") == desk.find("0552111234") == desk.find("창원시") == ["청년 창업"]
        version = desk.version or 0
        assert offices.seed() == 1
        for query in ("마창진", "0772111234", "가야특례시"):
            assert desk.find(query) == ["청년 창업"], query
        for query in ("경남", "0552111234", "창원시"):
            assert desk.find(query) == [], query
        assert (desk.version or 0) > version
        assert desk.find("종로구") != []
        office = entries_q.get_office(desk.number)
        assert (office.name, office.aliases, office.area_code) == ("가야특례시", ("마창진",), "077")
        assert office.entries == 1
        assert offices.seed() == 0
        replace(desk.number, desk.source, [line(duty="상수도")])
        assert desk.find("마창진") == ["상수도"]


def test_an_index_that_is_built_anew_begins_again_with_the_new_names(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = index.analyse

    def meanwhile(rows: list[EntryRow], office: entries_q.OfficeRow) -> dict[int, str]:
        made = real(rows, office)
        if office.number == desk.number and office.area_code != "077":
            monkeypatch.setattr(index, "analyse", real)
            offices.seed()
        return made

    with app.app_context():
        monkeypatch.setattr(tokens, "VERSION", tokens.VERSION + 1)
        monkeypatch.setattr(index, "analyse", meanwhile)
        ship(monkeypatch, desk.number, area_code="077")
        index.rebuild_when_needed()
        assert index_q.find_state("analyzer") != tokens.VERSION
        index.rebuild_when_needed()
        assert index_q.find_state("analyzer") == tokens.VERSION
        assert desk.find("0772111234") == ["청년 창업"]
        assert desk.find("0552111234") == []
        assert index.rebuild_when_needed() == 0


def test_an_office_that_changes_while_it_is_analysed_is_read_again(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = index.analyse

    def meanwhile(rows: list[EntryRow], office: entries_q.OfficeRow) -> dict[int, str]:
        monkeypatch.setattr(index, "analyse", real)
        replace(desk.number, desk.source, [line(duty="상수도", phone="211-1234")])
        return real(rows, office)

    ship(monkeypatch, desk.number, area_code="077")
    with app.app_context():
        monkeypatch.setattr(index, "analyse", meanwhile)
        offices.seed()
        assert desk.find("0772111234") == ["상수도"]
        assert desk.find("0552111234") == []


def test_an_office_that_never_rests_is_left_for_the_next_start(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(monkeypatch, desk.number, area_code="077")
    monkeypatch.setattr(offices, "TRIES", 0)
    with app.app_context():
        assert offices.seed() == 0
        assert entries_q.get_office(desk.number).area_code == "055"
        assert desk.find("0552111234") == ["청년 창업"]


def test_an_office_that_never_rests_holds_up_no_other(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = offices._renew

    def renew(one: catalogue.Shipped) -> int:
        if one.name == JONGNO:  # which stands before the desk's
            raise OfficeBusy
        return real(one)

    with app.app_context():
        busy = entries_q.find_office_named(JONGNO)
        assert busy is not None
        ship(monkeypatch, busy.number, area_code="078")
        ship(monkeypatch, desk.number, area_code="077")
        monkeypatch.setattr(offices, "_renew", renew)
        assert source_seed.seed() > 0
        assert entries_q.get_office(busy.number).area_code == "02"
        assert entries_q.get_office(desk.number).area_code == "077"


def test_the_index_is_merged_when_much_of_it_changed_only(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged: list[int] = []
    monkeypatch.setattr(index, "optimize", lambda: merged.append(1))
    with app.app_context():
        ship(monkeypatch, desk.number, area_code="077")
        assert offices.seed() == 1
        assert merged == []
        monkeypatch.setattr(index, "OPTIMIZE_FROM", 1)
        ship(monkeypatch, desk.number, area_code="078")
        assert offices.seed() == 1
        assert merged == [1]


WAYS = ("211-1234", "055-211-1234", "077-211-1234", "077) 211.1234", "+82-77-211-1234")


@pytest.mark.parametrize("hidden_as", WAYS)
def test_a_hidden_number_stays_hidden_when_the_area_code_changes(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch, hidden_as: str
) -> None:
    ship(monkeypatch, desk.number, area_code="077")
    with app.app_context():
        asked_of = make_office().people["administrator"]
        rows = [
            line(phone=hidden_as, duty="청년 창업"),
            line(name="박구름", duty="", phone=hidden_as.replace("1234", "5678")),
        ]
        replace(desk.number, desk.source, rows)
        for one in desk.entries:
            removals.hide(asked_of, one.uid, "phone" if one.duty else "entry", "본인 요청")
        assert offices.seed() == 1
        assert entries_q.get_office(desk.number).area_code == "077"
        for phone in (*WAYS, *WAYS[::-1]):  # the older file, the newer one, and again
            again = [dataclasses.replace(one, phone=f"{phone}, 1230") for one in rows]
            other = phone.replace("1234", "5678")
            again[1] = dataclasses.replace(rows[1], name="박○○", phone=other)
            replace(desk.number, desk.source, again)
            [left] = [one.phone for one in desk.entries]
            assert left.endswith("1230"), phone
            assert "1234" not in left
            for query in ("1234", "5678", "2111234", phone):
                assert desk.find(query) == []
    with app.app_context():
        replace(desk.number, desk.source, [dataclasses.replace(rows[0], phone="077-211-1239")])
        assert desk.find("0772111239") == ["청년 창업"], "others are dialled by the new code"


@pytest.mark.parametrize("renamed", [False, True])
def test_two_workers_build_the_index_anew_and_no_row_stands_twice(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch, renamed: bool
) -> None:
    real = index.analyse

    def meanwhile(rows: list[EntryRow], office: entries_q.OfficeRow) -> dict[int, str]:
        made = real(rows, office)
        if office.number == desk.number:
            monkeypatch.setattr(index, "analyse", real)
            if renamed:
                offices.seed()
            index.rebuild_when_needed()  # the other worker, to its end
        return made

    with app.app_context():
        monkeypatch.setattr(tokens, "VERSION", tokens.VERSION + 1)
        monkeypatch.setattr(index, "analyse", meanwhile)
        if renamed:
            ship(monkeypatch, desk.number, area_code="077")
        done = index.rebuild_when_needed()
        assert done < len(catalogue.read_offices()), "the first one stops"
        index.rebuild_when_needed()
        assert index_q.find_state("analyzer") == tokens.VERSION
        assert desk.find("0552111234") == ([] if renamed else ["청년 창업"])
        replace(desk.number, desk.source, [line(duty="상수도", phone="9")])
        assert desk.find("청년창업") == [], "its only posting was forgotten"
        assert desk.find("0772111234") == desk.find("0552111234") == []


def test_a_rebuilding_that_was_begun_again_is_not_ended_by_who_began_before(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, last = index._take_up, max(one.number for one in catalogue.read_offices())

    def meanwhile(number: int, reached: int | None) -> bool:
        done = real(number, reached)
        if number == last:
            with db.transaction():
                index._clear()
        return done

    with app.app_context():
        monkeypatch.setattr(tokens, "VERSION", tokens.VERSION + 1)
        monkeypatch.setattr(index, "_take_up", meanwhile)
        index.rebuild_when_needed()
        assert index_q.find_state("analyzer") != tokens.VERSION
