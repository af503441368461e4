"""Offices that a new release ships with other names or another area code."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from app.directory.gateways import catalogue
from app.directory.queries import entries as entries_q
from app.directory.queries import index as index_q
from app.directory.queries.entries import EntryRow
from app.directory.rules import tokens
from app.directory.rules.refusals import OfficeBusy
from app.directory.service import index, offices
from app.directory.service.replace import replace
from tests.directory.desk import JONGNO, Desk, line, lines


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
        with pytest.raises(OfficeBusy):
            offices.seed()
        assert entries_q.get_office(desk.number).area_code == "055"
        assert desk.find("0552111234") == ["청년 창업"]
