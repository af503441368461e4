"""The administrator's pages of sources, and what a reading does: tried first, then taken, doubted
when it is another, and never half."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.core import clock
from app.core.fetch import line, rules
from app.directory.queries import entries as entries_q
from app.directory.queries import sources as sources_q
from app.directory.rules import health
from app.directory.service import crawl, source_seed
from tests.client import StrictClient
from tests.core.bad_server import BadServer, page, serving
from tests.scene import Scene, text_of

HEAD = "<tr><th>부서명</th><th>성명</th><th>전화번호</th><th>담당업무</th></tr>"
CHANGWON = 209


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    """An office's server."""
    monkeypatch.setattr(line, "WHOLE_S", 2.0)
    monkeypatch.setattr(rules, "FIRST_PAUSE_S", 0.1)
    monkeypatch.setattr(rules, "LONGEST_PAUSE_S", 0.2)
    monkeypatch.setattr(rules, "REST_S", 0.2)
    monkeypatch.setattr(health, "page_pause", lambda _tries: 0)
    with serving() as found:
        yield found


@pytest.fixture
def desk(make_app: Any, server: BadServer, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A product that may ask it."""
    scene = Scene(make_app(FETCH_PORTS=str(server.port), FETCH_DELAY_MS="100"), monkeypatch)
    with scene.app.app_context():
        source_seed.seed()
    return scene


def table(count: int, first: str = HEAD) -> bytes:
    """A page of so many people."""
    rows = "".join(
        f"<tr><td>총무과</td><td>김{at}</td><td>055-211-{1000 + at}</td><td>업무 {at}</td></tr>"
        for at in range(count)
    )
    return page(f"<table>{first}{rows}</table>".encode())


def work(scene: Scene) -> None:
    """Let the worker do what is due, for as long as it takes."""
    with scene.app.app_context():
        for _ in range(400):
            if not crawl.crawl_due():
                time.sleep(0.02)
            left = scene.rows("SELECT count(*) FROM fetch_rounds WHERE state = 'running'")
            if left == [(0,)]:
                return
    raise AssertionError("the crawl does not end")


def add(client: StrictClient, server: BadServer, **more: str) -> str:
    """Add a source through the form; its page."""
    form = {"office": "1", "label": "시험 출처", "url": server.url("/staff")} | more
    answer = client.post("/directory/sources", data=form)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def switched_on(scene: Scene, client: StrictClient, server: BadServer) -> str:
    """A source that was tried, switched on, and read once."""
    where = add(client, server)
    client.post(f"{where}/try")
    work(scene)
    assert client.post(f"{where}/switch", data={"on": "1"}).status_code == 303
    work(scene)
    return where


def again(scene: Scene) -> None:
    """Read once more."""
    scene.rows("UPDATE directory_sources SET next_at = ? WHERE state = 'on'", clock.now())
    work(scene)


def names(scene: Scene) -> list[str]:
    """Who is in the directory of the first office."""
    with scene.app.app_context():
        return [one.name for one in entries_q.list_entries_of(1)]


def bell(scene: Scene) -> list[tuple[str, str]]:
    """Who is told of an alarm, and where that leads."""
    told = "SELECT person_id, url FROM notices WHERE kind = 'directory-alarm' ORDER BY id"
    return [(person, url) for person, url in scene.rows(told)]


def source_of(scene: Scene, where: str) -> sources_q.SourceRow:
    """The source of a page."""
    with scene.app.app_context():
        return sources_q.get_source(where.rpartition("/")[2])


def test_a_source_is_tried_then_switched_on_then_read(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(30)
    client = desk.enter("administrator")
    where = add(client, server)
    assert "미확인" in text_of(client.get(where))
    assert client.post(f"{where}/switch", data={"on": "1"}).status_code == 409
    assert client.post(f"{where}/refresh").status_code == 409
    client.post(f"{where}/try")
    assert "시험하고 있습니다" in text_of(client.get(where))
    assert client.get(f"{where}/progress").get_json() == {"state": "trial", "rows": 1, "done": 0}
    work(desk)
    assert client.get(f"{where}/progress").get_json()["state"] == "rest"
    tried = text_of(client.get(where))
    assert "30명을 읽었습니다" in tried
    assert "055-211-1019" in tried
    assert "055-211-1020" not in tried
    assert names(desk) == []
    assert client.post(f"{where}/switch", data={"on": "1"}).status_code == 303
    work(desk)
    assert len(names(desk)) == 30
    done = text_of(client.get(where))
    assert "더함 30" in done
    listed = text_of(client.get("/directory/sources"))
    assert "30명" in listed
    assert client.post(f"{where}/refresh").status_code == 429
    desk.later(601)
    assert client.post(f"{where}/refresh").status_code == 303
    assert client.post(f"{where}/switch").status_code == 303
    assert "꺼짐" in text_of(client.get(where))


def test_another_definition_is_off_until_it_was_tried(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(3)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    form = text_of(client.get(f"{where}/edit"))
    assert "&#34;start&#34;" in form
    kept = source_of(desk, where).definition
    same = {"office": "1", "label": "다른 이름", "definition": kept}
    client.post(f"{where}/edit", data=same)
    assert source_of(desk, where).state == "on"
    changed = json.dumps(json.loads(kept) | {"lines": True})
    answer = client.post(f"{where}/edit", data=same | {"definition": changed})
    assert answer.status_code == 303
    assert source_of(desk, where).state == "off"
    assert "다시 시험" in text_of(client.get(where))
    assert client.post(f"{where}/switch", data={"on": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"definition": "{\n 'a'"}, "2번째 줄 2번째 글자"),
        ({"definition": '{"start": ["http://a.example/"]}'}, "table과 rows 가운데"),
        ({"definition": '{"start": ["http://a.example/"], "table": {"select": "[["}}'}, "선택자"),
        ({"url": "ftp://a.example/"}, "http:// 또는 https://"),
        ({"label": ""}, "빠졌습니다"),
        ({"label": "가\u202e나"}, "알맞은 값이 아닙니다"),
        ({"office": ""}, "숫자로"),
    ],
)
def test_what_is_wrong_with_a_form_is_said(
    desk: Scene, server: BadServer, given: dict[str, str], said: str
) -> None:
    form = {"office": "1", "label": "가", "url": server.url("/staff")} | given
    answer = desk.enter("administrator").post("/directory/sources", data=form)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_an_unknown_office_is_refused(desk: Scene, server: BadServer) -> None:
    form = {"office": "9999", "label": "가", "url": server.url("/staff")}
    assert desk.enter("administrator").post("/directory/sources", data=form).status_code == 404


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (table(9), "halved"),
        (table(0), "no-rows"),
        (page("<h1>점검 중</h1>".encode()), "no-table"),
        (table(30, HEAD.replace("전화번호", "비고")), "no-column phone"),
    ],
)
def test_what_is_doubtful_changes_nothing_and_raises_an_alarm(
    desk: Scene, server: BadServer, body: bytes, reason: str
) -> None:
    server.answers["/staff"] = table(20)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    before = names(desk)
    server.answers["/staff"] = body
    again(desk)
    assert names(desk) == before
    assert source_of(desk, where).alarm == reason
    assert bell(desk) == [(desk.office.people["administrator"], where)]
    assert ".:" not in text_of(client.get("/notices"))
    again(desk)
    assert len(bell(desk)) == 1, "told once, and not each night again"
    assert "예전 자료" in text_of(client.get(where)) or "전에 읽은 자료" in text_of(
        client.get(where)
    )
    listed = re.findall(
        r'badge (\w*)">([가-힣]+)</span>', text_of(client.get("/directory/sources"))
    )
    assert listed[0] == ("bad", "경보")
    assert client.post(f"{where}/seen").status_code == 303
    assert source_of(desk, where).alarm is None
    assert bell(desk) == [], "it was seen to"
    again(desk)
    assert len(bell(desk)) == 1, "its cause lasts"
    server.answers["/staff"] = table(21)
    again(desk)
    assert len(names(desk)) == 21
    assert source_of(desk, where).failures == 0
    assert bell(desk) == [], "it is over"


def test_a_shrunken_office_is_taken_when_an_administrator_says_so(
    desk: Scene, server: BadServer
) -> None:
    server.answers["/staff"] = table(20)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    server.answers["/staff"] = table(5)
    again(desk)
    assert "이대로 받기" in text_of(client.get(where))
    client.post(f"{where}/seen", data={"anyway": "1"})
    work(desk)
    assert len(names(desk)) == 5
    assert source_of(desk, where).alarm is None


def test_what_passes_by_itself_is_tried_again_and_told_the_third_time(
    desk: Scene, server: BadServer
) -> None:
    server.answers["/staff"] = table(5)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    server.answers["/staff"] = page(b"", "500 Oops")
    for number in (1, 2, 3):
        again(desk)
        found = source_of(desk, where)
        assert found.failures == number
        assert (found.alarm is not None) == (number == 3)
        assert len(bell(desk)) == (number == 3)
        assert found.next_at is not None
        assert found.next_at > clock.now() + 3000
    assert len(names(desk)) == 5


def test_the_same_people_make_no_new_run(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(5)
    client = desk.enter("administrator")
    switched_on(desk, client, server)
    runs = desk.rows("SELECT count(*) FROM directory_runs")
    before = desk.rows("SELECT seen_at FROM directory_offices WHERE number = 1")
    desk.later(100)
    again(desk)
    assert desk.rows("SELECT count(*) FROM directory_runs") == runs
    after = desk.rows("SELECT seen_at FROM directory_offices WHERE number = 1")
    assert after[0][0] >= before[0][0] + 100


def test_a_key_is_sealed_and_stands_in_no_page(desk: Scene, server: BadServer) -> None:
    answer = {"response": {"items": [{"부서": "과", "tell": "1", "task": "일"}]}}
    body = page(json.dumps(answer).encode(), Content_Type="application/json")
    server.answers["/api?ServiceKey=very%2Bsecret"] = body
    made = {
        "kind": "api", "start": [server.url("/api?ServiceKey={key}")],
        "api": {"rows": "response.items"},
    }  # fmt: skip
    client = desk.enter("administrator")
    where = add(client, server, definition=json.dumps(made), key="very+secret", url="")
    client.post(f"{where}/try")
    work(desk)
    shown = text_of(client.get(where))
    assert "1명을 읽었습니다" in shown
    assert "very" not in shown + text_of(client.get(f"{where}/edit"))
    assert b"very+secret" not in desk.disk()
    assert b"very%2Bsecret" not in desk.disk()


def test_an_office_is_read_by_one_source(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(3)
    client = desk.enter("administrator")
    first, second = switched_on(desk, client, server), add(client, server)
    client.post(f"{second}/try")
    work(desk)
    assert client.post(f"{second}/switch", data={"on": "1"}).status_code == 409
    client.post(f"{first}/switch")
    assert client.post(f"{second}/switch", data={"on": "1"}).status_code == 303


def test_a_definition_that_cannot_be_read_holds_up_no_other(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(3)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    broken = "UPDATE directory_sources SET definition = '{}', office = 2, state = 'on',"
    desk.rows(f"{broken} next_at = 0 WHERE shipped = 'jeju-search'")
    server.answers["/staff"] = table(4)
    again(desk)
    assert len(names(desk)) == 4
    found = desk.rows("SELECT state, alarm FROM directory_sources WHERE shipped = 'jeju-search'")
    assert found == [("off", "definition")]
    assert len(bell(desk)) == 1
    assert source_of(desk, where).state == "on"


def test_an_alarm_that_is_seen_to_while_a_round_ends_is_told_anew(
    desk: Scene, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/staff"] = table(20)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    server.answers["/staff"] = table(0)
    again(desk)
    desk.rows("UPDATE directory_sources SET alarm_at = 5")
    real = health.judge

    def meanwhile(*given: Any) -> str:
        monkeypatch.setattr(health, "judge", real)
        assert client.post(f"{where}/seen").status_code == 303
        return real(*given)

    monkeypatch.setattr(health, "judge", meanwhile)
    told = bell(desk)
    desk.rows("DELETE FROM notices")
    again(desk)
    assert bell(desk) == told
    found = source_of(desk, where)
    assert found.alarm == "no-rows"
    assert (found.alarm_at or 0) > 5


@pytest.mark.parametrize("broken", [False, True])
def test_a_source_that_is_removed_while_it_is_begun_is_not_read(
    desk: Scene, server: BadServer, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    server.answers["/staff"] = table(3)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    real = sources_q.list_due

    def meanwhile(now: int) -> list[sources_q.SourceRow]:
        monkeypatch.setattr(sources_q, "list_due", real)
        found = real(now)
        assert [one.id for one in found] == [where.rpartition("/")[2]]
        assert client.post(f"{where}/remove", data={"sure": "1"}).status_code == 303
        return found

    monkeypatch.setattr(sources_q, "list_due", meanwhile)
    desk.rows("UPDATE directory_sources SET next_at = 0 WHERE state = 'on'")
    if broken:
        desk.rows("UPDATE directory_sources SET definition = '{}' WHERE state = 'on'")
    with desk.app.app_context():
        crawl.crawl_due()
        assert sources_q.count_alarms() == 0
    assert desk.rows("SELECT count(*) FROM fetch_rounds") == [(0,)]
    assert bell(desk) == []
    desk.rows("UPDATE directory_sources SET alarm = 'x' WHERE definition IS NULL")
    with desk.app.app_context():
        assert sources_q.count_alarms() == 0, "nobody could see to it"


def test_a_source_is_deleted_and_what_it_gave_stays(desk: Scene, server: BadServer) -> None:
    server.answers["/staff"] = table(20)
    client = desk.enter("administrator")
    where = switched_on(desk, client, server)
    seen = desk.rows("SELECT seen_at, source_id FROM directory_offices WHERE number = 1")
    server.answers["/staff"] = table(0)
    again(desk)
    assert len(bell(desk)) == 1
    refused = client.post(f"{where}/remove")
    assert refused.status_code == 422
    asked = text_of(refused)
    assert "지우려면 위의 칸에 표시해 주세요." in asked
    assert source_of(desk, where).state == "on"
    assert client.post(f"{where}/remove", data={"sure": "1"}).status_code == 303
    assert client.get(where).status_code == 404
    assert "시험 출처" not in text_of(client.get("/directory/sources"))
    for kept in ("fetch_rounds", "fetch_pages", "fetch_keys"):
        owned = f"SELECT count(*) FROM {kept} WHERE owner = ?"  # noqa: S608  names of ours
        assert desk.rows(owned, where.rpartition("/")[2]) == [(0,)]
    assert bell(desk) == []
    work(desk)
    assert len(names(desk)) == 20
    assert desk.rows("SELECT seen_at, source_id FROM directory_offices WHERE number = 1") == seen
    with desk.app.app_context():
        uid = entries_q.list_entries_of(1)[0].uid
    assert "시험 출처에서 봤습니다" in text_of(client.get(f"/directory/entry/{uid}"))


def test_a_shipped_source_is_not_deleted(desk: Scene) -> None:
    client = desk.enter("administrator")
    [(one,)] = desk.rows("SELECT id FROM directory_sources WHERE shipped = 'jeju-search'")
    where = f"/directory/sources/{one}"
    assert "출처 지우기" not in text_of(client.get(where))
    assert client.post(f"{where}/remove", data={"sure": "1"}).status_code == 409
    assert client.get(where).status_code == 200


def test_only_administrators_come_in(desk: Scene) -> None:
    for role in ("officer", "auditor", "canteen"):
        assert desk.enter(role).get("/directory/sources").status_code == 403
    client = desk.enter("administrator")
    assert text_of(client.get("/directory/sources")).count("미확인") >= 6
    assert client.get("/directory/sources/new").status_code == 200
    unknown = "/directory/sources/00000000-0000-0000-0000-000000000000"
    for path in (unknown, f"{unknown}/edit", f"{unknown}/progress"):
        assert client.get(path).status_code == 404
    for verb in ("try", "switch", "refresh", "seen", "edit", "remove"):
        assert client.post(f"{unknown}/{verb}", data={"sure": "1"}).status_code == 404


def test_the_shipped_sources_are_taken_up_once_and_stay_as_they_were_changed(desk: Scene) -> None:
    count = desk.rows("SELECT count(*) FROM directory_sources")
    desk.rows("UPDATE directory_sources SET label = 'x' WHERE shipped = 'jeju-search'")
    with desk.app.app_context():
        assert source_seed.seed() == 0
    assert desk.rows("SELECT count(*) FROM directory_sources") == count
    assert desk.rows("SELECT label, state FROM directory_sources WHERE label = 'x'") == [
        ("x", "off")
    ]
