"""The demonstration: loaded once, reset at will, and never where it does not belong."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.admin import gateways, jobs
from app.core import clock
from tests.admin.conftest import import_tree
from tests.client import StrictClient
from tests.conftest import MakeApp, client_of
from tests.scene import Scene, text_of


class Demo(Scene):
    """An application with the demonstration loaded, beside a real-looking office."""

    def flask(self, *words: str) -> Result:
        """Run a command."""
        return self.app.test_cli_runner().invoke(args=list(words))

    def trial(self, role: str) -> StrictClient:
        """Somebody who tries it out."""
        client = self.visitor()
        assert client.post("/trial", data={"role": role}).status_code == 303
        return client

    def counts(self) -> dict[str, int]:
        """How many rows each table of the demonstration has."""
        tables = ("organisations", "persons", "device_keys", "consents", "trips", "stamps")
        more = ("stamp_forks", "stamp_voids", "inquiries", "audit_keys", "departments")
        return {
            name: self.rows(f"SELECT count(*) FROM {name}")[0][0]  # noqa: S608
            for name in (*tables, *more)
        }


@pytest.fixture
def demo(loaded: Path, make_app: MakeApp, tmp_path: Path) -> Demo:
    """A copy of it."""
    import_tree(loaded, tmp_path / "instance")
    return Demo(make_app())


def test_it_is_loaded_once(demo: Demo) -> None:
    before = demo.counts()
    assert demo.flask("demo", "load").output == "demo: already there\n"
    assert demo.counts() == before
    assert before["persons"] >= 30
    assert before["stamps"] >= 100
    assert before["stamp_forks"] + before["stamp_voids"] >= 1
    assert before["inquiries"] >= 1


def test_reset_leaves_nothing_behind_and_touches_no_other_office(demo: Demo) -> None:
    kept = demo.stamp()
    auditor = demo.trial("auditor")
    page = text_of(auditor.get("/audit"))
    for path in re.findall(r'href="(/S/[A-Z2-7]+)"', page)[:3]:
        auditor.get(path)
    assert demo.rows("SELECT count(*) FROM access_records")[0][0] == 3
    before = demo.counts()
    password = gateways.read_password(demo.folder)
    result = demo.flask("demo", "reset")
    assert result.exit_code == 0, result.output
    assert result.output == "demo: reset\n"
    after = demo.counts()
    assert after["organisations"] == before["organisations"]
    assert after["persons"] == before["persons"]
    assert abs(after["stamps"] - before["stamps"]) < 60
    assert gateways.read_password(demo.folder) != password
    assert auditor.get("/audit").status_code == 302
    assert demo.verdict(kept.url) == "valid"
    assert demo.rows("PRAGMA foreign_key_check") == []
    assert demo.rows("SELECT count(*) FROM access_records") == [(0,)]


def test_every_role_can_be_tried_and_sees_its_pages(demo: Demo) -> None:
    for role, path in (
        ("officer", "/api/stamps"),
        ("auditor", "/audit"),
        ("administrator", "/people"),
        ("canteen", "/me"),
    ):
        assert demo.trial(role).get(path).status_code == 200


def test_the_first_page_shows_four_samples_with_their_verdicts(demo: Demo) -> None:
    page = text_of(demo.visitor().get("/"))
    found = re.findall(r'<a class="card sample" href="(/S/[A-Z2-7]+)">', page)
    assert [demo.verdict(path) for path in found] == [
        "valid",
        "wrong-signature",
        "void",
        "revoked-key",
    ]
    for image in re.findall(r'src="(/qr/[A-Z2-7]+\.svg)"', page):
        assert demo.visitor().get(image).mimetype == "image/svg+xml"
    assert 'lang="en"' in text_of(demo.visitor().get("/?lang=en"))


def test_the_desk_has_one_of_each_trouble(demo: Demo) -> None:
    auditor = demo.trial("auditor")
    for mark in ("void", "chain-fork", "chain-gap", "key-revoked", "clock-ahead"):
        page = text_of(auditor.get(f"/audit?mark={mark}"))
        assert 'href="/S/' in page, mark


def test_most_of_its_stamps_are_above_suspicion(demo: Demo) -> None:
    [(every, odd)] = demo.rows(
        "SELECT count(*), sum(marks != '' OR chain NOT IN ('first', 'follows') OR score >= 30) "
        "FROM stamps"
    )
    assert 1 <= odd <= every / 10


def test_its_days_are_of_this_month(demo: Demo) -> None:
    [(first, last)] = demo.rows("SELECT min(captured_at), max(captured_at) FROM stamps")
    [(now,)] = demo.rows("SELECT CAST(strftime('%s', 'now') AS INTEGER)")
    assert last <= now + 8 * 60
    assert now - 33 * 86_400 < first
    assert last > now - 6 * 86_400


def test_show_tells_how_to_enter(demo: Demo) -> None:
    said = demo.flask("demo", "show").output
    password = gateways.read_password(demo.folder)
    assert password in said
    staff_number = re.search(r"auditor: (\d+)", said)
    assert staff_number is not None
    story = gateways.read_story()
    assert story.name in said
    given = {
        "organisation": story.code,
        "staff_number": staff_number[1],
        "password": password,
    }
    client = demo.visitor()
    assert client.post("/login", data=given).status_code == 303
    assert client.get("/audit").status_code == 200
    mode = stat.S_IMODE((demo.folder / gateways.KEPT_IN).stat().st_mode)
    assert mode == 0o600


def test_each_page_says_that_it_is_practice(demo: Demo) -> None:
    client = demo.trial("officer")
    for path in ("/", "/today", "/login", "/me"):
        answer = (client if path == "/me" else demo.visitor()).get(path)
        assert "지어낸 기관과 사람입니다" in text_of(answer), path


@pytest.mark.parametrize("verb", ["load", "reset"])
def test_it_is_refused_where_it_is_switched_off(make_app: MakeApp, verb: str) -> None:
    app = make_app(DEMO="0")
    result = app.test_cli_runner().invoke(args=["demo", verb])
    assert result.exit_code == 1
    assert "DEMO=0" in result.output
    assert "Traceback" not in result.output
    assert "지어낸" not in text_of(client_of(app).get("/login"))


def test_switched_off_later_it_is_out_of_reach(demo: Demo, make_app: MakeApp) -> None:
    page = text_of(demo.visitor().get("/"))
    sample = re.findall(r'href="(/S/[A-Z2-7]+)">', page)[0]
    inside = demo.trial("administrator").get_cookie("office")
    assert inside is not None
    real: Flask = make_app(DEMO="0")
    client = client_of(real)
    assert demo.verdict(sample) == "valid"
    assert demo.verdict(sample, client) == "practice"
    client.set_cookie("office", inside.value)
    assert client.get("/people").status_code == 302
    assert gateways.read_story().name not in text_of(client.get("/login"))


def test_invented_people_have_no_place_beside_real_ones(scene: Scene) -> None:
    for word in ("load", "reset"):
        result = scene.app.test_cli_runner().invoke(args=["demo", word])
        assert result.exit_code == 1
        assert "DEMO=0" in result.output
    assert scene.rows("SELECT count(*) FROM organisations WHERE practice") == [(0,)]


def test_the_dates_stay_near_today(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    with demo.app.app_context():
        assert jobs.refresh_demo() is False
    later = clock.now() + 5 * 86_400
    monkeypatch.setattr(clock, "now", lambda: later)
    with demo.app.app_context():
        assert jobs.refresh_demo() is True
        assert jobs.refresh_demo() is False
    newest = demo.rows("SELECT max(captured_at) FROM stamps")[0][0]
    assert later - newest < 2 * 86_400
