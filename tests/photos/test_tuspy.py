"""Two foreign clients, tuspy and tus-js-client, upload through our server, which is killed in
between: the real one, in processes of its own."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app.core.ids import from_b64u
from app.photos.rules import names
from app.photos.rules.receipt import read_receipt
from app.trips.service import signing
from tests import factories
from tests.bench import stage
from tests.conftest import close, make_app_in
from tests.factories import SentRecord
from tests.scene import Scene
from tools.setup import ROOT, node

client_module = pytest.importorskip("tusclient.client", reason="requirements-dev.txt")
requests = pytest.importorskip("requests", reason="requirements-dev.txt")
TusCommunicationError = pytest.importorskip("tusclient.exceptions").TusCommunicationError
TUS_JS = ROOT / "node_modules" / "tus-js-client"
SIZE, CHUNK = 1_500_000, 40_000


@dataclass
class Place:
    """A running product, and an office in it."""

    server: stage.Server
    scene: Scene

    @property
    def endpoint(self) -> str:
        """Where uploads are opened."""
        return f"{self.server.url}/api/photos/uploads"

    def record(self, seed: int) -> tuple[SentRecord, str]:
        """A record of one large picture that the server has received, and its ticket."""
        whole = b"\xff\xd8\xff\xe0" + random.Random(seed).randbytes(SIZE)  # noqa: S311
        with self.scene.app.app_context():
            sent = factories.photo_record(self.scene.phone, whole)
        path = f"{self.server.url}/api/photos/records"
        answer = requests.post(path, json=sent.body, timeout=30)
        assert answer.status_code == 200, answer.text
        return sent, str(answer.json()["ticket"])

    def check(self, sent: SentRecord, ticket: str) -> None:
        """Ask for the receipt, and see that it is true."""
        [(photo_id, whole)] = sent.pictures.items()
        path = f"{self.server.url}/api/photos/{photo_id}/receipt"
        headers = {"Authorization": f"Bearer {ticket}"}
        answer = requests.post(path, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        with self.scene.app.app_context():
            receipt = read_receipt(signing.read_statement(from_b64u(answer.json()["receipt"])))
        digest = hashlib.sha256(whole).digest()
        assert (receipt.sha256, receipt.id) == (digest, photo_id)
        name = names.original(self.scene.office.organisation_id, digest, photo_id)
        assert (self.scene.folder / "files" / name).read_bytes() == whole

    @contextmanager
    def killed(self, times: int) -> Iterator[None]:
        """The server is killed so often at odd moments, and started again."""

        def kill() -> None:
            """What a power cut does, more or less."""
            for _ in range(times):
                time.sleep(random.uniform(0.05, 0.15))  # noqa: S311
                self.server.kill()
                self.server.start()

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            yield
        finally:
            killer.join()


@pytest.fixture(scope="module")
def place(installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The product with one office, on a port of its own."""
    folder = tmp_path_factory.mktemp("tus") / "instance"
    shutil.copytree(installation, folder)
    app = make_app_in(folder, {})
    server = stage.Server(stage.settings(folder, stage.free_port()))
    try:
        yield Place(server.start(), Scene(app))
    finally:
        server.kill()
        close(app)


def uploader(place: Place, sent: SentRecord, ticket: str, **more: Any) -> Any:
    """tuspy's uploader for the record's photo."""
    [(photo_id, whole)] = sent.pictures.items()
    client = client_module.TusClient(place.endpoint, headers={"Authorization": f"Bearer {ticket}"})
    return client.uploader(
        file_stream=BytesIO(whole), metadata={"photo": photo_id}, chunk_size=CHUNK, **more
    )


@pytest.mark.parametrize("with_checksum", [False, True])
def test_tuspy_uploads(place: Place, with_checksum: bool) -> None:
    sent, ticket = place.record(1 + with_checksum)
    uploader(place, sent, ticket, upload_checksum=with_checksum).upload()
    place.check(sent, ticket)


def test_tuspy_uploads_while_the_server_is_killed(place: Place) -> None:
    sent, ticket = place.record(3)
    first = uploader(place, sent, ticket)
    first.upload_chunk()
    out, offset, failures = CHUNK, CHUNK, 0
    with place.killed(2):
        while offset < len(*sent.pictures.values()):
            try:
                again = uploader(place, sent, ticket, url=first.url, upload_checksum=True)
                assert again.offset >= offset, "what was acknowledged is there"
                offset = again.offset
                while offset < again.stop_at:
                    out += again.get_request_length()
                    again.upload_chunk()
                    offset = again.offset
                    time.sleep(0.005)
            except TusCommunicationError:
                failures += 1
                time.sleep(0.05)
    assert failures >= 1
    assert out - len(*sent.pictures.values()) <= 2 * CHUNK
    place.check(sent, ticket)


def test_phones_that_fall_silent_shut_nobody_out(place: Place) -> None:
    sent, ticket = place.record(9)
    upload = uploader(place, sent, ticket)
    upload.upload_chunk()
    head = (
        f"PATCH {upload.url.removeprefix(place.server.url)} HTTP/1.1\r\nHost: x\r\n"
        f"Tus-Resumable: 1.0.0\r\nAuthorization: Bearer {ticket}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {CHUNK}\r\n"
        "Content-Length: 500000\r\n\r\n"
    )
    address = ("127.0.0.1", place.server.port)
    silent = [socket.create_connection(address) for _ in range(24)]
    try:
        for one in silent:
            one.sendall(head.encode() + bytes(1000))
        time.sleep(0.5)
        began = time.monotonic()
        assert requests.get(f"{place.server.url}/health/live", timeout=20).status_code == 200
        assert time.monotonic() - began < 5
    finally:
        for one in silent:
            one.close()
    again = uploader(place, sent, ticket, url=upload.url)
    assert again.offset >= CHUNK


def tus_js(place: Place, file: Path, sent: SentRecord, ticket: str, override: str) -> int:
    """Upload with tus-js-client; how many bytes it sent."""
    [(photo_id, whole)] = sent.pictures.items()
    file.write_bytes(whole)
    script = str(Path(__file__).with_name("tus_upload.js"))
    command = [node(), script, place.endpoint, ticket, photo_id, str(file), str(CHUNK), override]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["sent"])


@pytest.mark.skipif(not TUS_JS.exists(), reason="NOT RUN: tus-js-client is not installed")
@pytest.mark.parametrize("override", ["", "override"])
def test_tus_js_client_uploads_while_the_server_is_killed(
    place: Place, tmp_path: Path, override: str
) -> None:
    sent, ticket = place.record(5 + len(override))
    with place.killed(1):
        out = tus_js(place, tmp_path / "photo.jpg", sent, ticket, override)
    assert out - len(*sent.pictures.values()) <= CHUNK
    place.check(sent, ticket)
