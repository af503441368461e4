"""The demonstration's photos: twelve at three sites, seen after the worker, gone with the reset."""

from __future__ import annotations

import html
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.admin import gateways
from app.admin import jobs as admin_jobs
from app.core import outbox
from app.photos import jobs
from app.photos.service import archive
from tests.admin.conftest import import_tree
from tests.client import StrictClient
from tests.conftest import MakeApp
from tests.photos import sheet_reader
from tests.scene import Scene, text_of
from tools import demo_pictures

KB = 1024
ROLES = ("administrator", "auditor", "officer")


class Demo(Scene):
    """An application with the demonstration loaded."""

    def load(self, verb: str) -> None:
        """Run a command of the demonstration."""
        result = self.app.test_cli_runner().invoke(args=["demo", verb])
        assert result.exit_code == 0, result.output

    def work(self, name: str = "photo-process") -> int:
        """Let one of the worker's lanes do all that is due; how much was done."""
        lane = next(one for one in jobs.LANES if one.name == name)
        with self.app.app_context():
            return lane.verb()

    def exports(self) -> list[tuple[str, str]]:
        """Role and state of each sheet, by role."""
        return self.rows(
            "SELECT p.role, e.state FROM photo_exports e JOIN persons p ON p.id = e.person_id "
            "ORDER BY p.role"
        )

    def trial(self, role: str) -> StrictClient:
        """Somebody who tries it out."""
        client = self.visitor()
        assert client.post("/trial", data={"role": role}).status_code == 303
        return client

    def states(self) -> dict[str, int]:
        """How many photos are in each state."""
        return dict(self.rows("SELECT state, count(*) FROM photos GROUP BY state"))

    def chip(self, client: StrictClient) -> str:
        """The only entry of the inbox's list of exports."""
        (found,) = re.findall(r'<a class="chip" href="/photos/exports/.*?</a>',
                              text_of(client.get("/photos")), re.DOTALL)  # fmt: skip
        return str(found)

    def sheet_page(self, client: StrictClient) -> str:
        """Where the only sheet in the inbox's list is shown."""
        return self.chip(client).split('"')[3]

    def files(self) -> list[str]:
        """The files in the store."""
        return [one.name for one in (self.folder / "files").rglob("*") if one.is_file()]


