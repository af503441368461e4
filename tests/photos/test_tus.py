"""tus 1.0 at our server, by the list of cases that tusd's own handler is tested with."""

from __future__ import annotations

import fcntl
import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from app.core.db import transaction
from app.photos.rules.tus import MAX_PIECE
from app.photos.service import settings, tickets, uploads
from app.photos.service.settings import Settings
from tests import factories
from tests.photos.sender import PIECE, UPLOADS, Sender, checksum, metadata, refusal
from tests.scene import Scene


@pytest.fixture
def sender(scene: Scene) -> Sender:
    """A phone whose record has arrived, with its upload open."""
    found = Sender(scene)
    assert found.create().status_code == 201
    return found


# --- OPTIONS ---


def test_options_discovery(sender: Sender) -> None:
    for path in (UPLOADS, sender.url):
        answer = sender.ask("OPTIONS", path, {"Tus-Resumable": "", "Authorization": ""})
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert answer.headers["Tus-Extension"] == "creation,checksum,expiration,termination"
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
        assert answer.headers["Tus-Max-Size"] == str(40 * 1024 * 1024)


@pytest.mark.parametrize("version", ["", "0.1.1", "1.0.1", "x"])
def test_options_invalid_version(sender: Sender, version: str) -> None:
    said = {"Tus-Resumable": version}
    asked: list[Callable[[], object]] = [
        lambda: sender.create(headers=said),
        lambda: sender.head(said),
        lambda: sender.patch(0, b"x", said),
        lambda: sender.ask("DELETE", sender.url, said),
    ]
    for one in asked:
        answer = one()
        assert answer.status_code == 412  # type: ignore[attr-defined]
        assert answer.headers["Tus-Version"] == "1.0.0"  # type: ignore[attr-defined]
    assert sender.offset == 0


# --- POST ---


def test_post_create(scene: Scene) -> None:
    sender = Sender(scene)
    answer = sender.create()
    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(f"{UPLOADS}/")
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    assert answer.data == b""
    assert sender.offset == 0


def test_post_create_is_idempotent_for_each_photo(scene: Scene) -> None:
    sender = Sender(scene, factories.picture(1), factories.picture(2))
    first = sender.create().headers["Location"]
    sender.patch(0, sender.whole[:100])
    assert sender.create().headers["Location"] == first
    assert sender.offset == 100
    assert sender.create(sender.sent.photo_ids[1]).headers["Location"] != first


def test_post_create_at_once_opens_one_upload(scene: Scene) -> None:
    sender = Sender(scene)
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {sender.ticket}",
        "Upload-Length": str(len(sender.whole)), "Upload-Metadata": metadata(sender.photo_id),
    }  # fmt: skip

    def create(_number: int) -> str:
        """Where the upload is."""
        answer = FlaskClient(scene.app).post(UPLOADS, headers=headers)
        return answer.headers["Location"]

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(create, range(18)))) == 1


def test_post_create_empty_upload(scene: Scene) -> None:
    sender = Sender(scene)
    answer = sender.create(headers={"Upload-Length": "0"})
    assert refusal(answer) == (400, "bad-upload", "length")


def test_post_create_exceeding_max_size_fail(scene: Scene) -> None:
    answer = Sender(scene).create(headers={"Upload-Length": str(40 * 1024 * 1024 + 1)})
    assert refusal(answer)[:2] == (413, "too-large")


@pytest.mark.parametrize("length", ["", "-5", "x", "1.0", "٣", "9" * 20])
def test_post_invalid_upload_length_fail(scene: Scene, length: str) -> None:
    answer = Sender(scene).create(headers={"Upload-Length": length.encode().decode("latin-1")})
    assert refusal(answer) == (400, "bad-upload", "length")


@pytest.mark.parametrize("header", ["Upload-Defer-Length", "Upload-Concat"])
def test_post_extension_that_is_not_offered_fail(scene: Scene, header: str) -> None:
    answer = Sender(scene).create(headers={header: "1"})
    assert refusal(answer) == (400, "bad-upload", "extension")


