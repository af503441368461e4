"""An import of many offices is one notice a follower: it grows, says each change once, and goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from app.core.db import transaction
from app.directory.rules.follows import DUTY, ENTRY
from app.directory.service import erase, importing, practice, tell, tell_notices, told_list
from app.directory.service.follows import Wish
from app.directory.service.replace import replace as replace_office
from tests.directory import files, living
from tests.directory.bells import behind, follow, notices, work
from tests.directory.desk import Desk, line
from tests.directory.living import Step, viewer_of
from tests.directory.test_import_pages import Bench
from tests.scene import Scene, text_of

PLACES = (living.CHANGWON, living.SEOUL, "부산광역시 해운대구")
HERE = "담당자 정보 %(count)s건이 바뀌었습니다"
EVERYWHERE = f"기관 %(places)s곳의 {HERE}"


class Country:
    """Three offices with some who support founders, and an import that changes them one by one."""

    def __init__(self, scene: Scene, counts: Sequence[int] = (2, 3, 1)) -> None:
        """Fill the offices; the officer follows what the entries do in the whole country, the
        auditor one entry of the last."""
        self.scene = scene
        self.offices = [living.office_number(name) for name in PLACES]
        self.rows = [[living.entry(one) for _ in range(n)] for one, n in self._pairs(counts)]
        for office, rows in zip(self.offices, self.rows, strict=True):
            living.put(office, *rows)
        follow(scene, "officer", Wish(DUTY, "창업"))
        follow(scene, "auditor", Wish(ENTRY, self.rows[-1][0].uid))
        self.import_id = living.an_import(viewer_of(scene.office, "administrator"))
        self.steps: dict[str, list[Step]] = {}

    def _pairs(self, counts: Sequence[int]) -> list[tuple[int, int]]:
        return list(zip(self.offices, counts, strict=True))

    def change(self, at: int, name: str = "이○○") -> str:
        """The import replaces the next office; the run's id."""
        steps = [living.handover(one, name, "055-000-1235") for one in self.rows[at]]
        run_id = living.change(self.offices[at], *steps, import_id=self.import_id)
        self.steps[run_id] = steps
        return run_id

    def undo(self, run_id: str) -> None:
        """One run of it is undone."""
        living.undo(run_id, *self.steps[run_id])

    @property
    def uids(self) -> list[str]:
        """Every entry that it changes."""
        return sorted(one.uid for rows in self.rows for one in rows)

    @property
    def url(self) -> str:
        """The page behind its notices."""
        return tell_notices.url_of_batch(self.import_id)

    def read(self, role: str) -> None:
        """Somebody reads what they were told."""
        who = "UPDATE notices SET read_at = 1 WHERE person_id = ?"
        self.scene.rows(who, self.scene.office.people[role])

    def unread(self, role: str) -> int:
        """How many notices somebody has not read."""
        who = "SELECT count(*) FROM notices WHERE person_id = ? AND read_at IS NULL"
        return int(self.scene.rows(who, self.scene.office.people[role])[0][0])


def heads(notice: tuple[str, dict[str, Any], str]) -> tuple[str, str, int, int | None]:
    """What a notice says: its title, whose, how many, and in how many offices."""
    title, body, _ = notice
    return title, body["about"], body["count"], body.get("places")