@pytest.fixture
def demo(loaded: Path, make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """The demonstration, beside another office."""
    import_tree(loaded, tmp_path / "instance")
    return Demo(make_app(), monkeypatch)


def test_a_stranger_sees_twelve_pictures_once_the_worker_was_there(demo: Demo) -> None:
    assert demo.states() == {"arrived": 12, "expected": 2}
    demo.work()
    assert demo.states() == {"ready": 12, "expected": 2}
    due = "SELECT DISTINCT kind FROM tasks WHERE kind LIKE 'photo-%'"
    assert demo.rows(due) == [("photo-sheet",)]
    for role in ("officer", "auditor", "administrator"):
        client = demo.trial(role)
        page = text_of(client.get("/photos"))
        pictures = [html.unescape(one) for one in re.findall(r'<img[^>]* src="([^"]+)"', page)]
        seen = [client.get(one) for one in pictures if one.startswith("/photos/file/")]
        assert len(seen) == 12, role
        assert {max(Image.open(BytesIO(one.data)).size) for one in seen} == {320}
        assert "5장 중 3장" in page
        assert all(visit.board["공사명"] in page for visit in gateways.read_story().visits)


def test_a_sheet_of_a_site_stands_in_the_inbox_of_who_tries_it(demo: Demo) -> None:
    assert demo.exports() == [(role, "waiting") for role in ROLES]
    for role in ROLES:
        assert "만드는 중" in demo.chip(demo.trial(role))
    assert demo.work("photo-export") == 0  # the pictures are not ready: nothing to print yet
    assert demo.exports() == [(role, "waiting") for role in ROLES]
    page = text_of(demo.trial("officer").get(demo.sheet_page(demo.trial("officer"))))
    assert "만들고 있습니다" in page
    demo.work()
    demo.later(outbox.FIRST_S)
    assert demo.work("photo-export") == 3
    for role in ROLES:
        client = demo.trial(role)
        assert "받기" in demo.chip(client)
        (url,) = re.findall(
            r'href="(/photos/file/[^"]+)"', text_of(client.get(demo.sheet_page(client)))
        )
        (copied,) = sheet_reader.texts(client.get(html.unescape(url)).get_data())
        assert gateways.read_story().visits[0].board["공사명"] in copied
        assert "사진 없음" not in copied
        assert "연습용" in copied


def test_a_sheet_that_comes_too_early_is_no_failed_try(demo: Demo) -> None:
    for turn in range(outbox.MOST_TRIES + 5):
        demo.later(turn * outbox.FIRST_S)
        demo.work("photo-export")
    assert demo.rows("SELECT DISTINCT tries, dead_at FROM tasks WHERE kind = 'photo-sheet'") == [
        (0, None)
    ]


def test_a_picture_that_was_given_up_holds_no_sheet_up(demo: Demo) -> None:
    demo.rows("UPDATE tasks SET dead_at = 1 WHERE kind = 'photo-process'")
    assert demo.work("photo-export") == 3
    assert demo.exports() == [(role, "done") for role in ROLES]


def test_sheets_are_ordered_once_and_anew_when_they_are_forgotten(demo: Demo) -> None:
    demo.load("load")
    with demo.app.app_context():
        assert admin_jobs.renew_demo_sheets() == 0
        demo.work()
        demo.work("photo-export")
        assert admin_jobs.renew_demo_sheets() == 0
        demo.later(archive.KEPT_S + 5)
        assert jobs.forget_exports() == 3
        assert admin_jobs.renew_demo_sheets() == 3
    assert demo.work("photo-export") == 3
    assert demo.exports() == [(role, "done") for role in ROLES]


def test_each_record_is_tied_to_a_stamp_of_its_trip(demo: Demo) -> None:
    found = demo.rows(
        "SELECT r.trip = t.code, r.captured_at > s.captured_at, r.marks, r.practice "
        "FROM photo_records r JOIN stamps s ON s.token_sha256 = r.stamp_sha256 "
        "JOIN trips t ON t.id = s.trip_id"
    )
    assert found == [(1, 1, "", 1)] * 3
    [(late,)] = demo.rows("SELECT count(*) FROM photos WHERE arrived_at - captured_at > 86400")
    assert late == 0


def test_a_reset_takes_rows_and_files_and_brings_new_ones(demo: Demo) -> None:
    demo.work()
    demo.work("photo-export")
    before = {one for (one,) in demo.rows("SELECT id FROM photos")}
    assert len(demo.files()) == 36 + 3
    demo.load("reset")
    after = {one for (one,) in demo.rows("SELECT id FROM photos")}
    assert len(after) == 14
    assert not before & after
    assert demo.files() == ["original"] * 12
    assert demo.exports() == [(role, "waiting") for role in ROLES]
    assert demo.rows("PRAGMA foreign_key_check") == []
    assert list((demo.folder / "spool").glob("*")) == []


def test_a_task_of_a_photo_that_is_gone_does_no_harm(demo: Demo) -> None:
    demo.load("reset")
    demo.work()
    assert demo.states() == {"ready": 12, "expected": 2}
    with demo.app.app_context():
        assert outbox.claim(("photo-process",)) is None
    assert demo.work("photo-export") == 6
    assert demo.exports() == [(role, "done") for role in ROLES]


def test_the_pictures_are_those_that_the_tool_draws(tmp_path: Path) -> None:
    shipped = {path.stem: path.read_bytes() for path in gateways.PICTURES.glob("*.jpg")}
    assert set(shipped) == set(demo_pictures.PICTURES)
    assert max(map(len, shipped.values())) <= 40 * KB
    assert {Image.open(BytesIO(one)).size for one in shipped.values()} == {(1280, 960)}
    demo_pictures.PICTURES["lamp-1"]().save(tmp_path / "one.jpg")
    assert (tmp_path / "one.jpg").read_bytes() == shipped["lamp-1"]
