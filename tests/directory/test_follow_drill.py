"""The drill of followers in short: the real worker, killed once; and it sees what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from tests.bench.drills import follow_drill
from tests.bench.drills.follow_drill import Drill, Size
from tests.conftest import close

SHORT = Size(offices=3, rows=24, batches=1, changes=24, places=2, followers=12, kills=2)
TWICE = """INSERT INTO notices SELECT 'twice', person_id, organisation_id, kind, key || ':again',
    title, body, url, created_at, NULL, withdrawn_at, told FROM notices
    WHERE id = (SELECT min(id) FROM notices)"""
GONE = "DELETE FROM notices WHERE id = (SELECT max(id) FROM notices WHERE id != 'twice')"
COUNT = """SELECT coalesce(json_extract(body, '$.count'), 1) FROM notices
    WHERE id = (SELECT {} FROM notices)"""
UNMARKED = "UPDATE directory_tellings SET undone_at = NULL"


def spoil(drill: Drill, *statements: str) -> None:
    """Change what was told, past the product."""
    connection = sqlite3.connect(drill.home / "office.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_each_follower_is_told_once_though_the_worker_is_killed(
    installation: Path, tmp_path: Path
) -> None:
    home = tmp_path / "instance"
    shutil.copytree(installation, home)
    drill = follow_drill.set_up(SHORT, home, seed=7)
    follow_drill.play(drill)
    missed, doubled, said = follow_drill.judge(drill)
    assert (missed, doubled) == (0, 0), said
    assert drill.kills == 2
    assert len(follow_drill.truth(drill)) > 20
    twice, gone = drill.ask(COUNT.format("min(id)")), drill.ask(COUNT.format("max(id)"))
    spoil(drill, TWICE, GONE)
    assert follow_drill.judge(drill)[:2] == (gone, twice)
    spoil(drill, UNMARKED)
    assert follow_drill.judge(drill)[0] > gone, "the list must say what is void"
    close(drill.app)
