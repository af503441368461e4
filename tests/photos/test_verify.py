"""The check of a photo: what is untouched is genuine, and every single changed bit is told."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.photos.queries import evidence as evidence_q
from app.photos.rules import names
from app.photos.service import verify
from tests.photos import helpers_office as office
from tests.photos.helpers_office import Made
from tests.scene import Scene, text_of

COLUMNS = [("photos", name) for name in evidence_q.PHOTO if name != "id"] + [
    ("photo_records", name) for name in evidence_q.RECORD
]


def put(scene: Scene, count: int = 3, **more: Any) -> Made:
    """A record that names a stamp, a trip and an older record: every column says something."""
    sent = scene.stamp()
    given = {
        "trip": "20261125-AAAAAA", "stamp_sha256": hashlib.sha256(sent.token).digest(),
        "replaces": "01a214f0-857d-7f85-a6ba-0a26cf25146d",
    }  # fmt: skip
    with scene.app.app_context():
        return office.put(scene.phone, count, **given | more)


def examine(scene: Scene, photo_id: str) -> tuple[str, tuple[str, ...]]:
    """Verdict, and the questions with a wrong answer."""
    with scene.app.app_context():
        found = verify.examine(photo_id)
    return found.verdict, found.wrong


def original(scene: Scene, made: Made, place: int = 0) -> Any:
    """Where the original of a photo lies."""
    one = made.record.photos[place]
    with scene.app.app_context():
        return office.path_of(names.original(scene.phone.organisation_id, one.sha256, one.id))


def flipped(value: Any, bit: int) -> Any:
    """A stored value with one bit the other way; text as bytes that SQLite keeps as text. Where
    nothing is, something."""
    if value in (None, b""):
        return b"x"
    if isinstance(value, int):
        return value ^ 1 << bit % 31
    raw = bytearray(value)
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return bytes(raw)


@contextmanager
def one_bit(scene: Scene, table: str, column: str, row_id: str, bit: int) -> Iterator[None]:
    """One bit of one column the other way for a while, past the product."""
    ask = (  # the names are ours, from the lists above
        f"SELECT rowid, typeof({column}), CASE typeof({column}) WHEN 'text' "  # noqa: S608
        f"THEN CAST({column} AS BLOB) ELSE {column} END FROM {table} WHERE id = ?"
    )
    number, kind, value = scene.rows(ask, row_id)[0]
    place = "CAST(? AS TEXT)" if kind == "text" else "?"
    write = f"UPDATE {table} SET {column} = {place} WHERE rowid = ?"  # noqa: S608
    scene.rows(write, flipped(value, bit), number)
    try:
        yield
    finally:
        scene.rows(write, value, number)


def test_an_untouched_photo_is_genuine(scene: Scene) -> None:
    made = put(scene)
    assert [examine(scene, one) for one in made.photo_ids] == [("genuine", ())] * 3


def test_a_photo_without_stamp_trip_and_place_is_genuine(scene: Scene) -> None:
    with scene.app.app_context():
        made = office.put(scene.phone, 1, place=None, board={})
    assert examine(scene, made.photo_ids[0]) == ("genuine", ())


def test_a_promised_photo_is_waited_for(scene: Scene) -> None:
    made = put(scene, arrived=1)
    assert examine(scene, made.photo_ids[1]) == ("waiting", ())
    page = text_of(scene.enter("officer").get(f"/photos/{made.photo_ids[1]}/verify"))
    assert "아직 다 오지 않았습니다" in page


def test_what_is_wrong_is_said_in_words(scene: Scene) -> None:
    made = put(scene)
    photo = made.photo_ids[0]
    client = scene.enter("officer")
    assert "찍은 그대로입니다" in text_of(client.get(f"/photos/{photo}/verify"))
    path = original(scene, made)
    path.write_bytes(flipped(path.read_bytes(), 4000))
    scene.rows("UPDATE photo_records SET board = replace(board, '3공구', '4공구')")
    page = text_of(client.get(f"/photos/{photo}/verify"))
    assert "바뀐 것이 있습니다" in page
    wrong = re.findall(r'class="bad" data-check="([a-z-]+)"', page)
    assert wrong == ["record-row", "original"]
    assert "보드판" in page


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_each_column_is_held_against_the_signature(shared: Scene, table: str, column: str) -> None:
    made = put(shared)
    photo = made.photo_ids[1]
    row_id = photo if table == "photos" else made.record.id
    for bit in (2, 3, 7, 10, 21, 63):
        with one_bit(shared, table, column, row_id, bit):
            verdict, wrong = examine(shared, photo)
            assert verdict == "changed", (column, bit)
            assert wrong
    assert examine(shared, photo) == ("genuine", ())


def test_the_id_of_a_photo_is_held_against_the_signature(shared: Scene) -> None:
    made = put(shared)
    with one_bit(shared, "photos", "id", made.photo_ids[0], 3):
        assert examine(shared, made.photo_ids[0])[0] == "changed"  # it is no longer there
        assert examine(shared, made.photo_ids[1])[1] == ("together",)
    assert examine(shared, made.photo_ids[1]) == ("genuine", ())


@given(bit=st.integers(0, 10**6), place=st.integers(0, 2))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_bit_of_an_original_counts(shared: Scene, bit: int, place: int) -> None:
    made = MADE.setdefault("one", None) or put(shared)
    MADE["one"] = made
    path = original(shared, made, place)
    content = path.read_bytes()
    path.write_bytes(flipped(content, bit))
    try:
        assert examine(shared, made.photo_ids[place]) == ("changed", ("original",))
    finally:
        path.write_bytes(content)
    assert examine(shared, made.photo_ids[place]) == ("genuine", ())


MADE: dict[str, Any] = {}


@given(bit=st.integers(0, 10**5), one=st.sampled_from(["signed", "receipt", "board"]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_bit_of_a_record_counts(shared: Scene, bit: int, one: str) -> None:
    made = MADE.setdefault("one", None) or put(shared)
    MADE["one"] = made
    with one_bit(shared, "photo_records", one, made.record.id, bit):
        assert examine(shared, made.photo_ids[0])[0] == "changed"


def test_a_lost_original_and_a_truncated_one_are_told(scene: Scene) -> None:
    made = put(scene)
    path = original(scene, made)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert examine(scene, made.photo_ids[0]) == ("changed", ("original",))
    path.unlink()
    assert examine(scene, made.photo_ids[0]) == ("changed", ("original",))


def test_a_photo_swapped_for_another_is_told(scene: Scene) -> None:
    made = put(scene)
    first, second = original(scene, made, 0), original(scene, made, 1)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert examine(scene, made.photo_ids[0])[1] == ("original",)
    assert examine(scene, made.photo_ids[2])[0] == "genuine"


def test_a_whole_forged_record_does_not_pass(scene: Scene) -> None:
    """Whoever can write rows cannot sign: a record of a stranger's key, with fitting rows."""
    made = put(scene)
    stranger = scene.new_phone("auditor")
    with scene.app.app_context():
        forged = office.sign(stranger, made.record)
    sha256 = hashlib.sha256(forged).digest()
    scene.rows(
        "UPDATE photo_records SET signed = ?, signed_sha256 = ?, device_kid = ? WHERE id = ?",
        forged, sha256, stranger.kid, made.record.id,
    )  # fmt: skip
    wrong = examine(scene, made.photo_ids[0])[1]
    assert {"owner", "record-row", "record-receipt"} <= set(wrong)


