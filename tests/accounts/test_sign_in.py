"""Signing in, staying in, going out, and those who try to get in."""

from __future__ import annotations

import statistics
import time
from http.cookies import SimpleCookie

import pytest

from app.accounts.rules import throttle
from app.core import guard
from tests.client import StrictClient
from tests.conftest import MakeApp, hold_the_minute, sign_in
from tests.factories import PASSWORD, make_office
from tests.scene import Scene, text_of


def form(scene: Scene, **changes: str) -> dict[str, str]:
    """The login form of the office's officer."""
    return {
        "organisation": scene.office.code,
        "staff_number": scene.office.staff_numbers["officer"],
        "password": PASSWORD,
    } | changes


def test_the_right_password_opens_a_sign_in(scene: Scene) -> None:
    client = scene.visitor()
    response = client.post("/login", data=form(scene))
    assert (response.status_code, response.headers["Location"]) == (303, "/today")
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong password"},
        {"password": ""},
        {"password": PASSWORD + " "},
        {"staff_number": "T00000-9"},
        {"organisation": "nowhere"},
        {"organisation": ""},
        {"staff_number": "' OR 1=1 --"},
        {"organisation": "%", "staff_number": "%"},
    ],
)
def test_what_does_not_belong_together_is_refused_alike(
    scene: Scene, changes: dict[str, str]
) -> None:
    client = scene.visitor()
    response = client.post("/login", data=form(scene, **changes))
    assert response.status_code == 403
    assert not client.signed_in
    assert "로그인하지 못했습니다" in text_of(response)
    assert client.get("/me").status_code == 302
    assert PASSWORD not in text_of(response)


def test_an_unknown_person_costs_as_much_time_as_a_wrong_password(scene: Scene) -> None:
    def cost(**changes: str) -> float:
        """The median of three tries, each of another account."""
        spent = []
        for number in range(3):
            given = form(scene, password=f"wrong {number}", **changes)
            begun = time.process_time()
            scene.visitor().post("/login", data=given)
            spent.append(time.process_time() - begun)
        return statistics.median(spent)

    cost(organisation="warm-up")
    known, unknown = cost(), cost(organisation="nowhere", staff_number="nobody")
    assert unknown > known / 3


def test_five_failures_close_the_account_even_for_the_right_password(scene: Scene) -> None:
    for _ in range(throttle.PER_ACCOUNT):
        assert scene.visitor().post("/login", data=form(scene, password="no")).status_code == 403
    client = scene.visitor()
    refused = client.post("/login", data=form(scene))
    assert refused.status_code == 429
    assert not client.signed_in
    assert "초 뒤에" in text_of(refused)
    other = form(scene, staff_number=scene.office.staff_numbers["auditor"])
    assert scene.visitor().post("/login", data=other).status_code == 303


def test_the_closed_account_opens_again_after_the_pause(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(throttle.PER_ACCOUNT):
        scene.visitor().post("/login", data=form(scene, password="no"))
    later = int(time.time()) + 31
    monkeypatch.setattr("app.core.clock.now", lambda: later)
    assert scene.visitor().post("/login", data=form(scene)).status_code == 303


def test_too_many_failures_from_an_address_close_it_for_every_account(scene: Scene) -> None:
    def post(given: dict[str, str], address: str) -> int:
        """Try from an address."""
        environ = {"REMOTE_ADDR": address}
        return scene.visitor().post("/login", data=given, environ_base=environ).status_code

    assert post(form(scene, staff_number="x-first", password="no"), "192.0.2.7") == 403
    scene.rows(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 299) "
        "INSERT INTO sign_in_failures (account, address, at) "
        "SELECT randomblob(16), address, at FROM sign_in_failures, n"
    )
    assert post(form(scene), "192.0.2.7") == 429
    assert post(form(scene), "192.0.2.8") == 303


def test_a_slip_of_a_colleague_behind_the_same_address_does_not_begin_the_wait_anew(
    scene: Scene,
) -> None:
    for _ in range(throttle.PER_ACCOUNT):
        scene.visitor().post("/login", data=form(scene, password="no"))
    scene.later(20)
    colleague = form(scene, staff_number=scene.office.staff_numbers["auditor"], password="no")
    assert scene.visitor().post("/login", data=colleague).status_code == 403
    assert scene.visitor().post("/login", data=form(scene)).status_code == 429
    scene.later(31)
    assert scene.visitor().post("/login", data=form(scene)).status_code == 303


