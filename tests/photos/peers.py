"""What delivery is tested against: ready photos, and office systems that behave, or do not.

The systems are real: files in a folder, WsgiDAV in a process of its own, an HTTP server on
loopback that checks signatures. Each remembers what it took, so that "once" can be counted.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import insert, text, update

from app.core import db, http
from app.core.ids import new_id
from app.photos.gateways import storage
from app.photos.models import Connector, Photo
from app.photos.rules import names
from app.photos.rules.record import Promised, Record
from app.photos.service import connectors, deliver, hand_over
from tests.photos import helpers_office

if TYPE_CHECKING:
    from tests.factories import Office  # which makes foreign ids with what stands here
    from tests.scene import Scene

ACCOUNT, PASSWORD = "photos", "an office password"
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU="
Took = dict[str, str]


def ready_photo(office: Office, number: int = 0, size: int = 70_000, state: str = "ready") -> str:
    """A photo of a record of one's own, its copy in the store; the id. Commits by itself."""
    chance = random.Random(number)  # noqa: S311  repeatable on purpose
    content = b"\xff\xd8\xff\xe0" + chance.randbytes(size)
    now, board = int(time.time()), {"공사명": f"중앙로 {number}"}
    sha256 = hashlib.sha256(b"original" + content).digest()
    one = Promised(new_id(), sha256, 123_456, now, "before", "camera")
    found = Record(
        new_id(), office.code, office.staff_numbers["officer"], now, None, None, board, (one,),
        new_id(), None, False, "창원시",
    )  # fmt: skip
    values = helpers_office.here(one, state)
    copies = dict.fromkeys(names.SIZES, content)
    made = helpers_office.ready(office.organisation_id, one, copies)
    values |= made if state == "ready" else {}
    with db.transaction():
        signed = helpers_office.sign(office.phone, found)
        helpers_office.store_record(office.phone, found, signed)
        db.run(update(Photo).where(Photo.id == one.id).values(**values))
        hand_over.add_for_photo(office.organisation_id, one.id)
    return one.id


def connect(office: Office, kind: str, url: str, secret: str = "", account: str = "") -> str:
    """A connector as its administrator makes it, without the form; its id."""
    connector_id = new_id()
    row = {
        "id": connector_id, "organisation_id": office.organisation_id, "kind": kind,
        "name": kind, "url": url, "account": account, "enabled": True, "created_at": 1,
        **connectors._sealed(connector_id, secret),
    }  # fmt: skip
    with db.transaction():
        db.run(insert(Connector).values(row))
    return connector_id


@dataclass(frozen=True)
class Given:
    """A delivery and its connector, by id."""

    id: str
    connector_id: str


def dead_delivery(office: Office, kind: str = "folder") -> Given:
    """A delivery that was given up."""
    url = {"folder": "folder:X0/out?ack=wait"}.get(kind, "https://work.example.kr/in")
    connector_id = connect(office, kind, url, "a secret" if kind != "folder" else "")
    photo_id = ready_photo(office, size=10)
    mine = "connector_id = :connector AND photo_id = :photo"
    given = {"connector": connector_id, "photo": photo_id}
    with db.transaction():
        change = "UPDATE photo_deliveries SET state = 'dead', tries = 30, error = 'timeout' WHERE "
        db.run(text(change + mine), given)
    found = db.value(text(f"SELECT id FROM photo_deliveries WHERE {mine}"), given)  # noqa: S608
    return Given(found, connector_id)


def wanted(office: Office) -> Took:
    """What must arrive: the hash of each delivery's copy, by key, read from the store."""
    query = (
        "SELECT d.key, p.sha256, p.id FROM photo_deliveries d JOIN photos p ON p.id = d.photo_id"
    )
    found = {}
    for key, sha256, photo_id in db.rows(text(query)):
        name = names.derivative(office.organisation_id, sha256, photo_id, names.LARGE)
        found[key] = storage.store(http.config()).sha256(name).hex()
    return found


def states() -> Counter[str]:
    """How many deliveries are in each state."""
    return Counter(db.values(text("SELECT state FROM photo_deliveries")))


def row() -> dict[str, Any]:
    """The one delivery there is."""
    names_ = "id, key, state, tries, next_at, leased_until, error"
    [found] = db.rows(text(f"SELECT {names_} FROM photo_deliveries"))  # noqa: S608
    return dict(zip(names_.split(", "), found, strict=True))


def send(app: Flask, most: int = 50) -> int:
    """One round of the worker."""
    with app.app_context():
        return deliver.deliver_due(most, chance=lambda: 0.5)


def look_every(scene: Scene, moments: Iterable[int]) -> None:
    """Rounds of the worker at moments, in seconds from now."""
    for moment in moments:
        scene.later(moment)
        send(scene.app)


class SuddenEnd(BaseException):
    """What a SIGKILL is to a test in the same process: nothing of ours runs after it."""