@pytest.mark.parametrize(
    "text", ["", "name aGVsbG8=", "photo", "photo !!", "photo aGVsbG8=", "photo /w==", "photo x y"]
)
def test_post_metadata_without_a_photo_fail(scene: Scene, text: str) -> None:
    answer = Sender(scene).create(headers={"Upload-Metadata": text})
    assert refusal(answer) == (400, "bad-upload", "metadata")


def test_post_other_metadata_is_ignored(scene: Scene) -> None:
    sender = Sender(scene)
    said = f"name INVALID!, empty, {metadata(sender.photo_id)} ,type aW1hZ2U="
    assert sender.create(headers={"Upload-Metadata": said}).status_code == 201


def test_post_body_is_not_taken_for_a_piece(scene: Scene) -> None:
    """creation-with-upload is not offered: a body changes nothing."""
    sender = Sender(scene)
    usual = {"Upload-Length": str(len(sender.whole)), "Upload-Metadata": metadata(sender.photo_id)}
    answer = sender.ask("POST", UPLOADS, usual | {"Content-Type": PIECE}, data=b"hello")
    assert answer.status_code == 201
    assert "Upload-Offset" not in answer.headers
    sender.url = answer.headers["Location"]
    assert sender.offset == 0


def test_post_photo_of_another_record_fail(scene: Scene) -> None:
    one, other = Sender(scene), Sender(scene)
    answer = one.create(other.photo_id, {"Upload-Length": str(len(other.whole))})
    assert refusal(answer)[:2] == (404, "not-found")


def test_post_photo_that_has_arrived_fail(scene: Scene) -> None:
    sender = Sender(scene)
    assert sender.send().status_code == 200
    assert refusal(sender.create())[:2] == (409, "photo-arrived")


# --- tickets ---


def test_ticket_is_needed_everywhere(sender: Sender) -> None:
    for ticket, reason in (("", "missing"), ("Basic eDp5", "missing"), ("Bearer x", "forged")):
        said = {"Authorization": ticket}
        assert refusal(sender.create(headers=said)) == (401, "bad-ticket", reason)
        assert refusal(sender.patch(0, b"x", said)) == (401, "bad-ticket", reason)
        assert sender.head(said).status_code == 401
        path = f"/api/photos/{sender.photo_id}/receipt"
        assert refusal(sender.ask("POST", path, said)) == (401, "bad-ticket", reason)


def test_ticket_of_another_record_opens_nothing(scene: Scene, sender: Sender) -> None:
    other = Sender(scene)
    said = {"Authorization": f"Bearer {other.ticket}"}
    assert refusal(sender.patch(0, b"x", said))[:2] == (404, "not-found")
    assert sender.head(said).status_code == 404
    assert sender.ask("DELETE", sender.url, said).status_code == 404
    path = f"/api/photos/{sender.photo_id}/receipt"
    assert sender.ask("POST", path, said).status_code == 404
    assert sender.offset == 0


def test_ticket_expires_after_thirty_days(scene: Scene, sender: Sender) -> None:
    scene.later(30 * 24 * 3600 - 60)
    assert sender.create().status_code == 201
    scene.later(30 * 24 * 3600 + 60)
    assert refusal(sender.create()) == (401, "bad-ticket", "expired")


def test_ticket_is_no_session_and_a_session_no_ticket(scene: Scene) -> None:
    sender = Sender(scene)
    sender.client = scene.enter("officer")
    answer = sender.create(headers={"Authorization": ""})
    assert refusal(answer) == (401, "bad-ticket", "missing")
    assert scene.visitor().get("/me", headers={"Authorization": sender.ticket}).status_code == 302


def test_ticket_of_another_purpose_is_refused(scene: Scene, sender: Sender) -> None:
    scene.patch.setattr(tickets, "SALT", "photo-file")
    with scene.app.app_context():
        other = tickets.give(sender.sent.record.id)
    scene.patch.undo()
    assert sender.head({"Authorization": f"Bearer {other}"}).status_code == 401


# --- HEAD ---