def only_note(run_id: str) -> None:
    """A worker is killed when it has written down who is told of a run, and told nobody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tell_notices, "deliver", lambda _: None)
        tell.tell_followers(run_id)


@pytest.fixture
def country(scene: Scene) -> Country:
    with scene.app.app_context():
        return Country(scene)


def test_one_notice_grows_office_by_office_and_its_page_lists_them(
    scene: Scene, country: Country
) -> None:
    said = []
    with scene.app.app_context():
        for at in (1, 0, 2):
            country.change(at)
            work()
            [notice] = notices(scene, "officer")
            said.append(heads(notice))
            assert notice[2] == country.url
            assert country.unread("officer") == 1, "what was added is told"
            country.read("officer")
        assert sorted(behind(scene, "officer")) == country.uids
    assert said == [(HERE, living.SEOUL, 3, None), (EVERYWHERE, "", 5, 2), (EVERYWHERE, "", 6, 3)]
    [(title, _, url)] = notices(scene, "auditor")
    assert (title, url) == ("담당자가 바뀌었습니다", f"/directory/entry/{country.rows[2][0].uid}")
    officer = scene.enter("officer")
    assert "기관 3곳의 담당자 정보 6건이 바뀌었습니다" in text_of(officer.get("/notices"))
    page = text_of(officer.get(country.url))
    assert "기관 3곳의 담당자 정보 6건이 바뀌었습니다" in page
    named = re.findall(r"<h2>(?:<[^>]*>)?([^<]+?) *<.*?>(\d+)건</span>", page)
    order = sorted(zip(country.offices, PLACES, ("2", "3", "1"), strict=True))
    assert named == [(name, count) for _, name, count in order]
    assert sorted(re.findall(r'href="/directory/entry/([0-9a-f-]{36})"', page)) == country.uids
    assert "6 changes among the officials of 3 offices" in text_of(
        officer.get(f"{country.url}?lang=en")
    )
    assert scene.enter("administrator").get(country.url).status_code == 404


def test_a_single_change_becomes_the_notice_of_many(scene: Scene, country: Country) -> None:
    with scene.app.app_context():
        country.change(2)
        work()
        [(title, body, url)] = notices(scene, "officer")
        assert (title, url) == (
            "담당자가 바뀌었습니다", f"/directory/entry/{country.rows[2][0].uid}"
        )  # fmt: skip
        assert body["lines"]
        country.read("officer")
        country.change(0)
        work()
        [(title, body, url)] = notices(scene, "officer")
    assert (title, body["lines"], body["count"], url) == (
        EVERYWHERE, [], 3, country.url,
    )  # fmt: skip
    assert country.unread("officer") == 1
    assert country.unread("auditor") == 1
    assert len(notices(scene, "auditor")) == 1


def test_another_import_and_a_visit_of_a_site_are_notices_of_their_own(
    scene: Scene, country: Country
) -> None:
    with scene.app.app_context():
        country.change(0)
        country.rows[0] = [
            step.after for one in country.steps.values() for step in one if step.after
        ]
        country.import_id = living.an_import(viewer_of(scene.office, "administrator"))
        country.change(0, "박○○")
        rows = [step.after for step in list(country.steps.values())[-1] if step.after]
        living.change(
            country.offices[0], *(living.handover(one, "최○○", "055-000-7") for one in rows)
        )
        work()
    assert [body["count"] for _, body, _ in notices(scene, "officer")] == [2, 2, 2]
    assert len({url for _, _, url in notices(scene, "officer")}) == 3


@pytest.mark.parametrize("killed_at", range(12))
def test_a_telling_of_an_import_that_is_killed_goes_on_where_it_was(
    scene: Scene, country: Country, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    monkeypatch.setattr(tell, "STEP", 2)
    monkeypatch.setattr(tell_notices, "PEOPLE", 1)
    with scene.app.app_context():
        runs = [country.change(at) for at in range(3)]
        killed = False
        with living.dying_at(killed_at) as count:
            for run_id in runs:  # the worker that goes on has the others to do before it
                try:
                    tell.tell_followers(run_id)
                except KeyboardInterrupt:
                    killed = True
        assert killed == (killed_at < count[0])
        work()
        assert sorted(behind(scene, "officer")) == country.uids
        country.read("officer")
        scene.rows("UPDATE directory_runs SET told = 0")
        for run_id in reversed(runs):
            tell.tell_followers(run_id)
        assert country.unread("officer") == 0, "again, nothing is told"
        assert sorted(behind(scene, "officer")) == country.uids
    assert len(notices(scene, "officer")) == len(notices(scene, "auditor")) == 1


@pytest.mark.parametrize("is_read", [False, True])
def test_an_import_that_is_undone_is_taken_back_whole(
    scene: Scene, country: Country, is_read: bool
) -> None:
    with scene.app.app_context():
        runs = [country.change(at) for at in range(3)]
        work()
        if is_read:
            country.read("officer")
        for left, run_id in ((3, runs[2]), (2, runs[1])):
            country.undo(run_id)
            work()
            [said] = notices(scene, "officer")
            assert heads(said) == {
                3: (EVERYWHERE, "", 5, 2), 2: (HERE, living.CHANGWON, 2, None)
            }[left], f"{left} offices stood before"  # fmt: skip
            shown = told_list.describe(viewer_of(scene.office, "officer"), country.import_id, 1)
            assert shown["undone"] is False
            assert sum(one.undone for one in shown["items"]) == {3: 1, 2: 4}[left]
        assert notices(scene, "auditor") == []
        assert country.unread("officer") == (not is_read), "nobody is called for it"
        country.undo(runs[0])
        work()
    mine = "SELECT read_at, withdrawn_at IS NOT NULL FROM notices"
    assert scene.rows(mine) == ([(1, 1)] if is_read else [])
    if is_read:
        [said] = notices(scene, "officer")
        assert heads(said) == (EVERYWHERE, "", 6, 3), "all of it is void"
        page = text_of(scene.enter("officer").get(country.url))
        assert "기관 3곳의 담당자 정보 6건이 바뀌었습니다" in page
        assert "이 변경은 되돌려졌습니다" in page
        assert page.count('<span class="badge">되돌려짐</span>') == 6


def test_an_office_that_is_told_after_another_was_undone_still_comes(
    scene: Scene, country: Country
) -> None:
    with scene.app.app_context():
        second, first = country.change(1), country.change(0)
        tell.tell_followers(second)
        country.undo(second)
        tell.tell_followers(second)
        assert notices(scene, "officer") == []
        tell.tell_followers(first)
        [said] = notices(scene, "officer")
    assert heads(said) == (HERE, living.CHANGWON, 2, None), "what stands"
    officer = scene.enter("officer")
    page = text_of(officer.get(country.url))
    assert page.count('<span class="badge">되돌려짐</span>') == 3
    assert re.search(rf"{living.CHANGWON}(</span>)?: 담당자 정보 2건이 바뀌었습니다", page)
    assert "되돌려진 3건도" in page
    assert "3 more that were undone" in text_of(officer.get(f"{country.url}?lang=en"))


@pytest.mark.parametrize("told_first", [False, True])
def test_what_was_undone_is_not_told_again(
    scene: Scene, country: Country, told_first: bool
) -> None:
    with scene.app.app_context():
        first = country.change(0)
        tell.tell_followers(first)
        country.read("officer")
        second = country.change(1)
        if told_first:
            tell.tell_followers(second)
            country.read("officer")
        else:
            only_note(second)
        country.undo(second)
        for run_id in (second, first, second):
            tell.tell_followers(run_id)
            [said] = notices(scene, "officer")
            assert heads(said) == (HERE, living.CHANGWON, 2, None)
            assert country.unread("officer") == 0
        third = country.change(2)
        tell.tell_followers(third)
        [said] = notices(scene, "officer")
        assert heads(said) == (EVERYWHERE, "", 3, 2)
        assert country.unread("officer") == 1
        country.read("officer")
        for run_id in (third, second, first):
            tell.tell_followers(run_id)
    assert country.unread("officer") == 0


def test_a_run_that_is_undone_hides_no_other_that_is_not_told_yet(
    scene: Scene, country: Country
) -> None:
    with scene.app.app_context():
        first = country.change(0)
        tell.tell_followers(first)
        country.read("officer")
        second = country.change(1)
        only_note(second)
        country.undo(first)
        tell.tell_followers(first)
        assert scene.rows("SELECT withdrawn_at IS NOT NULL FROM notices") == [(1,)]
        tell.tell_followers(second)
        [said] = notices(scene, "officer")
        assert heads(said) == (HERE, living.SEOUL, 3, None)
        assert scene.rows("SELECT read_at, withdrawn_at FROM notices") == [(None, None)]
        assert tell.tell_followers(first) == 1
        assert country.unread("officer") == 1


def test_a_list_of_many_offices_has_pages(scene: Scene) -> None:
    with scene.app.app_context():
        country = Country(scene, (20, 25, 1))
        for at in range(3):
            country.change(at)
        work()
    officer = scene.enter("officer")
    with scene.counted() as statements:
        first = text_of(officer.get(country.url))
    assert len(statements) < 20
    second = text_of(officer.get(f"{country.url}?page=2"))
    found = [re.findall(r'href="/directory/entry/([0-9a-f-]{36})"', one) for one in (first, second)]
    assert [len(one) for one in found] == [30, 16]
    assert sorted(found[0] + found[1]) == country.uids
    heads = [re.findall(r"<h2>.*?(\d+)건</span>", one) for one in (first, second)]
    assert heads == [["25", "1", "20"], ["20"]], "an office goes on with its name"


def test_what_others_were_told_stays_when_the_organisation_that_imported_it_is_erased(
    scene: Scene, country: Country
) -> None:
    other = scene.other_office()
    with scene.app.app_context():
        country.import_id = living.an_import(viewer_of(other, "administrator"))
        scene.rows(
            "INSERT INTO directory_follows SELECT 'theirs', ?, ?, what, office, sido, target,"
            " label, created_at FROM directory_follows WHERE what = 'duty'",
            other.people["officer"], other.organisation_id,
        )  # fmt: skip
        first = country.change(0)
        work()
        told = "SELECT count(*) FROM notices WHERE organisation_id = ?"
        assert scene.rows(told, other.organisation_id) == [(1,)]
        second = country.change(1)  # not told yet
        with transaction():
            erase.erase_organisation(other.organisation_id, list(other.people.values()))
        mine = "SELECT count(*) FROM directory_imports WHERE id = ?"
        assert scene.rows(mine, country.import_id) == [(0,)]
        assert scene.rows(told, other.organisation_id) == [(0,)]
        assert country.unread("officer") == 1
        officer = scene.enter("officer")
        assert "담당자 정보 2건" in text_of(officer.get(country.url))
        work()
        [said] = notices(scene, "officer")
        assert heads(said) == (EVERYWHERE, "", 5, 2), "still one notice"
        assert len(behind(scene, "officer")) == 5
        country.undo(first)
        country.undo(second)
        work()
    assert notices(scene, "officer") == []


def test_invented_entries_go_from_a_notice_that_says_more(scene: Scene) -> None:
    with scene.app.app_context():
        desks = [Desk(name) for name in PLACES[:2]]
        lines = [line(name=name, duty=f"청년 창업 {name}") for name in ("김하늘", "박구름")]
        practice.fill(PLACES[0], lines, 1000)
        replace_office(desks[1].number, desks[1].source, lines)
        for role, wish in (
            ("officer", Wish(DUTY, "창업")), ("auditor", Wish(DUTY, "창업", desks[0].number)),
        ):  # fmt: skip
            follow(scene, role, wish)
        new, import_id = (
            [line(name="최나무", duty=one.duty) for one in lines],
            living.an_import(viewer_of(scene.office, "administrator")),
        )
        for desk in desks:
            replace_office(desk.number, desk.source, new, import_id=import_id)
        work()
        scene.rows("UPDATE notices SET read_at = 1")
        assert [body["count"] for _, body, _ in notices(scene, "officer")] == [4]
        assert practice.remove() == 1
        [(title, body, _)] = notices(scene, "officer")
        assert (title, body["about"], body["count"]) == (
            HERE, PLACES[1], 2,
        )  # fmt: skip
        assert len(behind(scene, "officer")) == 2
        assert scene.rows("SELECT read_at FROM notices") == [(1,)], "that is no news"
    assert notices(scene, "auditor") == []


def test_a_file_whose_worker_is_killed_between_offices_is_one_notice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(scene)
    places = ["경남 창원시", "서울 종로구", "부산 해운대구", "경북"]
    bench.done(files.nationwide(places, 4))
    with scene.app.app_context():
        follow(scene, "officer", Wish(DUTY, "업무"))
    path = bench.checked(files.nationwide(places, 4).replace(b"02-100-", b"02-200-"))
    bench.admin.post(f"{path}/start")
    real, at = importing.replace, iter((False, False, True))

    def dies(*words: Any, **more: Any) -> Any:
        if next(at, False):
            raise KeyboardInterrupt
        return real(*words, **more)

    monkeypatch.setattr(importing, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        bench.work()
    with scene.app.app_context():
        work()
        [(_, body, _)] = notices(scene, "officer")
        assert (body["count"], body["places"]) == (8, 2), "they are told soon"
    scene.rows("UPDATE notices SET read_at = 1")
    scene.rows("UPDATE tasks SET next_at = 0")
    assert bench.work() == 1
    with scene.app.app_context():
        work()
        [(_, body, url)] = notices(scene, "officer")
        assert (body["count"], body["places"]) == (16, 4)
        assert scene.rows("SELECT read_at FROM notices") == [(None,)]
    assert url == tell_notices.url_of_batch(path.rpartition("/")[2])
    bench.admin.post(f"{path}/undo")
    bench.work()
    with scene.app.app_context():
        work()
    assert notices(scene, "officer") == []
