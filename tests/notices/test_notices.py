"""Notices: told once, seen by one person only, marked and undone, forgotten after their time."""

from __future__ import annotations

import json
import re

import pytest
from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from app.core import clock, db
from app.core.db import transaction
from app.notices import jobs, queries, service
from app.notices.queries import Line
from app.notices.service import Reader, Told
from tests.client import StrictClient
from tests.scene import Scene, text_of

CLOSED = _l("찾을 수 없습니다")  # any title of the catalogue
MANY = _l("기관 %(places)s곳의 담당자 정보 %(count)s건이 바뀌었습니다")


def told(key: str, url: str = "/me", count: int = 0, places: int = 0) -> Told:
    """A notice of that key."""
    if count:
        return Told("test", key, MANY, "", (), f"{url}?of={count}", count, places)
    lines = (Line(what="청년 창업 지원", before="김○○ 055-000-1234", after="이○○ 055-000-1235"),)
    return Told("test", key, CLOSED, "창원시 청년정책과", lines, url)


def reader(scene: Scene, role: str = "officer") -> Reader:
    """The office's person of that role."""
    return Reader(scene.office.people[role], scene.office.organisation_id)


def tell(scene: Scene, *keys: str, role: str = "officer") -> None:
    """Tell a person so many notices."""
    with scene.app.app_context(), transaction():
        service.tell_many([([reader(scene, role)], told(key)) for key in keys])


def unread(client: StrictClient) -> int:
    """What the bell shows without a script; its number and its words must agree."""
    page = text_of(client.get("/me"))
    count = re.search(r'<span class="count" aria-hidden="true"( hidden)?>(\d+)</span>', page)
    assert count is not None
    said = re.search(r"읽지 않은 알림 (\d+)건</span>", page)
    assert (said is None) == (count[1] is not None) == (count[2] == "0")
    assert said is None or said[1] == count[2]
    return int(count[2])


def ids(page: str) -> list[str]:
    """The notices of a page that can be opened, in order."""
    return re.findall(r'action="/notices/([0-9a-f-]{36})/open"', page)


def test_the_same_key_tells_a_person_once_and_others_still(scene: Scene) -> None:
    tell(scene, "a", "a", "b")
    tell(scene, "a")
    tell(scene, "a", role="auditor")
    assert unread(scene.enter("officer")) == 2
    assert unread(scene.enter("auditor")) == 1
    assert unread(scene.enter("administrator")) == 0


def grow(scene: Scene, count: int) -> None:
    """Tell of so many things by one key."""
    with scene.app.app_context(), transaction():
        service.tell_many([([reader(scene)], told("grows", count=count, places=3))])


def test_a_notice_that_grows_is_unread_again_and_the_same_again_is_nothing(scene: Scene) -> None:
    tell(scene, "grows")
    client = scene.enter("officer")
    [notice] = ids(text_of(client.get("/notices")))
    client.post(f"/notices/{notice}/read")
    tell(scene, "grows")
    assert unread(client) == 0
    grow(scene, 4)
    page = text_of(client.get("/notices"))
    assert ids(page) == [notice]
    assert "기관 3곳의 담당자 정보 4건이 바뀌었습니다" in page
    assert "김○○" not in page
    assert unread(client) == 1
    assert client.post(f"/notices/{notice}/open").location == "/me?of=4"
    for count in (4, 3, 1):  # a worker that was killed, or that comes late
        grow(scene, count)
    assert unread(client) == 0
    grow(scene, 5)
    assert unread(client) == 1
    said = "5 changes among the officials of 3 offices"
    assert said in text_of(client.get("/notices?lang=en"))


def seen(page: str) -> list[str]:
    """How far the reader of a page was told: for all, then for each notice."""
    return re.findall(r'name="seen" value="(\d+)"', page)


@pytest.mark.parametrize("way", ["one", "all"])
def test_what_was_added_since_the_list_was_made_stays_unread(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_800_000_000)  # all within a second
    monkeypatch.setattr(clock, "precise", lambda: 1_800_000_000_000_000)
    grow(scene, 2)
    tell(scene, "other")
    client = scene.enter("officer")
    page = text_of(client.get("/notices"))
    other, notice = ids(page)
    path = f"/notices/{notice}/read" if way == "one" else "/notices/read"
    to_all, _, to_one = seen(page)
    grow(scene, 3)
    data = {"seen": to_one if way == "one" else to_all}
    assert client.post(path, data=data).status_code == 303
    assert unread(client) == (2 if way == "one" else 1)
    page = text_of(client.get("/notices"))
    assert ids(page) == [notice, other], "it has grown"
    client.post(path, data={"seen": seen(page)[0 if way == "all" else 1]})
    assert unread(client) == (1 if way == "one" else 0)
    for wrong in ("x", "", "-1", "9" * 40, "-" + "9" * 40):
        assert client.post(path, data={"seen": wrong}).status_code == 303