def test_head_status(sender: Sender) -> None:
    sender.patch(0, sender.whole[:44])
    answer = sender.head()
    assert answer.status_code == 200
    assert answer.headers["Upload-Offset"] == "44"
    assert answer.headers["Upload-Length"] == str(len(sender.whole))
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    assert answer.data == b""


def test_head_tells_the_metadata_as_it_was_given(scene: Scene) -> None:
    sender = Sender(scene)
    given = f"filename eC5qcGc=,{metadata(sender.photo_id)},empty"
    assert sender.create(headers={"Upload-Metadata": given}).status_code == 201
    assert sender.head().headers["Upload-Metadata"] == given
    assert sender.create().status_code == 201  # the living one again
    assert sender.head().headers["Upload-Metadata"] == given


def test_head_upload_not_found_fail(sender: Sender) -> None:
    sender.url = f"{UPLOADS}/00000000-0000-7000-8000-000000000000"
    answer = sender.head()
    assert answer.status_code == 404
    assert answer.data == b""
    assert "Upload-Offset" not in answer.headers


def test_an_address_that_is_none_speaks_tus_too(sender: Sender) -> None:
    sender.url = f"{UPLOADS}/yes"
    assert sender.head().status_code == 404


# --- PATCH ---


def test_patch_upload_chunk(sender: Sender) -> None:
    answer = sender.patch(0, sender.whole[:5])
    assert answer.status_code == 204
    assert answer.headers["Upload-Offset"] == "5"
    assert answer.headers["Upload-Expires"].endswith(" GMT")
    answer = sender.patch(5, sender.whole[5:])
    assert answer.headers["Upload-Offset"] == str(len(sender.whole))
    assert sender.spool() == sender.whole


def test_patch_method_overriding(sender: Sender) -> None:
    override = "X-HTTP-Method-Override"
    answer = sender.patch(0, sender.whole[:9], {override: "PATCH"}, method="POST")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "9")
    answer = sender.ask("POST", sender.url, {override: "HEAD"})
    assert (answer.status_code, answer.headers["Upload-Offset"], answer.data) == (200, "9", b"")
    assert sender.ask("POST", sender.url, {override: "delete"}).status_code == 204
    assert sender.head().status_code == 404


@pytest.mark.parametrize("method", ["", "GET", "PUT", "POST", "OPTIONS"])
def test_post_to_an_upload_without_a_known_override_fail(sender: Sender, method: str) -> None:
    answer = sender.ask("POST", sender.url, {"X-HTTP-Method-Override": method})
    assert answer.status_code == 405
    assert "PATCH" in answer.headers["Allow"]


def test_patch_upload_chunk_to_finished(sender: Sender) -> None:
    size = len(sender.whole)
    sender.patch(0, sender.whole)
    answer = sender.patch(size, b"")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(size))
    assert refusal(sender.patch(size, b"x"))[:2] == (413, "too-large")
    assert sender.spool() == sender.whole


def test_patch_upload_not_found_fail(sender: Sender) -> None:
    sender.url = f"{UPLOADS}/00000000-0000-7000-8000-000000000000"
    assert refusal(sender.patch(5, b"hello"))[:2] == (404, "not-found")


@pytest.mark.parametrize("at", [0, 4, 6, 10**14])
def test_patch_mismatching_offset_fail(sender: Sender, at: int) -> None:
    sender.patch(0, sender.whole[:5])
    answer = sender.patch(at, sender.whole[at : at + 5])
    assert refusal(answer)[:2] == (409, "wrong-offset")
    assert answer.get_json()["offset"] == 5
    assert sender.spool() == sender.whole[:5]


def test_patch_exceeding_max_size_fail(sender: Sender) -> None:
    sender.patch(0, sender.whole[:5])
    assert refusal(sender.patch(5, sender.whole[5:] + b"more"))[:2] == (413, "too-large")
    assert sender.offset == 5


@pytest.mark.parametrize("kind", ["", "application/fail", "application/octet-stream", "image/jpeg"])
def test_patch_invalid_content_type_fail(sender: Sender, kind: str) -> None:
    answer = sender.patch(0, b"hello", {"Content-Type": kind})
    assert refusal(answer)[:2] == (415, "not-a-piece")
    assert sender.offset == 0


