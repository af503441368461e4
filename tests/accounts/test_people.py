"""The administrator's list of people, and what must not come through its forms."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from app.accounts.service import people
from app.core.db import transaction
from tests.factories import password_hash
from tests.scene import Scene, text_of

NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 1234*9876 }}",
    "'; DROP TABLE persons; --",
    "%s %(x)s {0}",
    "Robert'); --",
    "&lt;b&gt;",
)


def form(**changes: str) -> dict[str, str]:
    """A new person."""
    given = {"name": "김새롬", "staff_number": "N-1", "department": "새 부서", "role": "officer"}
    return given | changes


def add(scene: Scene, **changes: str) -> TestResponse:
    """Post a new person as the administrator."""
    return scene.enter("administrator").post("/people", data=form(**changes))


def test_a_new_person_gets_a_password_that_is_shown_once(scene: Scene) -> None:
    client = scene.enter("administrator")
    created = client.post("/people", data=form())
    assert created.status_code == 201
    password = re.search(r"[a-z2-9]{3}(-[a-z2-9]{3}){3}", text_of(created))
    assert password is not None
    assert password[0] not in text_of(client.get("/people"))
    assert password[0].encode() not in scene.disk()
    entered = scene.visitor().post(
        "/login",
        data={
            "organisation": scene.office.code,
            "staff_number": "N-1",
            "password": password[0],
        },
    )
    assert entered.status_code == 303


def test_a_staff_number_is_given_once_in_an_organisation_only(scene: Scene) -> None:
    other = scene.other_office()
    assert add(scene).status_code == 201
    taken = add(scene, name="이둘째")
    assert taken.status_code == 409
    page = text_of(taken)
    assert re.search(r'name="staff_number"[^>]*aria-invalid="true"', page)
    assert 'id="staff_number-error"' in page
    assert 'value="이둘째"' in page
    elsewhere = scene.enter("administrator", other).post("/people", data=form())
    assert elsewhere.status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 41),
        ("name", "a\x00b"),
        ("staff_number", ""),
        ("staff_number", "x" * 33),
        ("staff_number", "가" * 9),
        ("staff_number", "n\x85b"),
        ("department", ""),
        ("department", "x" * 41),
    ],
)
def test_what_is_wrong_stands_beside_its_field(shared: Scene, field: str, value: str) -> None:
    refused = add(shared, **{field: value})
    assert refused.status_code == 422
    page = text_of(refused)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    assert f'id="{field}-error"' in page
    assert page.count('aria-invalid="true"') == 1
    assert shared.rows("SELECT count(*) FROM persons") == [(4,)]


@pytest.mark.parametrize("role", ["operator", "root", ""])
def test_nobody_is_given_a_role_that_is_not_offered(shared: Scene, role: str) -> None:
    assert add(shared, role=role).status_code == 422
    assert shared.rows("SELECT count(*) FROM persons") == [(4,)]


@pytest.mark.parametrize("text", NASTY)
def test_nothing_in_a_text_field_becomes_markup_or_sql(scene: Scene, text: str) -> None:
    client = scene.enter("administrator")
    given = form(name=text[:40], department=text[:40], staff_number=text[:24])
    assert client.post("/people", data=given).status_code == 201
    [(person, name)] = scene.rows(
        "SELECT id, name FROM persons WHERE staff_number = ?", text[:24].strip()
    )
    assert name == text[:40].strip()
    for path in ("/people", f"/people/{person}", "/people?q=" + quote(text)):
        page = text_of(client.get(path))
        for live in ("<script>alert", "<img src=x", "12187"):
            assert live not in page, path
    me = scene.enter_as(person)
    assert me.get("/me").status_code == 200
    assert me.get("/api/state").get_json()["person"]["name"] == name
    assert scene.rows("SELECT count(*) FROM persons") == [(5,)]


@pytest.mark.parametrize(
    "query",
    [
        "q=%25",
        "q=_",
        "q=%5C",
        "q=%00",
        "q=" + "x" * 3000,
        "q=' OR '1'='1",
        "page=0",
        "page=-1",
        "page=abc",
        "page=99999999999999999999999",
        "page=9223372036854775807",
        "page=1e9",
        "q=%ED%A0%80",
    ],
)
def test_any_search_is_answered(shared: Scene, query: str) -> None:
    assert shared.enter("administrator").get("/people?" + query).status_code == 200


def test_wildcards_are_letters(shared: Scene) -> None:
    client = shared.enter("administrator")
    assert "찾는 직원이 없습니다" in text_of(client.get("/people?q=%25"))
    assert "찾는 직원이 없습니다" in text_of(client.get("/people?q=_"))
    assert "홍길동o" in text_of(client.get("/people?q=동o"))


def test_only_the_own_organisation_is_listed(scene: Scene) -> None:
    other = scene.other_office()
    page = text_of(scene.enter("administrator").get("/people"))
    assert scene.office.staff_numbers["officer"] in page
    assert other.staff_numbers["officer"] not in page


@pytest.mark.parametrize("role", ["officer", "auditor", "canteen"])
def test_other_roles_do_not_see_it(shared: Scene, role: str) -> None:
    client = shared.enter(role)
    person = shared.office.people["officer"]
    assert client.get("/people").status_code == 403
    assert client.get(f"/people/{person}").status_code == 403
    assert client.post("/people", data=form()).status_code == 403
    assert client.post(f"/people/{person}", data=form()).status_code == 403
    assert client.post(f"/people/{person}/return").status_code == 403
    assert client.post(f"/people/{person}/leave").status_code == 403
    assert client.post(f"/people/{person}/password").status_code == 403


def change(scene: Scene, who: str, **changes: str) -> TestResponse:
    """Correct one of the office's people as the administrator."""
    given = {"name": "홍길순", "department": "새 부서", "role": "officer"} | changes
    person = scene.office.people[who]
    return scene.enter("administrator").post(f"/people/{person}", data=given)


