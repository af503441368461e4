"""Migrations are numbered, run up and down with data in them, and end where the models are."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, Table

from app.core.db import db
from tests.house.source import ROOT
from tests.photos import peers
from tests.scene import Scene, scene

__all__ = ["scene"]

VERSIONS = ROOT / "migrations" / "versions"
NAME = re.compile(r"(\d{4})_[a-z0-9]+(_[a-z0-9]+)*\.py")


def misnamed(names: list[str]) -> list[str]:
    """Names that are not 0001_what_it_does.py, or leave a gap in the numbers."""
    numbers = [int(match[1]) if (match := NAME.fullmatch(name)) else -1 for name in sorted(names)]
    wanted = list(range(1, len(names) + 1))
    return [
        name
        for name, number, want in zip(sorted(names), numbers, wanted, strict=True)
        if number != want
    ]


def is_table(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a name is one of the models' tables, and none that a full-text index keeps."""
    return kind != "table" or not (name or "").startswith("directory_index")


def differences(metadata: MetaData) -> list[object]:
    """What autogenerate would still change in the database."""
    with db.engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": True, "include_name": is_table}
        context = MigrationContext.configure(connection, opts=opts)
        return list(compare_metadata(context, metadata))


def rows(path: Path) -> dict[str, int]:
    """How many rows each table of a SQLite file holds; its checks must be clean."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        listed = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE 'directory_index%'"
        ).fetchall()
        counted = {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for (name,) in listed
        }
    connection.close()
    return counted


@pytest.fixture
def filled(app: Flask) -> Iterator[Flask]:
    """An application with the demonstration's data in every table it fills."""
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 0, result.output
    yield app
    with app.app_context():
        db.session.remove()


def database(app: Flask) -> Path:
    """The SQLite file of an application."""
    return Path(app.extensions["office_config"].instance_dir) / "office.db"


def test_names_are_numbered_without_a_gap() -> None:
    names = [path.name for path in VERSIONS.glob("*.py")]
    assert names
    assert misnamed(names) == []


def test_one_line_of_revisions_in_the_order_of_the_numbers() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    line = [Path(one.path).name for one in script.walk_revisions()]
    assert line == sorted(line, reverse=True)
    assert [one.revision for one in script.walk_revisions()] == [name[:4] for name in line]
    assert len(script.get_heads()) == 1


def test_models_equal_migrations(app: Flask) -> None:
    with app.app_context():
        assert differences(db.metadata) == []


def test_down_and_up_again_with_data(filled: Flask) -> None:
    steps = len(list(VERSIONS.glob("*.py")))
    before = rows(database(filled))
    assert sum(before.values()) > 100
    with filled.app_context():
        for _ in range(steps):
            downgrade(revision="-1")
            db.session.remove()
            rows(database(filled))
        assert set(rows(database(filled))) <= {"alembic_version"}
        for _ in range(steps):
            upgrade(revision="+1")
            rows(database(filled))
        assert differences(db.metadata) == []
    again = filled.test_cli_runner().invoke(args=["demo", "load"])
    assert again.exit_code == 0, again.output
    assert set(rows(database(filled))) == set(before)


def test_older_deliveries_that_may_have_arrived_are_marked(scene: Scene) -> None:
    with scene.app.app_context():
        late = peers.dead_delivery(scene.office)
        peers.ready_photo(scene.office, 1)
        downgrade(revision="0003")
        scene.rows("UPDATE photo_deliveries SET error = 'status:409' WHERE id != ?", late.id)
        upgrade()
    found = "SELECT error, perhaps_there FROM photo_deliveries ORDER BY error"
    assert scene.rows(found) == [("status:409", None), ("timeout", 1)]


def test_the_last_step_keeps_the_rows_of_earlier_ones(filled: Flask) -> None:
    """From the second migration on: down by one and up again loses no row of a table that stays."""
    if len(list(VERSIONS.glob("*.py"))) < 2:
        assert misnamed(["0001_first.py"]) == []
        return
    before = rows(database(filled))
    with filled.app_context():
        downgrade(revision="-1")
        kept = rows(database(filled))
        upgrade()
    after = rows(database(filled))
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize(
    "names", [["0002_x.py"], ["0001_x.py", "0003_y.py"], ["abc_x.py"], ["0001_Big.py"]]
)
def test_a_wrong_name_is_found(names: list[str]) -> None:
    assert misnamed(names)


def test_a_difference_is_found(app: Flask) -> None:
    other = MetaData()
    Table("never_migrated", other, Column("id", Integer, primary_key=True))
    with app.app_context():
        assert differences(other)
