"""The first organisation, made once, by whoever can read the files of the server."""

from __future__ import annotations

import re

import pytest
from click.testing import Result

from app.core import keys
from tests.client import StrictClient
from tests.conftest import MakeApp, client_of, hold_the_minute
from tests.scene import Scene, text_of

GOOD = {
    "organisation_code": "6480000",
    "organisation_name": "경상남도청",
    "department": "감사관실",
    "name": "김관리",
    "staff_number": "A-1",
    "password": "a long first password",
    "password_again": "a long first password",
    "office_lat": "35.2383",
    "office_lon": "128.6922",
}


class Empty:
    """A fresh installation without the demonstration."""

    def __init__(self, make_app: MakeApp) -> None:
        """Make it."""
        self.app = make_app(DEMO="0")
        self.client: StrictClient = client_of(self.app)
        self.code = keys.setup_code(self.app.extensions["office_config"].instance_dir)

    def form(self, **changes: str) -> dict[str, str]:
        """A form that is right, but for the changes."""
        return GOOD | {"setup_code": self.code} | changes

    def create_operator(self, *words: str, password: str) -> Result:
        """`flask accounts create-operator`."""
        runner = self.app.test_cli_runner()
        return runner.invoke(
            args=["accounts", "create-operator", *words], input=f"{password}\n{password}\n"
        )


@pytest.fixture
def empty(make_app: MakeApp) -> Empty:
    """A fresh installation without the demonstration."""
    return Empty(make_app)


def test_the_first_page_leads_to_it_and_it_makes_an_office(empty: Empty) -> None:
    client = empty.client
    assert client.get("/").headers["Location"] == "/first-run"
    assert client.get("/first-run").status_code == 200
    done = client.post("/first-run", data=empty.form())
    assert (done.status_code, done.headers["Location"]) == (303, "/login")
    assert "경상남도청" in text_of(client.get("/login"))
    given = {
        "organisation": GOOD["organisation_code"],
        "staff_number": GOOD["staff_number"],
        "password": GOOD["password"],
    }
    assert client.post("/login", data=given).status_code == 303
    assert client.get("/people").status_code == 200
    state = client.get("/api/state").get_json()
    assert state["audit_key"]["year"] >= 2026
    assert state["demo"] is False


def test_it_works_once(empty: Empty) -> None:
    assert empty.client.post("/first-run", data=empty.form()).status_code == 303
    assert empty.client.get("/first-run").status_code == 404
    second = empty.form(organisation_code="other", organisation_name="다른 기관")
    assert empty.client.post("/first-run", data=second).status_code == 404
    assert "다른 기관" not in text_of(empty.client.get("/login"))
    assert empty.client.get("/").status_code == 200


def test_it_does_not_exist_in_the_demo(make_app: MakeApp) -> None:
    client = client_of(make_app())
    assert client.get("/first-run").status_code == 404
    assert client.post("/first-run", data=GOOD | {"setup_code": "x"}).status_code == 404


@pytest.mark.parametrize("code", ["00000000", "", "x", "설정", "' OR 1=1", "x" * 33])
def test_a_wrong_code_makes_nothing(empty: Empty, code: str) -> None:
    refused = empty.client.post("/first-run", data=empty.form(setup_code=code))
    assert refused.status_code in {403, 422}
    page = text_of(refused)
    assert re.search(r'name="setup_code"[^>]*aria-invalid="true"', page)
    assert empty.code not in page
    assert GOOD["password"] not in page
    assert empty.client.get("/first-run").status_code == 200


