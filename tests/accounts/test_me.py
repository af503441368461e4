"""My page: sign-ins, phones, password, consent, and who looked."""

from __future__ import annotations

import re

import pytest

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


def test_my_phone_can_be_revoked_once_and_a_colleagues_never(scene: Scene) -> None:
    kid = scene.phone.kid.hex()
    assert scene.enter("auditor").post(f"/me/devices/{kid}/revoke").status_code == 404
    client = scene.enter("officer")
    assert client.post(f"/me/devices/{kid}/revoke").status_code == 303
    assert "폐기함" in text_of(client.get("/me"))
    assert client.post(f"/me/devices/{kid}/revoke").status_code == 404
    for strange in ("0" * 16, "zz", "0" * 15, "0" * 18, kid.upper()):
        assert client.post(f"/me/devices/{strange}/revoke").status_code == 404


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
