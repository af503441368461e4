"""Invented entries go without trace, whatever was imported over them and undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace as replace_fields

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text

from app.core import db
from app.core.ids import new_id
from app.directory.gateways import catalogue
from app.directory.models import Change, Entry, Run, Source, Telling
from app.directory.queries.entries import OfficeRow
from app.directory.rules.refusals import OfficeBusy
from app.directory.service import follows, offices, practice, tell
from app.directory.service.follows import Wish
from app.directory.service.replace import replace
from app.directory.service.undo import undo
from app.notices.models import Notice
from tests.directory.desk import JONGNO, Desk, line, lines
from tests.factories import sign_in_of
from tests.scene import Scene


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        made = Desk(JONGNO)
        practice.fill(JONGNO, lines(3), 1000)
        yield made


def _office(desk: Desk) -> OfficeRow:
    (office,) = [one for one in practice.entries_q.list_offices() if one.number == desk.number]
    return office


def _count(table: type[db.Base]) -> int:
    found: int = db.value(select(func.count()).select_from(table))
    return found


def test_an_import_that_was_undone_keeps_nothing_from_going(desk: Desk) -> None:
    undone = replace(desk.number, desk.source, [line(), *lines(2)])
    undo(undone.run_id)
    assert _office(desk).source_kind == practice.KIND
    assert practice.remove() == 1
    assert desk.entries == []
    assert _count(Change) == 0
    assert db.values(select(Run.id)) == [undone.run_id]  # which its import still names
    assert db.value(select(Run.before_source_id)) is None
    assert (_office(desk).source_kind, _office(desk).seen_at) == (None, None)
    assert db.rows(text("PRAGMA foreign_key_check")) == []


def test_what_was_imported_over_them_stays_and_they_go(desk: Desk) -> None:
    first = lines(3)[0]
    moved = line(name=first.name, duty=first.duty, phone="1")
    over = replace(desk.number, desk.source, [moved, line(), lines(3)[1]])
    later = replace(desk.number, desk.source, [moved, line(phone="055-211-7777"), lines(3)[1]])
    assert practice.list_offices() == []
    assert practice.remove() == 1
    assert {one.phone for one in desk.entries} == {"1", "055-211-7777"}
    assert set(db.values(select(Entry.added_run))) == {over.run_id}
    assert _office(desk).entries == 2
    assert _office(desk).source_id == desk.source
    assert db.values(select(Source.kind).where(Source.kind == practice.KIND)) == []
    assert set(db.values(select(Change.run_id))) == {later.run_id}
    assert practice.remove() == 0
    assert desk.find(lines(3)[1].duty) == []
    undo(later.run_id)
    undo(over.run_id)
    assert desk.entries == []
    assert db.rows(text("PRAGMA foreign_key_check")) == []


def test_an_office_that_changed_meanwhile_is_not_half_done(desk: Desk) -> None:
    found = practice.find_invented()
    replace(desk.number, desk.source, lines(2))
    with pytest.raises(OfficeBusy), db.transaction():
        practice.forget(found)
    assert len(desk.entries) == 2
    assert db.values(select(Source.kind).where(Source.kind == practice.KIND)) != []


def test_an_office_that_was_renamed_meanwhile_is_not_half_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = practice.find_invented()
    shipped = [
        dataclasses.replace(one, aliases=("청와대앞",)) if one.number == desk.number else one
        for one in catalogue.read_offices()
    ]
    monkeypatch.setattr(catalogue, "read_offices", lambda: shipped)
    offices.seed()
    with pytest.raises(OfficeBusy), db.transaction():
        practice.forget(found)
    assert practice.remove() == 1
    assert desk.find("청와대앞") == [], "no token of the new name is left"


def test_what_was_told_of_them_goes_too(scene: Scene) -> None:
    with scene.app.app_context():
        desk = Desk(JONGNO)
        practice.fill(JONGNO, lines(3), 1000)
        with db.transaction():
            wishes = {
                "officer": Wish("department", "청년정책과", desk.number),
                "auditor": Wish("entry", desk.entries[0].uid),
            }
            for role, wish in wishes.items():
                follows.follow(sign_in_of(scene.office.people[role]), wish)
        rows = [replace_fields(one, phone="055-211-9") for one in lines(3)]
        outcome = practice.replace(desk.number, str(_office(desk).source_id), rows)
        tell.tell_followers(outcome.run_id)
        assert len(db.values(select(Notice.key))) == 2
        assert practice.remove() == 1
        assert db.values(select(Notice.key)) == []
        assert _count(Telling) == 0


def test_a_second_source_of_theirs_goes_too(desk: Desk) -> None:
    with db.transaction():
        db.run(insert(Source).values(
            id=new_id(), office=desk.number, kind=practice.KIND, label="", url="", state="off",
        ))  # fmt: skip
    practice.remove()
    assert _count(Source) == 1  # the desk's own
