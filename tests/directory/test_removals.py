"""A request not to be listed holds at once, in the history, and in every later import."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import db
from app.core.errors import NotFound
from app.directory import jobs
from app.directory.models import Bulk, Favourite, Pair, Removal, Report
from app.directory.queries import entries as entries_q
from app.directory.queries import runs
from app.directory.rules import removal
from app.directory.rules.refusals import NothingToHide
from app.directory.service import bulk, mine, removals
from app.directory.service.replace import replace
from app.directory.service.undo import undo
from app.notices.models import Notice
from tests.directory.desk import Desk, line, lines
from tests.directory.living import viewer_of
from tests.factories import make_office


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield Desk()


@pytest.fixture
def asked_of(desk: Desk) -> str:
    return make_office().people["administrator"]


def hide(desk: Desk, person: str, name: str, what: str) -> str:
    """Hide something of the entry of a name."""
    (entry,) = [one for one in desk.entries if one.name == name]
    return removals.hide(person, entry.uid, what, "본인 요청")


def test_marks_are_cut_where_they_were_joined() -> None:
    assert runs.MARK_BYTES == removal.TAG_BYTES


def test_a_hidden_name_stays_hidden_in_every_import(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line(), line(name="박구름", duty="가축 방역", phone="1")])
    hide(desk, asked_of, "김하늘", "name")
    assert [one.name for one in desk.entries] == ["", "박구름"]
    assert desk.find("김하늘") == []
    assert desk.find("창업지원")
    outcome = replace(
        desk.number, desk.source, [line(duty="청년 정책", department="다른과"), line()]
    )
    assert outcome.added == 1
    assert [one.name for one in desk.entries] == ["", ""]
    assert desk.find("김하늘") == []


def test_a_hidden_phone_and_a_hidden_entry(desk: Desk, asked_of: str) -> None:
    rows = [line(), line(name="박구름", duty="가축 방역", phone="055-211-4321")]
    replace(desk.number, desk.source, rows)
    hide(desk, asked_of, "김하늘", "phone")
    hide(desk, asked_of, "박구름", "entry")
    assert [(one.name, one.phone) for one in desk.entries] == [("김하늘", "")]
    assert desk.find("1234") == desk.find("가축방역") == []
    assert entries_q.get_office(desk.number).entries == 1
    spaced = [line(phone="055) 211 1234"), line(name="박 구름", duty="다른 일", phone="9")]
    outcome = replace(desk.number, desk.source, [*spaced, *rows])
    assert outcome.removed == 0
    assert {one.name for one in desk.entries} == {"김하늘"}
    assert {one.phone for one in desk.entries} == {""}


def test_an_entry_without_a_name_is_hidden_by_its_duty(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line(name="김○○"), line(name="이○○", duty="세금")])
    hide(desk, asked_of, "김○○", "entry")
    replace(
        desk.number, desk.source, [line(name="박○○", phone="1"), line(name="이○○", duty="세금")]
    )
    assert [one.duty for one in desk.entries] == ["세금"]


def test_history_and_undoing_do_not_bring_it_back(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, lines(3))
    name = lines(3)[1].name
    gone = replace(desk.number, desk.source, [lines(3)[0], lines(3)[2]])
    replace(desk.number, desk.source, [*lines(3)[:1], lines(3)[1]])
    hide(desk, asked_of, name, "name")
    assert name not in str(desk.changes)
    undo(gone.run_id)
    assert name not in {one.name for one in desk.entries}
    hide(desk, asked_of, lines(3)[0].name, "entry")
    assert lines(3)[0].duty not in {one.duty for one in desk.entries}


def test_only_a_keyed_hash_is_kept_and_it_can_be_taken_back(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line()])
    made = hide(desk, asked_of, "김하늘", "name")
    row = db.first(select(*Removal.__table__.c).where(Removal.id == made))
    assert row is not None
    assert "김하늘" not in str(row)
    with db.transaction():
        removals.take_back(made)
    outcome = replace(desk.number, desk.source, [line()])
    assert outcome.changed == 1
    assert desk.entries[0].name == "김하늘"
    with pytest.raises(NotFound), db.transaction():
        removals.take_back(made)


@pytest.mark.parametrize(
    ("name", "phone", "what"), [("김○○", "1", "name"), ("김하늘", "", "phone")]
)
def test_what_is_not_shown_cannot_be_hidden(
    desk: Desk, asked_of: str, name: str, phone: str, what: str
) -> None:
    replace(desk.number, desk.source, [line(name=name, phone=phone)])
    with pytest.raises(NothingToHide):
        hide(desk, asked_of, name, what)


def test_a_mark_is_of_its_office_and_kind() -> None:
    row = line()
    marks = {("name", b"x" * 32)}
    assert removal.hidden(row, marks, lambda told: b"x" * 32 if told == "김하늘".encode() else b"")
    assert removal.hidden(row, (), lambda told: told) is row
    assert removal.told(line(name="김○○", duty="", position="", phone=""), "entry") == []


def test_an_entry_whose_name_was_hidden_first_stays_hidden(desk: Desk, asked_of: str) -> None:
    rows = [line(), line(name="박구름", duty="가축", phone="1")]
    replace(desk.number, desk.source, rows)
    hide(desk, asked_of, "김하늘", "name")
    hide(desk, asked_of, "", "entry")
    for name in ("김하늘", "김○○"):
        replace(desk.number, desk.source, [line(name=name), rows[1]])
        assert [one.name for one in desk.entries] == ["박구름"]


def test_a_successor_whose_name_shows_is_not_hidden(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line()])
    hide(desk, asked_of, "김하늘", "entry")
    replace(desk.number, desk.source, [line(name="김○○")])
    assert desk.entries == []
    replace(desk.number, desk.source, [line(name="박구름")])
    assert [one.name for one in desk.entries] == ["박구름"]


@pytest.mark.parametrize(
    ("phone", "left"),
    [
        ("211-1234", ""),
        ("055) 211.1234", ""),
        ("+82-55-211-1234", ""),
        ("055-211-1234, 1235", "055-211-1235"),
        ("055-211-1230, 1234", "055-211-1230"),
        ("055-211-1230 / 211-1234, 055-211-1236", "055-211-1230, 055-211-1236"),
        ("055-211-1230~1", "055-211-1230~1"),
        ("055-211-1234 (내선 12)", ""),
        ("055-211-1230 (055-211-1234)", ""),
        ("211-1230 211-1234", ""),
        ("055-211-1230·1234", "055-211-1230"),
        ("055-211-1234(5)", ""),
        ("055-211-1234 5", ""),
        ("(055)211-1234 내선 1234", ""),
        ("211-1234(내선 12)", ""),
        ("+82 (0)55 211 1234 ext. 7", ""),
        ("2층 0552111234 교환 5", ""),
        ("０５５－２１１－１２３４（내선 １２）", ""),
        ("055-211-1234 (내선 12, 13)", ""),
        ("055-211-1234 (내선 12), 1235", "055-211-1235"),
        ("055-211-1230 (내선 12), 1234", "055-211-1230 (내선 12)"),
        ("055-211-1230, 1234(내선 5), 1236", "055-211-1230, 055-211-1236"),
        ("055-211-1234, 1235 (내선 5)", "055-211-1235 (내선 5)"),
        ("055-211-1230 (내선 1234)", "055-211-1230 (내선 1234)"),
        ("055-211-1230 (내선 1234), 055-211-1234 (내선 12)", "055-211-1230 (내선 1234)"),
    ],
)
def test_a_hidden_number_stays_hidden_however_it_is_written(
    desk: Desk, asked_of: str, phone: str, left: str
) -> None:
    replace(desk.number, desk.source, [line()])
    hide(desk, asked_of, "김하늘", "phone")
    replace(desk.number, desk.source, [line(phone=phone)])
    assert [one.phone for one in desk.entries] == [left]


@pytest.mark.parametrize(
    ("phone", "other"),
    [
        ("010-1234-5678", "070-1234-5678"),  # no area codes: other people's numbers
        ("1588-1234", "1588-1235"),
        ("055-211-1234", "055-2211-1234"),
    ],
)
def test_another_number_stays(desk: Desk, asked_of: str, phone: str, other: str) -> None:
    replace(desk.number, desk.source, [line(phone=phone)])
    hide(desk, asked_of, "김하늘", "phone")
    replace(desk.number, desk.source, [line(phone=f"{phone}, {other}")])
    assert [one.phone for one in desk.entries] == [other]


AREAS = st.sampled_from(["055-", "(055)", "055) ", "02.", "+82-55-", "+82 (0)55 ", "064 ", ""])
TAILS = st.sampled_from(["", " ({})", "({})", " 내선 {}", "(내선 {}, 7)", " ext.{}", "（교환 {}）"])


@given(
    area=AREAS, tail=TAILS, exchange=st.integers(200, 9999), number=st.integers(0, 9999),
    extension=st.integers(1, 9999), mark=st.sampled_from("-. ·"), other=st.booleans(),
)  # fmt: skip
def test_a_number_is_recognised_whatever_stands_behind_it(
    area: str, tail: str, exchange: int, number: int, extension: int, mark: str, other: bool
) -> None:
    shown = f"{area}{exchange}{mark}{number:04}{tail.format(extension)}"
    marks = {("phone", f"{exchange}{number:04}".encode())}
    cell = f"055-199-1234, {shown}" if other else shown
    left = removal.hidden(line(phone=cell), marks, lambda told: told)
    assert left is not None
    assert left.phone == ("055-199-1234" if other else "")
    assert removal.told(line(phone=shown), "phone") == [f"{exchange}{number:04}".encode()]


def test_a_number_that_was_hidden_with_its_extension_is_hidden_without(
    desk: Desk, asked_of: str
) -> None:
    replace(desk.number, desk.source, [line(phone="(055) 211-1234 내선 12")])
    hide(desk, asked_of, "김하늘", "phone")
    for phone in ("055-211-1234", "211-1234 (내선 13)"):
        replace(desk.number, desk.source, [line(phone=phone)])
        assert [one.phone for one in desk.entries] == [""], phone


def test_an_entry_without_a_duty_is_hidden_however_its_number_is_written(
    desk: Desk, asked_of: str
) -> None:
    replace(desk.number, desk.source, [line(name="김○○", duty="")])
    hide(desk, asked_of, "김○○", "entry")
    for phone in ("211-1234", "066-211-1234", "055) 211-1234", "055-211-1234 (내선 12, 13)"):
        replace(desk.number, desk.source, [line(name="김○○", duty="", phone=phone)])
        assert desk.entries == [], phone


def test_all_numbers_of_a_cell_are_hidden(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line(phone="055-211-1234, 1235")])
    hide(desk, asked_of, "김하늘", "phone")
    for phone in ("211-1234", "055-211-1235"):
        replace(desk.number, desk.source, [line(phone=phone)])
        assert [one.phone for one in desk.entries] == [""]


def test_both_numbers_of_one_part_are_hidden_and_what_older_requests_know(
    desk: Desk, asked_of: str
) -> None:
    replace(desk.number, desk.source, [line(phone="055-211-1234 (055-211-1235)")])
    hide(desk, asked_of, "김하늘", "phone")
    replace(desk.number, desk.source, [line(phone="055-211-1235")])
    assert [one.phone for one in desk.entries] == [""]
    older = [("phone", b"0552111239")]
    left = removal.hidden(line(phone="055-211-1239"), older, lambda told: told)
    assert left is not None
    assert left.phone == ""


def test_somebody_who_is_gone_can_be_hidden(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, lines(3))
    gone = desk.entries[1]
    replace(desk.number, desk.source, [lines(3)[0], lines(3)[2]])
    assert gone.name in str(desk.changes)
    removals.hide(asked_of, gone.uid, "name", "본인 요청")
    assert gone.name not in str(desk.changes)
    assert gone.phone in str(desk.changes)
    removals.hide(asked_of, gone.uid, "entry", "본인 요청")
    assert gone.phone not in str(desk.changes)
    with pytest.raises(NotFound):
        removals.hide(asked_of, gone.uid, "entry", "본인 요청")
    replace(desk.number, desk.source, lines(3))
    assert len(desk.entries) == 2


def test_no_copy_is_left(desk: Desk, asked_of: str) -> None:
    office = make_office()
    viewer = viewer_of(office, "officer")
    replace(desk.number, desk.source, [line(), line(name="박구름", duty="가축", phone="1")])
    uid = desk.entries[0].uid
    with db.transaction():
        mine.report(viewer, uid, "phone", "김하늘 번호가 바뀜")
        mine.set_favourite(viewer, uid, wanted=True)
        bulk.ask(viewer, None, "csv")
        bulk.ask(viewer, desk.number, "csv")
    assert "김하늘" not in str(db.rows(select(Notice.body).where(Notice.body.contains("055"))))
    assert "하늘" in db.values(select(Pair.pair))
    hide(desk, asked_of, "김하늘", "entry")
    for column in (Notice.body, Report.words, Favourite.uid, Bulk.id):
        assert not any(db.values(select(column))), column
    pairs = db.values(select(Pair.pair))
    assert "하늘" not in pairs
    assert "가축" in pairs


def test_the_worker_merges_what_the_index_forgot(desk: Desk, asked_of: str) -> None:
    replace(desk.number, desk.source, [line(), line(name="박구름", duty="가축", phone="1")])
    hide(desk, asked_of, "김하늘", "name")
    held = "SELECT count(*) FROM directory_index_data WHERE instr(block, ?) > 0"
    assert db.quick(held, ("하늘".encode(),)) != [(0,)]
    (lane,) = [one for one in jobs.LANES if one.name == "directory-hide"]
    assert lane.verb() == 1
    assert db.quick(held, ("하늘".encode(),)) == [(0,)]
    assert desk.find("가축")


def test_what_changes_while_it_is_prepared_is_hidden_too(
    desk: Desk, asked_of: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(desk.number, desk.source, [line()])
    analyse = removals.index.analyse
    calls: list[int] = []

    def slow(*given: Any) -> dict[int, str]:
        if not calls:
            calls.append(1)
            replace(desk.number, desk.source, [line(phone="2"), line(duty="세금", phone="3")])
        return analyse(*given)

    monkeypatch.setattr(removals.index, "analyse", slow)
    hide(desk, asked_of, "김하늘", "name")
    assert [one.name for one in desk.entries] == ["", ""]
    assert "김하늘" not in str(desk.changes)


def test_the_same_report_twice_is_one(desk: Desk) -> None:
    viewer = viewer_of(make_office(), "officer")
    replace(desk.number, desk.source, [line()])
    for reason in ("phone", "phone", "duty"):
        with db.transaction():
            mine.report(viewer, desk.entries[0].uid, reason, "")
    assert sorted(db.values(select(Report.reason))) == ["duty", "phone"]