def test_a_person_is_corrected_and_reads_of_it(scene: Scene) -> None:
    officer = scene.enter("officer")
    assert change(scene, "officer", role="auditor").status_code == 303
    person = scene.office.people["officer"]
    assert scene.rows("SELECT name, role FROM persons WHERE id = ?", person) == [
        ("홍길순", "auditor")
    ]
    me = text_of(officer.get("/me"))
    assert "새 부서" in me
    assert "직원 정보를 고침: 이름, 부서, 역할" in me
    assert officer.get("/audit").status_code == 200
    page = text_of(scene.enter("administrator").get(f"/people/{person}"))
    assert re.search(r'name="name"[^>]*value="홍길순"', page)
    assert '<option value="auditor" selected>' in page


def test_a_correction_without_a_change_is_not_written_down(scene: Scene) -> None:
    for _ in range(2):
        assert change(scene, "officer").status_code == 303
    assert scene.rows("SELECT count(*) FROM access_records") == [(1,)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 41),
        ("department", ""),
        ("department", "a\x00b"),
        ("role", "operator"),
        ("role", ""),
    ],
)
def test_what_is_wrong_with_a_correction_stands_beside_its_field(
    shared: Scene, field: str, value: str
) -> None:
    before = shared.rows("SELECT * FROM persons")
    refused = change(shared, "officer", **{field: value})
    assert refused.status_code == 422
    page = text_of(refused)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    assert f'id="{field}-error"' in page
    assert page.count('aria-invalid="true"') == 1
    assert shared.rows("SELECT * FROM persons") == before


def test_an_administrator_corrects_the_own_name_but_not_the_own_role(scene: Scene) -> None:
    refused = change(scene, "administrator", role="officer")
    assert refused.status_code == 409
    assert 'id="role-error"' in text_of(refused)
    assert scene.rows("SELECT count(*) FROM persons WHERE role = 'administrator'") == [(1,)]
    assert change(scene, "administrator", role="administrator").status_code == 303
    admin, person = scene.enter("administrator"), scene.office.people["administrator"]
    page = text_of(admin.get(f"/people/{person}"))
    assert "홍길순" in page
    assert 'name="role"' not in page
    given = {"name": "홍길동", "department": "새 부서"}
    assert admin.post(f"/people/{person}", data=given).status_code == 303
    assert admin.get("/people").status_code == 200


def test_who_left_by_mistake_comes_back_but_their_keys_do_not(scene: Scene) -> None:
    admin, base = scene.enter("administrator"), f"/people/{scene.office.people['officer']}"
    assert admin.post(f"{base}/leave").status_code == 303
    assert "퇴직 처리 되돌리기" in text_of(admin.get(base))
    assert admin.post(f"{base}/return").status_code == 303
    assert "퇴직 처리 되돌리기" not in text_of(admin.get(base))
    assert scene.rows("SELECT revoked_at IS NOT NULL FROM device_keys") == [(1,)]
    me = text_of(scene.enter("officer").get("/me"))
    assert "퇴직 처리함" in me
    assert "퇴직 처리를 되돌림" in me
    assert admin.post(f"{base}/return").status_code == 303
    assert scene.rows("SELECT count(*) FROM access_records") == [(2,)]