def test_the_code_cannot_be_guessed_quickly(empty: Empty, monkeypatch: pytest.MonkeyPatch) -> None:
    hold_the_minute(monkeypatch)
    wrong = empty.form(setup_code="00000000")
    answers = [empty.client.post("/first-run", data=wrong).status_code for _ in range(12)]
    assert answers[:10] == [403] * 10
    assert answers[10:] == [429, 429]
    assert empty.client.post("/first-run", data=empty.form()).status_code == 429


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password_again", "another long password"),
        ("password_again", ""),
        ("organisation_code", "x"),
        ("organisation_code", "a b"),
        ("organisation_code", "경남"),
        ("organisation_code", "x" * 17),
        ("organisation_code", "operator"),
        ("organisation_code", "Operator"),
        ("organisation_name", ""),
        ("organisation_name", "x" * 41),
        ("name", ""),
        ("department", "\x07"),
        ("staff_number", ""),
        ("staff_number", "가" * 9),
        ("password", "short"),
        ("password", ""),
        ("office_lat", "91"),
        ("office_lat", "nan"),
        ("office_lat", "north"),
        ("office_lon", "inf"),
        ("office_lon", "-181"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(empty: Empty, field: str, value: str) -> None:
    refused = empty.client.post("/first-run", data=empty.form(**{field: value}))
    assert refused.status_code in {409, 422}
    page = text_of(refused)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', page)
    assert f'id="{field}-error"' in page
    assert empty.client.get("/first-run").status_code == 200


def test_an_address_that_only_the_server_can_open_is_told_before_the_first_qr(
    make_app: MakeApp,
) -> None:
    here = Empty(make_app)
    assert "PUBLIC_URL이 http://127.0.0.1:8000" in text_of(here.client.get("/first-run"))
    refused = here.client.post("/first-run", data=here.form(password="x"))
    assert "PUBLIC_URL이 http://127.0.0.1:8000" in text_of(refused)
    there = client_of(make_app(DEMO="0", PUBLIC_URL="https://stamp.example.kr"))
    assert "PUBLIC_URL" not in text_of(there.get("/first-run"))


def test_markup_in_the_form_stays_text(empty: Empty) -> None:
    nasty = '<script>alert(1)</script>"'
    bad = empty.form(organisation_name=nasty, name=nasty, password="x")
    assert "<script>alert" not in text_of(empty.client.post("/first-run", data=bad))
    good = empty.form(organisation_name=nasty, name=nasty, department=nasty)
    assert empty.client.post("/first-run", data=good).status_code == 303
    assert "<script>alert" not in text_of(empty.client.get("/login"))


def test_an_operator_is_made_by_the_command_and_sees_nobody(empty: Empty) -> None:
    result = empty.create_operator("op-1", "운영자", password="a long operator password")
    assert result.exit_code == 0, result.output
    assert "a long operator password" not in result.output
    client = empty.client
    given = {
        "organisation": "operator",
        "staff_number": "op-1",
        "password": "a long operator password",
    }
    entered = client.post("/login", data=given)
    assert (entered.status_code, entered.headers["Location"]) == (303, "/me")
    for path in ("/", "/login"):
        assert client.get(path).headers["Location"] == "/me"
    assert client.get("/people").status_code == 403
    assert client.get("/audit").status_code == 403
    assert "/start" not in text_of(client.get("/me"))
    version = client.get("/api/consent").get_json()["version"]
    refused = client.post("/api/consent", json={"version": version})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert client_of(empty.app).get("/first-run").status_code == 200


def test_an_operator_is_not_made_twice_nor_with_a_weak_password(empty: Empty) -> None:
    weak = empty.create_operator("op-1", "운영자", password="short")
    assert weak.exit_code != 0
    assert "10 characters" in weak.output
    strong = "a long operator password"
    assert empty.create_operator("op-1", "운영자", password=strong).exit_code == 0
    again = empty.create_operator("op-1", "다른 사람", password=strong)
    assert again.exit_code == 1
    assert "op-1" in again.output
    assert "Traceback" not in again.output


def test_a_lost_password_is_reset_by_the_command(scene: Scene) -> None:
    officer = scene.enter("officer")
    number = scene.office.staff_numbers["officer"]
    run = scene.app.test_cli_runner().invoke
    words = ["accounts", "reset-password", scene.office.code, number]
    assert run(args=words, input="short\nshort\n").exit_code == 1
    assert run(args=[*words[:3], "nobody"], input="a long new one\na long new one\n").exit_code == 1
    assert officer.get("/me").status_code == 200
    result = run(args=words, input="a long new one\na long new one\n")
    assert result.exit_code == 0, result.output
    assert "a long new one" not in result.output
    assert officer.get("/me").status_code == 302
    form = {"organisation": scene.office.code, "staff_number": number, "password": "a long new one"}
    assert scene.visitor().post("/login", data=form).status_code == 303


def test_the_setup_code_is_told_by_the_command(empty: Empty) -> None:
    result = empty.app.test_cli_runner().invoke(args=["accounts", "setup-code"])
    folder = empty.app.extensions["office_config"].instance_dir
    assert result.output.strip() == (folder / "secrets" / "setup-code").read_text()
