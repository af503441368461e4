"""The example of a counter: killed in the middle, every count arrives exactly once."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from werkzeug.serving import make_server

from app.cafeteria.service import ingest
from tests.cafeteria.counters import PATH, Counter, make_counter
from tests.house.source import ROOT
from tests.scene import Scene, scene

__all__ = ["scene"]
PROGRAM = ROOT / "docs" / "counters" / "counter.py"
GUIDE = ROOT / "docs" / "counters" / "README.md"
WAIT_S = 30.0


def load() -> ModuleType:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("counter_example", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def until(what: Callable[[], Any]) -> None:
    """Wait until something holds; a test that waits in vain fails."""
    for _ in range(int(WAIT_S / 0.02)):
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to that")


@dataclass
class Stage:
    """The product on a port of its own; the answer of chosen requests is held back."""

    scene: Scene
    hold: set[int] = field(default_factory=set)
    down: bool = False
    asked: int = 0
    held: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer, sometimes late: what was taken is taken."""
        self.asked += 1
        number = self.asked
        if self.down:
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        answer = [b"".join(self.scene.app(environ, start))]
        if number in self.hold:
            self.held.set()
            assert self.gate.wait(WAIT_S)
        return answer


@contextmanager
def serving(scene: Scene) -> Iterator[Stage]:
    """A server on loopback."""
    stage = Stage(scene)
    server = make_server("127.0.0.1", 0, stage, threaded=True)
    stage.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()


def start(stage: Stage, counter: Counter, folder: Path, period: str = "0.05") -> subprocess.Popen:
    """The program, as somebody would start it."""
    secret = folder / "secret.txt"
    secret.write_text(counter.secret + "\n")
    words = [
        sys.executable, str(PROGRAM), "--url", stage.url, "--device", counter.id,
        "--secret-file", str(secret), "--queue", str(folder / "counter.db"), "--period", period,
    ]  # fmt: skip
    log = (folder / "log.txt").open("ab")
    try:
        return subprocess.Popen(words, stdin=subprocess.PIPE, stderr=log, text=True)
    finally:
        log.close()


def tell(program: subprocess.Popen, *lines: str) -> None:
    """What the sensor says."""
    assert program.stdin is not None
    program.stdin.write("".join(f"{line}\n" for line in lines))
    program.stdin.flush()


def finish(program: subprocess.Popen) -> None:
    """The sensor ends; the program sends what waits and ends too."""
    assert program.stdin is not None
    program.stdin.close()
    assert program.wait(WAIT_S) == 0


def on_disk(folder: Path) -> int:
    """People whom the program has written down and not given up yet."""
    base = sqlite3.connect(folder / "counter.db", timeout=10)
    try:
        [(tally,)] = base.execute("SELECT coalesce(sum(people), 0) FROM tally")
        said = [json.loads(row[0]) for row in base.execute("SELECT said FROM waiting")]
    finally:
        base.close()
    return int(tally) + sum(one["in"] for one in said)


def arrived(counter: Counter) -> int:
    """People who came in, by what the product has stored."""
    return sum(row[0] or 0 for row in counter.rows("entered"))


def test_killed_between_taking_and_answering_it_loses_and_doubles_nobody(
    scene: Scene, tmp_path: Path
) -> None:
    counter = make_counter(scene, period_s=60)
    with serving(scene) as stage:
        stage.hold = {2}
        program = start(stage, counter, tmp_path)
        tell(program, *["in"] * 7)
        assert stage.held.wait(WAIT_S)  # taken, and the program does not know it
        tell(program, *["in 2"] * 5)
        until(lambda: arrived(counter) + on_disk(tmp_path) >= 17)
        program.send_signal(signal.SIGKILL)
        program.wait()
        assert program.stdin is not None
        program.stdin.close()
        stage.gate.set()
        twice = start(stage, counter, tmp_path)
        tell(twice, "in", "out 3", "in")
        finish(twice)
    assert arrived(counter) == 19
    assert sum(row[0] for row in counter.rows("left")) == 3
    assert counter.row("fault") == (None,)
    assert on_disk(tmp_path) == 0