@pytest.mark.parametrize("at", ["", "-5", "five", "1e3", "+0"])
def test_patch_invalid_offset_fail(sender: Sender, at: str) -> None:
    answer = sender.patch(0, b"hello", {"Upload-Offset": at})
    assert refusal(answer) == (400, "bad-upload", "offset")


def test_patch_of_a_mebibyte_is_taken_and_one_byte_more_is_not(scene: Scene) -> None:
    whole = factories.picture(3) + bytes(MAX_PIECE + 10)
    sender = Sender(scene, whole)
    sender.create()
    assert refusal(sender.patch(0, whole[: MAX_PIECE + 1]))[:2] == (413, "too-large")
    assert sender.offset == 0
    assert sender.patch(0, whole[:MAX_PIECE]).headers["Upload-Offset"] == str(MAX_PIECE)
    assert sender.patch(MAX_PIECE, whole[MAX_PIECE:]).status_code == 204


def streamed(sender: Sender, body: io.RawIOBase | io.BytesIO, length: int | None) -> int:
    """PATCH a stream as a server that ends streams by itself does; the status."""
    environ: dict[str, object] = {"wsgi.input": body, "wsgi.input_terminated": True}
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {sender.ticket}",
        "Upload-Offset": "0", "Content-Type": PIECE,
    }  # fmt: skip
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    client = FlaskClient(sender.scene.app)
    return client.patch(sender.url, headers=headers, environ_overrides=environ).status_code


def test_patch_overflow_without_length(scene: Scene) -> None:
    """A stream of unknown length: its end is found, and more than a piece is refused."""
    whole = factories.picture(4) + bytes(2 * MAX_PIECE)
    sender = Sender(scene, whole)
    sender.create()
    assert streamed(sender, io.BytesIO(whole), None) == 413
    assert sender.offset == 0
    assert streamed(sender, io.BytesIO(whole[:MAX_PIECE]), None) == 204
    assert sender.offset == MAX_PIECE


class Breaking(io.RawIOBase):
    """A connection that breaks after some bytes: by an error, or by just ending."""

    def __init__(self, given: bytes, error: Exception | None) -> None:
        """Keep what comes before the break."""
        self.left = io.BytesIO(given)
        self.error = error

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """What is left, then the break."""
        some = self.left.read(min(len(buffer), 7))
        if not some and self.error is not None:
            raise self.error
        buffer[: len(some)] = some
        return len(some)


@pytest.mark.parametrize("error", [ConnectionResetError(), OSError("broken pipe"), None])
def test_patch_body_read_error_keeps_what_came(sender: Sender, error: Exception | None) -> None:
    streamed(sender, Breaking(sender.whole[:50], error), len(sender.whole))
    assert sender.spool() == sender.whole[:50]
    assert sender.patch(50, sender.whole[50:]).status_code == 204
    assert sender.receipt().status_code == 200


def test_patch_stop_upload_by_a_short_body(sender: Sender) -> None:
    """The test client's stream does not end by itself: werkzeug tells of the disconnection."""
    headers = {"Content-Length": str(len(sender.whole))}
    sender.patch(0, sender.whole[:30], headers)
    assert sender.offset == 30


def test_patch_at_once_takes_each_piece_once(sender: Sender) -> None:
    headers = {
        "Tus-Resumable": "1.0.0", "Authorization": f"Bearer {sender.ticket}",
        "Content-Type": PIECE,
    }  # fmt: skip

    def patch(number: int) -> int:
        """The status of one of many tabs that send the same pieces."""
        at = number % 4 * 50
        said = headers | {"Upload-Offset": str(at)}
        client = FlaskClient(sender.scene.app)
        return client.patch(sender.url, data=sender.whole[at : at + 50], headers=said).status_code

    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            assert set(pool.map(patch, range(24))) <= {204, 409, 423}
    assert sender.spool() == sender.whole[:200]


