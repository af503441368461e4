"""The demonstration's directory: invented, labelled, new every day, and gone when it is reset."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.admin import jobs
from app.admin.service import demo as demo_service
from app.directory.service import practice
from tests.admin.conftest import import_tree
from tests.admin.test_demo import Demo
from tests.conftest import MakeApp
from tests.directory import living
from tests.scene import text_of

DAY = 86_400


@pytest.fixture
def demo(loaded: Path, make_app: MakeApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """A copy of the loaded demonstration."""
    import_tree(loaded, tmp_path / "instance")
    return Demo(make_app(), monkeypatch)


def test_there_are_three_thousand_labelled_people_in_twenty_offices(demo: Demo) -> None:
    [(people, offices)] = demo.rows(
        "SELECT count(*), count(DISTINCT id >> 16) FROM directory_entries"
    )
    assert (people, offices) == (3000, 20)
    [(named,)] = demo.rows(
        "SELECT count(*) FROM directory_entries WHERE name != '' AND name NOT LIKE '%○%'"
        " AND name NOT LIKE '%*%'"
    )
    assert 0.4 < named / people < 0.6
    assert demo.rows("SELECT count(*) FROM directory_entries WHERE phone NOT LIKE '%-000-%'") == [
        (0,)
    ]
    numbers = demo.rows("SELECT count(DISTINCT phone) FROM directory_entries")
    assert numbers[0][0] > 2950
    assert demo.rows("SELECT DISTINCT kind FROM directory_sources") == [("demo",)]
    assert demo.rows("SELECT count(*) > 100 FROM directory_changes WHERE kind = 'handover'") == [
        (1,)
    ]


def test_the_officer_is_told_of_who_came_today(demo: Demo) -> None:
    officer = demo.trial("officer")
    assert officer.get("/api/notices/live").json == {"unread": 1}
    page = text_of(officer.get("/notices"))
    assert "담당자가 바뀌었습니다" in page
    assert "청년 창업" in page
    opened = re.search(r'action="(/notices/[0-9a-f-]+/open)"', page)
    assert opened is not None
    entry = text_of(officer.get(officer.post(opened[1]).location))
    assert '<span class="badge warn">연습</span>' in entry
    assert entry.count("<time") >= 2, "seen first, and today"
    assert len(officer.get("/api/directory/mine").json["favourites"]) == 5  # type: ignore[index]
    assert "전기차 보조금" in text_of(officer.get("/directory/follows"))
    assert "다른 부서로 연결됩니다" in text_of(
        demo.trial("administrator").get("/directory/reports")
    )


def test_the_province_of_the_invented_town_comes_first(demo: Demo) -> None:
    offices = re.compile(r'<h2 id="office-\d+">(.*?)</h2>')
    for role in ("officer", "auditor", "administrator"):
        page = text_of(demo.trial(role).get("/directory?q=청년 창업"))
        found = offices.findall(page)
        assert "경상남도" in found[0], found[0]
    told = "SELECT count(*) FROM persons p JOIN organisations o ON o.id = p.organisation_id"
    own = demo.rows(f"{told} WHERE o.code = 'GAON-DEMO'")
    assert demo.rows("SELECT count(*) FROM directory_nears") == own


def test_somebody_new_comes_every_day_and_once_a_day(demo: Demo) -> None:
    officer = demo.trial("officer")
    before = demo.rows("SELECT count(*), max(told) > 0 FROM directory_runs")
    with demo.app.app_context():
        assert jobs.renew_demo_directory() == 0
    assert demo.rows("SELECT count(*), max(told) > 0 FROM directory_runs") == before
    demo.later(DAY)
    with demo.app.app_context():
        jobs.renew_demo_directory()
        jobs.renew_demo_directory()
    assert officer.get("/api/notices/live").json == {"unread": 2}
    bodies = [json.loads(one) for (one,) in demo.rows("SELECT body FROM notices ORDER BY id DESC")]
    assert bodies[0]["lines"][0]["before"] == bodies[1]["lines"][0]["after"]


def test_a_reset_leaves_nothing_of_it_and_loads_it_anew(demo: Demo) -> None:
    before = {row[0] for row in demo.rows("SELECT uid FROM directory_entries")}
    assert demo.flask("demo", "reset").output == "demo: reset\n"
    after = {row[0] for row in demo.rows("SELECT uid FROM directory_entries")}
    assert len(after) == 3000
    assert not before & after
    for table in ("directory_follows", "directory_favourites", "directory_reports", "notices"):
        rows = demo.rows(f"SELECT count(DISTINCT organisation_id) FROM {table}")  # noqa: S608
        assert rows == [(1,)], table
    assert demo.rows("PRAGMA foreign_key_check") == []
    assert demo.rows("SELECT count(*) FROM directory_index('\"청년\"')")[0][0] > 100
    with demo.app.app_context():
        practice.remove()
    assert demo.rows("SELECT count(*) FROM directory_index('\"청년\"')") == [(0,)]
    for table in ("entries", "changes", "runs", "sources"):
        assert demo.rows(f"SELECT count(*) FROM directory_{table}") == [(0,)], table  # noqa: S608
    assert demo.rows("SELECT sum(entries), max(seen_at) FROM directory_offices") == [(0, None)]


def test_a_reset_takes_what_administrators_left_too(demo: Demo) -> None:
    """An import with a problem and a run, a request, a changed synonym: none keeps anybody."""
    [(person, organisation)] = demo.rows(
        "SELECT id, organisation_id FROM persons WHERE role = 'administrator' AND organisation_id"
        " = (SELECT id FROM organisations WHERE practice) LIMIT 1"
    )
    demo.rows(
        "INSERT INTO directory_imports VALUES ('i', ?, ?, 'a.csv', x'00', 1, '{}', 'done', 1, 1,"
        " NULL, 1, 2)", organisation, person,
    )  # fmt: skip
    demo.rows("UPDATE directory_nears SET sido = '서울특별시' WHERE person_id = ?", person)
    demo.rows(
        "INSERT INTO directory_bulks VALUES ('b', ?, ?, 1, 'csv', 'done', 1, 1, 1)",
        organisation, person,
    )  # fmt: skip
    demo.rows("INSERT INTO directory_problems VALUES (1, 'i', 7, 'no-phone', '')")
    demo.rows(
        "UPDATE directory_runs SET import_id = 'i', batch = 'i'"
        " WHERE id = (SELECT min(id) FROM directory_runs)"
    )
    demo.rows("INSERT INTO directory_removals VALUES ('r', 1, 'name', x'01', ?, '요청', 1)", person)
    demo.rows("INSERT INTO directory_synonyms VALUES ('s', '아동수당,양육지원', ?, 1)", person)
    assert demo.flask("demo", "reset").output == "demo: reset\n"
    assert demo.rows("SELECT DISTINCT sido FROM directory_nears") == [("경상남도",)]
    for table in ("imports", "problems", "bulks"):
        assert demo.rows(f"SELECT count(*) FROM directory_{table}") == [(0,)], table  # noqa: S608
    left = demo.rows("SELECT office, what, mark, person_id, reason FROM directory_removals")
    assert left == [(1, "name", b"\x01", None, "")]  # whoever is hidden stays hidden
    assert demo.rows("SELECT changed_by FROM directory_synonyms WHERE id = 's'") == [(None,)]
    assert demo.rows("PRAGMA foreign_key_check") == []


def test_a_reset_that_fails_leaves_everything_as_it_was(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise RuntimeError

    before = demo.rows("SELECT uid FROM directory_entries ORDER BY id")
    monkeypatch.setattr(demo_service.erase_trips, "erase_organisation", fail)
    with demo.app.app_context(), pytest.raises(RuntimeError):
        demo_service.reset()
    assert demo.rows("SELECT uid FROM directory_entries ORDER BY id") == before
    assert demo.rows("SELECT count(*) FROM directory_index('\"청년\"')")[0][0] > 100


def test_an_office_with_real_entries_is_left_alone(demo: Demo) -> None:
    with demo.app.app_context():
        practice.remove()
        office = living.office_number()
        one = living.entry(office)
        living.put(office, one)
        assert jobs.renew_demo_directory() == 19
        jobs.renew_demo_directory()
        practice.remove()
    assert demo.rows("SELECT uid FROM directory_entries") == [(one.uid,)]
