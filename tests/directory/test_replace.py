"""Replacing an office's entries: identity, history, index and freshness move together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core import clock, db
from app.core.errors import NotFound
from app.core.outbox import NotYet
from app.directory.queries import entries as entries_q
from app.directory.rules.refusals import OfficeBusy, TooManyEntries
from app.directory.rules.row import Row
from app.directory.service import replace as service
from app.directory.service.replace import replace
from app.directory.service.replacement import free_ids
from app.directory.service.undo import undo
from tests.directory.desk import JONGNO, Desk, line, lines


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield Desk()


def test_a_first_run_is_in_no_change_and_is_found_at_once(desk: Desk) -> None:
    outcome = replace(desk.number, desk.source, [line(), line(name="", duty="상수도 요금")])
    assert (outcome.added, outcome.changed, outcome.removed, outcome.same) == (2, 0, 0, 0)
    assert outcome.state == "done"
    assert desk.changes == []
    assert desk.told == []
    assert desk.find("창업지원") == ["청년 창업 지원", "상수도 요금"]  # the team of both
    assert desk.find("상수도") == ["상수도 요금"]
    office = entries_q.get_office(desk.number)
    assert (office.entries, office.source_id) == (2, desk.source)
    assert office.seen_at is not None


def test_the_same_again_changes_only_when_it_was_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(desk.number, desk.source, lines(30))
    before, version = desk.entries, desk.version
    later = clock.now() + 100
    monkeypatch.setattr(clock, "now", lambda: later)
    outcome = replace(desk.number, desk.source, lines(30))
    assert (outcome.added, outcome.changed, outcome.removed, outcome.same) == (0, 0, 0, 30)
    assert desk.entries == before
    assert desk.version == version
    assert desk.changes == []
    assert desk.told == []
    assert entries_q.get_office(desk.number).seen_at == later


def test_lines_that_only_stand_elsewhere_are_the_same(desk: Desk) -> None:
    replace(desk.number, desk.source, lines(5))
    version = desk.version
    turned = [line(**vars(one) | {"place": f"row {90 + at}"}) for at, one in enumerate(lines(5))]
    outcome = replace(desk.number, desk.source, turned[::-1])
    assert (outcome.same, outcome.added) == (5, 0)
    assert {one.place for one in desk.entries} == {f"row {90 + at}" for at in range(5)}
    assert desk.version == version
    assert desk.changes == []


def test_a_handover_keeps_the_identity_and_becomes_history(desk: Desk) -> None:
    replace(desk.number, desk.source, lines(3))
    before = desk.entries
    new = [*lines(3)[:2], line(**vars(lines(3)[2]) | {"name": "이바다", "phone": "055-211-7777"})]
    outcome = replace(desk.number, desk.source, new)
    assert (outcome.added, outcome.changed, outcome.handover, outcome.removed) == (0, 1, 1, 0)
    assert [(one.id, one.uid) for one in desk.entries] == [(one.id, one.uid) for one in before]
    (change,) = desk.changes
    assert (change["kind"], change["uid"]) == ("handover", before[2].uid)
    assert (change["before"]["name"], change["after"]["name"]) == (before[2].name, "이바다")
    assert desk.told == [outcome.run_id]
    assert desk.find("이바다") == [before[2].duty]
    assert desk.find(before[2].name) == []
    assert desk.find("7777") == [before[2].duty]


def test_what_is_gone_is_found_no_more(desk: Desk) -> None:
    replace(desk.number, desk.source, [line(), line(name="박구름", duty="가축 방역", phone="1")])
    outcome = replace(desk.number, desk.source, [line()])
    assert (outcome.removed, outcome.same) == (1, 1)
    assert desk.find("가축방역") == []
    assert [one["kind"] for one in desk.changes] == ["removed"]
    assert entries_q.get_office(desk.number).entries == 1


def test_a_masked_name_is_never_joined_from_what_was_there(desk: Desk) -> None:
    replace(desk.number, desk.source, [line(name="김하늘")])
    outcome = replace(desk.number, desk.source, [line(name="김○○")])
    assert (outcome.changed, outcome.handover) == (1, 0)
    assert desk.entries[0].name == "김○○"
    assert desk.find("하늘") == []


def test_only_some_departments_are_replaced(desk: Desk) -> None:
    water = line(department="수도과", duty="상수도 요금", name="오이슬", phone="055-211-2222")
    replace(desk.number, desk.source, [line(), water])
    outcome = replace(
        desk.number, desk.source,
        [line(department="수도과", duty="하수도", name="오이슬", phone="055-211-2222"),
         line(department="세무과", duty="지방세")],
        only=frozenset({"수도과"}),
    )  # fmt: skip
    assert (outcome.added, outcome.changed, outcome.removed) == (0, 1, 0)
    assert sorted(one.duty for one in desk.entries) == ["청년 창업 지원", "하수도"]
    assert entries_q.get_office(desk.number).entries == 2


def test_too_few_rows_are_refused_and_the_old_ones_stay(desk: Desk) -> None:
    replace(desk.number, desk.source, lines(10))
    office = entries_q.get_office(desk.number)
    other = desk.new_source()
    outcome = replace(desk.number, other, lines(4), must_keep=0.5)
    assert outcome.state == "refused"
    assert desk.run(outcome.run_id)["state"] == "refused"
    assert entries_q.get_office(desk.number) == office
    assert len(desk.entries) == 10
    assert replace(desk.number, other, lines(5), must_keep=0.5).state == "done"


def test_another_office_is_left_alone(desk: Desk) -> None:
    other = Desk(JONGNO)
    replace(other.number, other.source, lines(4))
    replace(desk.number, desk.source, lines(4))
    replace(desk.number, desk.source, [])
    assert len(other.entries) == 4
    assert desk.entries == []


def test_who_changes_the_office_meanwhile_is_not_overwritten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(desk.number, desk.source, lines(3))
    real = service.plan
    calls: list[int] = []

    def slow(*words: object) -> object:
        made = real(*words)  # type: ignore[arg-type]
        if not calls:
            calls.append(1)
            replace(desk.number, desk.source, lines(6))
        return made

    monkeypatch.setattr(service, "plan", slow)
    outcome = replace(desk.number, desk.source, lines(4))
    assert (outcome.removed, outcome.same) == (2, 4)
    assert len(desk.entries) == 4


def test_an_office_that_never_rests_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_carry_out", lambda *_: False)
    with pytest.raises(OfficeBusy):
        replace(desk.number, desk.source, lines(1))


def test_an_index_of_another_analyzer_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.directory.rules.tokens.VERSION", 99)
    with pytest.raises(NotYet):
        replace(desk.number, desk.source, lines(2))
    assert desk.entries == []


def test_an_unknown_office_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        replace(99_999, desk.source, [])


def test_rows_are_cleaned_and_newlines_in_duties_are_data(desk: Desk) -> None:
    bad = Row(
        " 김\x00하늘 ", duty="- 청년\r\n\r\n- 창업\u200b ", phone="055-211-1234\n055-2", place="p"
    )
    replace(desk.number, desk.source, [bad])
    (kept,) = desk.entries
    assert (kept.name, kept.duty, kept.phone) == ("김 하늘", "- 청년\n- 창업", "055-211-1234 055-2")


class TestUndo:
    """Putting back what a run replaced."""

    def test_everything_is_as_before(self, desk: Desk) -> None:
        first = desk.source
        replace(desk.number, first, lines(6))
        before, office = desk.entries, entries_q.get_office(desk.number)
        new = [line(duty="새 일", name="", phone=""), *lines(6)[2:],
               line(**vars(lines(6)[1]) | {"name": "이바다"})]  # fmt: skip
        outcome = replace(desk.number, desk.new_source(), new)
        assert (outcome.added, outcome.changed, outcome.removed) == (1, 1, 1)
        done = undo(outcome.run_id)
        assert (done.restored, done.kept) == (3, 0)
        assert desk.entries == before
        assert entries_q.get_office(desk.number) == office
        assert desk.find("이바다") == []
        assert desk.find("새일") == []
        assert all(desk.find(one.name) == [one.duty] for one in before)
        assert undo(outcome.run_id).restored == 0

    def test_a_first_run_leaves_nothing(self, desk: Desk) -> None:
        outcome = replace(desk.number, desk.source, lines(5))
        assert undo(outcome.run_id).restored == 5
        assert desk.entries == []
        assert desk.find("담당") == []
        office = entries_q.get_office(desk.number)
        assert (office.entries, office.seen_at, office.source_id) == (0, None, None)
        assert replace(desk.number, desk.source, lines(5)).added == 5
        assert desk.changes == []  # it is a first run again

    def test_what_a_later_run_changed_stays(self, desk: Desk) -> None:
        first = replace(desk.number, desk.source, lines(4))
        later = [line(**vars(lines(4)[0]) | {"name": "이바다"}), *lines(4)[1:]]
        second = replace(desk.number, desk.source, later)
        done = undo(first.run_id)
        assert (done.restored, done.kept) == (3, 1)
        assert [one.name for one in desk.entries] == ["이바다"]
        assert undo(second.run_id).restored == 1

    def test_an_entry_that_was_removed_and_restored_is_still_its_first_run_s(
        self, desk: Desk
    ) -> None:
        first = replace(desk.number, desk.source, lines(3))
        second = replace(desk.number, desk.source, lines(2))
        assert undo(second.run_id).restored == 1
        assert undo(first.run_id).restored == 3
        assert desk.entries == []

    def test_a_taken_number_is_not_taken_twice(self, desk: Desk) -> None:
        replace(desk.number, desk.source, lines(3))
        uids = {one.uid for one in desk.entries}
        second = replace(desk.number, desk.source, lines(2))
        replace(desk.number, desk.source, [*lines(2), line(duty="다른 일", name="최들", phone="9")])
        undo(second.run_id)
        assert len(desk.entries) == 4
        assert uids < {one.uid for one in desk.entries}
        assert len(desk.find(lines(3)[2].name)) == 1


def test_ids_are_those_after_the_last_then_the_gaps() -> None:
    low = 7 << 16
    assert list(free_ids(7, set(), 2)) == [low, low + 1]
    assert list(free_ids(7, {low, low + 0xFFFE}, 3)) == [low + 0xFFFF, low + 1, low + 2]
    with pytest.raises(TooManyEntries):
        free_ids(7, set(range(low, low + 0x10000)), 1)


def test_the_transaction_is_not_left_open(desk: Desk) -> None:
    replace(desk.number, desk.source, lines(2))
    with db.transaction():
        pass