def test_patch_locker(sender: Sender) -> None:
    sender.patch(0, sender.whole[:5])
    path = sender.scene.folder / "spool" / sender.url.rpartition("/")[2]
    handle = os.open(path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        answer = sender.patch(5, sender.whole[5:])
        assert refusal(answer)[:2] == (423, "upload-busy")
        assert answer.headers["Retry-After"] == "1"
        assert refusal(sender.delete())[0] == 423
        assert refusal(sender.receipt())[0] == 423
        assert sender.offset == 5  # asking is always possible
    finally:
        os.close(handle)
    assert sender.patch(5, sender.whole[5:]).status_code == 204


# --- checksum ---


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_checksum_good_and_bad(sender: Sender, algorithm: str) -> None:
    piece = sender.whole[:20]
    good = {"Upload-Checksum": checksum(algorithm, piece)}
    answer = sender.patch(0, piece[:-1] + b"!", good)
    assert refusal(answer)[:2] == (460, "checksum-mismatch")
    assert sender.offset == 0
    assert sender.patch(0, piece, good).headers["Upload-Offset"] == "20"


@pytest.mark.parametrize(
    "text", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1", "sha1 !!", "sha1 aGVsbG8=", "sha256", "x y z"]
)
def test_checksum_that_cannot_be_read_fail(sender: Sender, text: str) -> None:
    answer = sender.patch(0, b"hello", {"Upload-Checksum": text})
    assert refusal(answer) == (400, "bad-upload", "checksum")
    assert sender.offset == 0


def test_checksum_of_a_broken_body_leaves_nothing(sender: Sender) -> None:
    headers = {
        "Content-Length": str(len(sender.whole)),
        "Upload-Checksum": checksum("sha1", sender.whole),
    }
    assert refusal(sender.patch(0, sender.whole[:30], headers))[:2] == (460, "checksum-mismatch")
    assert sender.offset == 0


# --- termination and expiration ---


def test_terminate(sender: Sender) -> None:
    sender.patch(0, sender.whole[:5])
    assert sender.delete().status_code == 204
    assert not list((sender.scene.folder / "spool").iterdir())
    assert sender.head().status_code == 404
    assert refusal(sender.patch(5, b"x"))[0] == 404
    assert sender.delete().status_code == 404
    assert sender.create().status_code == 201
    assert sender.offset == 0


def test_expired_upload_is_gone_and_may_be_opened_again(scene: Scene, sender: Sender) -> None:
    sender.patch(0, sender.whole[:5])
    scene.later(uploads.LASTS_S + 10)
    assert sender.head().status_code == 410
    assert refusal(sender.patch(5, sender.whole[5:])) == (410, "upload-gone", "expired")
    with scene.app.app_context():
        assert uploads.sweep() == 0  # a row holds the bytes still
    old = sender.url
    assert sender.create().headers["Location"] == old
    assert sender.offset == 5


# --- quotas ---


def test_quota_of_a_day(scene: Scene) -> None:
    with scene.app.app_context(), transaction():
        chosen = Settings(settings.DEFAULT.board, picked=False, daily_mb=1)
        settings.save(scene.office.organisation_id, chosen)
    first = Sender(scene, factories.picture(1) + bytes(600_000))
    second = Sender(scene, factories.picture(2) + bytes(600_000))
    assert first.create().status_code == 201
    answer = second.create()
    assert refusal(answer) == (429, "quota-spent", "daily")
    assert 0 < int(answer.headers["Retry-After"]) <= 24 * 3600
    assert first.create().status_code == 201  # what is open goes on
    assert first.patch(0, first.whole).status_code == 204
    assert first.receipt().status_code == 200
    assert refusal(second.create())[2] == "daily"
    scene.later(24 * 3600)
    assert second.create().status_code == 201
    other = Sender(scene, factories.picture(5) + bytes(600_000), phone=scene.new_phone("auditor"))
    assert other.create().status_code == 201


def test_quota_of_open_uploads(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 2)
    sender = Sender(scene, *map(factories.picture, range(3)))
    first, second, third = sender.sent.photo_ids
    assert sender.create(first).status_code == sender.create(second).status_code == 201
    assert refusal(sender.create(third)) == (429, "quota-spent", "open-uploads")
    assert sender.delete().status_code == 204
    assert sender.create(third).status_code == 201
