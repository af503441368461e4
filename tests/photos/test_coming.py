"""Who asks how much of a photo has arrived waits for the piece that just comes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from app.photos.gateways.coming import Coming
from app.photos.service import uploads
from tests.photos.sender import Sender
from tests.scene import Scene

HOLD = """
import sys, time
from pathlib import Path
from app.photos.gateways.coming import Coming
with Coming(Path(sys.argv[1])).announce("a"):
    print("holds", flush=True)
    time.sleep(60)
"""


def test_one_waits_until_every_piece_has_come(tmp_path: Path) -> None:
    coming = Coming(tmp_path / "deep" / "coming.lock")
    assert coming.wait("a", 0)
    with coming.announce("a"):
        with coming.announce("a"):
            assert not coming.wait("a", 0.05)
            assert coming.wait("b", 0)
        assert not coming.wait("a", 0)
    assert coming.wait("a", 0)


def test_a_killed_process_holds_up_nobody(tmp_path: Path) -> None:
    path = tmp_path / "coming.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"holds\n"
        assert not Coming(path).wait("a", 0)
        other.kill()
        assert Coming(path).wait("a", 5)


def test_where_it_stands_is_told_when_the_piece_is_there(app: Flask) -> None:
    sender = Sender(Scene(app))
    sender.create()
    with app.app_context():
        coming = uploads.coming()
    holds, asked = threading.Event(), threading.Event()

    def send() -> None:
        """Hold the upload as a request does whose body is still in the network's buffers."""
        with coming.announce(sender.url.rsplit("/", 1)[1]):
            holds.set()
            asked.wait(10)
            time.sleep(0.2)
            assert sender.patch(0, sender.whole[:100]).status_code == 204

    phone = threading.Thread(target=send)
    phone.start()
    assert holds.wait(10)
    asked.set()
    assert sender.offset == 100
    phone.join()
