"""Bringing a file in from the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.directory.queries import entries as entries_q
from tests.directory import files
from tests.directory.desk import CHANGWON, JONGNO


def run(app: Flask, *words: str) -> Result:
    """Run a command of the directory."""
    return app.test_cli_runner().invoke(args=["directory", *words])


def counts(app: Flask) -> dict[str, int]:
    """The offices that have entries."""
    with app.app_context():
        return {one.name: one.entries for one in entries_q.list_offices() if one.entries}


def test_one_office_is_tried_out_brought_in_and_undone(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "명단.csv"
    path.write_bytes(files.sample())
    tried = run(app, "import", str(path), "--office", CHANGWON, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert f"{CHANGWON} rows 3 added 3" in tried.output
    assert counts(app) == {}
    done = run(app, "import", str(path), "--office", "경남 창원시")
    assert counts(app) == {CHANGWON: 3}
    again = run(app, "import", str(path), "--office", CHANGWON)
    assert "added 0 changed 0 handover 0 removed 0 same 3" in again.output
    found = re.search(r"run (\S+)", done.output)
    assert found
    assert "restored 3" in run(app, "undo", found[1]).output
    assert counts(app) == {}


def test_the_offices_of_a_column(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(files.nationwide(["경남 창원시", "서울 종로구", "어디시"]))
    done = run(app, "import", str(path), "--office-column")
    assert "unknown-office 2" in done.output
    assert counts(app) == {CHANGWON: 2, JONGNO: 2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--office NAME or --office-column"),
        (("--office", "중구"), "are called 중구"),
    ],
)
def test_what_is_wrong_is_said(
    app: Flask, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(files.sample())
    done = run(app, "import", str(path), *words)
    assert done.exit_code != 0
    assert said in done.output
    assert "no run x" in run(app, "undo", "x").output
