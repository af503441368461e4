"""Counts only: no picture, device's address, face or person in tables, files, logs or answers."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.cafeteria.service import learning
from tests.cafeteria import privacy_search as search
from tests.cafeteria import private_lunch as lunch
from tests.cafeteria.counters import stop_clock
from tests.cafeteria.fault_lunch import ZERO
from tests.cafeteria.private_lunch import MAC, Eaten
from tests.cafeteria.stories import few_stories
from tests.factories import picture
from tests.scene import Scene, scene

__all__ = ["few_stories", "scene"]

pytestmark = pytest.mark.usefixtures("few_stories")

AFTER_S = 3 * 3600


@contextmanager
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Everything that the product logs, at any level."""
    log = logging.getLogger("app")
    log.propagate = True
    try:
        with caplog.at_level(logging.DEBUG, logger="app"):
            yield
    finally:
        log.propagate = False


def database(scene: Scene) -> Path:
    """Its file."""
    return scene.folder / "office.db"


def plain(eaten: Eaten) -> list[bytes]:
    """What was sent in and must be nowhere."""
    secret = eaten.counter.secret.encode()
    return [*search.forms_of(picture(7)), *search.forms_of_address(MAC), secret]


def test_no_column_could_hold_what_must_not_be_kept(scene: Scene) -> None:
    assert search.in_schema(database(scene)) == []


def test_what_is_allowed_is_there_and_nothing_else_is(scene: Scene) -> None:
    with closing(sqlite3.connect(database(scene))) as connection:
        names = search.canteen_tables(connection)
        columns = {
            f"{table}.{row[1]}"
            for table in names
            for row in connection.execute(f"PRAGMA table_info({table})")
        }
    assert len(names) >= 13
    assert set(search.OF_A_PERSON) | set(search.BLOBS) <= columns


@pytest.mark.parametrize(
    "column", ["person_id TEXT", "mac TEXT", "face_vector TEXT", "data BLOB", "noted_by TEXT",
               "who TEXT REFERENCES persons(id)", "source_ip TEXT", "frame TEXT"],
)  # fmt: skip
def test_a_column_that_should_not_be_is_found(scene: Scene, column: str) -> None:
    scene.rows(f"ALTER TABLE canteen_readings ADD COLUMN {column}")
    assert len(search.in_schema(database(scene))) >= 1


def test_nothing_of_a_lunch_stays_but_numbers(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    with heard(caplog):
        eaten = lunch.eat(scene)
        said = lunch.answers(scene, eaten)
    assert len(eaten.refused) == 5
    assert scene.rows("SELECT count(*) FROM canteen_check_ins") == [(3,)]
    assert scene.rows("SELECT count(*) FROM canteen_wishes") == [(3,)]
    assert scene.rows("SELECT count(*) >= 2 FROM canteen_taps") == [(1,)]
    assert search.in_rows(database(scene), eaten.who) == []
    assert search.beside_ids(database(scene), eaten.check_ins) == []
    assert search.in_files(scene.folder, plain(eaten)) == []
    secrets = [*eaten.who, *eaten.check_ins, eaten.counter.secret, MAC, "image", "/9j/"]
    assert search.in_log(caplog.records, secrets) == []
    routes = {str(getattr(one, "facts", {}).get("route")) for one in caplog.records}
    assert {lunch.CHECK_INS, f"{lunch.CHECK_INS}/<uuid:check_in_id>/served"} <= routes
    for name, text in said.items():
        assert search.in_answer(name, text, [*eaten.who, *eaten.check_ins]) == [], name
    sources = json.loads(said["live, own"])["lines"][0]["sources"]
    assert [one["count"] for one in sources if one["kind"] == "colleagues"] == [3]


def test_one_or_two_who_check_in_change_nothing(scene: Scene) -> None:
    eaten = lunch.open_lunch(scene)
    for second in range(10, 310, 10):
        lunch.report(scene, eaten, second)
    none = lunch.told(scene, eaten)
    for which in range(2):
        lunch.check_in(eaten, which)
        assert lunch.told(scene, eaten) == none
        with_new_memory = Eaten(
            eaten.made, eaten.counter, eaten.persons, eaten.staff_numbers, eaten.clients
        )
        assert lunch.told(scene, with_new_memory)[0] == none[0]
    for client, given in zip(eaten.clients, eaten.check_ins, strict=False):
        now = {"ago_ms": 0}
        assert client.post(f"{lunch.CHECK_INS}/{given}/served", json=now).status_code == 200
    assert lunch.told(scene, eaten) == none
    lunch.check_in(eaten, 2)
    tag, body = lunch.told(scene, eaten)
    assert tag != none[0]
    assert '"colleagues"' in body
    assert '"colleagues"' not in none[1]


def test_after_the_day_has_taught_no_check_in_is_left_on_the_disk(scene: Scene) -> None:
    eaten = lunch.eat(scene)
    ids = [one.encode() for one in eaten.check_ins]
    assert len(search.in_files(scene.folder, ids)) >= 3
    stop_clock(scene, ZERO + AFTER_S)
    with scene.app.app_context():
        assert learning.learn_due() >= 1
    assert scene.rows("SELECT count(*) FROM canteen_check_ins") == [(0,)]
    scene.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert search.in_files(scene.folder, ids) == []
    assert search.in_rows(database(scene), [*eaten.who, *eaten.check_ins]) == []


def test_what_is_planted_is_found(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Each search can find what it is for."""
    eaten = lunch.open_lunch(scene)
    lunch.check_in(eaten, 0)
    person, (check_in_id,) = eaten.persons[0], eaten.check_ins
    where = "UPDATE canteens SET name = ?"
    for text, wanted in ((person, person), (f"door {MAC}", "address"), ("/9j/4AAQSk", "base64")):
        scene.rows(where, text)
        (found,) = search.in_rows(database(scene), eaten.who)
        assert wanted in found
    assert search.in_files(scene.folder, [b"4AAQSk"]) != []
    scene.rows("UPDATE persons SET name = ? WHERE id = ?", check_in_id, person)
    assert len(search.beside_ids(database(scene), eaten.check_ins)) == 1
    (scene.folder / "spool.tmp").write_bytes(b"x" * 40 + picture(3))
    assert any("spool.tmp" in one for one in search.in_files(scene.folder, []))
    with heard(caplog):
        facts = {"route": lunch.CHECK_INS, "method": "POST", "status": 200, "ms": 1, "by": person}
        logging.getLogger("app.requests").info("request", extra={"facts": facts})
    assert len(search.in_log(caplog.records, eaten.who)) == 2
    assert search.in_answer("mine", f'{{"by": "{person}"}}', eaten.who) != []