@pytest.mark.parametrize("act", ["", "/return"])
def test_a_person_of_another_organisation_is_not_corrected(scene: Scene, act: str) -> None:
    other = scene.other_office().people["officer"]
    scene.rows("UPDATE persons SET left_at = 1 WHERE id = ?", other)
    before = scene.rows("SELECT * FROM persons")
    client = scene.enter("administrator")
    given = {"name": "홍길순", "department": "새 부서", "role": "officer"}
    assert client.post(f"/people/{other}{act}", data=given).status_code == 404
    assert scene.rows("SELECT * FROM persons") == before


def test_a_field_takes_as_much_as_the_door_lets_in(shared: Scene) -> None:
    page = text_of(shared.enter("administrator").get("/people"))
    for name, most in (("name", 40), ("staff_number", 24), ("department", 40), ("q", 80)):
        assert re.search(rf'name="{name}"[^>]*maxlength="{most}"', page), name
        if name != "q":
            assert add(shared, **{name: "x" * (most + 1)}).status_code == 422


def test_a_new_password_ends_every_sign_in(scene: Scene) -> None:
    officer = scene.enter("officer")
    person = scene.office.people["officer"]
    before = scene.rows("SELECT password_hash FROM persons WHERE id = ?", person)
    shown = scene.enter("administrator").post(f"/people/{person}/password")
    assert shown.status_code == 200
    assert re.search(r"[a-z2-9]{3}(-[a-z2-9]{3}){3}", text_of(shown))
    assert officer.get("/me").status_code == 302
    assert scene.rows("SELECT password_hash FROM persons WHERE id = ?", person) != before


def test_leaving_ends_sign_ins_and_keys_and_keeps_stamps(scene: Scene) -> None:
    kept = scene.stamp()
    officer = scene.enter("officer")
    admin = scene.enter("administrator")
    person = scene.office.people["officer"]
    scene.later(5)
    assert admin.post(f"/people/{person}/leave").status_code == 303
    assert officer.get("/me").status_code == 302
    assert scene.rows("SELECT revoked_at IS NOT NULL FROM device_keys") == [(1,)]
    assert scene.rows("SELECT count(*) FROM stamps") == [(1,)]
    assert scene.verdict(kept.url) == "valid"
    assert "퇴직" in text_of(admin.get(f"/people/{person}"))
    assert admin.post(f"/people/{person}/leave").status_code == 404
    assert "key-revoked" in scene.stamp().stamp["marks"]


def test_an_administrator_cannot_end_the_own_account(scene: Scene) -> None:
    admin = scene.enter("administrator")
    refused = admin.post(f"/people/{scene.office.people['administrator']}/leave")
    assert refused.status_code == 409
    assert admin.get("/people").status_code == 200


def test_a_lost_phone_is_revoked_and_signed_out(scene: Scene) -> None:
    officer = scene.enter("officer")
    admin, person = scene.enter("administrator"), scene.office.people["officer"]
    base = f"/people/{person}"
    kid = scene.phone.kid.hex()
    reason = "<b>분실</b> 신고"
    assert admin.post(f"{base}/devices/{kid}/revoke", data={"reason": reason}).status_code == 303
    page = text_of(admin.get(base))
    assert "&lt;b&gt;분실&lt;/b&gt; 신고" in page
    assert officer.get("/me").status_code == 302
    assert "기기 열쇠를 폐기함" in text_of(scene.enter("officer").get("/me"))
    again = admin.post(f"{base}/devices/{kid}/revoke", data={"reason": reason})
    assert again.status_code == 404
    long = admin.post(f"{base}/devices/{kid}/revoke", data={"reason": "x" * 201})
    assert long.status_code == 422


def test_a_key_is_revoked_under_its_own_person_only(scene: Scene) -> None:
    admin, auditor = scene.enter("administrator"), scene.office.people["auditor"]
    kid = scene.phone.kid.hex()
    assert admin.post(f"/people/{auditor}/devices/{kid}/revoke").status_code == 404
    assert scene.rows("SELECT revoked_at FROM device_keys") == [(None,)]


def test_a_page_of_people_costs_the_same_however_many_there_are(scene: Scene) -> None:
    client = scene.enter("administrator")
    client.get("/people")
    with scene.counted() as few:
        client.get("/people")
    with scene.app.app_context(), transaction():
        for number in range(70):
            people.add_person(
                scene.office.organisation_id,
                f"직원{number}",
                f"M-{number}",
                f"부서 {number % 7}",
                "officer",
                password_hash(),
            )
    with scene.counted() as many:
        page = text_of(client.get("/people"))
    assert page.count('class="item"') == 30
    assert len(many) == len(few)
    assert 'class="item"' not in text_of(client.get("/people?page=9"))
    assert text_of(client.get("/people?page=3")).count('class="item"') == 14
