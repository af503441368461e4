"""Every periodic job runs, twice, and forgets only what is due."""

from __future__ import annotations

import io
import json
import logging
import time

import pytest

from app.accounts.rules import throttle
from app.core import jobs
from app.core.log import JsonLines
from app.worker import SCHEDULE
from tests.scene import Scene

DAY = 86_400


def run(scene: Scene) -> list[dict[str, object]]:
    """Run every job; what was logged."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("app")
    log.addHandler(handler)
    for entry in SCHEDULE:
        jobs.run_entry(scene.app, entry)
    log.removeHandler(handler)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_all_of_them_run_twice(scene: Scene) -> None:
    scene.stamp()
    for _ in range(2):
        said = run(scene)
        assert [one["event"] for one in said] == ["job done"] * len(SCHEDULE)
        assert [one["job"] for one in said] == [entry.name for entry in SCHEDULE]


def test_failures_are_forgotten_after_a_day(scene: Scene) -> None:
    given = {"organisation": "x", "staff_number": "y", "password": "z"}
    scene.visitor().post("/login", data=given)
    run(scene)
    assert scene.rows("SELECT count(*) FROM sign_in_failures") == [(1,)]
    scene.later(throttle.KEEP + 60)
    run(scene)
    assert scene.rows("SELECT count(*) FROM sign_in_failures") == [(0,)]


def test_sign_ins_that_nobody_uses_are_forgotten(scene: Scene) -> None:
    now = int(time.time())
    used, idle, ended = (scene.enter("officer") for _ in range(3))
    ids = [row[0] for row in scene.rows("SELECT id FROM sign_ins ORDER BY rowid")]
    scene.rows("UPDATE sign_ins SET last_seen = ? WHERE id = ?", now - 401 * DAY, ids[1])
    scene.rows("UPDATE sign_ins SET revoked_at = ? WHERE id = ?", now - 91 * DAY, ids[2])
    run(scene)
    assert scene.rows("SELECT id FROM sign_ins") == [(ids[0],)]
    assert used.get("/me").status_code == 200
    assert idle.get("/me").status_code == 302
    assert ended.get("/me").status_code == 302


def test_audit_keys_are_made_for_every_office_and_in_december_for_the_next_year(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.other_office()
    scene.rows("DELETE FROM audit_keys")
    run(scene)
    years = scene.rows("SELECT year, count(*) FROM audit_keys GROUP BY year ORDER BY year")
    assert years[0][1] == 2
    december = 1_796_515_200  # 2026-12-06
    monkeypatch.setattr("app.core.clock.now", lambda: december)
    scene.rows("DELETE FROM audit_keys")
    run(scene)
    years = scene.rows("SELECT year, count(*) FROM audit_keys GROUP BY year ORDER BY year")
    assert years == [(2026, 2), (2027, 2)]
    assert len(list((scene.folder / "keys").glob("audit-*-2027.pem"))) == 2


def test_a_stamp_of_new_years_night_is_opened_with_either_years_key(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = scene.stamp()
    new_year = 1_798_730_000  # 2027-01-01 00:13 in Korea
    monkeypatch.setattr("app.core.clock.now", lambda: new_year)
    state = scene.enter("officer").get("/api/state").get_json()
    assert state["audit_key"]["year"] == 2027
    assert scene.verdict(sent.url) == "valid"


def test_a_job_that_fails_is_logged_and_the_others_go_on(scene: Scene) -> None:
    def fail() -> None:
        """A fault with a name in it."""
        raise RuntimeError("홍길동")

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    logging.getLogger("app").addHandler(handler)
    jobs.run_entry(scene.app, jobs.Entry("broken", fail, jobs.hourly(minute=1)))
    logging.getLogger("app").removeHandler(handler)
    line = json.loads(out.getvalue())
    assert (line["event"], line["job"], line["exception"]) == (
        "job failed",
        "broken",
        "RuntimeError",
    )
    assert "홍길동" not in out.getvalue()


def test_the_worker_knows_every_job(scene: Scene) -> None:
    huey = jobs.make_huey(scene.app, SCHEDULE)
    try:
        names = {type(task).__name__ for task in huey._registry.periodic_tasks}
        assert names == {entry.name for entry in SCHEDULE}
    finally:
        huey.storage.close()