def test_the_account_and_the_address_each_wait_from_their_own_newest_failure() -> None:
    most, office = throttle.PER_ACCOUNT, throttle.PER_ADDRESS
    assert throttle.wait_seconds((most, 100), (most + 1, 120), 121) == 9
    assert throttle.wait_seconds((1, 100), (office, 120), 121) == 29
    assert throttle.wait_seconds((most + 1, 100), (office, 120), 121) == 39
    assert throttle.wait_seconds((most - 1, 120), (office - 1, 120), 121) == 0
    assert throttle.wait_seconds((10_000, 120), (0, 0), 121) == throttle.WINDOW - 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_ipv6_address_counts_as_its_network(address: str, network: str) -> None:
    assert guard.network_of(address) == network


def test_another_address_of_the_same_network_is_no_way_round_the_limits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_the_minute(monkeypatch)
    given = form(scene, staff_number="x-first", password="no")
    for number in range(3):
        environ = {"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"}
        scene.visitor().post("/login", data=given, environ_base=environ)
    other = {"REMOTE_ADDR": "2001:db8:1:3::1"}
    scene.visitor().post("/login", data=given, environ_base=other)
    kept = scene.rows("SELECT count(*) FROM sign_in_failures GROUP BY address")
    assert sorted(kept) == [(1,), (3,)]
    counts = scene.app.extensions["turnstile"]._counts
    assert sorted(counts.values()) == [1, 3]


def test_a_failure_is_kept_without_the_name_or_the_address(scene: Scene) -> None:
    environ = {"REMOTE_ADDR": "198.51.100.77"}
    given = form(scene, staff_number="SECRET-STAFF-77", password="SECRET-WORD")
    scene.visitor().post("/login", data=given, environ_base=environ)
    disk = scene.disk()
    for secret in (b"SECRET-STAFF-77", b"SECRET-WORD", b"198.51.100.77"):
        assert secret not in disk


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "/%09/../\\evil.example",
        "javascript:alert(1)",
        "evil.example",
        "//[x",
        "/[::1",
        "///evil.example",
        "/today\r\nSet-Cookie: office=stolen",
        "http:evil.example",
    ],
)
def test_nobody_is_led_to_another_site(shared: Scene, target: str) -> None:
    client = shared.visitor()
    response = client.post("/login", data=form(shared, next=target))
    assert response.status_code == 303
    assert_inside(response.headers["Location"])
    again = client.get("/login", query_string={"next": target})
    assert again.status_code == 302
    assert_inside(again.headers["Location"])


def assert_inside(location: str) -> None:
    """The address is a path of this host, however a browser reads it."""
    plain = location.replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    assert plain.startswith("/")
    assert not plain.startswith("//")
    assert "\n" not in location


def test_a_path_of_ours_is_kept(scene: Scene) -> None:
    closed = scene.visitor().get("/people?q=kim&page=2")
    assert closed.status_code == 302
    assert closed.headers["Location"] == "/login?next=/people?q%3Dkim%26page%3D2"
    client = scene.visitor()
    given = form(scene, next="/people?q=kim&page=2")
    assert client.post("/login", data=given).headers["Location"] == "/people?q=kim&page=2"


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(make_app: MakeApp) -> None:
    for url, secure in (("https://stamp.example.kr", True), ("http://127.0.0.1:8000", False)):
        scene = Scene(make_app(PUBLIC_URL=url, SESSION_DAYS="30"))
        base = "https://localhost" if secure else "http://localhost"
        response = scene.visitor().post("/login", data=form(scene), base_url=base)
        cookie = SimpleCookie(response.headers["Set-Cookie"])["office"]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Lax"
        assert bool(cookie["secure"]) is secure
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""
        assert cookie["expires"]


def test_the_cookie_holds_no_person_and_is_signed(scene: Scene) -> None:
    client = scene.visitor()
    sign_in(client, *form(scene).values())
    cookie = client.get_cookie("office")
    assert cookie is not None
    for word in (scene.office.people["officer"], scene.office.code):
        assert word not in cookie.decoded_value
    forged = scene.visitor()
    forged.set_cookie("office", cookie.value[:-4] + "AAAA")
    assert forged.get("/me").status_code == 302


