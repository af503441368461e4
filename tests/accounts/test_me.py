"""My page: sign-ins, phones, password, consent, and who looked."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from markupsafe import escape

from app.accounts import gateways
from app.accounts.rules import throttle
from app.core import clock
from tests.factories import PASSWORD
from tests.scene import Scene, text_of

NEW = "another long password"
OLD_TEXT = "8146e282bec101202b57960df49757a13eba2265bc5d85c90c3e8787cf76c7d1"
# Every text that the product ever asked people to agree to.
TEXTS = (
    OLD_TEXT,
    "dc813e2fc4510b28714432e1bcece4305f7b0be60b6f3a675af0bbdaa905370c",
    "904394551a0b0282e37ca6f2839b4bb79c4be7f1517b855e0ecc5484e5d383d5",
)


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


def test_the_text_that_was_agreed_to_stays_readable_when_a_newer_one_holds(scene: Scene) -> None:
    client = scene.enter("officer")
    newer = "새로운 동의서가 있습니다"
    page = text_of(client.get("/me/consent"))
    current = gateways.consent_text("ko")
    assert current.version.hex() in page
    assert "지금 쓰는 동의서" in page
    assert newer not in page
    assert "동의서가 바뀌었습니다" not in text_of(client.get("/me"))

    old = gateways.find_consent_text(bytes.fromhex(OLD_TEXT), "ko")
    assert old is not None
    scene.rows("UPDATE consents SET version = ?, agreed_at = 1795000000", old.version)
    page = text_of(client.get("/me/consent"))
    for shown in (
        OLD_TEXT,
        f"{clock.in_seoul(1795000000):%Y-%m-%d %H:%M}",
        newer,
        old.title,
        *chain(*old.paragraphs),
    ):
        assert str(escape(shown)) in page, shown
    mine = text_of(client.get("/me"))
    assert "동의서가 바뀌었습니다" in mine
    assert 'href="/me/consent"' in mine
    assert "Replaced by a newer form" in text_of(client.get("/me/consent?lang=en"))


def test_each_text_that_was_agreed_to_is_shown_once_and_only_to_its_person(scene: Scene) -> None:
    client = scene.enter("officer")
    scene.rows("UPDATE consents SET version = ?, agreed_at = 1795000000", bytes(32))
    version = client.get("/api/consent").get_json()["version"]
    for _ in range(2):
        client.post("/api/consent", json={"version": version})
        client.post("/me/consent/withdraw")
    page = text_of(client.get("/me/consent"))
    assert page.count("<section") == 2
    assert page.index(version) < page.index("0" * 64)
    assert page.count("철회한 때") == 3
    assert "이 서버에는 이 글이 남아 있지 않습니다" in page
    assert scene.enter("auditor").get("/me/consent").status_code == 404
    assert scene.visitor().get("/me/consent").status_code == 302


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_text_that_people_agreed_to_is_kept(language: str) -> None:
    current = gateways.consent_text(language).version.hex()
    for version in TEXTS:
        found = gateways.find_consent_text(bytes.fromhex(version), language)
        assert found is not None, f"keep the text of {version} in {gateways.SUPERSEDED}"
        assert found.version.hex() == version
        assert found.paragraphs
    assert current in TEXTS, "a new text: add it, and keep the one before it"
    assert gateways.find_consent_text(bytes(32), language) is None


def test_my_page_in_every_role_and_language(shared: Scene) -> None:
    for role in shared.office.people:
        client = shared.enter(role)
        assert text_of(client.get("/me")).count("<h1>") == 1
        assert 'lang="en"' in text_of(client.get("/me?lang=en"))
