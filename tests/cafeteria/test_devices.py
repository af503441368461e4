"""The administrator's pages of counters."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.cafeteria.routes import device_guide
from app.cafeteria.rules import device_words, health
from app.cafeteria.service import watching
from tests.cafeteria.counters import Counter, make_counter, stop_clock
from tests.cafeteria.made import make_canteen
from tests.scene import Scene, scene, text_of

__all__ = ["scene"]
NOON = 1_795_662_000.0
LIST = "/canteen/devices"
SECRET = re.compile(r'id="made-secret">([0-9a-f]{64})<')


def page_of(counter: Counter) -> str:
    """The address of a counter's page."""
    return f"{LIST}/{counter.id}"


def trace_of(counter: Counter) -> str:
    """What its page asks for."""
    return f"/api/canteen/devices/{counter.id}/trace"


def form(line_id: str, **changes: str) -> dict[str, str]:
    """A new counter."""
    given = {"line_id": line_id, "name": "입구 센서", "measures": "both", "period_s": "10"}
    return given | changes


def test_an_office_without_a_canteen_is_told_what_to_do(scene: Scene) -> None:
    assert "먼저 식당과 줄을" in text_of(scene.enter("administrator").get(LIST))


def test_a_counter_is_added_and_its_secret_shown_once(scene: Scene) -> None:
    made, client = make_canteen(scene), scene.enter("administrator")
    assert re.search(r"<details[^>]* open", text_of(client.get(LIST)))
    answer = client.post(LIST, data=form(made.line_id))
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    found = SECRET.search(text_of(answer))
    assert found is not None
    [(device_id,)] = scene.rows("SELECT id FROM canteen_devices")
    counter = Counter(scene, device_id, found[1], made)
    assert f"SECRET={found[1]}" in text_of(answer)
    assert counter.send(seq=1, entered=1).get_json()["testing"] is True
    assert counter.rows("why_not") == [("test",)]  # its first test began with it
    html = text_of(answer)
    assert "시험이 벌써 시작됐어요" in html
    assert "시험 중이에요" in html
    for action in re.findall(r'<form method="post" action="/canteen/devices/[^>]*>', html):
        assert "hidden" in action or 'target="_blank"' in action  # nothing takes the secret away
    for path in (LIST, page_of(counter), trace_of(counter)):
        assert found[1] not in text_of(client.get(path))
    assert found[1].encode() not in scene.disk()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name": "가" * 61}, "name"),
        ({"measures": "faces"}, "measures"),
        ({"period_s": "0"}, "period_s"),
        ({"period_s": "61"}, "period_s"),
        ({"period_s": "x"}, "period_s"),
        ({"line_id": "x"}, "line_id"),
    ],
)
def test_a_form_that_does_not_fit_comes_back(
    scene: Scene, change: dict[str, str], field: str
) -> None:
    made = make_canteen(scene)
    answer = scene.enter("administrator").post(LIST, data=form(made.line_id) | change)
    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert scene.rows("SELECT count(*) FROM canteen_devices") == [(0,)], field


def test_another_office_sees_and_changes_nothing(scene: Scene) -> None:
    other = scene.other_office()
    theirs = make_counter(scene, office=other)
    mine = make_canteen(scene)
    client = scene.enter("administrator")
    assert theirs.id not in text_of(client.get(LIST))
    before = theirs.row("*")
    for path in (page_of(theirs), trace_of(theirs)):
        assert client.get(path).status_code == 404
    for verb in ("test", "secret", "swap", "revoke"):
        assert (
            client.post(f"{page_of(theirs)}/{verb}", data={"sure": "1", "on": "1"}).status_code
            == 404
        )
    assert client.post(LIST, data=form(theirs.made.line_id)).status_code == 404
    assert theirs.row("*") == before
    assert client.post(LIST, data=form(mine.line_id)).status_code == 201


@pytest.mark.parametrize("role", ["officer", "auditor", "canteen"])
def test_only_administrators_see_counters(scene: Scene, role: str) -> None:
    counter = make_counter(scene)
    assert scene.enter(role).get(page_of(counter)).status_code == 403


