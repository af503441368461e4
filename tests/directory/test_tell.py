"""Followers are told of what changed: each once, nobody else, whatever is killed in between."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.service import people
from app.core import clock, db, outbox
from app.core.db import transaction
from app.directory import jobs
from app.directory.queries import index as index_q
from app.directory.rules import follows as follows_r
from app.directory.service import (
    removals,
    search,
    synonyms,
    tell,
    tell_notices,
    told_list,
    undo,
)
from app.directory.service.follows import Wish
from app.directory.service.replace import replace as replace_office
from app.notices import service as notices_s
from tests.directory import living
from tests.directory.bells import behind, follow, notices, work
from tests.directory.desk import Desk
from tests.directory.desk import line as desk_line
from tests.directory.living import Step, viewer_of
from tests.factories import sign_in_of
from tests.scene import Scene, text_of


def test_a_handover_is_told_with_before_and_after(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office, phone="055-000-1234")
        living.put(office, one, living.entry(office))
        follow(scene, "officer", Wish("entry", one.uid))
        living.change(office, living.handover(one, "이○○", "055-000-1235"))
        work()
        work()
    [(title, body, url)] = notices(scene, "officer")
    assert title == "담당자가 바뀌었습니다"
    assert url == f"/directory/entry/{one.uid}"
    assert body["about"] == "경상남도 창원시 청년정책과 청년지원팀"
    assert body["lines"] == [
        {
            "label": "", "what": "청년 창업 지원", "before": "김○○ 055-000-1234",
            "after": "이○○ 055-000-1235",
        }
    ]  # fmt: skip
    assert notices(scene, "auditor") == []
    assert scene.rows("SELECT count(*) FROM tasks") == [(0,)]


def test_who_follows_it_in_three_ways_is_told_once(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        wishes = (
            Wish("entry", one.uid), Wish("department", "청년 정책과", office),
            Wish("duty", "청년 창업"), Wish("duty", "청년창업 지원", office),
            Wish("duty", "센터", sido="경상남도"),
        )  # fmt: skip
        follow(scene, "officer", *wishes)
        follow(scene, "auditor", *wishes[1:2])
        living.change(office, living.handover(one, "이○○", "055-000-1235"))
        work()
    assert len(notices(scene, "officer")) == 1
    assert len(notices(scene, "auditor")) == 1


def test_who_is_hidden_while_it_is_being_told_is_not_named(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tell._portions
    with scene.app.app_context():
        desk = Desk()
        replace_office(desk.number, desk.source, [desk_line(name="김하늘")])
        uid = desk.entries[0].uid
        follow(scene, "officer", Wish("department", "청년정책과", desk.number))
        replace_office(desk.number, desk.source, [desk_line(name="이새벽")])

        def hide_meanwhile(tellings: Any) -> Any:
            monkeypatch.setattr(tell, "_portions", real)
            removals.hide(scene.office.people["administrator"], uid, "name", "본인 요청")
            return real(tellings)

        monkeypatch.setattr(tell, "_portions", hide_meanwhile)
        work()
        work()
    told = notices(scene, "officer")
    assert "이새벽" not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("wish", "is_told"),
    [
        (("duty", "청년 창업", "", ""), True),
        (("duty", "창업지원 청년", "", ""), True),
        (("duty", "지원, 청년", "", ""), True),
        (("duty", "창업 하수도", "", ""), False),
        (("duty", "지원청년", "", ""), False),  # across a comma
        (("duty", "창업", living.CHANGWON, ""), True),
        (("duty", "창업", living.SEOUL, ""), False),
        (("duty", "창업", "", "경상남도"), True),
        (("duty", "창업", "", "서울특별시"), False),
        (("department", "청년정책과", living.CHANGWON, ""), True),
        (("department", "청년정책과", living.SEOUL, ""), False),
        (("department", "청년정책", living.CHANGWON, ""), False),
    ],
)
def test_what_a_follow_reaches(scene: Scene, wish: tuple[str, ...], is_told: bool) -> None:
    what, target, place, sido = wish
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        number = living.office_number(place) if place else 0
        follow(scene, "officer", Wish(what, target, number, sido))
        living.change(office, living.handover(one, "이○○", "055-000-1235"))
        work()
    assert len(notices(scene, "officer")) == is_told


@pytest.mark.parametrize(
    ("words", "duty", "is_told"),
    [
        ("아동수당", "양육지원 신청 접수", True),
        ("아동 수당", "양육 지원 신청", True),
        ("아동수당 신청", "양육지원 신청 접수", True),
        ("아동수당 신청", "양육지원 접수", False),
        ("아동 신청", "양육지원 신청", False),
        ("양육지원", "아동수당 지급", True),
    ],
)
def test_a_duty_is_followed_by_what_means_the_same_too(
    scene: Scene, words: str, duty: str, is_told: bool
) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office, duty=duty)
        living.put(office, one)
        follow(scene, "officer", Wish("duty", words))
        with transaction():  # as it is when things change, not when somebody began to follow
            for group, _ in index_q.list_synonym_groups():
                synonyms.remove(group)
            synonyms.add(scene.office.people["administrator"], "아동수당, 양육지원")
        living.change(office, living.handover(one, "이○○", "055-000-1235"))
        work()
        assert search_finds(words) == is_told, "the search says the same"
    assert len(notices(scene, "officer")) == is_told


def search_finds(words: str) -> bool:
    """Whether the search finds anybody."""
    return search.ask(words).total > 0


def test_what_means_the_same_stands_on_the_follow_screen(scene: Scene) -> None:
    with scene.app.app_context():
        living.office_number()
        follow(scene, "officer", Wish("duty", "아동수당"))
    page = text_of(scene.enter("officer").get("/directory/follows"))
    assert re.search("같은 말도 함께:[^<]*양육지원", page)


def test_what_was_before_counts_as_well_as_what_is_now(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one, other = living.entry(office), living.entry(office, duty="상수도 요금")
        living.put(office, one, other)
        follow(scene, "officer", Wish("duty", "청년 창업"))
        moved = replace(one, duty="문화재 보수", department="문화재과")
        run_id = living.change(
            office,
            Step("changed", one, moved),
            Step("changed", other, replace(other, duty="청년 창업 보조")),
        )
        work()
        assert sorted(behind(scene, "officer")) == sorted([one.uid, other.uid])
        shown = told_list.describe(viewer_of(scene.office, "officer"), run_id, 1)["items"]
    assert [str(item.title) for item in shown] == ["담당 정보가 바뀌었습니다"] * 2
    labels = [[str(line.label) for line in item.lines] for item in shown]
    assert sorted(labels) == [["담당 업무"], ["담당 업무", "부서"]]


def test_added_and_removed_are_told_and_a_moved_row_is_not(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one, two = living.entry(office), living.entry(office)
        living.put(office, one, two)
        follow(scene, "officer", Wish("department", "청년정책과", office))
        run_id = living.change(
            office,
            Step("removed", one, None),
            Step("added", None, living.entry(office)),
            Step("changed", two, replace(two, place="row 7", fax="055-000-9999")),
        )
        work()
        shown = told_list.describe(viewer_of(scene.office, "officer"), run_id, 1)["items"]
    assert [str(item.title) for item in shown] == ["담당이 없어졌습니다", "새 담당이 생겼습니다"]
    [(title, body, _)] = notices(scene, "officer")
    assert (title, body["count"]) == ("담당자 정보 %(count)s건이 바뀌었습니다", 2)


def test_who_began_later_or_has_left_is_not_told(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        for role in ("officer", "auditor"):
            follow(scene, role, Wish("entry", one.uid))
        scene.rows(
            "UPDATE directory_follows SET created_at = ? WHERE person_id = ?",
            clock.now() + 60, scene.office.people["officer"],
        )  # fmt: skip
        with transaction():
            people.end_person(
                sign_in_of(scene.office.people["administrator"]), scene.office.people["auditor"]
            )
        living.change(office, living.handover(one, "이○○", "055-000-1235"))
        work()
    assert scene.rows("SELECT count(*) FROM notices") == [(0,)]


@pytest.mark.parametrize("many", [False, True])
def test_a_run_that_is_undone_is_taken_back(scene: Scene, many: bool) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one, two = living.entry(office, phone="055-000-1234"), living.entry(office)
        living.put(office, one, two)
        wish = Wish("department", "청년정책과", office) if many else Wish("entry", one.uid)
        for role in ("officer", "auditor"):
            follow(scene, role, wish)
        steps = (living.handover(one, "이○○", "055-000-1235"), Step("removed", two, None))
        run_id = living.change(office, *steps)
        work()
        assert len(behind(scene, "officer")) == (2 if many else 1)
        scene.rows(
            "UPDATE notices SET read_at = 1 WHERE person_id = ?", scene.office.people["auditor"]
        )
        living.undo(run_id, *steps)
        work()
        assert tell.tell_followers(run_id) == 1, "again, as after a kill: nothing more"
    assert notices(scene, "officer") == [], "nobody is called for what was never seen"
    person = scene.office.people["auditor"]
    mine = "SELECT read_at, withdrawn_at IS NOT NULL FROM notices WHERE person_id = ?"
    assert scene.rows(mine, person) == [(1, 1)], "what was read says it, and is not told again"
    page = text_of(scene.enter("auditor").get("/notices"))
    assert "되돌려짐" in page
    if many:
        page = text_of(scene.enter("auditor").get(tell_notices.url_of_batch(run_id)))
        assert page.count('<span class="badge">되돌려짐</span>') == 2


def test_a_run_that_was_undone_before_anybody_was_told_says_nothing(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        follow(scene, "officer", Wish("entry", one.uid))
        step = living.handover(one, "이○○", "055-000-1235")
        living.undo(living.change(office, step), step)
        work()
    assert notices(scene, "officer") == []


def test_a_run_that_is_undone_while_it_is_told_says_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell, "STEP", 2)
    with scene.app.app_context():
        office = living.office_number()
        rows = [living.entry(office) for _ in range(4)]
        living.put(office, *rows)
        follow(scene, "officer", Wish("duty", "창업"))
        steps = [living.handover(one, "이○○", f"055-000-9{at:03}") for at, one in enumerate(rows)]
        run_id = living.change(office, *steps)
        monkeypatch.setattr(tell.tell_notices, "deliver", lambda _: living.undo(run_id, *steps))
        tell.tell_followers(run_id)
        monkeypatch.undo()
        work()
        assert scene.rows("SELECT count(*) FROM directory_tellings") == [(4,)]
    assert notices(scene, "officer") == []


def test_what_a_later_run_holds_is_not_taken_back(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        follow(scene, "officer", Wish("entry", one.uid))
        first = living.handover(one, "이○○", "055-000-1235")
        run_id = living.change(office, first)
        assert first.after is not None
        living.change(office, living.handover(first.after, "박○○", "055-000-1236"))
        work()
        with transaction():  # the entry stays as the later run left it
            outbox.add(tell.KIND, f"{run_id}:undone", run_id=run_id)
        scene.rows("UPDATE directory_runs SET state = 'undone' WHERE id = ?", run_id)
        work()
    assert [one[0] for one in notices(scene, "officer")] == ["담당자가 바뀌었습니다"] * 2


@pytest.mark.parametrize("at_once", [1, 100])
@pytest.mark.parametrize("killed_at", range(8))
def test_a_telling_that_is_killed_goes_on_where_it_was(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, killed_at: int, at_once: int
) -> None:
    monkeypatch.setattr(tell, "STEP", 3)
    monkeypatch.setattr(tell, "MOST_AT_ONCE", at_once)
    monkeypatch.setattr(tell_notices, "PEOPLE", 1)
    with scene.app.app_context():
        office = living.office_number()
        rows = [living.entry(office) for _ in range(10)]
        living.put(office, *rows)
        follow(scene, "officer", Wish("duty", "창업"))
        follow(scene, "auditor", Wish("entry", rows[4].uid))
        run_id = living.change(
            office,
            *(living.handover(one, "이○○", f"055-000-9{at:03}") for at, one in enumerate(rows)),
        )
        with living.dying_at(killed_at) as count:
            try:
                tell.tell_followers(run_id)
            except KeyboardInterrupt:
                assert len(notices(scene, "officer")) < 2
            else:
                assert killed_at >= count[0], "or the kill was never tried"
        tell.tell_followers(run_id)
        assert tell.tell_followers(run_id) == 0
        scene.rows("UPDATE directory_runs SET told = 0")
        tell.tell_followers(run_id)
        assert sorted(behind(scene, "officer")) == sorted(one.uid for one in rows)
    assert len(notices(scene, "officer")) == 1, "one import, one notice"
    assert [url for _, _, url in notices(scene, "auditor")] == [tell_notices.url_of(rows[4].uid)]


def test_the_list_behind_a_notice_is_its_readers_alone(scene: Scene) -> None:
    with scene.app.app_context():
        office = living.office_number()
        rows = [living.entry(office, duty=f"청년 창업 {at}") for at in range(33)]
        living.put(office, *rows)
        follow(scene, "officer", Wish("duty", "창업"))
        run_id = living.change(
            office,
            *(living.handover(one, "이○○", f"055-000-9{at:03}") for at, one in enumerate(rows)),
        )
        work()
    url = tell_notices.url_of_batch(run_id)
    officer = scene.enter("officer")
    bell = text_of(officer.get("/notices"))
    assert "경상남도 창원시: 담당자 정보 33건이 바뀌었습니다" in bell
    first, second = text_of(officer.get(url)), text_of(officer.get(f"{url}?page=2"))
    found = re.findall(r'href="/directory/entry/([0-9a-f-]{36})"', first + second)
    assert sorted(found) == sorted(one.uid for one in rows)
    assert "33 changes among the officials" in text_of(officer.get("/notices?lang=en"))
    assert scene.enter("auditor").get(url).status_code == 404
    said = "이 변경은 되돌려졌습니다"
    beyond = text_of(officer.get(f"{url}?page=99"))
    assert said not in beyond, "a page that does not exist says nothing of the run"
    assert re.findall(r'href="/directory/entry/([0-9a-f-]{36})"', beyond) == found[30:]
    part = (
        "UPDATE directory_tellings SET undone_at = 1 WHERE change_id IN"
        " (SELECT change_id FROM directory_tellings ORDER BY change_id LIMIT ?)"
    )
    scene.rows(part, 30)
    assert said not in text_of(officer.get(url)), "the second page stands"
    scene.rows(part, 33)
    assert said in text_of(officer.get(url))


def test_who_is_hidden_later_stands_in_no_list(scene: Scene) -> None:
    with scene.app.app_context():
        desk = Desk()
        lines = [desk_line(name="김하늘"), desk_line(name="박구름", duty="가축 방역")]
        replace_office(desk.number, desk.source, lines)
        uid = next(one.uid for one in desk.entries if one.name == "김하늘")
        follow(scene, "officer", Wish("department", "청년정책과", desk.number))
        now = [
            replace(one, name=name) for one, name in zip(lines, ("이새벽", "최나무"), strict=True)
        ]
        outcome = replace_office(desk.number, desk.source, now)
        work()
    url, officer = tell_notices.url_of_batch(outcome.run_id), scene.enter("officer")
    assert "이새벽" in text_of(officer.get(url))
    with scene.app.app_context():
        removals.hide(scene.office.people["administrator"], uid, "entry", "본인 요청")
    page = text_of(officer.get(url))
    assert "이새벽" not in page
    assert "최나무" in page
    assert "요청이 있어 뺐습니다" in page


@pytest.mark.parametrize("portion", [1, 2, 3, 10])
def test_what_stands_behind_forgotten_notices_is_forgotten(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, portion: int
) -> None:
    deleted: list[int] = []
    real = db.run

    def run(statement: Any) -> int:
        deleted.append(real(statement))
        return deleted[-1]

    with scene.app.app_context():
        office = living.office_number()
        rows = [living.entry(office) for _ in range(5)]
        living.put(office, *rows)
        for role in ("officer", "auditor"):
            follow(scene, role, Wish("department", "청년정책과", office))
        living.change(office, *(living.handover(one, "이○○", "055-000-1") for one in rows[:3]))
        work()
        scene.rows("UPDATE directory_runs SET at = at - ?", notices_s.KEEP_UNREAD_S + 3600)
        living.change(office, *(living.handover(one, "이○○", "055-000-1") for one in rows[3:]))
        work()
        assert jobs.forget_tellings() == 0, "a notice was told up to a day after its run"
        scene.rows("UPDATE directory_runs SET at = at - ? WHERE at < ?", 86_400, clock.now() - 60)
        monkeypatch.setattr(tell_notices, "PORTION", portion)
        monkeypatch.setattr(tell_notices.db, "run", run)
        assert jobs.forget_tellings() == sum(deleted) == 6
        assert max(deleted) <= portion
        assert scene.rows("SELECT count(*) FROM directory_tellings") == [(4,)]


def test_what_the_product_replaces_undoes_and_hides_is_told(scene: Scene) -> None:
    """The whole way: replaced by service/replace.py, undone by service/undo.py, hidden."""
    with scene.app.app_context():
        desk = Desk()
        one, other = desk_line(name="박구름", phone="055-000-1234"), desk_line(duty="가축 방역")
        replace_office(desk.number, desk.source, [one, other])
        uid = next(row.uid for row in desk.entries if row.name == "박구름")
        follow(scene, "officer", Wish("entry", uid))
        now = replace(one, name="최나무", phone="055-000-1235")
        outcome = replace_office(desk.number, desk.source, [now, other])
        work()
        [(_, body, _)] = notices(scene, "officer")
        assert body["lines"][0]["before"] == "박구름 055-000-1234"
        assert body["lines"][0]["after"] == "최나무 055-000-1235"
        undo.undo(outcome.run_id)
        work()
        assert notices(scene, "officer") == []
        replace_office(desk.number, desk.source, [now, other])
        work()
        assert len(notices(scene, "officer")) == 1
        removals.hide(scene.office.people["administrator"], uid, "name", "본인 요청")
    assert notices(scene, "officer") == []
    assert "박구름" not in json.dumps(scene.rows("SELECT * FROM directory_follows"))


def test_a_run_nobody_knows_tells_nobody(scene: Scene) -> None:
    with scene.app.app_context():
        assert tell.tell_followers("none") == 0
    assert scene.rows("SELECT count(*) FROM notices") == [(0,)]


WORDS = st.text(alphabet="청년창업지원상수도 ,·/", min_size=0, max_size=14)


@given(duty=WORDS, words=WORDS)
def test_a_duty_fits_as_brute_force_says(duty: str, words: str) -> None:
    target = follows_r.duty_target(words)
    terms = target.split()
    for mark in ",·/":
        duty = duty.replace(mark, "\n")
    items = [item.replace(" ", "") for item in duty.split("\n")]
    truth = bool(terms) and all(any(term in item for item in items) for term in terms)
    found = follows_r.holds(follows_r.pieces((), (duty,)), follows_r.ways(target, {}))
    assert found == truth if terms else target == ""


def test_a_synonym_of_one_syllable_tells_nobody() -> None:
    same = {"상수도": ("물", "ㅅㅅㄷ", "수돗물")}
    ways, building = follows_r.ways("상수도", same), follows_r.pieces((), ("건축물 관리, 물품",))
    assert not follows_r.holds(building, ways)
    assert follows_r.holds(follows_r.pieces((), ("수돗물 검사",)), ways)
    assert follows_r.same_words("상수도", same) == ("수돗물",)


@pytest.mark.parametrize("words", ["", " ", "가", "가 나", "ㅊㄴ", "청년 ㅊㅇ", "·,", "a"])
def test_words_that_say_nothing_are_no_duty(words: str) -> None:
    assert follows_r.duty_target(words) == ""