@dataclass
class OtherSide:
    """The transfer system of a separated network: it takes what has a manifest, and says so."""

    folder: Path
    taken: Path
    keys: Counter[str] = field(default_factory=Counter)
    hashes: Took = field(default_factory=dict)
    torn: list[str] = field(default_factory=list)

    def take(self, answer: str = "ack") -> int:
        """Take everything that is there; how many. Takes no notice of keys: it counts them."""
        found = sorted(self.folder.glob("*.json"))
        for manifest in found:
            self._take(manifest)
            if answer:
                (self.folder / f"{manifest.stem}.{answer}").write_text("사진이 흐립니다\n둘째 줄")
        return len(found)

    def acknowledge(self) -> None:
        """Say of everything that it was taken."""
        for key in self.keys:
            (self.folder / f"{key}.ack").touch()

    def _take(self, manifest: Path) -> None:
        key, data = manifest.stem, json.loads(manifest.read_bytes())
        picture = self.folder / data["file"]["name"]
        content = picture.read_bytes() if picture.exists() else b""
        sha256 = hashlib.sha256(content).hexdigest()
        sums = self.folder / f"{key}.sha256"
        if sha256 != data["file"]["sha256"] or not sums.read_text().startswith(sha256):
            self.torn.append(key)
        self.keys[key] += 1
        self.hashes[key] = sha256
        for path in (manifest, sums, picture):
            path.rename(self.taken / path.name)


def other_side(folder: Path) -> OtherSide:
    """The other side of a hand-over folder, which is made."""
    taken = folder.parent / f"{folder.name}-taken"
    for one in (folder, taken):
        one.mkdir(parents=True)
    return OtherSide(folder, taken)


@dataclass
class Dav:
    """WsgiDAV over a folder, in a process of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its folder."""
        return f"http://127.0.0.1:{self.port}/in"

    def start(self) -> Dav:
        """Start it and wait until it listens."""
        (self.folder / "in").mkdir(parents=True, exist_ok=True)
        given = {
            "host": "127.0.0.1", "port": self.port, "verbose": 0, "server": "cheroot",
            "provider_mapping": {"/": str(self.folder)},
            "http_authenticator": {
                "accept_basic": True, "accept_digest": False, "default_to_digest": False,
            },
            "simple_dc": {"user_mapping": {"*": {ACCOUNT: {"password": PASSWORD}}}},
        }  # fmt: skip
        settings = self.folder.parent / "dav.json"
        settings.write_text(json.dumps(given))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wsgidav.server.server_cli", "-c", str(settings)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 30
        while not listens(self.port):
            assert self.process.poll() is None, "WsgiDAV ended"
            assert time.monotonic() < until, "WsgiDAV does not listen"
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def arrived(self) -> tuple[Took, list[str]]:
        """Hashes of what has a manifest, by key; and what is torn or left lying about."""
        found, faults = {}, []
        lying = {path.name for path in (self.folder / "in").iterdir()}
        for manifest in sorted((self.folder / "in").glob("*.json")):
            data = json.loads(manifest.read_bytes())
            picture = self.folder / "in" / data["file"]["name"]
            found[manifest.stem] = hashlib.sha256(picture.read_bytes()).hexdigest()
            if found[manifest.stem] != data["file"]["sha256"]:
                faults.append(manifest.stem)
            lying -= {manifest.name, picture.name, f"{manifest.stem}.sha256"}
        return found, faults + sorted(lying)


def listens(port: int) -> bool:
    """Whether somebody listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Hook(ThreadingHTTPServer):
    """A work system that takes webhooks; `moods` says how it treats the next requests.

    Moods: a status (`"503"`; with a body that is too long or breaks off: `"503 endless"`,
    `"503 broken"`), `before` (hangs up unread), `half` (hangs up in the middle),
    `after` (takes it and hangs up), `silent` (takes it, acknowledges nothing), `strange` (says
    it took another one), `moved`, `endless`, `slow` (answers after `slow_s`).
    """

    daemon_threads = True
    slow_s = 1.0

    def __init__(self, port: int = 0) -> None:
        """Listen on loopback."""
        super().__init__(("127.0.0.1", port), Answer)
        self.moods: list[str] = []
        self.keys: Counter[str] = Counter()
        self.hashes: Took = {}
        self.requests: list[dict[str, str]] = []
        self.manifests: list[dict[str, Any]] = []
        self.unsigned = 0
        self.again = 0
        self.says_409 = True
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/take"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone is none of our business."""

    def take(self, headers: Any, body: bytes) -> bool:
        """Take a delivery, once; whether it is new."""
        key = headers["webhook-id"]
        signed = f"{key}.{headers['webhook-timestamp']}.".encode() + body
        good = webhook_signature(signed)
        if not hmac.compare_digest(headers["webhook-signature"], good):
            self.unsigned += 1
        with self.lock:
            self.requests.append(dict(headers.items()))
            if key in self.keys:
                self.again += 1
                return False
            self.keys[key] += 1
            if headers["Content-Type"].startswith("multipart/"):
                self._keep(key, parts(headers["Content-Type"], body))
        return True

    def _keep(self, key: str, given: dict[str, bytes]) -> None:
        self.manifests.append(json.loads(given["manifest"]))
        self.hashes[key] = hashlib.sha256(given["file"]).hexdigest()
        if self.manifests[-1]["file"]["sha256"] != self.hashes[key]:
            self.unsigned += 1


