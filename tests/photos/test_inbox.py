"""The office's inbox: who sees whose photos, grouping, filters, counts, what is new."""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import Any

import pytest

from app.accounts.service import people
from app.core import clock
from app.core.db import transaction
from app.photos.rules import delivery, delivery_words, reasons
from app.photos.rules.record import Promised
from app.photos.service import hand_over
from tests.client import StrictClient
from tests.factories import Phone, make_phone, password_hash
from tests.photos import helpers_office as office
from tests.photos import peers
from tests.photos.helpers_office import Made
from tests.scene import Scene, text_of


def put(scene: Scene, count: int = 2, phone: Phone | None = None, **more: Any) -> Made:
    """A record in the scene's office."""
    with scene.app.app_context():
        return office.put(phone or scene.phone, count, **more)


def shown(client: StrictClient, query: str = "") -> list[str]:
    """The ids of the photos that the inbox shows, in order."""
    return re.findall(
        r'class="shot" data-id="([0-9a-f-]{36})"', text_of(client.get("/photos" + query))
    )


def headings(client: StrictClient, query: str) -> list[str]:
    """The titles of the groups."""
    page = text_of(client.get("/photos" + query))
    return re.findall(r'<h2 id="group-\d+">([^<]*)</h2>', page)


def colleague(scene: Scene, department: str) -> Phone:
    """An officer of a department of the scene's office, with a phone."""
    with scene.app.app_context():
        with transaction():
            number = f"N-{time.time_ns()}"[:20]
            person = people.add_person(
                scene.office.organisation_id, "성춘향", number, department, "officer",
                password_hash(),
            )  # fmt: skip
        return make_phone(scene.office.organisation_id, scene.office.code, person, number)


def test_an_empty_inbox_says_what_will_come(scene: Scene) -> None:
    page = text_of(scene.enter("officer").get("/photos"))
    assert "아직 온 사진이 없습니다" in page
    assert "조건에 맞는 사진이 없습니다" in text_of(
        scene.enter("officer").get("/photos?site=없는곳")
    )


def test_the_newest_come_first_with_counts_and_thumbs(scene: Scene) -> None:
    now = int(time.time())
    older = put(scene, 3, arrived=2, captured_at=now - 500)
    newer = put(scene, 1, captured_at=now - 100)
    client = scene.enter("officer")
    page = text_of(client.get("/photos"))
    assert shown(client) == [*newer.photo_ids, *reversed(older.photo_ids)]
    assert "3장 중 2장 도착" in page
    assert "1장 모두 도착" in page
    links = re.findall(r'src="(/photos/file/[^"]+)"', page)
    assert len(links) == 3
    assert all(client.get(link).status_code == 200 for link in links)


@pytest.mark.parametrize("role", ["officer", "canteen"])
def test_people_see_their_own_department_and_themselves(scene: Scene, role: str) -> None:
    mine = put(scene)
    other = put(scene, phone=colleague(scene, "하천과"))
    assert set(shown(scene.enter(role))) == set(mine.photo_ids)
    client = scene.enter(role)
    assert client.get(f"/photos/{other.photo_ids[0]}").status_code == 404
    assert client.get(f"/photos/{other.photo_ids[0]}/verify").status_code == 404


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_auditors_and_administrators_see_the_organisation(scene: Scene, role: str) -> None:
    both = {*put(scene).photo_ids, *put(scene, phone=colleague(scene, "하천과")).photo_ids}
    assert set(shown(scene.enter(role))) == both


def test_another_organisation_sees_nothing(scene: Scene) -> None:
    put(scene)
    assert shown(scene.enter("auditor", scene.other_office())) == []


def test_photos_are_grouped_by_trip_site_or_person(scene: Scene) -> None:
    second = colleague(scene, "관광정책실")
    put(scene, trip="20261125-AAAAAA", board={"공사명": "남강"})
    put(scene, trip="20261125-AAAAAA", board={"공사명": "남강"})
    put(scene, phone=second, board={"공사명": "본성동"})
    client = scene.enter("officer")
    assert len(headings(client, "?group=trip")) == 2
    assert set(headings(client, "?group=site")) == {"남강", "본성동"}
    assert set(headings(client, "?group=person")) == {"홍길동o", "성춘향"}
    assert headings(client, "?group=nonsense") == headings(client, "")


def test_filters_choose_days_people_sites_phases_and_states(scene: Scene) -> None:
    now = int(time.time())
    old = put(scene, 1, captured_at=now - 5 * 86_400, board={"공사명": "둑방길"})
    new = put(scene, 4, arrived=1, board={"공사명": "남강", "내용": "100% 석축"})
    theirs = put(scene, 1, phone=colleague(scene, "관광정책실"), board={"공사명": "본성동"})
    client = scene.enter("officer")
    day = clock.seoul_day(now - 5 * 86_400).isoformat()
    assert shown(client, f"?start={day}&end={day}") == old.photo_ids
    assert set(shown(client, f"?end={day}")) == set(old.photo_ids)
    assert shown(client, "?start=tomorrow") == shown(client)
    assert shown(client, "?who=성춘") == theirs.photo_ids
    assert shown(client, "?who=nobody") == []
    assert set(shown(client, "?site=석축")) == set(new.photo_ids)
    assert shown(client, "?site=%25%20석축") == shown(client, "?site=석축")
    assert shown(client, "?site=_") == []
    assert shown(client, "?phase=before&site=남강") == [new.photo_ids[1]]
    assert shown(client, "?phase=none&site=남강") == [new.photo_ids[0]]
    assert set(shown(client, "?state=expected")) == set(new.photo_ids[1:])