def test_what_waits_goes_out_together_when_the_server_is_back(scene: Scene, tmp_path: Path) -> None:
    counter = make_counter(scene, period_s=60)
    with serving(scene) as stage:
        stage.down = True
        program = start(stage, counter, tmp_path, period="0.02")
        tell(program, *["in"] * 30)
        until(lambda: stage.asked >= 1 and on_disk(tmp_path) == 30)
        program.send_signal(signal.SIGKILL)
        program.wait()
        assert program.stdin is not None
        program.stdin.close()
        stage.down, before = False, stage.asked
        finish(start(stage, counter, tmp_path, period="60"))
        assert arrived(counter) == 30
        readings = len(counter.rows())
        assert stage.asked - before <= -(-readings // 100) + 1


def test_a_reading_that_is_refused_does_not_stop_the_others(scene: Scene, tmp_path: Path) -> None:
    counter = make_counter(scene, "in")
    module = load()
    with serving(scene) as stage:
        queue = module.Queue(tmp_path / "counter.db")
        queue.say({"in": 1})
        queue.say({"count": 5})  # the counter was not put up for that
        queue.say({"in": 2})
        sender = module.Sender(stage.url, counter.id, counter.secret, queue)
        assert sender.send() > 0
        assert sender.send() == 0
        kept = queue.base.execute("SELECT said, why FROM refused").fetchall()
        assert (queue.size(), kept) == (0, [('{"count": 5}', "bad-input")])
        assert arrived(counter) == 3
        queue.base.close()


def test_a_wrong_secret_throws_nothing_away(scene: Scene, tmp_path: Path) -> None:
    counter, module = make_counter(scene, "in"), load()
    with serving(scene) as stage:
        queue = module.Queue(tmp_path / "counter.db")
        queue.say({"in": 1})
        sender = module.Sender(stage.url, counter.id, "0" * 64, queue)
        waits = [sender.send() for _ in range(8)]
        assert queue.size() == 1
        assert waits[0] <= 2.0
        assert 30.0 <= waits[-1] <= 60.0
        queue.base.close()


def test_a_number_is_never_used_again(tmp_path: Path) -> None:
    module, began = load(), int(time.time() * 1000)
    queue = module.Queue(tmp_path / "counter.db")
    for _ in range(3):
        queue.say({"in": 1})
    numbers = [one["seq"] for one in queue.oldest(100)]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert numbers[0] > began  # one that was lost began earlier, and adds less than 1000 a second
    queue.done(numbers)
    queue.base.close()
    again = module.Queue(tmp_path / "counter.db")
    again.say({"in": 1})
    assert [one["seq"] for one in again.oldest(100)] == [numbers[-1] + 1]
    again.base.close()


def vector() -> dict[str, str]:
    """The signature's test vector as the guide prints it."""
    text = GUIDE.read_text(encoding="utf-8")
    block = text.partition("<!-- vector -->")[2].partition("<!-- end -->")[0]
    return dict(re.findall(r"^(secret|body|header) +(.+)$", block, re.MULTILINE))


def test_the_guide_s_signature_is_right() -> None:
    found = vector()
    key, body = found["secret"].encode(), found["body"].encode()
    right = "v1=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    assert found["header"] == f"X-Canteen-Signature: {right}"
    assert load().sign(found["secret"], body) == right
    sketch = (GUIDE.parent / "counter_esp32" / "counter_esp32.ino").read_text(encoding="utf-8")
    assert found["secret"] in sketch
    assert right in sketch
    assert ingest.SIGNATURE.fullmatch(right)
    line = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", found["secret"]],
        input=body, capture_output=True, check=True,
    )  # fmt: skip
    assert line.stdout.decode().strip().endswith(right[3:])


def test_the_example_of_the_page_works_in_a_terminal(scene: Scene, tmp_path: Path) -> None:
    for tool in ("openssl", "curl"):
        if not any((Path(at) / tool).exists() for at in os.environ["PATH"].split(":")):
            pytest.skip(f"no {tool} here")
    counter = make_counter(scene)
    client = scene.enter("administrator")
    html = client.post(f"/canteen/devices/{counter.id}/secret").get_data(as_text=True)
    found = re.search(r'id="made-example">(.*?)</pre>', html, re.DOTALL)
    assert found is not None
    with serving(scene) as stage:
        lines = found[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
        script = lines.replace("http://localhost", stage.url)
        done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout)["accepted"] == 1
    assert counter.rows("entered, left") == [(1, 0)]
    assert PATH in script
