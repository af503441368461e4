"""Hand-over to WebDAV, against WsgiDAV in a process of its own, over lines that break."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from webdav4 import client

from app.core.reach import Allowed
from app.photos.gateways import careful
from app.photos.gateways.webdav import Webdav
from app.photos.rules.delivery import Failure, Parcel
from app.photos.service import deliver
from tests.photos import peers
from tests.photos.peers import ACCOUNT, PASSWORD, Dav
from tests.scene import Scene, scene

__all__ = ["scene"]
HERE = Allowed(private=True, loopback=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dav]:
    """The office's WebDAV server, for the tests of this file."""
    server = Dav(tmp_path_factory.mktemp("dav") / "files", peers.free_port()).start()
    yield server
    server.stop()


@pytest.fixture
def dav(running: Dav) -> Dav:
    """The server with an empty folder."""
    for path in (running.folder / "in").iterdir():
        path.unlink()
    return running


def connect(scene: Scene, url: str, secret: str = PASSWORD) -> None:
    """A connector to an address."""
    with scene.app.app_context():
        peers.connect(scene.office, "webdav", url, secret, ACCOUNT)


def photo(scene: Scene, number: int = 0) -> None:
    """A photo with its delivery."""
    with scene.app.app_context():
        peers.ready_photo(scene.office, number)


def state_of(scene: Scene) -> dict[str, Any]:
    """The one delivery."""
    with scene.app.app_context():
        return peers.row()


def all_arrived(scene: Scene, dav: Dav) -> None:
    """Every file is there, equal, whole, and nothing else is."""
    with scene.app.app_context():
        assert set(peers.states()) == {"done"}
        expected = peers.wanted(scene.office)
    found, faults = dav.arrived()
    assert found == expected
    assert faults == []


def test_a_photo_arrives_with_its_data(scene: Scene, dav: Dav) -> None:
    connect(scene, dav.url)
    photo(scene)
    assert peers.send(scene.app) == 1
    all_arrived(scene, dav)
    assert peers.send(scene.app) == 0


def test_a_wrong_password_is_told_and_gives_no_photo_up(scene: Scene, dav: Dav) -> None:
    connect(scene, dav.url, "wrong")
    photo(scene)
    for turn in range(40):
        scene.later(turn * 4_000)
        peers.send(scene.app)
    waiting = state_of(scene)
    assert (waiting["state"], waiting["error"]) == ("waiting", "status:401")
    assert waiting["tries"] == 0
    assert scene.rows("SELECT blocked FROM photo_deliveries") == [(40,)]


def laid(scene: Scene, dav: Dav) -> str:
    """A photo that is handed over but for its last move; the name of its manifest."""
    connect(scene, dav.url)
    photo(scene)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Webdav, "publish", lambda *_: (_ for _ in ()).throw(peers.SuddenEnd))
        with pytest.raises(peers.SuddenEnd):
            peers.send(scene.app)
    assert state_of(scene)["state"] == "sent"
    scene.later(1_000)
    return f"{state_of(scene)['key']}.json"


def test_a_folder_that_went_away_before_the_last_move_is_no_hand_over(
    scene: Scene, dav: Dav
) -> None:
    laid(scene, dav)
    away = dav.folder / "away"
    (dav.folder / "in").rename(away)
    assert peers.send(scene.app) == 0
    told = state_of(scene)
    away.rename(dav.folder / "in")
    assert (told["state"], told["error"]) == ("sent", "no-folder")
    scene.later(9_000)
    assert peers.send(scene.app) == 1
    all_arrived(scene, dav)


def test_a_manifest_that_was_lost_before_the_last_move_is_laid_again(
    scene: Scene, dav: Dav
) -> None:
    name = laid(scene, dav)
    (dav.folder / "in" / f"{name}.tmp").unlink()
    assert peers.send(scene.app) == 1
    assert (dav.folder / "in" / name).exists()
    all_arrived(scene, dav)


def test_a_missing_folder_is_told(scene: Scene, dav: Dav) -> None:
    connect(scene, dav.url + "/nowhere")
    photo(scene)
    peers.send(scene.app)
    assert state_of(scene)["error"] == "no-folder"
    assert not (dav.folder / "in" / "nowhere").exists()


