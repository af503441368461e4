"""The auditor's desk: everything about a stamp of the own office, and each look is written down."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

import pytest

from app.core import clock
from app.trips.queries import desk as desk_q
from app.trips.rules.claims import ARRIVE, RETURN, Claims, Fix
from tests.client import StrictClient
from tests.scene import Scene, Sent, text_of

LOOKS = "SELECT viewer_id, subject_id, what, target_id FROM access_records"


def listed(client: StrictClient, query: str = "") -> set[str]:
    """The paths of the stamps that the list shows."""
    page = text_of(client.get("/audit" + query))
    rows = page.split('<section class="stack tight" aria-labelledby="stamps-title">')[1]
    return {part.split('"')[0] for part in rows.split('href="')[1:] if part.startswith("/S/")}


def paths(sent: Iterable[Sent]) -> set[str]:
    """The paths of stamps."""
    return {one.url for one in sent}


def test_an_auditor_sees_all_of_a_stamp(scene: Scene) -> None:
    scene.stamp(captured_at=int(time.time()) - 60)
    sent = scene.stamp(lat=35.2271, lon=128.6811, signals=1, name="홍길동o")
    after = scene.stamp()
    page = text_of(scene.enter("auditor").get(sent.url))
    for shown in ("35.227", "128.681", scene.phone.staff_number, "홍길동o", "표본 수", "<svg"):
        assert shown in page, shown
    assert "잰 위치가 모두" in page
    assert page.count("<tr>") == 4
    assert after.url in page


def test_every_field_of_the_claims_is_shown(scene: Scene) -> None:
    measured = Fix(35.2271, 128.6811, 17.0, int(time.time()) - 3, 73.0, 29.0, 211.0, 4.0, 19)
    changes: dict[str, Any] = {"fix": measured, "samples": 43, "jitter_dm": 873, "signals": 2}
    changes |= {"beacon": b"beacon!!", "prev": b"previous", "seq": 4711, "kind": RETURN}
    changes |= {"name": "다른이름", "department": "다른부서"}
    claims = replace(scene.claims(), **changes)
    with scene.app.app_context():
        sent = scene.post(dict(scene.phone.body(claims)))
    assert sent.stamp["seq"] == 4711
    at = {"captured_at": claims.captured_at, "time": claims.fix.time}
    words = {name: f"{clock.in_seoul(moment):%Y-%m-%d %H:%M:%S}" for name, moment in at.items()}
    words |= {
        "lat": "35.2271", "lon": "128.6811", "accuracy": "17 m", "alt": "73 m",
        "alt_accuracy": "29 m", "heading": "211°", "speed": "14 km/h", "age": "19 s",
        "jitter_dm": "87.3 m", "kind": "복귀", "signals": "오차가 늘 같은",
    }  # fmt: skip
    page = text_of(scene.enter("auditor").get(sent.url))
    for field in (*fields(Claims), *fields(Fix)):
        said = getattr(claims if hasattr(claims, field.name) else claims.fix, field.name)
        if field.name == "fix":
            continue
        shown = words.get(field.name) or (said.hex() if isinstance(said, bytes) else str(said))
        assert shown in page, field.name
    assert scene.phone.kid.hex() in page


def test_both_tokens_of_a_fork_stand_beside_each_other(scene: Scene) -> None:
    claims = scene.claims()
    with scene.app.app_context():
        bodies = [
            dict(scene.phone.body(replace(claims, seq=seq, kind=kind), move=False))
            for seq, kind in ((1, ARRIVE), (1, RETURN), (9, RETURN))
        ]
    forks = [scene.post(body) for body in bodies]
    client = scene.enter("auditor")
    for one in forks[:2]:
        page = text_of(client.get(one.url))
        for other in forks:
            assert f'<a href="{other.url}">' in page
        assert page.count("갈라진 순번") >= 2
        assert "같은 순번" in page
    far = text_of(client.get(forks[2].url))
    assert all(f'<a href="{one.url}">' in far for one in forks)


def test_forks_cost_the_same_however_many(scene: Scene) -> None:
    client, claims = scene.enter("auditor"), scene.claims()
    counts = []
    with scene.app.app_context():
        bodies = [dict(scene.phone.body(claims, move=False)) for _ in range(6)]
    first = scene.post(bodies[0])
    scene.post(bodies[1])
    client.get(first.url)
    for body in (bodies[1], *bodies[2:]):
        scene.post(body)
        with scene.counted() as statements:
            client.get(first.url)
        counts.append(len(statements))
    assert len(set(counts)) == 1


def test_a_token_stands_in_its_own_table_however_many_forks_came_before(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_q, "MOST_FORKS", 3)
    client, claims = scene.enter("auditor"), scene.claims()
    with scene.app.app_context():
        bodies = [dict(scene.phone.body(claims, move=False)) for _ in range(5)]
    sent = [scene.post(body) for body in bodies[:4]]
    cut = "갈라진 순번이 너무 많아 일부만 보입니다"
    assert cut not in text_of(client.get(sent[3].url))
    sent.append(scene.post(bodies[4]))
    scene.rows(
        "UPDATE stamp_forks SET received_at = received_at + 9 WHERE token = ?", sent[4].token
    )
    page = text_of(client.get(sent[4].url))
    assert f'<a href="{sent[4].url}">' in page
    assert "이 도장" in page
    assert cut in page


def test_each_look_is_written_down_and_its_person_reads_it(scene: Scene) -> None:
    sent = scene.stamp()
    auditor, officer = scene.office.people["auditor"], scene.office.people["officer"]
    assert "아직 아무도" in text_of(scene.enter("officer").get("/me"))
    client = scene.enter("auditor")
    client.get(sent.url)
    client.get(sent.url)
    look = (auditor, officer, "stamp-point", sent.stamp["id"])
    assert scene.rows(LOOKS) == [look, look]
    mine = text_of(scene.enter("officer").get("/me"))
    assert "홍길동a" in mine
    assert "아직 아무도" not in mine
    assert "아직 아무도" in text_of(scene.enter("canteen").get("/me"))


def test_a_look_is_never_changed(scene: Scene) -> None:
    scene.enter("auditor").get(scene.stamp().url)
    with pytest.raises(Exception, match=r"\w"):
        scene.rows("UPDATE access_records SET why = 'nothing'")


def test_a_stamp_that_has_not_come_yet_is_shown_and_the_look_written_down(scene: Scene) -> None:
    body = scene.body(lat=35.2271, lon=128.6811)
    waiting = Sent(body, scene.visitor().get("/health/live"))
    page = text_of(scene.enter("auditor").get(waiting.url))
    assert "35.227" in page
    assert "<svg" in page.split('id="map-title"')[1]
    assert "창원시" in page
    assert len(scene.rows(LOOKS)) == 1


@pytest.mark.parametrize("role", ["officer", "administrator", "canteen"])
def test_other_roles_see_the_public_page_only(scene: Scene, role: str) -> None:
    sent = scene.stamp(lat=35.2271, lon=128.6811)
    client = scene.enter(role)
    page = text_of(client.get(sent.url))
    for secret in ("35.227", "128.681", scene.phone.staff_number, "desk-title"):
        assert secret not in page
    assert scene.rows(LOOKS) == []
    assert client.get("/audit").status_code == 403
    assert scene.visitor().get("/audit").headers["Location"] == "/login?next=/audit"


def test_an_auditor_of_another_office_sees_the_public_page_only(scene: Scene) -> None:
    sent = scene.stamp(lat=35.2271, lon=128.6811)
    other = scene.enter("auditor", scene.other_office())
    page = text_of(other.get(sent.url))
    for secret in ("35.227", scene.phone.staff_number, "desk-title"):
        assert secret not in page
    assert scene.rows(LOOKS) == []
    assert listed(other) == set()
    assert scene.verdict(sent.url, other) == "valid"


def test_a_forged_stamp_opens_nothing_and_nobody_is_blamed(scene: Scene) -> None:
    sent = scene.stamp()
    page = text_of(scene.enter("auditor").get(sent.url[:-40]))
    assert "desk-title" not in page
    assert scene.rows(LOOKS) == []


def test_the_list_is_filtered_by_words_days_and_marks(scene: Scene) -> None:
    now = int(time.time())
    auditors = scene.new_phone("auditor")
    scene.rows("UPDATE consents SET agreed_at = 0")
    plain = scene.stamp(captured_at=now - 100)
    seoul = scene.stamp(captured_at=now - 50, lat=37.5665, lon=126.9780)
    theirs = scene.stamp(auditors, lat=35.25)
    old = scene.stamp(auditors, lat=35.26, captured_at=now - 3 * 86_400, seq=5, prev=b"\x05" * 8)
    scene.void(plain, now)
    client = scene.enter("auditor")
    everything = paths([plain, seoul, theirs, old])
    assert listed(client) == everything
    assert listed(client, "?q=길동a") == paths([theirs, old])
    assert listed(client, "?q=관광정책") == everything
    assert listed(client, "?q=" + scene.phone.staff_number) == paths([plain, seoul])
    assert listed(client, "?q=서울") == paths([seoul])
    assert listed(client, f"?day={clock.seoul_day(now - 3 * 86_400)}") == paths([old])
    assert listed(client, "?mark=void") == paths([plain])
    assert listed(client, "?mark=score") == paths([seoul])
    assert listed(client, "?mark=arrived-late") == paths([old])
    assert listed(client, "?mark=any") >= paths([old])
    assert listed(client, "?mark=chain-gap&q=길동a") == paths([old])
    assert listed(client, "?q=%25") == listed(client, "?q=_") == set()
    assert listed(client, "?q=없는말") == set()


def test_a_short_code_that_is_read_out_finds_its_stamp(scene: Scene) -> None:
    sent, other = scene.stamp(), scene.stamp()
    page = text_of(scene.visitor().get(sent.url))
    code = page.split('<dd class="code">')[1].split("<")[0]
    client = scene.enter("auditor")
    for spelled in (code, code.lower(), f" {code} "):
        assert listed(client, f"?q={spelled}") == paths([sent])
    assert other.url not in listed(client, f"?q={code}")


def test_a_scanned_address_leads_to_its_page(scene: Scene) -> None:
    sent = scene.stamp()
    client = scene.enter("auditor")
    answer = client.get("/audit", query_string={"q": "https://stamp.example.kr" + sent.url})
    assert (answer.status_code, answer.headers["Location"]) == (302, sent.url)
    evil = client.get("/audit", query_string={"q": "/S//evil.example/"})
    assert evil.headers["Location"].startswith("/S/")
    broken = client.get("/audit", query_string={"q": "/S/x\r\nSet-Cookie: a=b"})
    assert broken.status_code in {200, 302, 400}
    assert "Set-Cookie" not in broken.headers


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-5",
        "page=x",
        "page=99999999999999999999999",
        "day=yesterday",
        "day=0001-01-01",
        "day=9999-12-31",
        "day=2026-02-30",
        "day=2026-W01-1",
        "mark=' OR 1=1",
        "mark=<script>",
        "q=<script>alert(1)</script>",
        "q='%20OR%201=1%20--",
        "q=%00%01",
        "q=" + "%EA%B0%80" * 900,
        "q=AAAA-AAA1",
        "q=%5C",
    ],
)
def test_any_filter_is_answered(shared: Scene, query: str) -> None:
    answer = shared.enter("auditor").get("/audit?" + query)
    assert answer.status_code == 200
    assert "<script>" not in text_of(answer)


def test_pages_are_turned_and_cost_the_same(scene: Scene) -> None:
    client = scene.enter("auditor")
    scene.stamp()
    client.get("/audit")
    with scene.counted() as few:
        client.get("/audit")
    now = int(time.time())
    for number in range(31):
        scene.stamp(captured_at=now - 900 + number)
    with scene.counted() as many:
        first = listed(client)
    second = listed(client, "?page=2")
    assert (len(first), len(second)) == (30, 2)
    assert not first & second
    assert len(many) == len(few)
    assert listed(client, "?page=3") == set()
    page = text_of(client.get("/audit?mark=&q=길동o"))
    assert "?page=2&amp;q=%EA%B8%B8%EB%8F%99o" in page


def test_the_desk_of_a_stamp_costs_the_same_in_a_long_chain(scene: Scene) -> None:
    client = scene.enter("auditor")
    first = scene.stamp()
    client.get(first.url)
    with scene.counted() as few:
        client.get(first.url)
    for _ in range(12):
        scene.stamp()
    with scene.counted() as many:
        client.get(first.url)
    assert len(many) == len(few)


def test_english_says_it_in_english(scene: Scene) -> None:
    sent = scene.stamp()
    client = scene.enter("auditor")
    for path in ("/audit?lang=en", sent.url + "?lang=en"):
        page = text_of(client.get(path))
        assert '<html lang="en"' in page
        for korean in ("감사 담당자 보기", "받은 도장", "서명된 내용"):
            assert korean not in page