def test_a_refused_photo_says_why(scene: Scene) -> None:
    made = put(scene, 1, arrived=0)
    with scene.app.app_context():
        promised: Promised = made.record.photos[0]
        office.arrive(scene.phone, promised, made.originals[0], state="refused")
        office.change_photo(scene.phone, promised.id, reason="truncated")
    client = scene.enter("officer")
    assert "사진의 뒷부분이 없습니다" in text_of(client.get("/photos"))
    page = text_of(client.get(f"/photos/{promised.id}"))
    assert "사진의 뒷부분이 없습니다" in page
    assert '<img src="/photos/file' not in page


def test_each_reason_of_a_refusal_is_shown_in_its_own_words(shared: Scene) -> None:
    made = put(shared, 1, arrived=0)
    promised = made.record.photos[0]
    client = shared.enter("officer")
    with shared.app.app_context():
        office.arrive(shared.phone, promised, made.originals[0], state="refused")
    for code, said in reasons.WORDS.items():
        with shared.app.app_context():
            office.change_photo(shared.phone, promised.id, reason=code)
        with shared.app.test_request_context():
            wanted = str(said)
        assert wanted in text_of(client.get(f"/photos/{promised.id}")), code


@pytest.mark.parametrize("state", delivery.STATES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_delivery_is_shown_in_words_in_each_state(
    shared: Scene, state: str, language: str
) -> None:
    made = put(shared, 1)
    with shared.app.app_context():
        peers.connect(shared.office, "webhook", "https://work.example.kr/in", peers.SECRET)
        with transaction():
            hand_over.add_for_photo(shared.office.organisation_id, made.photo_ids[0])
    error = None if state in {"sent", "done"} else "status:503"
    shared.rows(
        "UPDATE photo_deliveries SET state = ?, error = ?, tries = 2 WHERE photo_id = ?",
        state, error, made.photo_ids[0],
    )  # fmt: skip
    client = shared.enter("officer")
    client.set_cookie("lang", language)
    page = text_of(client.get(f"/photos/{made.photo_ids[0]}"))
    with shared.app.test_request_context(headers={"Cookie": f"lang={language}"}):
        said, why = str(delivery_words.STATES[state]), str(delivery_words.reason(error)[0])
    assert f'<span class="badge {delivery_words.TONES[state]}">{said}</span>' in page
    assert (why in page) == (error is not None)
    # With the signs around it: the ids of a page hold every number now and then.
    assert (">503<" in page or "(503)" in page) == (error is not None)


def test_pages_of_many(scene: Scene) -> None:
    for number in range(2):
        put(scene, 35, arrived=0, captured_at=int(time.time()) - 100 - number * 50)
    client = scene.enter("officer")
    first, second = shown(client), shown(client, "?page=2")
    assert (len(first), len(second)) == (60, 10)
    assert not set(first) & set(second)
    assert "?page=2" in text_of(client.get("/photos"))
    assert shown(client, "?page=9") == []


def test_the_list_asks_as_often_for_many_as_for_few(scene: Scene) -> None:
    put(scene, 1)
    client = scene.enter("officer")
    client.get("/photos")
    with scene.counted() as few:
        client.get("/photos")
    put(scene, 20)
    put(scene, 20, phone=colleague(scene, "관광정책실"))
    with scene.counted() as many:
        client.get("/photos")
    assert len(many) == len(few)
    assert len(many) <= 10


def test_the_page_of_a_photo_shows_everything(scene: Scene) -> None:
    sent = scene.stamp()
    made = put(scene, 2, trip="20261125-AAAAAA", stamp_sha256=hashlib.sha256(sent.token).digest())
    client = scene.enter("officer")
    page = text_of(client.get(f"/photos/{made.photo_ids[0]}"))
    for said in ("남강둔치 정비", "석축 쌓기", "홍길동o", "20261125-AAAAAA", "앱 카메라로 찍음",
                 "경남 진주시", sent.url):  # fmt: skip
        assert said in page, said
    assert f'rel="prev" href="/photos/{made.photo_ids[1]}"' in page
    assert 'rel="next"' not in page


def test_the_order_of_a_filter_is_kept_from_photo_to_photo(scene: Scene) -> None:
    now = int(time.time())
    first = put(scene, 1, captured_at=now - 300, board={"공사명": "남강"})
    put(scene, 1, captured_at=now - 200, board={"공사명": "본성동"})
    last = put(scene, 1, captured_at=now - 100, board={"공사명": "남강"})
    page = text_of(scene.enter("officer").get(f"/photos/{last.photo_ids[0]}?site=남강"))
    assert f'rel="next" href="/photos/{first.photo_ids[0]}?site=' in page


def test_a_corrected_record_leads_to_the_new_one(scene: Scene) -> None:
    old = put(scene, 1)
    new = put(scene, 1, series=old.record.series, replaces=old.record.id)
    client = scene.enter("officer")
    assert f'href="/photos/{new.photo_ids[0]}"' in text_of(
        client.get(f"/photos/{old.photo_ids[0]}")
    )
    assert f'href="/photos/{old.photo_ids[0]}"' in text_of(
        client.get(f"/photos/{new.photo_ids[0]}")
    )


def test_a_board_that_cannot_be_read_is_no_fault(scene: Scene) -> None:
    made = put(scene, 1)
    scene.rows("UPDATE photo_records SET board = '{'")
    assert scene.enter("officer").get(f"/photos/{made.photo_ids[0]}").status_code == 200


def live(client: StrictClient, since: int, tag: str = "", query: str = "") -> tuple[int, Any, str]:
    """One look at what is new: status, body, ETag."""
    headers = {"If-None-Match": tag} if tag else {}
    answer = client.get(f"/api/photos/live?since={since}{query}", headers=headers)
    body = json.loads(answer.get_data()) if answer.status_code == 200 else None
    return answer.status_code, body, answer.headers["ETag"]


def test_what_arrives_is_told_and_silence_costs_nothing(scene: Scene) -> None:
    made = put(scene, 2, arrived=0)
    client = scene.enter("officer")
    newest = int(re.findall(r'data-newest="(\d+)"', text_of(client.get("/photos")))[0])
    status, body, tag = live(client, newest)
    assert (status, body["cards"], body["newest"]) == (200, [], newest)
    assert live(client, newest, tag)[0] == 304
    with scene.app.app_context():
        office.arrive(scene.phone, made.record.photos[0], made.originals[0])
    status, body, changed = live(client, newest, tag)
    assert status == 200
    assert changed != tag
    (card,) = body["cards"]
    assert (card["id"], card["state"]) == (made.photo_ids[0], "ready")
    assert client.get(card["thumb"]).status_code == 200
    record = body["records"][made.record.id]
    assert (record["words"], record["whole"]) == ("2장 중 1장 도착", False)
    assert record["who"] == card["who"]
    assert live(client, body["newest"], changed)[0] == 304


def test_many_changes_come_in_turn_and_none_is_left_out(scene: Scene) -> None:
    client = scene.enter("officer")
    since = live(client, 0)[1]["newest"]
    made = [one for _ in range(5) for one in put(scene, 25, arrived=0).photo_ids]
    found: list[str] = []
    looks, tag, more = 0, "", True
    while more and looks < 9:
        status, body, tag = live(client, since, tag)
        assert status == 200  # an answer that is not all of it must not look like the last
        found += [card["id"] for card in body["cards"]]
        since, more, looks = body["newest"], body["more"], looks + 1
    assert looks == 2
    assert sorted(found) == sorted(made)
    assert live(client, since, tag)[0] == 304


def test_a_304_asks_the_database_little(scene: Scene) -> None:
    put(scene, 20)
    client = scene.enter("officer")
    tag = live(client, 0)[2]
    with scene.counted() as asked:
        assert live(client, 0, tag)[0] == 304
    assert len(asked) <= 4


def test_the_code_in_a_picture_finds_it(scene: Scene) -> None:
    made = put(scene, 3)
    client = scene.enter("officer")
    wanted = made.photo_ids[1]
    assert shown(client, f"?site={wanted[:8].upper()}") == [wanted]
    assert f"<code>{wanted[:8]}</code>" in text_of(client.get(f"/photos/{wanted}"))
    assert shown(client, f"?site={wanted[1:9]}") == []
    assert shown(client, f"?site={wanted}") == shown(client, f"?site={wanted[:13]}") == [wanted]
    assert shown(client, f"?site={wanted[:7]}") == [], "no code: many ids begin with a house number"


def test_news_keep_to_filter_and_department(scene: Scene) -> None:
    client = scene.enter("officer")
    tag = live(client, 0)[2]
    put(scene, 1, phone=colleague(scene, "하천과"))
    assert live(client, 0, tag)[1]["cards"] == []
    mine = put(scene, 1)
    assert [card["id"] for card in live(client, 0, tag)[1]["cards"]] == mine.photo_ids
    assert live(client, 0, "", "&site=없는곳")[1]["cards"] == []


def test_who_is_not_signed_in_sees_nothing(scene: Scene) -> None:
    visitor = scene.visitor()
    assert visitor.get("/photos").headers["Location"] == "/login?next=/photos"
    assert visitor.get("/api/photos/live").status_code == 401
    assert visitor.get("/api/photos/settings").status_code == 401