def webhook_signature(signed: bytes) -> str:
    """The signature as a receiver computes it, from the standard's text and not by our code."""
    secret = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(secret, signed, "sha256").digest()
    return "v1," + base64.b64encode(digest).decode()


def parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """The parts of a multipart body, by name, as the standard library reads them."""
    whole = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {content_type}\r\n\r\n".encode() + body
    )
    found = {}
    for part in whole.iter_parts():
        name = part["Content-Disposition"].params["name"]
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(name)] = content
    return found


class Answer(BaseHTTPRequestHandler):
    """One request to a Hook."""

    server: Hook
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Treat it by the mood of the moment."""
        with self.server.lock:
            mood = self.server.moods.pop(0) if self.server.moods else ""
        length = int(self.headers["Content-Length"])
        if mood in {"before", "half"}:
            self.rfile.read(length // 2 if mood == "half" else 0)
            self._hang_up()
            return
        body = self.rfile.read(length)
        status, _, way = mood.partition(" ")
        if status.isdigit() or mood == "moved":
            self._answer(int(status) if status.isdigit() else 307, b"{}", way)
            return
        new = self.server.take(self.headers, body)
        self._acknowledge(mood, new)

    def _acknowledge(self, mood: str, new: bool) -> None:
        key = self.headers["webhook-id"]
        if mood == "after":
            self._hang_up()
            return
        if mood == "slow":
            time.sleep(self.server.slow_s)
        if not new and self.server.says_409:
            self._answer(409, b"{}")
            return
        told = {"silent": {}, "strange": {"ack": new_id()}}.get(mood, {"ack": key})
        padding = b" " * (200_000 if mood == "endless" else 0)
        self._answer(200, json.dumps(told).encode() + padding)

    def _answer(self, status: int, body: bytes, way: str = "") -> None:
        body += b" " * (200_000 if way == "endless" else 0)
        length = len(body) + (1 << 20 if way == "broken" else 0)
        self.close_connection = self.close_connection or bool(way)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:1/other")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


class Line:
    """A line to a loopback port that breaks once, at a point of the exchange of that number.

    An exchange is a piece that the client sends. Points: `before` it is passed on, `request` (half
    of it is), `answer` (it is, and the answer is lost), `half` (half of the answer comes).
    """

    def __init__(self, target: int) -> None:
        """Listen; nothing breaks yet."""
        self.target, self.left, self.point = target, -1, ""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.threads: list[threading.Thread] = []
        self._run(self._accept)

    def break_at(self, number: int, point: str) -> None:
        """Break the exchange that comes after so many others."""
        self.left, self.point = number, point

    def close(self) -> None:
        """End, once every connection has."""
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(10)
        self.listener.close()

    def _run(self, work: Any, *words: Any) -> None:
        thread = threading.Thread(target=work, args=words, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._run(self._pass_on, self.listener.accept()[0])

    def _pass_on(self, client: socket.socket) -> None:
        there = ("127.0.0.1", self.target)
        with client, contextlib.suppress(OSError), socket.create_connection(there) as server:
            self._exchange(client, server)

    def _exchange(self, client: socket.socket, server: socket.socket) -> None:
        """Pass pieces on as they come, until one side ends or it is time to break."""
        point = ""
        while True:
            for ready in select.select([client, server], [], [])[0]:
                piece = ready.recv(65536)
                if ready is client and piece:
                    self.left -= 1
                    point = self.point if self.left == -1 else point
                    if point in {"before", "request"}:
                        server.sendall(piece[: len(piece) // 2 if point == "request" else 0])
                        return
                elif ready is server and point:
                    client.sendall(piece[: len(piece) // 2 if point == "half" else 0])
                    return
                if not piece:
                    return
                (server if ready is client else client).sendall(piece)


@contextlib.contextmanager
def listening(port: int = 0) -> Iterator[Hook]:
    """A Hook for the length of a `with` block."""
    server = Hook(port)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def courier(instance: Path, *words: str) -> subprocess.Popen[bytes]:
    """A worker in a process of its own that does nothing but deliver; its first line says that it
    has begun."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.photos.courier", str(instance), *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == b"begun\n"
    return process


def kill_in_the_middle(instance: Path, after: float = 0.15) -> None:
    """SIGKILL to a courier that is at work."""
    process = courier(instance)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    assert process.poll() is None, "there was nothing left to do"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