def test_what_comes_while_the_list_is_made_stays_unread(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(scene, "a")
    client = scene.enter("officer")
    real = queries.list_page

    def slow(person_id: str, page: int) -> object:
        monkeypatch.undo()
        found = real(person_id, page)
        scene.rows("UPDATE notices SET told = told + 1000 WHERE key = 'a'")
        return found

    monkeypatch.setattr(queries, "list_page", slow)
    page = text_of(client.get("/notices"))
    client.post("/notices/read", data={"seen": seen(page)[0]})
    assert unread(client) == 1


def test_a_notice_that_has_grown_stands_first_on_the_first_page(scene: Scene) -> None:
    grow(scene, 2)
    tell(scene, *(f"k{number}" for number in range(queries.PAGE + 3)))
    client = scene.enter("officer")
    [_, *_, oldest] = before = ids(text_of(client.get("/notices?page=2")))
    grow(scene, 3)
    first, second = (ids(text_of(client.get(f"/notices?page={page}"))) for page in (1, 2))
    assert first[0] == oldest
    assert second[1:] == before[:-1]
    assert len({*first, *second}) == queries.PAGE + 4


def test_a_notice_that_says_something_else_is_not_told_again(scene: Scene) -> None:
    grow(scene, 5)
    client = scene.enter("officer")
    [notice] = ids(text_of(client.get("/notices")))
    client.post(f"/notices/{notice}/read")
    with scene.app.app_context(), transaction():
        service.say_anew([([reader(scene, role)], told("grows", count=4, places=2))
                          for role in ("officer", "auditor")])  # fmt: skip
    assert "기관 2곳의 담당자 정보 4건" in text_of(client.get("/notices"))
    assert unread(client) == 0
    assert scene.rows("SELECT count(*) FROM notices") == [(1,)], "who had none gets none"


def test_a_telling_that_is_rolled_back_told_nobody(scene: Scene) -> None:
    with scene.app.app_context():
        try:
            with transaction():
                service.tell([reader(scene)], told("a"))
                raise LookupError
        except LookupError:
            pass
    assert unread(scene.enter("officer")) == 0
    tell(scene, "a")
    assert unread(scene.enter("officer")) == 1


def test_the_list_shows_before_and_after_and_the_unread_first(scene: Scene) -> None:
    tell(scene, "a", "b", "c")
    client = scene.enter("officer")
    assert "아직 알림이 없습니다" in text_of(scene.enter("auditor").get("/notices"))
    page = text_of(client.get("/notices"))
    assert "김○○ 055-000-1234" in page
    assert '<b class="whole">이○○ 055-000-1235</b>' in page
    first = ids(page)
    answer = client.post(f"/notices/{first[0]}/open")
    assert (answer.status_code, answer.location) == (303, "/me")
    assert ids(text_of(client.get("/notices"))) == [*first[1:], first[0]]
    assert unread(client) == 2
    client.post(f"/notices/{first[0]}/unread")
    assert ids(text_of(client.get("/notices"))) == first


def test_the_title_is_read_in_the_readers_language(scene: Scene) -> None:
    tell(scene, "a")
    page = text_of(scene.enter("officer").get("/notices?lang=en"))
    assert "Not found" in page
    assert '<span lang="ko">청년 창업 지원</span>' in page


def test_all_are_marked_but_not_what_came_meanwhile_and_it_can_be_undone(scene: Scene) -> None:
    tell(scene, "a", "b", "c")
    client = scene.enter("officer")
    page = text_of(client.get("/notices"))
    client.post(f"/notices/{ids(page)[1]}/read")
    tell(scene, "late")
    client.post("/notices/read", data={"seen": seen(page)[0]})
    after = text_of(client.get("/notices"))
    assert unread(client) == 1
    at = re.search(r'name="at" value="(\d+)"', after)
    assert at is not None
    assert 'name="at"' not in text_of(client.get("/notices")), "the offer stands there once"
    scene.enter("auditor").post("/notices/unread", data={"at": at[1]})
    assert unread(client) == 1
    client.post("/notices/unread", data={"at": at[1]})
    assert unread(client) == 3, "what was read one by one stays read"


def test_long_lists_have_pages(scene: Scene) -> None:
    tell(scene, *(f"k{number}" for number in range(queries.PAGE + 3)))
    client = scene.enter("officer")
    with scene.counted() as statements:
        page = text_of(client.get("/notices"))
    assert len(ids(page)) == queries.PAGE
    assert len([one for one in statements if "notices" in one]) <= 5
    assert len(ids(text_of(client.get("/notices?page=2")))) == 3


def test_the_bell_asks_with_a_tag_and_is_told_only_what_is_new(scene: Scene) -> None:
    client = scene.enter("officer")
    first = client.get("/api/notices/live")
    assert json.loads(first.get_data()) == {"unread": 0}
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/api/notices/live", headers=tag).status_code == 304
    tell(scene, "x", role="auditor")
    assert client.get("/api/notices/live", headers=tag).status_code == 304
    tell(scene, "a")
    answer = client.get("/api/notices/live", headers=tag)
    assert json.loads(answer.get_data()) == {"unread": 1}
    assert answer.headers["Cache-Control"] == "private, no-cache"
    grow(scene, 2)
    tag = {"If-None-Match": client.get("/api/notices/live").headers["ETag"]}
    assert client.get("/api/notices/live", headers=tag).status_code == 304
    grow(scene, 3)
    assert client.get("/api/notices/live", headers=tag).status_code == 200, "the same number"
    assert scene.visitor().get("/api/notices/live").status_code == 401


def test_nobody_opens_or_marks_what_was_told_to_another(scene: Scene) -> None:
    tell(scene, "a")
    [notice] = ids(text_of(scene.enter("officer").get("/notices")))
    for way in ("open", "read", "unread"):
        assert scene.enter("administrator").post(f"/notices/{notice}/{way}").status_code == 404
    assert unread(scene.enter("officer")) == 1


def test_old_notices_are_forgotten(scene: Scene) -> None:
    tell(scene, "read", "unread")
    client = scene.enter("officer")
    client.post(f"/notices/{ids(text_of(client.get('/notices')))[0]}/read")
    for days, left in ((89, 2), (91, 1), (179, 1), (181, 0)):
        scene.later(days * service.DAY)
        with scene.app.app_context():
            jobs.forget_notices()
        assert scene.rows("SELECT count(*) FROM notices") == [(left,)], days


def test_an_unread_notice_is_taken_back_and_a_read_one_stays(scene: Scene) -> None:
    tell(scene, "a")
    tell(scene, "a", role="auditor")
    client = scene.enter("officer")
    client.post(f"/notices/{ids(text_of(client.get('/notices')))[0]}/read")
    with scene.app.app_context(), transaction():
        service.take_back("a")
    assert scene.rows("SELECT person_id FROM notices") == [(scene.office.people["officer"],)]


def test_the_clock_of_a_marking_is_its_own(scene: Scene) -> None:
    """Two markings within a second are undone one by one."""
    person_id = scene.office.people["officer"]
    with scene.app.app_context():
        marks = []
        for key in "ab":
            tell_now = [([reader(scene)], told(key))]
            with transaction():
                service.tell_many(tell_now)
            with transaction():
                last = queries.find_last_told(person_id)
                marks.append(service.mark_all_read(person_id, last))
        assert marks[0] is not None
        assert marks[1] is not None
        assert marks[1] > marks[0]
        with transaction():
            assert service.undo_all_read(person_id, marks[0]) == 1
        assert queries.count_unread(person_id) == 1


def test_what_is_void_for_one_person_stands_for_another(scene: Scene) -> None:
    for role in ("officer", "auditor"):
        tell(scene, "a", "b", role=role)
    people = scene.office.people
    with scene.app.app_context(), transaction():
        read = "UPDATE notices SET read_at = 1 WHERE key = 'b'"
        db.run(text(read))
        service.withdraw([(people["officer"], "a"), (people["auditor"], "b")])
    left = "SELECT key, withdrawn_at IS NOT NULL FROM notices WHERE person_id = ? ORDER BY key"
    assert scene.rows(left, people["officer"]) == [("b", 0)]
    assert scene.rows(left, people["auditor"]) == [("a", 0), ("b", 1)]