def test_a_new_secret_is_shown_once_and_ends_the_old_one(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    counter.send(seq=1, entered=1)
    counter.send(seq=1, entered=2)
    assert counter.row("fault") == ("two-devices",)
    answer = client.post(f"{page_of(counter)}/secret")
    found = SECRET.search(text_of(answer))
    assert found is not None
    assert found[1] != counter.secret
    assert counter.send(seq=2, entered=1).status_code == 401
    assert counter.send(secret=found[1], seq=2, entered=1).get_json()["testing"] is True
    assert "data-in-place" in text_of(answer)
    assert counter.row("fault, fault_at") == (None, None)
    assert found[1] not in text_of(client.get(page_of(counter)))


def test_a_counter_is_corrected_and_its_readings_stay(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    counter.send(seq=1, entered=1)
    given = form(counter.made.line_id, name="출구 센서", period_s="30")
    answer = client.post(page_of(counter), data=given)
    assert answer.status_code == 303
    assert counter.row("name, period_s, measures") == ("출구 센서", 30, "both")
    assert counter.rows("seq, why_not") == [(1, None)]  # the same line, the same kind: it goes on
    assert 'value="출구 센서"' in text_of(client.get(page_of(counter)))
    elsewhere = make_canteen(scene, name="별관 식당")
    client.post(page_of(counter), data=given | {"line_id": elsewhere.line_id})
    assert counter.row("line_id") == (elsewhere.line_id,)
    assert counter.rows("seq, why_not") == [(1, "before")]
    html = text_of(client.get(page_of(counter)))
    assert "지금부터 새로 세요" in html
    assert "바꾸기 전이라 세지 않아요" in html
    counter.send(seq=2, entered=1)
    client.post(page_of(counter), data=given | {"line_id": elsewhere.line_id, "measures": "in"})
    assert counter.row("measures") == ("in",)
    assert counter.rows("seq, why_not") == [(1, "before"), (2, "before")]
    assert counter.send(seq=3, entered=1).status_code == 200
    assert counter.rows("seq, why_not")[2] == (3, None)


def test_a_correction_that_does_not_fit_changes_nothing(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    before = counter.row("*")
    given = form(counter.made.line_id, name="", period_s="61")
    answer = client.post(page_of(counter), data=given)
    html = text_of(answer)
    assert answer.status_code == 422
    assert "1초에서 60초 사이로 적어 주세요." in html
    assert re.search(r'id="wrongs".*href="#name".*href="#period_s"', html, re.DOTALL)
    assert "고칠 곳이 있어요 ·" in html
    theirs = make_counter(scene, office=scene.other_office())
    foreign = form(theirs.made.line_id)
    assert client.post(page_of(counter), data=foreign).status_code == 404
    assert client.post(page_of(theirs), data=form(counter.made.line_id)).status_code == 404
    assert counter.row("*") == before
    client.post(f"{page_of(counter)}/revoke", data={"sure": "1"})
    again = client.post(page_of(counter), data=form(counter.made.line_id))
    assert again.status_code == 409


def test_the_list_of_one_canteen(scene: Scene) -> None:
    here, there = make_canteen(scene), make_canteen(scene, name="별관 식당")
    make_counter(scene, made=here)
    client = scene.enter("administrator")
    html = text_of(client.get(f"{LIST}?canteen={there.canteen_id}"))
    assert f'value="{there.line_id}" selected' in html
    assert "별관 식당 · " in html
    assert "입구 센서" not in html
    assert f'href="/canteen/settings/{there.canteen_id}"' in html
    theirs = make_canteen(scene, office=scene.other_office())
    html = text_of(client.get(f"{LIST}?canteen={theirs.canteen_id}"))
    assert "입구 센서" in html
    assert theirs.line_id not in html


def test_the_guide_and_its_files(scene: Scene) -> None:
    client = scene.enter("administrator")
    html = text_of(client.get(f"{LIST}/guide"))
    assert html.index("추가하기") < html.index("보내 보기") < html.index("확인하기")
    assert "In ten minutes" in text_of(client.get(f"{LIST}/guide?lang=en"))
    for name in device_guide.FILES:
        answer = client.get(f"{LIST}/guide/{name}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert answer.get_data() == device_guide.FILES[name].read_bytes()
    assert client.get(f"{LIST}/guide/x").status_code == 404
    assert scene.enter("officer").get(f"{LIST}/guide/counter.py").status_code == 403


def test_revoking_asks_first_and_lasts(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    counter.send(seq=1, entered=1)
    assert client.post(f"{page_of(counter)}/revoke").status_code == 422
    assert counter.send(seq=2, entered=1).status_code == 200
    assert client.post(f"{page_of(counter)}/revoke", data={"sure": "1"}).status_code == 303
    assert counter.send(seq=3, entered=1).status_code == 401
    assert counter.row("key_wrapped, key_sealed") == (b"", b"")
    assert "폐기했어요" in text_of(client.get(LIST))
    assert "새 비밀값 만들기" not in text_of(client.get(page_of(counter)))
    for verb in ("test", "secret", "swap"):
        answer = client.post(f"{page_of(counter)}/{verb}", data={"on": "1"})
        assert answer.status_code == 409
    at = counter.row("revoked_at")
    client.post(f"{page_of(counter)}/revoke", data={"sure": "1"})
    assert counter.row("revoked_at") == at


def test_a_test_shows_what_comes_and_counts_nothing(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter, client = make_counter(scene), scene.enter("administrator")
    assert client.post(f"{page_of(counter)}/test", data={"on": "1"}).status_code == 303
    counter.send(seq=5, ts=NOON - 2, sent=NOON + 7, entered=3, left=1)
    found: Any = client.get(trace_of(counter)).get_json()
    assert found["testing"].startswith("시험 중")
    assert found["rows"] == [
        {
            "seq": "5", "time": "11:59:51", "delay": "9.0초", "skew": "-7.0초",
            "values": "들어옴 3 · 나감 1", "counted": "", "why": "시험 중이라 세지 않았어요",
        }
    ]  # fmt: skip
    html = text_of(client.get(page_of(counter)))
    assert "시험 중이라 세지 않았어요" in html
    assert "12:05:00" in html
    assert client.post(f"{page_of(counter)}/test").status_code == 303
    counter.send(seq=6, ts=NOON - 1, sent=NOON, entered=1)
    found = client.get(trace_of(counter)).get_json()
    assert (found["testing"], [row["counted"] for row in found["rows"]]) == ("", ["1", ""])


def test_a_trace_that_did_not_change_costs_nothing(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter, client = make_counter(scene), scene.enter("administrator")
    counter.send(seq=1, ts=NOON, entered=1)
    first = client.get(trace_of(counter))
    assert first.headers["Cache-Control"] == "private, no-cache"
    same = {"If-None-Match": first.headers["ETag"]}
    stop_clock(scene, NOON + 20)
    again = client.get(trace_of(counter), headers=same)
    assert (again.status_code, again.get_data()) == (304, b"")
    stop_clock(scene, NOON + 31)
    silent = client.get(trace_of(counter), headers=same)
    assert silent.get_json()["state"]["code"] == "dead"


def state_of(counter: Counter, client: Any) -> str:
    """The code of its state."""
    return str(client.get(trace_of(counter)).get_json()["state"]["code"])


def feed(scene: Scene, counter: Counter, count: int, **values: Any) -> None:
    """Readings of one kind every ten seconds, the last of them at noon."""
    stop_clock(scene, NOON)
    many = [{"seq": n, "ts": NOON - 10 * (count - 1 - n), **values} for n in range(count)]
    assert counter.send(sent=NOON, readings=many).status_code == 200


def test_its_health_says_what_to_do(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter, client = make_counter(scene), scene.enter("administrator")
    assert state_of(counter, client) == "new"
    feed(scene, counter, 12, **{"in": 4})
    assert state_of(counter, client) == "frozen"
    html = text_of(client.get(page_of(counter)))
    assert "같은 수만 보내요" in html
    assert html.count("같은 수만 와서 세지 않았어요") == 4
    assert "같은 수만 보내요" in text_of(client.get(LIST))


def test_a_counter_mounted_the_wrong_way_round_is_swapped(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    hidden = re.compile(r'id="swap"[^>]* hidden')
    assert hidden.search(text_of(client.get(page_of(counter))))
    stop_clock(scene, NOON)
    many = [
        {"seq": n, "ts": NOON - 10 * (59 - n), "in": n % 2, "out": 1 + n % 3} for n in range(60)
    ]
    counter.send(sent=NOON, readings=many)
    assert state_of(counter, client) == "swapped"
    assert not hidden.search(text_of(client.get(page_of(counter))))
    assert client.post(f"{page_of(counter)}/swap").status_code == 303
    assert state_of(counter, client) == ""
    assert client.get(trace_of(counter)).get_json()["rows"][0]["values"] == "들어옴 3 · 나감 1"
    client.post(f"{page_of(counter)}/swap")
    assert state_of(counter, client) == "swapped"


def test_two_counters_of_a_line_are_judged_together(scene: Scene) -> None:
    entry = make_counter(scene, "in")
    way_out = make_counter(scene, "out", made=entry.made)
    client = scene.enter("administrator")
    stop_clock(scene, NOON)
    for counter, name, most in ((entry, "in", 2), (way_out, "out", 4)):
        many = [{"seq": n, "ts": NOON - 10 * (59 - n), name: n % most} for n in range(60)]
        counter.send(sent=NOON, readings=many)
    assert state_of(entry, client) == state_of(way_out, client) == "swapped"


def test_a_wrong_clock_is_told_and_works(scene: Scene) -> None:
    stop_clock(scene, NOON)
    counter, client = make_counter(scene, "people"), scene.enter("administrator")
    counter.send(seq=1, ts=NOON - 500, sent=NOON - 500, count=3)
    assert state_of(counter, client) == "clock"
    assert client.get(trace_of(counter)).get_json()["rows"][0]["counted"] == "1"


def test_every_state_has_words(scene: Scene) -> None:
    codes = {"", "dead", "frozen", "jump", "swapped", "clock", "new", "revoked", *health.EVENTS_MS}
    assert set(device_words.STATES) == codes
    assert set(device_words.WHY_NOT) == {"before", "test", "absurd", "frozen", "jump"}


def test_the_list_asks_the_database_as_often_for_many(scene: Scene) -> None:
    client = scene.enter("administrator")
    made = make_counter(scene).made
    client.get(LIST)
    with scene.counted() as few:
        client.get(LIST)
    for _ in range(5):
        make_counter(scene, made=made)
    with scene.counted() as many:
        client.get(LIST)
    assert len(many) == len(few)
    assert watching.SHOWN == 20


def test_the_page_is_whole_in_english(scene: Scene) -> None:
    counter, client = make_counter(scene), scene.enter("administrator")
    counter.send(seq=1, entered=1)
    html = text_of(client.get(f"{page_of(counter)}?lang=en"))
    assert "Begin a five-minute test" in html
    assert "Last report" in html
