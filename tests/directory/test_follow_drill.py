"""The drill of followers in short: the real worker, killed once; and it sees what is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from tests.bench.drills import follow_drill
from tests.bench.drills.follow_drill import Drill, Size
from tests.conftest import close

SHORT = Size(offices=2, rows=24, runs=1, changes=12, followers=12, kills=1)
TWICE = """INSERT INTO notices SELECT 'twice', person_id, organisation_id, kind, key || ':again',
    title, body, url, created_at, NULL FROM notices WHERE id = (SELECT min(id) FROM notices)"""
GONE = "DELETE FROM notices WHERE id = (SELECT max(id) FROM notices WHERE id != 'twice')"


def spoil(drill: Drill) -> None:
    """Tell one notice again, and lose another."""
    connection = sqlite3.connect(drill.home / "office.db")
    for statement in (TWICE, GONE):
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
    assert drill.kills == 1
    assert len(follow_drill.truth(drill)) > 20
    spoil(drill)
    assert follow_drill.judge(drill)[:2] == (1, 1)
    close(drill.app)
