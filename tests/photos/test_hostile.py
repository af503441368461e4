"""Whatever is sent is refused with a reason or becomes two clean JPEGs; nothing else happens."""

from __future__ import annotations

import ast
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.photos.gateways import imaging
from app.photos.gateways.imaging import Made, UnfinishedError
from app.photos.rules import reasons
from app.photos.rules.anatomy import Refused
from tests.photos import corpus
from tests.photos.clean import MOST_KB, faults
from tests.photos.heic_maker import heic

HOSTILE = {name: (data, reason) for name, data, reason in corpus.hostile()}


def make(data: bytes, folder: Path) -> Made:
    """Run a file through the whole path."""
    source = folder / f"source-{time.monotonic_ns()}"
    source.write_bytes(data)
    work = folder / f"work-{time.monotonic_ns()}"
    work.mkdir()
    return imaging.make(source, work)


def assert_clean(made: Made) -> None:
    """Both derivatives are plain JPEGs that hold pixels and nothing else."""
    assert not faults(made)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    data, reason = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        make(data, tmp_path)
    assert refused.value.reason == reason
    assert refused.value.peak_kb <= MOST_KB


@pytest.mark.parametrize(
    "carried", [{"exif": corpus.exif()}, {"comment": b"x"}, {"progressive": True}]
)
def test_what_is_not_clean_is_found(carried: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "320.jpg").write_bytes(corpus.saved(corpus.plain(300, 200), **carried))
    assert faults(Made("jpeg", 300, 200, {320: tmp_path / "320.jpg"}, 1))


@pytest.mark.parametrize("name", corpus.good())
def test_what_it_carries_stays_behind(name: str, tmp_path: Path) -> None:
    data = corpus.good()[name]
    if name not in {"progressive", "lossless", "grid"}:
        assert corpus.SECRET in data
    assert_clean(make(data, tmp_path))


def test_a_whole_file_with_half_a_picture_is_no_danger(tmp_path: Path) -> None:
    assert_clean(make(corpus.png(400, 300, rows=100), tmp_path))


@pytest.mark.parametrize("behind", [b"", corpus.motion(), corpus.sef(), bytes(100)])
def test_what_a_phone_appends_stays_behind_too(behind: bytes, tmp_path: Path) -> None:
    made = make(corpus.good()["jpeg"] + corpus.good()["jpeg"] + behind, tmp_path)
    assert_clean(made)
    assert (made.width, made.height) == (400, 300)


def test_fifty_megapixels_stay_within_the_memory(tmp_path: Path) -> None:
    made = make(corpus.png(8192, 6144), tmp_path)
    assert_clean(made)
    assert made.peak_kb > 150_000  # the whole of it was decoded, and measured


def test_what_needs_more_memory_is_refused(tmp_path: Path) -> None:
    data = heic(2048, 3072, lambda _x, _y: (90, 128, 128), grid=(4, 2))  # tiles of no camera
    with pytest.raises(Refused) as refused:
        make(data, tmp_path)
    assert refused.value.reason == "too-much-memory"
    assert 50_000 < refused.value.peak_kb <= MOST_KB


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(name=st.sampled_from(sorted(corpus.good())), chance=st.randoms(use_true_random=False))
def test_mutations_end_in_a_reason_or_clean(
    name: str, chance: random.Random, tmp_path: Path
) -> None:
    found = outcome(corpus.mutated(corpus.good()[name], chance), tmp_path)
    assert found.peak_kb <= MOST_KB
    if isinstance(found, Refused):
        assert found.reason in reasons.WORDS
    else:
        assert_clean(found)


def outcome(data: bytes, folder: Path) -> Made | Refused:
    """What is made, or the refusal; anything else that is raised fails the test."""
    try:
        return make(data, folder)
    except Refused as refused:
        return refused


SHUT = """
import resource, runpy, socket, sys
sys.path += sys.argv[2:]
decoder = runpy.run_path(sys.argv[1], run_name="decoder")
decoder["limit"]()
decoder["shut"]()
def refused(verb):
    try:
        verb()
    except OSError as error:
        return error.errno
print([resource.getrlimit(what)[1] for what in (resource.RLIMIT_AS, resource.RLIMIT_CORE,
    resource.RLIMIT_NOFILE)], refused(lambda: open("/etc/hostname")), refused(socket.socket))
"""


def test_the_decoder_can_open_nothing_once_it_decodes() -> None:
    command = [sys.executable, "-I", "-c", SHUT, str(imaging.DECODER), *imaging.PACKAGES]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.strip() == "[300000000, 0, 0] 24 24", done.stderr  # 24: EMFILE


def test_the_decoder_imports_nothing_of_the_application() -> None:
    tree = ast.parse(imaging.DECODER.read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
    }  # fmt: skip
    roots = {name.partition(".")[0] for name in names}
    assert "PIL" in roots
    assert not roots & {"app", "flask", "sqlalchemy", "socket"}


STUCK = """
import subprocess, sys, time
def main(words):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    open("pid", "w").write(str(child.pid))
    time.sleep(60)
"""


def test_a_decoder_that_is_stuck_ends_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "stuck.py"
    program.write_text(STUCK)
    monkeypatch.setattr(imaging, "DECODER", program)
    monkeypatch.setattr(imaging, "WALL_S", 3.0)
    with pytest.raises(UnfinishedError):
        make(corpus.good()["jpeg"], tmp_path)
    child = int(next(tmp_path.glob("work-*/pid")).read_text())
    end = time.monotonic() + 5
    while alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(child)


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


ENDS = "import os, signal\ndef main(words):\n    "


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("os.kill(os.getpid(), signal.SIGXCPU)", "too-slow"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
        ("raise MemoryError", "too-much-memory"),
        ("print('{\"kind\": \"jpeg\", \"width\": 1, \"height\": 1, \"peak_kb\": 1}')\n"
         "    [open(path, 'wb').write(b'<script>') for path in words[3:]]", "crashed"),
    ],
)  # fmt: skip
def test_how_a_decoder_may_end(
    body: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ends.py"
    program.write_text(ENDS + body)
    monkeypatch.setattr(imaging, "DECODER", program)
    with pytest.raises(Refused, match=outcome):
        make(corpus.good()["jpeg"], tmp_path)


BUSY = """
import sys
def main(words):
    sys.path.append({folder!r})
    import decoder
    decoder.CPU_S = 1
    decoder.limit()
    while True:
        pass
"""


def test_a_picture_that_takes_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "busy.py"
    program.write_text(BUSY.format(folder=str(imaging.DECODER.parent)))
    monkeypatch.setattr(imaging, "DECODER", program)
    with pytest.raises(Refused, match="too-slow"):
        make(corpus.good()["jpeg"], tmp_path)


@pytest.mark.parametrize("body", ["raise OSError(28, 'disk full')", "print('nonsense')", "exit(3)"])
def test_a_fault_of_the_machine_is_not_the_pictures(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ends.py"
    program.write_text(ENDS + body)
    monkeypatch.setattr(imaging, "DECODER", program)
    with pytest.raises(UnfinishedError):
        make(corpus.good()["jpeg"], tmp_path)


def test_nothing_is_left_running(tmp_path: Path) -> None:
    make(corpus.good()["jpeg"], tmp_path)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert signal.getsignal(signal.SIGCHLD) in {signal.SIG_DFL, None}