def test_logging_out_ends_the_sign_in_for_a_copied_cookie_too(scene: Scene) -> None:
    client, thief = scene.visitor(), scene.visitor()
    sign_in(client, *form(scene).values())
    cookie = client.get_cookie("office")
    assert cookie is not None
    thief.set_cookie("office", cookie.value)
    assert thief.get("/me").status_code == 200
    response = client.post("/logout")
    assert response.status_code == 302
    assert "storage" not in response.headers["Clear-Site-Data"]
    assert thief.get("/me").status_code == 302
    assert client.get("/me").status_code == 302
    assert scene.visitor().post("/logout").status_code == 302


def test_a_script_that_logs_out_is_told_so_without_a_page(scene: Scene) -> None:
    client = scene.enter("officer")
    for _ in range(2):
        response = client.post("/logout", headers={"Accept": "application/json"})
        assert response.status_code == 204
        assert "storage" not in response.headers["Clear-Site-Data"]
    assert client.get("/me").status_code == 302


def test_who_is_signed_in_is_led_from_the_login_to_the_own_first_page(shared: Scene) -> None:
    for role, home in (("officer", "/today"), ("auditor", "/audit"), ("administrator", "/people")):
        assert shared.enter(role).get("/login").headers["Location"] == home


def test_logging_out_by_a_link_does_nothing(scene: Scene) -> None:
    client = scene.enter("officer")
    assert client.get("/logout").status_code == 405
    assert client.get("/me").status_code == 200


def test_signing_in_as_another_drops_what_the_session_held(scene: Scene) -> None:
    client = scene.enter("auditor")
    with client.session_transaction() as session:
        session["left_over"] = "of the auditor"
    client.post("/login", data=form(scene))
    with client.session_transaction() as session:
        assert "left_over" not in session
    assert client.get("/audit").status_code == 403


def test_a_practice_organisation_cannot_be_entered_when_it_is_not_the_demo(
    make_app: MakeApp,
) -> None:
    demo = Scene(make_app(), practice=True)
    inside = demo.enter("officer")
    assert inside.get("/me").status_code == 200
    cookie = inside.get_cookie("office")
    assert cookie is not None
    real = make_app(DEMO="0")
    with real.app_context():
        make_office("REAL")
    client = real.test_client()
    assert isinstance(client, StrictClient)
    assert demo.office.code not in text_of(client.get("/login"))
    assert client.post("/login", data=form(demo)).status_code == 403
    client.set_cookie("office", cookie.value)
    assert client.get("/me").status_code == 302
    assert client.post("/trial", data={"role": "auditor"}).status_code == 404


def test_a_person_who_left_cannot_enter(scene: Scene) -> None:
    inside = scene.enter("officer")
    scene.rows("UPDATE persons SET left_at = 1 WHERE id = ?", scene.office.people["officer"])
    assert inside.get("/me").status_code == 302
    assert scene.visitor().post("/login", data=form(scene)).status_code == 403


@pytest.mark.parametrize("role", ["officer", "auditor", "administrator", "canteen"])
def test_trying_out_needs_no_password_in_the_demo(make_app: MakeApp, role: str) -> None:
    scene = Scene(make_app(), practice=True)
    client = scene.visitor()
    response = client.post("/trial", data={"role": role})
    assert response.status_code == 303
    home = client.get(response.headers["Location"])
    assert home.status_code == 200
    state = client.get("/api/state").get_json()
    assert state["person"]["role"] == role


@pytest.mark.parametrize("role", ["operator", "", "' OR 1=1", "officer; DROP TABLE persons"])
def test_trying_out_as_nobody_is_refused(make_app: MakeApp, role: str) -> None:
    scene = Scene(make_app(), practice=True)
    client = scene.visitor()
    assert client.post("/trial", data={"role": role}).status_code == 404
    assert not client.signed_in


def test_trying_out_never_opens_a_real_office(scene: Scene) -> None:
    assert scene.visitor().post("/trial", data={"role": "officer"}).status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        {"password": "x" * 10_000},
        {"organisation": "x" * 500},
        {"next": "/" + "x" * 5000},
        {"staff_number": "\x00\x01"},
        {"organisation": "\x00"},
        {"next": "/\x00"},
        {"staff_number": "<script>alert(1)</script>"},
        {"staff_number": '" autofocus onfocus="alert(1)'},
    ],
)
def test_strange_login_forms_are_refused_with_a_good_page(
    scene: Scene, given: dict[str, str]
) -> None:
    response = scene.visitor().post("/login", data=form(scene, password="no") | given)
    assert response.status_code in {400, 403, 422}
