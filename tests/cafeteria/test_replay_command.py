"""`flask cafeteria replay`: estimates of a recorded lunch, what it taught, and its errors."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.cafeteria.lunches import REPORTING, lunch, reports


def record(folder: Path, seed: int) -> tuple[Path, Path]:
    """Files of a lunch: reports and truth."""
    day, folder = lunch(seed), folder / str(seed)
    folder.mkdir()
    events, truth = folder / "events.csv", folder / "truth.csv"
    rows = reports(day, REPORTING["noise"], seed)
    lines = [f"{one.t:.1f},{one.device},{one.kind},{one.value:g}" for one in rows]
    events.write_text("\n".join(["t,device,kind,value", *lines, ""]))
    lines = [f"{one.t:g},{one.queue},{one.wait_s:.1f}" for one in day.truth()]
    truth.write_text("\n".join(["t,queue,wait_s", *lines, ""]))
    return events, truth


def run(app: Flask, *given: object) -> Result:
    """The command."""
    return app.test_cli_runner().invoke(args=["cafeteria", "replay", *map(str, given)])


def test_a_lunch_is_estimated_scored_and_learned_from(app: Flask, tmp_path: Path) -> None:
    events, truth = record(tmp_path, 1)
    out, state = tmp_path / "estimates.csv", tmp_path / "state.json"
    done = run(app, events, "--out", out, "--learn", state, "--truth", truth)
    assert done.exit_code == 0, done.output
    assert "mae_over_2" in done.output
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert list(rows[0]) == ["t", "q10", "q50", "q90"]
    assert [float(one["t"]) for one in rows] == [10.0 * at for at in range(721)]
    assert all(float(one["q10"]) <= float(one["q50"]) <= float(one["q90"]) for one in rows)
    taught = json.loads(state.read_text())
    assert taught["days"] == 1
    first = out.read_bytes()
    assert run(app, events, "--out", out).exit_code == 0  # nothing known, nothing learned
    assert out.read_bytes() == first
    assert json.loads(state.read_text()) == taught
    assert run(app, events, "--out", out, "--learn", state).exit_code == 0
    assert json.loads(state.read_text())["days"] == 2
    assert out.read_bytes() != first


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ("t,kind,value\n", 1), ("t,device,kind,value\n1,a,in,1\nx,a,in,1\n", 3),
     ("t,device,kind,value\n1,a,in\n", 2)],
)  # fmt: skip
def test_a_file_that_is_no_recording_is_refused_with_its_line(
    app: Flask, tmp_path: Path, text: str, line: int
) -> None:
    events, out = tmp_path / "events.csv", tmp_path / "out.csv"
    events.write_text(text)
    done = run(app, events, "--out", out)
    assert done.exit_code == 1
    assert f"events.csv, line {line}" in done.output
    assert not out.exists()


def test_what_lunches_taught_is_not_overwritten_when_it_cannot_be_read(
    app: Flask, tmp_path: Path
) -> None:
    events, _ = record(tmp_path, 2)
    state = tmp_path / "state.json"
    for text in ("{", "[]", '{"profile": []}', '{"profile": [1, -1]}', '{"profile": [1], "x": 2}'):
        state.write_text(text)
        done = run(app, events, "--out", tmp_path / "out.csv", "--learn", state)
        assert done.exit_code == 1
        assert "state.json" in done.output
        assert state.read_text() == text
        assert not (tmp_path / "out.csv").exists()
