"""My page: sign-ins, phones, password, consent, and who looked."""

from __future__ import annotations

import re

import pytest

from app.accounts.rules import throttle
from tests.factories import PASSWORD
from tests.scene import Scene, text_of

NEW = "another long password"


def test_the_list_of_sign_ins_marks_this_one_and_ends_another(scene: Scene) -> None:
    here, there = scene.enter("officer"), scene.enter("officer")
    page = text_of(here.get("/me"))
    assert page.count("지금 이 기기") == 1
    others = re.findall(r"/me/sessions/([0-9a-f-]{36})/revoke", page)
    assert len(others) == 1
    assert here.post(f"/me/sessions/{others[0]}/revoke").status_code == 303
    assert there.get("/me").status_code == 302
    assert there.get("/api/consent").status_code == 401
    assert here.get("/me").status_code == 200
    assert here.post(f"/me/sessions/{others[0]}/revoke").status_code == 404


def test_the_sign_in_of_a_colleague_cannot_be_ended(scene: Scene) -> None:
    auditor = scene.enter("auditor")
    [(other,)] = scene.rows("SELECT id FROM sign_ins")
    assert scene.enter("officer").post(f"/me/sessions/{other}/revoke").status_code == 404
    assert auditor.get("/me").status_code == 200


def test_a_new_password_ends_the_other_sign_ins_and_the_old_password(scene: Scene) -> None:
    here, there = scene.enter("officer"), scene.enter("officer")
    changed = here.post("/me/password", data={"current": PASSWORD, "new": NEW})
    assert changed.status_code == 303
    assert "비밀번호를 바꾸었습니다" in text_of(here.get("/me"))
    assert there.get("/me").status_code == 302
    who = {
        "organisation": scene.office.code,
        "staff_number": scene.office.staff_numbers["officer"],
    }
    assert scene.visitor().post("/login", data={**who, "password": PASSWORD}).status_code == 403
    assert scene.visitor().post("/login", data={**who, "password": NEW}).status_code == 303
    assert NEW.encode() not in scene.disk()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"current": "wrong", "new": NEW}, 403),
        ({"current": PASSWORD, "new": "short"}, 422),
        ({"current": PASSWORD}, 422),
        ({"new": NEW}, 422),
        ({"current": PASSWORD, "new": "x" * 129}, 422),
    ],
)
def test_a_wrong_change_of_password_changes_nothing(
    shared: Scene, given: dict[str, str], status: int
) -> None:
    before = shared.rows("SELECT password_hash FROM persons")
    assert shared.enter("officer").post("/me/password", data=given).status_code == status
    assert shared.rows("SELECT password_hash FROM persons") == before


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"current": "wrong", "new": NEW}, "current", "지금 비밀번호가 다릅니다"),
        ({"current": PASSWORD, "new": "short"}, "new", "최소 10자가 필요합니다"),
    ],
)
def test_what_is_wrong_with_a_password_stands_beside_its_field(
    shared: Scene, given: dict[str, str], field: str, words: str
) -> None:
    page = text_of(shared.enter("officer").post("/me/password", data=given))
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    assert words in page
    assert page.count('aria-invalid="true"') == 1
    assert '<details class="card" open>' in page
    assert "직원번호, 비밀번호를 다시" not in page
    assert PASSWORD not in page


def test_guessing_the_current_password_closes_the_account_as_at_the_door(scene: Scene) -> None:
    client, wrong = scene.enter("officer"), {"current": "wrong", "new": NEW}
    for _ in range(throttle.PER_ACCOUNT):
        assert client.post("/me/password", data=wrong).status_code == 403
    refused = client.post("/me/password", data={"current": PASSWORD, "new": NEW})
    assert refused.status_code == 429
    assert "초 뒤에 다시 할 수 있습니다" in text_of(refused)
    who = {
        "organisation": scene.office.code,
        "staff_number": scene.office.staff_numbers["officer"],
        "password": PASSWORD,
    }
    assert scene.visitor().post("/login", data=who).status_code == 429
    auditor = scene.enter("auditor")
    assert auditor.post("/me/password", data=wrong).status_code == 403
    scene.later(31)
    right = {"current": PASSWORD, "new": NEW}
    assert client.post("/me/password", data=right).status_code == 303


def test_my_phone_can_be_revoked_once_and_a_colleagues_never(scene: Scene) -> None:
    kid = scene.phone.kid.hex()
    assert scene.enter("auditor").post(f"/me/devices/{kid}/revoke").status_code == 404
    client = scene.enter("officer")
    assert client.post(f"/me/devices/{kid}/revoke").status_code == 303
    assert "폐기함" in text_of(client.get("/me"))
    assert client.post(f"/me/devices/{kid}/revoke").status_code == 404
    for strange in ("0" * 16, "zz", "0" * 15, "0" * 18, kid.upper()):
        assert client.post(f"/me/devices/{strange}/revoke").status_code == 404


def test_revoking_my_lost_phone_signs_it_out_but_not_the_present_one(scene: Scene) -> None:
    here, lost, auditor = scene.enter("officer"), scene.enter("officer"), scene.enter("auditor")
    asked = text_of(here.get("/me"))
    assert "지금 쓰고 있는 곳을 뺀 모든 곳에서 로그아웃됩니다" in asked
    assert "이 기기를 뺀" not in asked  # "this device" is the one that is revoked
    assert here.post(f"/me/devices/{scene.phone.kid.hex()}/revoke").status_code == 303
    assert "지금 쓰고 있는 곳을 뺀 모든 곳에서 로그아웃했습니다" in text_of(here.get("/me"))
    assert lost.get("/me").status_code == 302
    assert auditor.get("/me").status_code == 200


def test_a_phone_that_is_not_mine_signs_nobody_out(scene: Scene) -> None:
    here, there = scene.enter("auditor"), scene.enter("auditor")
    assert here.post(f"/me/devices/{scene.phone.kid.hex()}/revoke").status_code == 404
    assert there.get("/me").status_code == 200


def test_withdrawing_on_my_page_shows_the_way_back(scene: Scene) -> None:
    client = scene.enter("officer")
    assert client.post("/me/consent/withdraw").status_code == 303
    page = text_of(client.get("/me"))
    assert "동의하지 않음" in page
    assert "에 철회" in page
    assert client.get("/api/state").get_json()["consent"]["agreed"] is False


def test_my_page_in_every_role_and_language(shared: Scene) -> None:
    for role in shared.office.people:
        client = shared.enter(role)
        assert text_of(client.get("/me")).count("<h1>") == 1
        assert 'lang="en"' in text_of(client.get("/me?lang=en"))
