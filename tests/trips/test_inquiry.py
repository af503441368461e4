"""A citizen asks the audit office about a stamp."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

import pytest
from werkzeug.test import TestResponse

from app.core.ids import from_b64u
from app.trips.rules.token import token_text
from app.trips.service import inquiry
from tests.scene import Scene, text_of
from tests.trips.test_verdict_page import (
    cannot_open,
    unknown_audit_key,
    unknown_key,
    wrong_owner,
    wrong_signature,
)

QUESTION = "이 출장은 정말 있었나요?"
KEPT = "SELECT message, contact FROM inquiries ORDER BY at, message"


def ask(
    scene: Scene, url: str, message: str = QUESTION, contact: str = "", address: str = "192.0.2.1"
) -> TestResponse:
    """Send the form on the page behind a QR."""
    given = {"message": message, "contact": contact}
    where = {"REMOTE_ADDR": address}
    return scene.visitor().post(url + "/ask", data=given, environ_base=where)


def test_a_question_reaches_the_desk_with_its_stamp(scene: Scene) -> None:
    sent = scene.stamp()
    answer = ask(scene, sent.url, contact="055-000-0000")
    assert answer.status_code == 303
    assert answer.headers["Location"] == sent.url + "?asked"
    assert "감사 부서에 전했습니다" in text_of(scene.visitor().get(sent.url + "?asked"))
    desk = text_of(scene.enter("auditor").get("/audit"))
    assert QUESTION in desk
    assert "055-000-0000" in desk
    assert f'href="{sent.url}"' in desk


def test_it_reaches_only_the_office_of_the_stamp(scene: Scene) -> None:
    other = scene.other_office()
    ask(scene, scene.stamp().url)
    assert QUESTION not in text_of(scene.enter("auditor", other).get("/audit"))


def test_a_question_is_settled_once_by_the_own_auditor(scene: Scene) -> None:
    other = scene.other_office()
    ask(scene, scene.stamp().url)
    [(question,)] = scene.rows("SELECT id FROM inquiries")
    path = f"/audit/inquiries/{question}/done"
    assert scene.enter("auditor", other).post(path).status_code == 404
    assert scene.enter("officer").post(path).status_code == 403
    auditor = scene.enter("auditor")
    assert path in text_of(auditor.get("/audit"))
    assert auditor.post(path).status_code == 303
    assert path not in text_of(auditor.get("/audit"))
    assert auditor.post(path).status_code == 404


def test_a_settled_question_can_be_opened_again_by_the_own_auditor(scene: Scene) -> None:
    other = scene.other_office()
    ask(scene, scene.stamp().url)
    [(question,)] = scene.rows("SELECT id FROM inquiries")
    done, back = (f"/audit/inquiries/{question}/{verb}" for verb in ("done", "open"))
    auditor = scene.enter("auditor")
    assert auditor.post(back).status_code == 303, "an open one stays open"
    auditor.post(done)
    page = text_of(auditor.get("/audit"))
    assert back in page
    assert QUESTION in page
    assert scene.enter("auditor", other).post(back).status_code == 404
    assert auditor.post(back).status_code == 303
    page = text_of(auditor.get("/audit"))
    assert done in page
    assert back not in page


def test_questions_are_turned_by_page_and_none_is_out_of_reach(scene: Scene) -> None:
    urls = [scene.stamp().url for _ in range(3)]
    for number in range(45):
        url, address = urls[number % 3], f"192.0.2.{number}"
        assert ask(scene, url, f"질문 번호 {number:02}번", address=address).status_code == 303
    [(settled,)] = scene.rows("SELECT id FROM inquiries WHERE message = '질문 번호 44번'")
    auditor = scene.enter("auditor")
    auditor.post(f"/audit/inquiries/{settled}/done")
    seen = []
    for page in (1, 2, 3):
        text = text_of(auditor.get(f"/audit?questions={page}&q=길동o"))
        seen.append(re.findall(r"질문 번호 (\d\d)번", text))
        assert '<span class="badge warn">44</span>' in text
        assert page == 3 or f"?questions={page + 1}&amp;q=%EA%B8%B8%EB%8F%99o" in text
    assert [len(page) for page in seen] == [20, 20, 5]
    assert seen[2][-1] == "44"
    assert sorted(chain.from_iterable(seen)) == [f"{number:02}" for number in range(45)]
    for odd in ("0", "x", "-1", "99999999999999999999"):
        assert auditor.get(f"/audit?questions={odd}").status_code == 200


@pytest.mark.parametrize(
    ("message", "contact"),
    [("", ""), ("네?", ""), ("    \n  ", ""), ("x" * 1001, ""), (QUESTION, "x" * 101)],
)
def test_what_does_not_fit_is_said_and_what_was_written_stays(
    shared: Scene, message: str, contact: str
) -> None:
    url = shared.stamp().url
    answer = ask(shared, url, message, contact)
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'role="alert"' in page
    assert message.strip() in page
    assert shared.rows(KEPT) == []


def test_markup_and_sql_are_words(scene: Scene) -> None:
    url = scene.stamp().url
    nasty = ("<script>alert(1)</script>", "'); DROP TABLE inquiries; --", "\x00\u202e\x1b[31m!!")
    for number, text in enumerate(nasty):
        contact = '"><img src=x onerror=alert(1)>'
        assert ask(scene, url, text, contact, f"192.0.2.{number}").status_code == 303
    page = text_of(scene.enter("auditor").get("/audit"))
    for live in ("<script>alert", "<img src=x", "\x00", "\u202e", "\x1b"):
        assert live not in page
    assert len(scene.rows(KEPT)) == 3


def test_an_address_may_ask_five_times_an_hour(scene: Scene) -> None:
    url = scene.stamp().url
    for number in range(5):
        assert ask(scene, url, f"{number}번째 질문입니다").status_code == 303
    refused = ask(scene, url, "여섯째 질문입니다")
    assert refused.status_code == 429
    assert "여섯째 질문입니다" in text_of(refused)
    assert ask(scene, url, address="192.0.2.2").status_code == 303
    scene.later(3700)
    assert ask(scene, url).status_code == 303


def test_a_stamp_may_be_asked_about_twenty_times_an_hour(scene: Scene) -> None:
    url = scene.stamp().url
    scene.later(0)
    for number in range(20):
        assert ask(scene, url, address=f"198.51.100.{number}").status_code == 303
    assert ask(scene, url, address="203.0.113.1").status_code == 429
    assert ask(scene, scene.stamp().url, address="203.0.113.1").status_code == 303


def test_an_address_is_kept_as_a_keyed_hash_only(scene: Scene) -> None:
    ask(scene, scene.stamp().url, address="203.0.113.254")
    disk = scene.disk()
    assert b"203.0.113.254" not in disk
    assert bytes([203, 0, 113, 254]) not in disk


@pytest.mark.parametrize("make", [wrong_signature, wrong_owner, unknown_key, cannot_open])
def test_a_forged_stamp_can_be_asked_about(scene: Scene, make: Callable[[Scene], str]) -> None:
    url = make(scene)
    assert f'action="{url}/ask"' in text_of(scene.visitor().get(url))
    answer = ask(scene, url)
    assert (answer.status_code, answer.headers["Location"]) == (303, url + "?asked")
    desk = text_of(scene.enter("auditor").get("/audit"))
    assert QUESTION in desk
    assert f'href="{url}"' in desk
    other = scene.other_office()
    assert QUESTION not in text_of(scene.enter("auditor", other).get("/audit"))
    for number in range(4):
        assert ask(scene, url, f"{number}번째 질문입니다").status_code == 303
    assert ask(scene, url).status_code == 429


def test_forged_tokens_cannot_fill_the_desk_nor_lock_out_questions_about_stamps(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiry, "DOUBTFUL_PER_ORGANISATION", 4)
    genuine = [scene.stamp().url for _ in range(5)]
    for number, url in enumerate(genuine):
        assert ask(scene, url, address=f"203.0.113.{number}").status_code == 303
    makers = (wrong_signature, wrong_owner, unknown_key, cannot_open, unknown_key)
    answers = [
        ask(scene, make(scene), address=f"192.0.2.{number}") for number, make in enumerate(makers)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 429]
    assert "감사 부서에 전화로 물어봐 주세요" in text_of(answers[4])
    assert QUESTION in text_of(answers[4]), "what was written stays"
    assert ask(scene, genuine[0], address="203.0.113.9").status_code == 303
    waiting = "/S/" + token_text(from_b64u(scene.body()["token"]))
    assert ask(scene, waiting, address="203.0.113.10").status_code == 303
    scene.later(3700)
    assert ask(scene, unknown_key(scene), address="192.0.2.9").status_code == 303


def test_a_token_of_nobody_here_takes_no_question(scene: Scene) -> None:
    for url in ("/S/AAAA", "/S/%00", scene.stamp().url[:-50], unknown_audit_key(scene)):
        assert "/ask" not in text_of(scene.visitor().get(url))
        assert ask(scene, url).status_code == 404
    assert scene.rows(KEPT) == []


def test_a_question_may_be_asked_whatever_the_spelling_of_the_address(scene: Scene) -> None:
    url = scene.stamp().url
    spelled = ("/s/" + url[3:].lower(), url + "%3Fx=1", url + "%23part", "/S/%20" + url[3:])
    for number, path in enumerate(spelled):
        page = text_of(scene.visitor().get(path))
        assert f'action="{url}/ask"' in page
        answer = ask(scene, path, address=f"192.0.2.{number}")
        assert answer.status_code == 303
        assert answer.headers["Location"] == url + "?asked"


def test_another_site_cannot_ask_in_a_visitors_name(scene: Scene) -> None:
    url = scene.stamp().url
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    answer = scene.visitor().post(url + "/ask", data={"message": QUESTION}, headers=foreign)
    assert answer.status_code == 403
    assert scene.rows(KEPT) == []