def test_a_server_that_is_down_is_waited_for(scene: Scene, dav: Dav) -> None:
    connect(scene, dav.url)
    for number in range(3):
        photo(scene, number)
    dav.stop()
    for turn in range(12):
        scene.later(turn * 4_000)
        assert peers.send(scene.app) == 0
    with scene.app.app_context():
        assert set(peers.states()) == {"waiting"}
    dav.start()
    scene.later(60_000)
    assert peers.send(scene.app) == 3
    all_arrived(scene, dav)


def test_a_half_written_file_is_found_and_written_again(
    scene: Scene, dav: Dav, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server keeps half of what it was sent, and says that all is well."""
    connect(scene, dav.url)
    photo(scene)
    real = Webdav._put

    def half(self: Webdav, name: str, content: bytes) -> None:
        client = self.system.client
        upload = client.upload_fileobj

        def torn(file: Any, *words: Any, **more: Any) -> None:
            upload(file, *words, **more)
            path = dav.folder / "in" / words[0]
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

        client.upload_fileobj = torn
        real(self, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(Webdav, "_put", half)
        peers.send(scene.app)
    assert state_of(scene)["error"] == "half-written"
    assert not list((dav.folder / "in").glob("*.jpg"))
    scene.later(60)
    assert peers.send(scene.app) == 1
    all_arrived(scene, dav)


@pytest.mark.parametrize("point", ["before", "request", "answer", "half"])
def test_a_line_that_breaks_at_every_exchange(scene: Scene, dav: Dav, point: str) -> None:
    """Each try breaks one exchange later than the one before it, until none is left to break."""
    line = peers.Line(dav.port)
    connect(scene, f"http://127.0.0.1:{line.port}/in")
    photo(scene)
    for number in itertools.count():
        line.break_at(number, point)
        scene.later(number * 40_000)
        if peers.send(scene.app):
            break
        assert number < 80
    line.close()
    assert number >= 3
    all_arrived(scene, dav)


def ends_at(step: int, patch: pytest.MonkeyPatch) -> None:
    """Let the worker end suddenly before or after one of the steps of its way."""
    made = itertools.count(1)

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*words: Any, **more: Any) -> Any:
            if next(made) == step:
                raise peers.SuddenEnd
            result = real(*words, **more)
            if next(made) == step:
                raise peers.SuddenEnd
            return result

        return stepped

    patch.setattr(deliver, "_keep", around(deliver._keep))
    for name in ("_put", "_move"):
        patch.setattr(Webdav, name, around(getattr(Webdav, name)))


def test_a_sudden_end_at_any_step_hands_over_once(scene: Scene, dav: Dav, tmp_path: Path) -> None:
    """The office takes everything at once, so a second hand-over could not be hidden."""
    connect(scene, dav.url)
    side = peers.OtherSide(dav.folder / "in", tmp_path / "taken")
    side.taken.mkdir()
    for step in itertools.count(1):
        photo(scene, step)
        with pytest.MonkeyPatch.context() as patch:
            ends_at(step, patch)
            try:
                lived = bool(peers.send(scene.app))
            except peers.SuddenEnd:
                lived = False
        side.take(answer="")
        scene.later(step * 4_000)
        peers.send(scene.app)
        side.take(answer="")
        if lived:
            break
    assert step > 12
    with scene.app.app_context():
        assert set(peers.states()) == {"done"}
        assert side.hashes == peers.wanted(scene.office)
    assert set(side.keys.values()) == {1}
    assert not side.torn


def test_a_kill_in_the_middle_hands_over_once(scene: Scene, dav: Dav) -> None:
    connect(scene, dav.url)
    for number in range(6):
        photo(scene, number)
    peers.kill_in_the_middle(scene.folder)
    for turn in range(1, 4):
        scene.later(turn * 4_000)
        peers.send(scene.app)
    all_arrived(scene, dav)


def test_trying_out_leaves_nothing_behind(dav: Dav) -> None:
    gateway = Webdav(dav.url, ACCOUNT, PASSWORD, HERE)
    gateway.test("0123")
    gateway.close()
    assert list((dav.folder / "in").iterdir()) == []
    gateway = Webdav(dav.url, ACCOUNT, "wrong", HERE)
    with pytest.raises(Failure, match="status:401"):
        gateway.test("0123")
    gateway.close()


@pytest.mark.parametrize("mood", ["moved", "endless", "503"])
def test_answers_that_lead_elsewhere_or_never_end(
    mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.photos.gateways.webdav.LARGEST_ANSWER", 10_000)
    monkeypatch.setattr(peers.Answer, "do_PUT", peers.Answer.do_POST, raising=False)
    told = {"moved": "redirect", "endless": "long-answer", "503": "status:503"}[mood]
    with peers.listening() as server:
        server.moods = [mood] * 3
        monkeypatch.setattr(server, "take", lambda *_: True)
        gateway = Webdav(server.url, "", "", HERE)
        with pytest.raises(Failure, match=told):
            gateway.test("0123")
        gateway.close()


@pytest.mark.parametrize(("mood", "told"), [("moved", "redirect"), ("200 endless", "long-answer")])
def test_a_page_of_somebody_else_gives_no_photo_up(
    scene: Scene, dav: Dav, monkeypatch: pytest.MonkeyPatch, mood: str, told: str
) -> None:
    """Looked at every few seconds, as the worker does, and then for hours."""
    asked = []

    def answer(self: peers.Answer) -> None:
        asked.append(self.command)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(307 if mood == "moved" else 200, b"<html>", mood.partition(" ")[2])

    for method in ("PROPFIND", "PUT", "GET", "HEAD", "MOVE"):
        monkeypatch.setattr(peers.Answer, f"do_{method}", answer, raising=False)
    with peers.listening() as balancer, monkeypatch.context() as patch:
        patch.setattr("app.photos.gateways.webdav.LARGEST_ANSWER", 10_000)
        connect(scene, balancer.url)
        for number in range(3):
            photo(scene, number)
        peers.look_every(scene, range(0, 1100, 5))
        at_first = len(asked)
        peers.look_every(scene, range(1200, 9 * 3600, 600))
    assert at_first <= 4, asked  # at once, and ten minutes later: one photo for all
    assert scene.rows("SELECT DISTINCT state, tries FROM photo_deliveries") == [("waiting", 0)]
    assert (told,) in scene.rows("SELECT error FROM photo_deliveries")
    scene.rows("UPDATE photo_connectors SET url = ?", dav.url)
    scene.later(11 * 3600)
    assert peers.send(scene.app) == 3
    all_arrived(scene, dav)


@contextlib.contextmanager
def telling(body: bytes) -> Iterator[tuple[str, list[str]]]:
    """A server that says every thing is there, in a given body; its address, and the depths that it
    was asked for."""
    depths: list[str] = []

    class Teller(BaseHTTPRequestHandler):
        """Answers PROPFIND."""

        def do_PROPFIND(self) -> None:
            """Tell it."""
            depths.append(self.headers.get("Depth", "infinity"))
            self.send_response(207)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Teller) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/in/", depths
        server.shutdown()


@pytest.mark.parametrize(("entries", "there"), [(300, True), (80_000, False)])
def test_a_long_list_never_reaches_the_parser(
    entries: int, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    real = client.parse_multistatus_response

    def keep(answer: Any) -> Any:
        """Note that it is read."""
        read.append(len(answer.content))
        return real(answer)

    monkeypatch.setattr(client, "parse_multistatus_response", keep)
    start = b'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">'
    with telling(start + b"<a/>" * entries + b"</d:multistatus>") as (url, depths):
        gateway = Webdav(url, "", "", HERE)
        with pytest.raises(Failure, match="long-answer") if not there else nullcontext():
            assert gateway.prepare(Parcel("k", b"x", "0", b"{}"))
        gateway.close()
    assert depths == ["0"]
    assert len(read) == int(there)


def test_everything_together_has_an_end(
    scene: Scene, dav: Dav, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(careful.Careful.__init__, "__defaults__", (0.0,))
    connect(scene, dav.url)
    photo(scene)
    peers.send(scene.app)
    assert state_of(scene)["error"] == "timeout"
