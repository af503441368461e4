"""A phone that sends photos: its record, its ticket, and each request of tus by name."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from werkzeug.test import TestResponse

from app.core.ids import from_b64u
from app.photos.rules.receipt import Receipt, read_receipt
from app.trips.service import signing
from tests import factories
from tests.factories import Phone, SentRecord
from tests.scene import Scene

UPLOADS = "/api/photos/uploads"
PIECE = "application/offset+octet-stream"


def checksum(algorithm: str, piece: bytes) -> str:
    """The header Upload-Checksum of a piece."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, piece).digest()).decode()}"


def metadata(photo_id: str) -> str:
    """The header Upload-Metadata of a photo."""
    return f"photo {base64.b64encode(photo_id.encode()).decode()}"


class Sender:
    """A phone with one record in its queue, which the server has received."""

    def __init__(
        self, scene: Scene, *pictures: bytes, phone: Phone | None = None, **changes: Any
    ) -> None:
        """Sign a record of the pictures (one small JPEG when there are none) and send it."""
        self.scene = scene
        self.client = scene.visitor()
        with scene.app.app_context():
            self.sent: SentRecord = factories.photo_record(
                phone or scene.phone, *pictures, **changes
            )
        answer = self.client.post("/api/photos/records", json=self.sent.body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        self.ticket = str(answer.get_json()["ticket"])
        self.url = ""

    @property
    def photo_id(self) -> str:
        """The first photo."""
        return self.sent.photo_ids[0]

    @property
    def whole(self) -> bytes:
        """The first photo's bytes."""
        return self.sent.pictures[self.photo_id]

    def ask(self, method: str, path: str, headers: dict[str, str], **more: Any) -> TestResponse:
        """One request; a header given as "" is left out."""
        usual = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.ticket}"}
        sent = {name: text for name, text in (usual | headers).items() if text}
        answer = self.client.open(path, method=method, headers=sent, **more)
        if path.startswith(UPLOADS):
            assert answer.headers["Tus-Resumable"] == "1.0.0"
            assert answer.headers["Cache-Control"] == "no-store"
        return answer

    def create(self, photo_id: str = "", headers: dict[str, str] | None = None) -> TestResponse:
        """POST: open the upload of a photo (the first unless told) and remember where it is."""
        name = photo_id or self.photo_id
        size = str(len(self.sent.pictures.get(name, b"")))
        usual = {"Upload-Length": size, "Upload-Metadata": metadata(name)}
        answer = self.ask("POST", UPLOADS, usual | (headers or {}))
        self.url = answer.headers.get("Location", self.url)
        return answer

    def head(self, headers: dict[str, str] | None = None) -> TestResponse:
        """HEAD: where the upload stands."""
        return self.ask("HEAD", self.url, headers or {})

    @property
    def offset(self) -> int:
        """Where the upload stands."""
        answer = self.head()
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def patch(
        self, at: int, piece: bytes, headers: dict[str, str] | None = None, method: str = "PATCH"
    ) -> TestResponse:
        """PATCH: another piece."""
        usual = {"Upload-Offset": str(at), "Content-Type": PIECE}
        return self.ask(method, self.url, usual | (headers or {}), data=piece)

    def delete(self) -> TestResponse:
        """DELETE: give the upload up."""
        return self.ask("DELETE", self.url, {})

    def receipt(self, photo_id: str = "") -> TestResponse:
        """Ask for a photo's receipt."""
        return self.ask("POST", f"/api/photos/{photo_id or self.photo_id}/receipt", {})

    def send(self) -> TestResponse:
        """Everything from creation to the receipt."""
        assert self.create().status_code == 201
        assert self.patch(0, self.whole).status_code == 204
        return self.receipt()

    def spool(self) -> bytes:
        """What lies on the disk of the upload."""
        return (self.scene.folder / "spool" / self.url.rpartition("/")[2]).read_bytes()

    def state(self) -> tuple[str, bool]:
        """State of the first photo's row, and whether it holds a receipt."""
        [row] = self.scene.rows(
            "SELECT state, receipt IS NOT NULL FROM photos WHERE id = ?", self.photo_id
        )
        return str(row[0]), bool(row[1])


def read(scene: Scene, answer: TestResponse) -> Receipt:
    """The receipt in an answer, its signature checked by the key that phones pin."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    with scene.app.app_context():
        return read_receipt(signing.read_statement(from_b64u(answer.get_json()["receipt"])))


def refusal(answer: TestResponse) -> tuple[int, str, str]:
    """`(status, code, reason)`."""
    body = answer.get_json()
    return answer.status_code, body["code"], body.get("reason", "")