def test_a_stamp_that_has_not_come_yet_is_waited_for(scene: Scene) -> None:
    with scene.app.app_context():
        other = office.put(scene.phone, 1, stamp_sha256=bytes(32))
    assert examine(scene, other.photo_ids[0]) == ("waiting", ())
    page = text_of(scene.enter("officer").get(f"/photos/{other.photo_ids[0]}/verify"))
    assert "아직 받지 않은 도장" in page
    assert "바뀐 것이 있습니다" not in page


def test_a_stamp_of_another_is_told_and_a_void_one_shown(scene: Scene) -> None:
    sent = scene.stamp()
    sha256 = hashlib.sha256(sent.token).digest()
    with scene.app.app_context():
        own = office.put(scene.phone, 1, stamp_sha256=sha256)
        other = office.put(scene.new_phone("auditor"), 1, stamp_sha256=sha256)
    client = scene.enter("auditor")
    assert examine(scene, own.photo_ids[0]) == ("genuine", ())
    assert examine(scene, other.photo_ids[0]) == ("changed", ("stamp",))
    for way in ("", "/verify"):
        assert "다른 사람의 도장" in text_of(client.get(f"/photos/{other.photo_ids[0]}{way}"))
        page = text_of(client.get(f"/photos/{own.photo_ids[0]}{way}"))
        assert "다른 사람의 도장" not in page
        assert "취소한 도장" not in page
    with scene.app.app_context():
        body = scene.phone.void_body(sent.token, int(time.time()), "잘못 눌렀어요")
    assert scene.visitor().post("/api/voids", json=body).status_code == 200
    assert examine(scene, own.photo_ids[0]) == ("genuine", ())
    for way in ("", "/verify"):
        assert "취소한 도장" in text_of(client.get(f"/photos/{own.photo_ids[0]}{way}"))


def test_what_was_refused_at_the_door_is_no_tampering(scene: Scene) -> None:
    made = put(scene, 2, arrived=1)
    with scene.app.app_context():
        office.change_photo(scene.phone, made.photo_ids[1], state="refused", reason="not-a-picture")
    assert examine(scene, made.photo_ids[1]) == ("refused", ())
    client = scene.enter("officer")
    assert "2장 중 1장 도착" in text_of(client.get("/photos"))
    page = text_of(client.get(f"/photos/{made.photo_ids[1]}/verify"))
    assert "받지 않은 파일입니다" in page
    path = original(scene, made, 1)
    path.parent.mkdir(parents=True)
    path.write_bytes(made.originals[1])  # then it was taken in, and the row says otherwise
    assert examine(scene, made.photo_ids[1]) == ("changed", ("original",))
    path.unlink()
    scene.rows("UPDATE photos SET arrived_at = 1 WHERE id = ?", made.photo_ids[1])
    assert "photo-row" in examine(scene, made.photo_ids[1])[1]


def test_a_deleted_photo_is_told(scene: Scene) -> None:
    made = put(scene)
    scene.rows("DELETE FROM photos WHERE id = ?", made.photo_ids[2])
    assert examine(scene, made.photo_ids[0])[1] == ("together",)
    assert examine(scene, made.photo_ids[2])[0] == "changed"
